// Cuts the joined contents of a stream back into files and checks each file's SHA-256.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "libexchange/bundle/files_cursor.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

// Receives files: begin, data in order, end. Folders, links and special files get begin and end only.
class FileSink {
 public:
  virtual ~FileSink() = default;
  virtual void begin(const FileEntry& entry) = 0;
  virtual void data(View bytes) = 0;
  virtual void end(const FileEntry& entry) = 0;  // the content was verified
};

using Select = std::function<bool(const FileEntry&)>;  // empty: everything

class FileAssembler {
 public:
  FileAssembler(FilesCursor& cursor, const Select& select, FileSink& sink, std::string where)
      : cursor_(cursor), select_(select), sink_(sink), where_(std::move(where)) {}
  // A piece of the contents that begins at `position`; ascending, gaps only where nothing is selected.
  void take(std::uint64_t position, View bytes);
  // No more contents. Failure{integrity} when a selected file is not complete.
  void finish();

 private:
  bool advance();  // to the next selected file that has contents
  void end();

  FilesCursor& cursor_;
  const Select& select_;
  FileSink& sink_;
  std::string where_;
  std::optional<FileEntry> current_;
  std::uint64_t start_ = 0, next_start_ = 0, done_ = 0;
  bool at_end_ = false;
  Sha256 digest_;
};

}  // namespace exchange
