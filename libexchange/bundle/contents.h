// What the keys at hand can read of a bundle: steps 9 to 11. Built on verified slices; the seal must have
// been accepted before. One thread at a time.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "libexchange/bundle/chunk_reader.h"
#include "libexchange/bundle/file_assembler.h"
#include "libexchange/bundle/frame_walk.h"
#include "libexchange/bundle/keys.h"
#include "libexchange/bundle/messages.h"
#include "libexchange/bundle/slices.h"
#include "libexchange/crypto/age.h"

namespace exchange {

struct OpenStream {
  ManifestEntry entry;              // `sealed_meta` only until it is opened
  std::optional<ExhibitMeta> meta;  // for readable streams
  Hash meta_leaf{};                 // and their metadata's place in the content tree
  bool readable() const { return meta.has_value(); }
  const ExhibitInfo* exhibit() const { return meta ? std::get_if<ExhibitInfo>(&meta->about) : nullptr; }
  const CaseViewInfo* case_view() const { return meta ? std::get_if<CaseViewInfo>(&meta->about) : nullptr; }
};

class Contents {
 public:
  // Steps 6 (header against the seal), 9 and 10. Nothing when no key here opens any compartment.
  // Failure: see docs/format.md.
  static std::optional<Contents> open(const Source& source, const Envelope& envelope,
                                      std::span<const AgeIdentity* const> identities);

  const std::vector<OpenStream>& streams() const { return streams_; }
  const std::vector<std::size_t>& recipients_per_compartment() const { return recipients_; }
  bool opens(std::uint32_t compartment) const { return keys_.contains(compartment); }
  // Compares the manifest with a complete walk (step 10). Failure{integrity}.
  void compare(const std::vector<WalkedStream>& walked) const;

  // Step 11a for one readable stream: entries, paths, leaves. Without `select` all files are meant; `visit`
  // gets those that are selected, and may be empty.
  CheckedFiles check_files(std::size_t stream, const Select& select,
                           const std::function<void(const FileEntry&)>& visit);

  // Step 11b: the selected files of a checked stream, decrypted on `threads` threads.
  void read_files(std::size_t stream, const CheckedFiles& checked, const Select& select, FileSink& sink,
                  unsigned threads, const std::function<void(std::uint64_t)>& progress);

 private:
  Contents(const Source& source, const Envelope& envelope) : source_(&source), envelope_(&envelope) {}
  void open_compartments(const Header& header, const Bytes& commitments,
                         std::span<const AgeIdentity* const> identities);
  void read_manifest();
  void open_meta(OpenStream& stream);
  ExhibitKeys keys_of(const ManifestEntry& entry) const;

  const Source* source_;
  const Envelope* envelope_;
  Hash header_hash_{};
  std::map<std::uint32_t, CompartmentKey> keys_;
  std::vector<std::size_t> recipients_;
  std::vector<OpenStream> streams_;
};

// Step 6 by itself: the header's bytes against the seal. `head` is preamble and header. Failure as above.
Header check_header(const Envelope& envelope, View head);

}  // namespace exchange
