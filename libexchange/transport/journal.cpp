#include "libexchange/transport/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <bit>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxJournal = 64 << 20;

fs::path made(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Failure(Code::unavailable, printable(folder.native()) + ": " + error.message());
  return folder;
}

// The lines of a file; nothing where it is missing or unreadable.
std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  if (!fs::exists(path)) return lines;
  const std::string text = to_text(read_file(path, kMaxJournal));
  for (const std::string_view line : split(std::string_view(text), '\n')) lines.emplace_back(line);
  return lines;
}

std::string line_of(const Part& part, const std::string& stamp) {
  return fmt::format("{} {} {}\n", part.offset, part.length, stamp);
}

}  // namespace

fs::path remote_folder(const fs::path& home, const Remote& remote) {
  return home / "transport" / remote.name;
}

RemoteLock::RemoteLock(const fs::path& home, const Remote& remote) {
  file_ = open_file(made(remote_folder(home, remote)) / "lock", O_RDWR | O_CREAT);
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0)
    throw Failure(Code::unavailable, "remote " + remote.name + ": another run is busy with it",
                  "wait for it to end; a timer that comes too early may ignore this");
}

Acknowledged::Acknowledged(const fs::path& home, const Remote& remote, const Hash& seal)
    : path_(made(remote_folder(home, remote) / "out") / to_hex(seal)) {
  for (const std::string& line : lines_of(path_)) {
    const std::size_t first = line.find(' '), second = first == line.npos ? first : line.find(' ', first + 1);
    if (second == line.npos) continue;  // the last line of a run that was cut off
    const auto offset = from_decimal(std::string_view(line).substr(0, first)),
               length = from_decimal(std::string_view(line).substr(first + 1, second - first - 1));
    if (offset && length) parts_[{*offset, *length}] = line.substr(second + 1);
  }
  file_ = open_file(path_, O_WRONLY | O_CREAT | O_APPEND);
}

void Acknowledged::add(const Part& part) {
  const std::lock_guard lock(mutex_);
  parts_[part].clear();
  write_all(file_.get(), as_view(line_of(part, "")), path_.native());
}

void Acknowledged::settle(const Stored& stored) {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (auto& [part, stamp] : parts_) {
    const auto found = stored.parts.find(part);
    if (found == stored.parts.end()) continue;
    if (stamp.empty()) stamp = found->second;
    text += line_of(part, stamp);
  }
  write_file(path_, as_view(text), OutputFile::Existing::replace);
  file_ = open_file(path_, O_WRONLY | O_CREAT | O_APPEND);
}

bool Acknowledged::knows(const Part& part, const std::string& stamp) const {
  const std::lock_guard lock(mutex_);
  const auto found = parts_.find(part);
  return found != parts_.end() && (found->second.empty() || found->second == stamp);
}

void Acknowledged::forget() {
  const std::lock_guard lock(mutex_);
  parts_.clear();
  std::error_code ignored;
  fs::remove(path_, ignored);
}

std::uint64_t remembered_part_size(const fs::path& home, const Remote& remote) {
  for (const std::string& line : lines_of(remote_folder(home, remote) / "line"))
    if (const auto size = from_decimal(line);
        size && *size >= kSmallestPart && *size <= kSlice && std::has_single_bit(*size))
      return std::min(kSlice, *size * 2);  // lines get better, too
  return kSlice;
}

void remember_part_size(const fs::path& home, const Remote& remote, std::uint64_t size) {
  write_file(made(remote_folder(home, remote)) / "line", as_view(std::to_string(size) + "\n"),
             OutputFile::Existing::replace);
}

std::string noted_outcome(const fs::path& home, const Remote& remote, const Hash& seal) {
  const auto lines = lines_of(remote_folder(home, remote) / "done" / to_hex(seal));
  return lines.empty() ? std::string() : lines.front();
}

void note_outcome(const fs::path& home, const Remote& remote, const Hash& seal, const std::string& outcome) {
  write_file(made(remote_folder(home, remote) / "done") / to_hex(seal), as_view(outcome + "\n"),
             OutputFile::Existing::replace);
}

std::set<std::string> seen_notes(const fs::path& home, const Remote& remote, const Hash& seal) {
  std::set<std::string> names;
  for (const std::string& line : lines_of(remote_folder(home, remote) / "seen" / to_hex(seal)))
    if (!line.empty()) names.insert(line);
  return names;
}

void remember_notes(const fs::path& home, const Remote& remote, const Hash& seal,
                    const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  write_file(made(remote_folder(home, remote) / "seen") / to_hex(seal), as_view(text),
             OutputFile::Existing::replace);
}

}  // namespace exchange
