// Writes verified files beneath a fresh staging folder that becomes the target in one rename.
#pragma once
#include <string>
#include <vector>

#include "libexchange/base/direct_writer.h"
#include "libexchange/base/file.h"
#include "libexchange/bundle/file_assembler.h"

namespace exchange {

// Only beneath the target, never through a link, no special files, no set-id bits, times and modes restored.
// Without commit() nothing is left.
class Extractor : public FileSink {
 public:
  // `target` must not exist or be an empty folder: Failure{unavailable}.
  explicit Extractor(const fs::path& target);
  ~Extractor() override;
  Extractor(const Extractor&) = delete;
  Extractor& operator=(const Extractor&) = delete;

  // Failure{limit} when the file system has less room than `bytes`.
  void require_room(std::uint64_t bytes) const;
  void begin(const FileEntry& entry) override;
  void data(View bytes) override;
  void end(const FileEntry& entry) override;
  // Ends a stream: folders get their modes and times.
  void end_stream();
  // The target appears, with this mode and time of its own.
  void commit(std::uint16_t mode, Instant modified);

  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }
  const std::vector<std::string>& not_restored() const {
    return not_restored_;
  }  // links, special files; at most 1,000
  std::uint64_t not_restored_count() const { return not_restored_count_; }

 private:
  struct Folder {
    FileEntry entry;
    Fd fd;  // open once the folder was made
  };
  void leave_folders(const std::string& for_path);
  int folder_for(const std::string& path);  // makes the folders above `path`; the descriptor of the last
  void write_sparse(View bytes);

  fs::path target_, staging_;
  mode_t umask_;
  Fd root_;
  std::vector<Folder> folders_;  // from the top to the one that is being filled
  Fd file_;
  std::string file_name_;
  bool sparse_ = false, large_ = false;
  DirectWriter large_file_;
  std::uint64_t written_ = 0;  // in the current file
  std::uint64_t files_ = 0, bytes_ = 0, not_restored_count_ = 0;
  std::vector<std::string> not_restored_;
};

}  // namespace exchange
