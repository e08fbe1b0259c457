#include "libexchange/bundle/evidence.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/text.h"
#include "libexchange/casefile/walk.h"

namespace exchange {

namespace {

constexpr std::size_t kReadSize = 256 << 10;

Instant instant(const statx_timestamp& t) { return {t.tv_sec, t.tv_nsec}; }

FileKind kind_of(std::uint16_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return FileKind::directory;
    case S_IFLNK:
      return FileKind::symlink;
    case S_IFIFO:
      return FileKind::fifo;
    case S_IFCHR:
      return FileKind::character_device;
    case S_IFBLK:
      return FileKind::block_device;
    case S_IFSOCK:
      return FileKind::socket;
    default:
      return FileKind::regular;
  }
}

FileEntry entry_of(const Found& found) {
  FileEntry e;
  e.path = found.path;
  e.kind = kind_of(found.status.stx_mode);
  e.mode = found.status.stx_mode & 0777;
  e.modified = instant(found.status.stx_mtime);
  e.accessed = instant(found.status.stx_atime);
  e.changed = instant(found.status.stx_ctime);
  if (found.status.stx_mask & STATX_BTIME) e.born = instant(found.status.stx_btime);
  if (e.kind == FileKind::regular) e.size = found.status.stx_size;
  if (e.kind == FileKind::symlink) e.link_target = found.link_target;
  return e;
}

// Same file, same length, not written since it was found.
bool unchanged(const struct statx& found, const struct stat& now) {
  return found.stx_ino == now.st_ino && found.stx_size == static_cast<std::uint64_t>(now.st_size) &&
         found.stx_mtime.tv_sec == now.st_mtim.tv_sec && found.stx_mtime.tv_nsec == now.st_mtim.tv_nsec &&
         found.stx_ctime.tv_sec == now.st_ctim.tv_sec && found.stx_ctime.tv_nsec == now.st_ctim.tv_nsec;
}

struct stat require_unchanged(const struct statx& found, int fd, const std::string& shown) {
  struct stat now {};
  if (::fstat(fd, &now) != 0) fail_errno(shown, errno);
  if (!unchanged(found, now))
    throw Failure(Code::unavailable, shown + ": changed while it was being read",
                  "nothing was packed: stop what writes to the case folder, or pack a copy");
  return now;
}

}  // namespace

EvidenceReader::EvidenceReader(int case_folder) : case_folder_(case_folder) {}

void EvidenceReader::read_contents(int fd, bool sparse, FileEntry& entry, const std::string& shown,
                                   ContentSink& sink) {
  std::uint64_t at = 0, next_hole = sparse ? 0 : entry.size;
  bool in_hole = sparse;
  while (at < entry.size) {
    check_interrupted();
    if (sparse && at == next_hole) {  // find where the next run ends
      const off_t data_at = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
      if (data_at < 0 && errno != ENXIO) fail_errno(shown, errno);
      in_hole = data_at < 0 || static_cast<std::uint64_t>(data_at) > at;
      const off_t end = in_hole ? data_at : ::lseek(fd, static_cast<off_t>(at), SEEK_HOLE);
      next_hole = end < 0 ? entry.size : std::min<std::uint64_t>(static_cast<std::uint64_t>(end), entry.size);
    }
    const MutableView room = sink.room();
    const std::uint64_t most = std::min<std::uint64_t>(room.size(), kReadSize);
    const MutableView piece = room.first(std::min(most, (sparse ? next_hole : entry.size) - at));
    if (sparse && in_hole) {
      std::ranges::fill(piece, std::uint8_t{0});
      entry.hole_bytes += piece.size();
    } else {
      try {
        read_exact_at(fd, piece, at, shown);
      } catch (const Failure& f) {
        if (f.code() != Code::truncated) throw;
        throw Failure(Code::unavailable, shown + ": became shorter while it was being read",
                      "nothing was packed: stop what writes to the case folder, or pack a copy");
      }
    }
    digest_.update(piece);
    sink.filled(piece.size());
    at += piece.size();
  }
  entry.sha256 = digest_.finish();
}

void EvidenceReader::make(const MadeFile& file, ContentSink& sink, const Entry& entry) {
  FileEntry e;
  e.path = file.path;
  e.kind = FileKind::regular;
  e.mode = 0644;
  e.modified = e.accessed = e.changed = file.modified;
  file.write([&](View bytes) {
    check_interrupted();
    digest_.update(bytes);
    e.size += bytes.size();
    while (!bytes.empty()) {
      const MutableView room = sink.room();
      const std::size_t n = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), n, room.begin());
      sink.filled(n);
      bytes = bytes.subspan(n);
    }
  });
  e.sha256 = digest_.finish();
  if (e.size > 0) entry(e);
}

void EvidenceReader::read(const StreamSource& source, ContentSink& sink, const Entry& entry,
                          const Warn& warn) {
  for (const MadeFile& file : source.made) make(file, sink, entry);
  std::string last;  // several paths may share ancestors
  for (const std::string& path : source.paths) {
    walk(case_folder_, path, source.not_these, [&](const Found& found) {
      check_interrupted();
      if (!last.empty() && !path_before(last, found.path)) return;
      last = found.path;
      FileEntry e = entry_of(found);
      if (e.kind == FileKind::regular) {
        const std::string shown = printable(found.path);
        const Fd fd = open_evidence(case_folder_, found.path);
        if (!fd) fail_errno(shown, errno);
        const struct stat status = require_unchanged(found.status, fd.get(), shown);
        const bool sparse = static_cast<std::uint64_t>(status.st_blocks) * 512 < e.size;
        read_contents(fd.get(), sparse, e, shown, sink);
        require_unchanged(found.status, fd.get(), shown);
        if (source.acquisition) {
          e.acquisition_match = e.sha256 == *source.acquisition;
          const std::string what = source.label + ": " + shown +
                                   " is not what was acquired: acquisition_sha256 is " +
                                   to_hex(*source.acquisition) + ", the file has " + to_hex(e.sha256);
          if (!e.acquisition_match && !source.mismatch_explained)
            throw Failure(Code::policy, what,
                          "find the original file, or explain the difference in hash_note");
          if (!e.acquisition_match) warn(what + " (explained in hash_note)");
        }
      }
      entry(e);
    });
  }
}

}  // namespace exchange
