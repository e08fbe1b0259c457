#include "libexchange/repatriation/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"

namespace exchange::repatriation {

namespace {

constexpr std::size_t kMaxHeader = 128;
constexpr std::uint64_t kMaxBatch = std::uint64_t{1} << 32, kMaxEvent = 64 << 10;

std::uint64_t size_of(int fd, const fs::path& file) {
  struct stat s {};
  if (::fstat(fd, &s) != 0) fail_errno(file.string(), errno);
  return static_cast<std::uint64_t>(s.st_size);
}

// A line "WORD a b c" at the front of `text`: its values, and where the next line begins. Nothing for
// anything else.
struct Header {
  std::vector<std::string_view> values;
  std::size_t length;
};
std::optional<Header> header(std::string_view text, std::string_view word, std::size_t values) {
  const std::size_t end = text.substr(0, kMaxHeader).find('\n');
  if (end == text.npos) return std::nullopt;
  std::vector<std::string_view> parts = split(text.substr(0, end), ' ');
  if (parts.size() != values + 1 || parts[0] != word) return std::nullopt;
  parts.erase(parts.begin());
  return Header{std::move(parts), end + 1};
}

}  // namespace

Journal::Journal(fs::path file) : file_(std::move(file)) {
  if (fs::exists(file_)) reopen(false);
}

void Journal::reopen(bool for_writing) {
  fd_ = open_file(file_, for_writing ? O_RDWR | O_CREAT : O_RDONLY, 0600);
}

std::uint64_t Journal::read(std::uint64_t offset,
                            const std::function<void(Place, std::string_view)>& take) const {
  if (!fd_) return 0;
  const std::uint64_t size = size_of(fd_.get(), file_);
  Bytes bytes;
  while (offset < size) {
    check_interrupted();
    const auto damaged = [&]() -> std::uint64_t {
      bytes.resize(static_cast<std::size_t>(std::min(size - offset, kMaxBatch)));
      read_exact_at(fd_.get(), bytes, offset, file_.string());
      if (as_text(bytes).find("\nbatch ") == std::string_view::npos)
        return offset;  // torn: never acknowledged
      throw Failure(Code::integrity, fmt::format("{}: changed at byte {}", file_.string(), offset),
                    "put back a copy of this file, or merge what other desks have");
    };
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kMaxHeader, size - offset)));
    read_exact_at(fd_.get(), bytes, offset, file_.string());
    const auto batch = header(as_text(bytes), "batch", 3);
    const auto count = batch ? from_decimal(batch->values[0]) : std::nullopt;
    const auto length = batch ? from_decimal(batch->values[1]) : std::nullopt;
    if (!count || !length || *length > kMaxBatch || offset + batch->length + *length > size) return damaged();
    const std::string digest(batch->values[2]);
    const std::uint64_t begin = offset + batch->length;
    bytes.resize(static_cast<std::size_t>(*length));
    read_exact_at(fd_.get(), bytes, begin, file_.string());
    if (to_hex(sha256(bytes)) != digest) return damaged();
    std::string_view rest = as_text(bytes);
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto event = header(rest, "event", 1);
      ensure(event.has_value(), "an event of a whole batch");
      const std::uint64_t n = from_decimal(event->values[0]).value_or(kMaxEvent + 1);
      ensure(n <= kMaxEvent && event->length + n <= rest.size(), "an event of a whole batch");
      rest.remove_prefix(event->length);
      take({begin + (*length - rest.size()), static_cast<std::uint32_t>(n)},
           rest.substr(0, static_cast<std::size_t>(n)));
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    offset = begin + *length;
  }
  return offset;
}

std::string Journal::at(Place place) const {
  std::string out(place.length, '\0');
  read_exact_at(fd_.get(), MutableView(reinterpret_cast<std::uint8_t*>(out.data()), out.size()), place.offset,
                file_.string());
  return out;
}

std::optional<Hash> Journal::fingerprint(std::uint64_t end) const {
  if (!fd_ || size_of(fd_.get(), file_) < end) return std::nullopt;
  Bytes last(static_cast<std::size_t>(std::min<std::uint64_t>(end, 4096)));
  read_exact_at(fd_.get(), last, end - last.size(), file_.string());
  return sha256(last);
}

std::vector<Place> Journal::append(std::uint64_t& end, const std::vector<std::string>& events) {
  std::string body;
  std::vector<Place> places;
  for (const std::string& whole : events) {
    body += fmt::format("event {}\n", whole.size());
    places.push_back({body.size(), static_cast<std::uint32_t>(whole.size())});
    body += whole;
  }
  const std::string batch =
      fmt::format("batch {} {} {}\n", events.size(), body.size(), to_hex(sha256(as_view(body))));
  for (Place& p : places) p.offset += end + batch.size();
  const bool is_new = !fs::exists(file_);
  reopen(true);
  if (::ftruncate(fd_.get(), static_cast<off_t>(end)) != 0 ||
      ::lseek(fd_.get(), static_cast<off_t>(end), SEEK_SET) < 0)
    fail_errno(file_.string(), errno);
  try {
    write_all(fd_.get(), as_view(batch + body), file_.string());
    if (::fsync(fd_.get()) != 0) fail_errno(file_.string(), errno);
  } catch (...) {
    if (::ftruncate(fd_.get(), static_cast<off_t>(end)) != 0) {
      // What is left is torn, and readers pass over it.
    }
    throw;
  }
  if (is_new) {
    const Fd folder = open_file(file_.parent_path(), O_RDONLY | O_DIRECTORY);
    if (::fsync(folder.get()) != 0) fail_errno(file_.parent_path().string(), errno);
  }
  end += batch.size() + body.size();
  return places;
}

}  // namespace exchange::repatriation
