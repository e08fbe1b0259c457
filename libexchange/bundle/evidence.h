// Reads the files of one stream: hashes each, notices changes while reading, and gives the joined contents.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/bundle/messages.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

// A file that is made while it is packed: a recipient's copy of a sheet.
struct MadeFile {
  std::string path;
  Instant modified;
  // Gives the contents piece by piece. Without any there is no file: an empty sheet would say that there is
  // one.
  std::function<void(const std::function<void(View)>& to)> write;
};

// Which part of the case folder a stream covers.
struct StreamSource {
  std::vector<MadeFile> made;          // in the format's order, before `paths`
  std::vector<std::string> paths;      // in the format's order, not inside each other
  std::vector<std::string> not_these;  // belong to other exhibits
  std::string label;                   // for messages: "EX-03" or "the case sheets"
  std::optional<Hash> acquisition;     // of the one file at `paths`, where the examiner recorded it
  bool mismatch_explained = false;     // hash_note is there: a mismatch warns instead of refusing
};

// Where contents go: room() gives the place for the next bytes (never empty), filled() says how many came.
class ContentSink {
 public:
  virtual ~ContentSink() = default;
  virtual MutableView room() = 0;
  virtual void filled(std::size_t bytes) = 0;
};

class EvidenceReader {
 public:
  using Entry = std::function<void(const FileEntry&)>;  // after the contents of that file
  using Warn = std::function<void(const std::string&)>;

  explicit EvidenceReader(int case_folder);
  // Failure{unavailable}: a file that cannot be read or changed while it was read, by name.
  // Failure{policy}: an acquisition hash that does not match, by exhibit.
  void read(const StreamSource& source, ContentSink& sink, const Entry& entry, const Warn& warn);

 private:
  void read_contents(int fd, bool sparse, FileEntry& entry, const std::string& shown, ContentSink& sink);
  void make(const MadeFile& file, ContentSink& sink, const Entry& entry);

  int case_folder_;
  Sha256 digest_;
};

}  // namespace exchange
