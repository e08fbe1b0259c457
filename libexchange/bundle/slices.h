// The ciphertext tree in use: every byte that is parsed comes from a private buffer whose digest was compared
// with the checked table.
#pragma once
#include <list>

#include "libexchange/bundle/envelope.h"

namespace exchange {

// Random access. The table must have been checked. Keeps the two slices used last. One thread at a time.
class VerifiedSlices {
 public:
  VerifiedSlices(const Source& source, const Envelope& envelope) : source_(&source), envelope_(&envelope) {}
  // Failure{integrity} names the slice that was changed, {malformed} a range beyond the sealed bytes.
  void read(std::uint64_t offset, MutableView out);
  Bytes read(std::uint64_t offset, std::size_t length);

 private:
  struct Slice {
    std::uint64_t index;
    Bytes bytes;
  };
  const Bytes& slice(std::uint64_t index);

  const Source* source_;
  const Envelope* envelope_;
  std::list<Slice> cache_;  // most recent first
};

// Bytes of slice `index`: 8 MiB, the last one less.
std::size_t slice_size(const Envelope& envelope, std::uint64_t index);
Failure slice_changed(std::uint64_t index);

}  // namespace exchange
