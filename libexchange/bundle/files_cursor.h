// Reads the FILES parts of one stream one entry at a time.
#pragma once
#include <functional>
#include <optional>

#include "libexchange/bundle/chunk.h"
#include "libexchange/bundle/keys.h"
#include "libexchange/bundle/messages.h"
#include "libexchange/bundle/slices.h"

namespace exchange {

class FilesCursor {
 public:
  // Does not own `slices`.
  FilesCursor(VerifiedSlices& slices, const ExhibitKeys& keys, const ManifestEntry& stream);

  struct Item {
    FileEntry entry;
    Bytes raw;  // what the leaf is over
  };
  // The next entry; nothing after the last. Failure: see docs/format.md, step 11a.
  std::optional<Item> next();
  // After the last entry: all chunk offsets in order. Failure{integrity} when their number is wrong.
  void chunk_offsets(const std::function<void(std::uint64_t index, std::uint64_t offset)>& visit);

 private:
  bool read_part();  // false at the end

  VerifiedSlices& slices_;
  const ManifestEntry& stream_;
  Aead cipher_;
  Decompressor decompressor_;
  std::string where_;
  std::uint64_t position_;
  std::uint32_t index_ = 0;
  FilesPart part_;
  std::size_t used_ = 0;
  Bytes plain_;
};

}  // namespace exchange
