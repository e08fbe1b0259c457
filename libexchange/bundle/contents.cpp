#include "libexchange/bundle/contents.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/bundle/paths.h"
#include "libexchange/crypto/merkle.h"

namespace exchange {

Header check_header(const Envelope& e, View head) {
  const View preamble = head.first(kPreambleSize), message = head.subspan(kPreambleSize);
  if (header_hash(preamble, message) != e.seal.header)
    throw Failure(Code::integrity, "the header is not the one that was sealed");
  if (e.preamble.bundle_id != e.seal.bundle_id)
    throw Failure(Code::integrity, "the seal is for another bundle");
  Header header = decode_header(message);
  if (header.signer != e.seal.signer.text())
    throw Failure(Code::signature, "the header names another signer than the seal");
  if (header.age_files.size() != e.preamble.compartments)
    throw Failure(Code::malformed, "the header has another number of compartments than the preamble");
  std::size_t stanzas = 0;
  for (const Bytes& file : header.age_files) stanzas += age_stanza_count(file);
  if (stanzas > AgeLimits{}.stanzas) throw Failure(Code::limit, "too many recipients");
  return header;
}

std::optional<Contents> Contents::open(const Source& source, const Envelope& envelope,
                                       std::span<const AgeIdentity* const> identities) {
  Contents contents(source, envelope);
  VerifiedSlices slices(source, envelope);
  const std::size_t head = kPreambleSize + envelope.preamble.header_len;
  const Header header = check_header(envelope, slices.read(0, head));
  contents.header_hash_ = envelope.seal.header;
  contents.open_compartments(header, slices.read(head, kCommitment * envelope.preamble.compartments),
                             identities);
  if (contents.keys_.empty()) return std::nullopt;
  contents.read_manifest();
  return contents;
}

void Contents::open_compartments(const Header& header, const Bytes& commitments,
                                 std::span<const AgeIdentity* const> identities) {
  for (std::uint32_t c = 0; c < header.age_files.size(); ++c) {
    recipients_.push_back(age_stanza_count(header.age_files[c]));
    const auto plain = age_decrypt(identities, header.age_files[c]);
    if (!plain) continue;
    if (plain->size() != CompartmentKey::length)
      throw Failure(Code::key, fmt::format("compartment {}: its key has a wrong length", c));
    CompartmentKey key =
        CompartmentKey::copy_of(std::span<const std::uint8_t, 32>(plain->expose_secret().data(), 32));
    const Hash expected = commitment(key, header_hash_, c);
    if (!std::ranges::equal(expected, View(commitments).subspan(kCommitment * c, kCommitment)))
      throw Failure(Code::key,
                    fmt::format("compartment {}: the key is not the one that was committed to", c));
    keys_.emplace(c, std::move(key));
  }
  if (!keys_.empty() && !keys_.contains(0))
    throw Failure(Code::key, "a compartment opens, but not the one that everyone shares");
}

ExhibitKeys Contents::keys_of(const ManifestEntry& entry) const {
  Salt salt{};
  std::copy_n(entry.salted.begin(), salt.size(), salt.begin());
  ExhibitKeys keys(keys_.at(entry.compartment), header_hash_, entry.compartment, entry.ordinal, salt);
  if (!std::ranges::equal(keys.commitment(), View(entry.salted).subspan(salt.size())))
    throw Failure(Code::key,
                  fmt::format("exhibit {}: its key is not the one that was committed to", entry.ordinal));
  return keys;
}

void Contents::read_manifest() {
  VerifiedSlices slices(*source_, *envelope_);
  ManifestEntry manifest;  // its EXHIBIT frame stands for an entry
  manifest.offset = envelope_->footer.manifest_offset;
  const Frame begin = Frame::parse(slices.read(manifest.offset, kFramePrefix), "manifest");
  if (begin.kind != FrameKind::exhibit || begin.ordinal != 0 || begin.compartment != 0)
    throw Failure(Code::malformed, "the manifest is not where the footer says");
  slices.read(manifest.offset + kFramePrefix, manifest.salted);
  const ExhibitKeys keys = keys_of(manifest);
  Aead cipher = keys.content();
  Decompressor decompressor;
  Bytes plain;
  MerkleRoot root;
  std::uint64_t position = manifest.offset + begin.stored();
  for (std::uint64_t index = 0; position < envelope_->footer.sealed_len; ++index) {
    const Frame frame = Frame::parse(slices.read(position, kFramePrefix), "manifest");
    if (frame.kind != FrameKind::manifest || frame.ordinal != 0 || frame.compartment != 0)
      throw Failure(Code::malformed, "manifest: a frame out of order");
    if (frame.index != index || frame.final != (position + frame.stored() == envelope_->footer.sealed_len))
      throw Failure(Code::integrity, "manifest: a part is missing or moved");
    Bytes body = slices.read(position + kFramePrefix, frame.body_len);
    open_frame(plain, frame, body, cipher, decompressor, "manifest");
    for (ManifestEntry& entry : decode_manifest_part(plain)) {
      if (entry.ordinal != streams_.size() + 1)
        throw Failure(Code::integrity, "manifest: an exhibit is missing or repeated");
      if (entry.compartment >= envelope_->preamble.compartments)
        throw Failure(Code::integrity, "manifest: a compartment that does not exist");
      root.add(entry.leaf);
      streams_.push_back({std::move(entry), {}});
      open_meta(streams_.back());
    }
    position += frame.stored();
  }
  if (streams_.size() != envelope_->seal.streams || root.root() != envelope_->seal.content)
    throw Failure(Code::integrity, "manifest: its exhibits are not those that were sealed");
}

void Contents::open_meta(OpenStream& stream) {
  ManifestEntry& entry = stream.entry;
  if (keys_.contains(entry.compartment)) {
    const ExhibitKeys keys = keys_of(entry);
    const Bytes meta = keys.open_meta(header_hash_, entry.ordinal, entry.sealed_meta);
    stream.meta = decode_exhibit_meta(meta);
    stream.meta_leaf = keys.meta_leaf(meta);
    const bool should_be_case_view = entry.ordinal <= envelope_->preamble.compartments;
    if (std::holds_alternative<CaseViewInfo>(stream.meta->about) != should_be_case_view)
      throw Failure(Code::integrity,
                    fmt::format("exhibit {}: is not the kind of stream it should be", entry.ordinal));
  }
  entry.sealed_meta = {};
}

void Contents::compare(const std::vector<WalkedStream>& walked) const {
  const auto same = [](const WalkedStream& w, const OpenStream& s) {
    const ManifestEntry& e = s.entry;
    return w.offset == e.offset && w.files_offset == e.files_offset && w.stored_bytes == e.stored_bytes &&
           w.compartment == e.compartment && w.chunks == e.chunks && w.files_parts == e.files_parts;
  };
  if (!std::equal(walked.begin(), walked.end(), streams_.begin(), streams_.end(), same))
    throw Failure(Code::integrity, "manifest: does not describe the frames that are there");
}

CheckedFiles Contents::check_files(std::size_t i, const Select& select,
                                   const std::function<void(const FileEntry&)>& visit) {
  const OpenStream& stream = streams_[i];
  const ManifestEntry& entry = stream.entry;
  const std::string where = fmt::format("exhibit {}", entry.ordinal);
  const ExhibitKeys keys = keys_of(entry);
  VerifiedSlices slices(*source_, *envelope_);
  if (!std::ranges::equal(slices.read(entry.offset + kFramePrefix, kExhibitBody), entry.salted))
    throw Failure(Code::integrity, where + ": its beginning is not what the manifest says");

  CheckedFiles checked;
  MerkleRoot leaves;
  const std::uint64_t room = std::uint64_t{entry.chunks} * kChunk;
  std::uint64_t position = 0;  // in the stream's contents
  PathCheck paths;
  FilesCursor cursor(slices, keys, entry);
  while (const auto file = cursor.next()) {
    paths.check(file->entry.path, file->entry.kind);
    leaves.add(file_leaf(keys.leaf_salts(leaves.size()), file->entry.size, file->entry.sha256, file->raw));
    if (file->entry.size > room - position)
      throw Failure(Code::integrity, where + ": its files are larger than its contents");
    if (!select || select(file->entry)) {
      ++checked.selected_files;
      checked.selected_bytes += file->entry.size;
      if (file->entry.size > 0) {
        const std::uint64_t first = position / kChunk, last = (position + file->entry.size - 1) / kChunk;
        if (!checked.runs.empty() && first <= checked.runs.back().last + 1)
          checked.runs.back().last = last;
        else
          checked.runs.push_back({first, last, 0});
      }
      if (visit) visit(file->entry);
    }
    position += file->entry.size;
  }
  if (entry.chunks > 1 && position <= room - kChunk)
    throw Failure(Code::integrity, where + ": its files are smaller than its contents");
  // When all is selected even an empty exhibit has one chunk to check.
  if (!select && checked.runs.empty()) checked.runs.push_back({0, 0, 0});
  Sha256 offsets;
  std::size_t run = 0;
  cursor.chunk_offsets([&](std::uint64_t index, std::uint64_t offset) {
    offsets.update(le(offset));
    if (run < checked.runs.size() && checked.runs[run].first == index) checked.runs[run++].offset = offset;
  });
  checked.offsets = offsets.finish();
  if (exhibit_leaf(entry.ordinal, leaves.size(), leaves.root(), stream.meta_leaf) != entry.leaf)
    throw Failure(Code::integrity, where + ": its files are not those that were sealed");
  if (leaves.size() != stream.meta->files || position != stream.meta->bytes)
    throw Failure(Code::integrity,
                  where + ": it has another number of files or bytes than its metadata says");

  checked.bytes = position;
  return checked;
}

void Contents::read_files(std::size_t i, const CheckedFiles& checked, const Select& select, FileSink& sink,
                          unsigned threads, const std::function<void(std::uint64_t)>& progress) {
  const ManifestEntry& entry = streams_[i].entry;
  const ExhibitKeys keys = keys_of(entry);
  VerifiedSlices entry_slices(*source_, *envelope_), chunk_slices(*source_, *envelope_);
  FilesCursor cursor(entry_slices, keys, entry);
  FileAssembler assembler(cursor, select, sink, fmt::format("exhibit {}", entry.ordinal));
  read_chunks(chunk_slices, keys, entry, checked, threads, [&](std::uint64_t index, View plain) {
    if (progress) progress(plain.size());
    assembler.take(index * kChunk, plain);
  });
  assembler.finish();
}

}  // namespace exchange
