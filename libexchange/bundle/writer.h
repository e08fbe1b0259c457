// Packs a case folder into one sealed bundle: one pass over each file, in parallel, in constant memory.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "libexchange/base/file.h"
#include "libexchange/bundle/evidence.h"
#include "libexchange/bundle/seal.h"
#include "libexchange/crypto/age.h"
#include "libexchange/trust/statements.h"

namespace exchange {

struct WriteStream {
  std::uint32_t compartment = 0;
  ExhibitMeta meta;  // `files` and `bytes` are filled in by the writer
  StreamSource source;
};

// Everything that a bundle is made of. docs/format.md fixes the order of `streams`: the case views of
// compartments 0 .. nC-1, then the exhibits.
struct WritePlan {
  fs::path case_folder;
  std::vector<std::vector<AgeRecipient>> compartments;  // recipients of compartment 0 (everyone), 1, 2 …
  std::vector<WriteStream> streams;
  const SigningKey* signer = nullptr;
  Endorsement endorsement;  // of `signer`
  std::string policy;
  Hash policy_hash{};
  std::uint64_t approvals = 0;
  bool has_parent = false;
  Hash parent{};
  std::string label;  // visible to everyone; empty: none
  int level = 1;      // zstd 1 .. 19; 0 stores
  unsigned threads = 1;
  std::uint64_t total_bytes = 0;  // for progress; 0: unknown
};

struct WriteResult {
  Hash bundle_id{}, seal{};
  std::uint64_t exhibits = 0, files = 0, input_bytes = 0, bundle_bytes = 0;
  Instant time;
  std::vector<std::string> not_restored;  // links and special files: recorded only; at most 1,000
  std::uint64_t not_restored_count = 0;
  std::vector<std::string> warnings;
};

// What write_bundle() will read, for progress: one walk that opens nothing.
std::uint64_t total_bytes(const WritePlan& plan);

// Writes the bundle to `fd`, which needs no seeking. `name` is for messages and, when it is a path, for the
// place of temporary sealed bytes. On a Failure what was written is worthless: the caller drops it.
WriteResult write_bundle(const WritePlan& plan, int fd, const fs::path& name,
                         const std::function<void(std::uint64_t done, std::uint64_t total)>& progress);

}  // namespace exchange
