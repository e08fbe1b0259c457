// What surrounds the sealed bytes: preamble, footer, slice digests, seal. Steps 0 to 4 of the verification;
// nothing between preamble and SLICES is looked at here. docs/format.md, "Verification".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "libexchange/bundle/layout.h"
#include "libexchange/bundle/seal.h"
#include "libexchange/bundle/source.h"
#include "libexchange/crypto/note.h"
#include "libexchange/trust/home.h"

namespace exchange {

struct VerdictProblem {
  int step = 0;  // of the verification order
  Code code{};
  std::string where, message;
};

struct Envelope {
  std::array<std::uint8_t, kPreambleSize> preamble_bytes{};
  Preamble preamble;
  Footer footer;
  std::vector<Hash> digests;  // of the slices, as SLICES says; not yet compared with the seal
  SealBody body;
  Note note;  // the seal and its signatures
  Seal seal;
  std::optional<Endorsement> endorsement;
  ChainCheck chain;
};

// Steps 0, 1 and 2. Failures: see docs/format.md.
Envelope read_envelope(const Source& source);

// Steps 3, 4 and 8: who sealed it, whether this home trusts them, whether the signatures are good. Appends
// every problem; fills `endorsement` and `chain`.
void check_signer(Envelope& envelope, const Home& home, Instant at, std::vector<VerdictProblem>& problems);

// Step 5, first half: the digests against the seal.
void check_slice_table(const Envelope& envelope, std::vector<VerdictProblem>& problems);

}  // namespace exchange
