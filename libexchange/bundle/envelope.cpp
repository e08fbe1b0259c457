#include "libexchange/bundle/envelope.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"
#include "libexchange/crypto/merkle.h"
#include "libexchange/crypto/minisign.h"

namespace exchange {

namespace {

constexpr const char* kFetchAgain = "the copy is incomplete or changed: fetch it again";

std::string at(std::uint64_t offset) { return fmt::format("byte {}", offset); }

// Without a footer at the end: walks by lengths only, to tell a cut file from a broken one. Never returns.
[[noreturn]] void explain_missing_footer(const Source& source, std::uint64_t position) {
  const Failure truncated(Code::truncated, "the file ends early", kFetchAgain);
  while (position < source.size()) {
    const std::uint64_t left = source.size() - position;
    const Bytes next = source.read(position, std::min<std::uint64_t>(left, kFooterSize));
    if (Footer::parse(next)) throw Failure(Code::malformed, at(position) + ": a footer, and bytes after it");
    if (left < kFramePrefix) throw truncated;
    const Frame frame = Frame::parse(View(next).first(kFramePrefix), at(position));
    if (left < frame.stored()) throw truncated;
    position += frame.stored();
    if (frame.kind != FrameKind::seal) continue;
    const std::uint64_t rest = source.size() - position;
    if (rest < kFooterSize) throw truncated;
    if (rest == kFooterSize) throw Failure(Code::malformed, at(position) + ": the footer is damaged");
  }
  throw truncated;
}

Frame plain_frame_at(const Source& source, std::uint64_t offset, FrameKind kind) {
  const Frame f = Frame::parse(source.read(offset, kFramePrefix), at(offset));
  if (f.kind != kind || f.final || f.compartment || f.ordinal || f.index)
    throw Failure(Code::malformed, at(offset) + ": the frame that the footer promises is not there");
  return f;
}

Bytes plain_body(const Source& source, std::uint64_t offset, const Frame& frame) {
  Bytes body = source.read(offset + kFramePrefix, frame.body_len + frame.padding());
  if (std::any_of(body.begin() + frame.body_len, body.end(), [](auto b) { return b != 0; }))
    throw Failure(Code::malformed, at(offset) + ": frame padding is not zero");
  body.resize(frame.body_len);
  return body;
}

void read_slices_and_seal(const Source& source, Envelope& e) {
  const std::uint64_t slices_at = e.footer.sealed_len, footer_at = source.size() - kFooterSize;
  if (slices_at + kFramePrefix > footer_at)
    throw Failure(Code::malformed, "footer: no room for what it promises");
  const Frame slices = plain_frame_at(source, slices_at, FrameKind::slices);
  if (slices.body_len != 32 * ((slices_at + kSlice - 1) / kSlice))
    throw Failure(Code::malformed, at(slices_at) + ": the slice table has a wrong length");
  const std::uint64_t seal_at = slices_at + slices.stored();
  if (seal_at == footer_at)
    throw Failure(Code::signature, "the bundle carries no seal", "ask the sender for the original file");
  if (seal_at + kFramePrefix > footer_at) throw Failure(Code::malformed, "footer: no room for the seal");
  const Bytes digests = plain_body(source, slices_at, slices);
  e.digests.resize(digests.size() / 32);
  std::memcpy(e.digests.data(), digests.data(), digests.size());
  const Frame seal = plain_frame_at(source, seal_at, FrameKind::seal);
  if (seal_at + seal.stored() != footer_at)
    throw Failure(Code::malformed, at(seal_at) + ": the seal does not end at the footer");
  e.body = SealBody::parse(plain_body(source, seal_at, seal));
}

}  // namespace

Envelope read_envelope(const Source& source) {
  Envelope e;
  const Bytes first = source.read(0, std::min<std::uint64_t>(source.size(), kPreambleSize));
  e.preamble = Preamble::parse(first);
  std::copy(first.begin(), first.end(), e.preamble_bytes.begin());
  const std::uint64_t first_frame = e.preamble.first_frame();
  std::optional<Footer> footer;
  if (source.size() >= first_frame + kFooterSize)
    footer = Footer::parse(source.read(source.size() - kFooterSize, kFooterSize));
  if (!footer) explain_missing_footer(source, first_frame);
  e.footer = *footer;
  if (e.footer.sealed_len > kMaxSealed) throw Failure(Code::limit, "footer: a bundle over 16 TiB");
  if (e.footer.file_len != source.size() || e.footer.sealed_len % 8 || e.footer.manifest_offset % 8 ||
      e.footer.manifest_offset < first_frame || e.footer.manifest_offset >= e.footer.sealed_len)
    throw Failure(Code::malformed, "footer: its numbers do not fit the file", kFetchAgain);
  read_slices_and_seal(source, e);
  e.note = Note::parse(e.body.note, "seal");
  e.seal = Seal::parse(e.note.text);
  return e;
}

void check_signer(Envelope& e, const Home& home, Instant when, std::vector<VerdictProblem>& problems) {
  const auto problem = [&](int step, Code code, const char* where, std::string message) {
    problems.push_back({step, code, where, std::move(message)});
  };
  if (e.body.endorsement.empty()) {
    problem(3, Code::trust, "endorsement", "the bundle carries no endorsement of its signer");
  } else {
    try {
      e.endorsement = Endorsement::parse(e.body.endorsement);
      if (e.endorsement->text_hash != e.seal.endorsement)
        problem(3, Code::integrity, "endorsement", "is not the one that the seal names");
      if (e.endorsement->signing != e.seal.signer)
        problem(3, Code::trust, "endorsement", "is for another key than the seal's signer");
      e.chain = check_chain(home, *e.endorsement, "seal", e.seal.time, when);
      if (!e.chain.trusted) problem(e.chain.revoked ? 8 : 3, e.chain.code, "signer", e.chain.problem);
    } catch (const Failure& f) {
      problem(3, f.code(), "endorsement", f.what());
    }
  }
  if (!verify_note(e.note, e.seal.signer)) problem(4, Code::signature, "seal", "the signature is not good");
  if (!e.body.minisignature.empty() &&
      !minisign_verify(e.seal.signer.key, as_view(e.note.text), e.body.minisignature))
    problem(4, Code::signature, "seal", "the minisign signature is not good");
}

void check_slice_table(const Envelope& e, std::vector<VerdictProblem>& problems) {
  if (e.seal.length != e.footer.sealed_len)
    problems.push_back({5, Code::integrity, "slices", "the seal is for a bundle of another length"});
  MerkleRoot root;
  for (const Hash& digest : e.digests) root.add(digest);
  if (root.root() != e.seal.slices)
    problems.push_back({5, Code::integrity, "slices", "the table of slices is not the one that was sealed"});
}

}  // namespace exchange
