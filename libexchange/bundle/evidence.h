// Reads the files of one stream: hashes each, notices changes while reading, and gives the joined contents.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/bundle/messages.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

// Which part of the case folder a stream covers.
struct StreamSource {
  std::vector<std::string> paths;      // in the format's order, not inside each other
  std::vector<std::string> not_these;  // belong to other exhibits
  std::string label;                   // for messages: "EX-03" or "the case sheets"
  std::optional<Hash> acquisition;     // of the one file at `paths`, where the examiner recorded it
  bool mismatch_explained = false;     // hash_note is there: a mismatch warns instead of refusing
};

class EvidenceReader {
 public:
  using Data = std::function<void(View)>;               // contents, in order
  using Entry = std::function<void(const FileEntry&)>;  // after the contents of that file
  using Warn = std::function<void(const std::string&)>;

  explicit EvidenceReader(int case_folder);
  // Failure{unavailable}: a file that cannot be read or changed while it was read, by name.
  // Failure{policy}: an acquisition hash that does not match, by exhibit.
  void read(const StreamSource& source, const Data& data, const Entry& entry, const Warn& warn);

 private:
  void read_contents(int fd, FileEntry& entry, const std::string& shown, const Data& data);

  int case_folder_;
  Sha256 digest_;
  Bytes buffer_;
};

}  // namespace exchange
