#include "libexchange/bundle/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace exchange {

namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'V', 'L', 'S', 0x0d, 0x0a, 0x1a, 0x0a};
constexpr std::string_view kFooterMagic = "VLSFOOT1";
constexpr std::array<std::uint8_t, 8> kRootPointer = {0, 0, 0, 0, 3, 0, 1, 0};  // struct, 3 words, 1 pointer

bool all_zero(View bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

}  // namespace

std::array<std::uint8_t, kPreambleSize> Preamble::encode() const {
  std::array<std::uint8_t, kPreambleSize> out{};
  const MutableView o(out);
  std::copy(kMagic.begin(), kMagic.end(), out.begin());
  store_le<std::uint16_t>(o.subspan(8), 1);
  store_le<std::uint16_t>(o.subspan(10), 1);
  store_le<std::uint32_t>(o.subspan(16), header_len);
  store_le<std::uint32_t>(o.subspan(20), compartments);
  std::copy(bundle_id.begin(), bundle_id.end(), out.begin() + 32);
  return out;
}

Preamble Preamble::parse(View bytes) {
  const std::size_t seen = std::min(bytes.size(), kMagic.size());
  if (!std::equal(kMagic.begin(), kMagic.begin() + static_cast<std::ptrdiff_t>(seen), bytes.begin()))
    throw Failure(Code::malformed, "not a valise bundle: the first bytes are wrong",
                  "a bundle must be copied as binary, never as text");
  if (bytes.size() < kPreambleSize)
    throw Failure(Code::truncated, "ends within the preamble", "fetch it again");
  const auto version = load_le<std::uint16_t>(bytes.subspan(8)),
             suite = load_le<std::uint16_t>(bytes.subspan(10));
  if (version != 1 || suite != 1)
    throw Failure(Code::unsupported,
                  fmt::format("format version {} suite {} is not known here", version, suite),
                  "a newer valise may read it");
  if (!all_zero(bytes.subspan(12, 4)) || !all_zero(bytes.subspan(24, 8)))
    throw Failure(Code::malformed, "preamble: reserved bytes are set");
  Preamble p;
  p.header_len = load_le<std::uint32_t>(bytes.subspan(16));
  p.compartments = load_le<std::uint32_t>(bytes.subspan(20));
  std::copy_n(bytes.begin() + 32, 32, p.bundle_id.begin());
  if (p.header_len > kMaxHeader || p.compartments > kMaxCompartments)
    throw Failure(Code::limit, fmt::format("preamble: header of {} bytes, {} compartments: over the limit",
                                           p.header_len, p.compartments));
  if (p.header_len == 0 || p.header_len % 8 != 0 || p.compartments == 0)
    throw Failure(Code::malformed, "preamble: impossible header length or no compartment");
  return p;
}

std::array<std::uint8_t, kFooterSize> Footer::encode() const {
  std::array<std::uint8_t, kFooterSize> out{};
  const MutableView o(out);
  std::copy(kFooterMagic.begin(), kFooterMagic.end(), out.begin());
  store_le<std::uint64_t>(o.subspan(8), sealed_len);
  store_le<std::uint64_t>(o.subspan(16), manifest_offset);
  store_le<std::uint64_t>(o.subspan(24), file_len);
  return out;
}

std::optional<Footer> Footer::parse(View bytes) {
  if (bytes.size() != kFooterSize || as_text(bytes.first(8)) != kFooterMagic) return std::nullopt;
  if (!all_zero(bytes.subspan(32))) throw Failure(Code::malformed, "footer: reserved bytes are set");
  return Footer{load_le<std::uint64_t>(bytes.subspan(8)), load_le<std::uint64_t>(bytes.subspan(16)),
                load_le<std::uint64_t>(bytes.subspan(24))};
}

std::array<std::uint8_t, kFramePrefix> Frame::encode() const {
  std::array<std::uint8_t, kFramePrefix> out{};
  const MutableView o(out);
  const auto words = static_cast<std::uint32_t>((kFramePrefix - 8 + body_len + padding()) / 8);
  store_le<std::uint32_t>(o.subspan(4), words);
  std::copy(kRootPointer.begin(), kRootPointer.end(), out.begin() + 8);
  store_le<std::uint16_t>(o.subspan(16), static_cast<std::uint16_t>(kind));
  store_le<std::uint16_t>(o.subspan(18), final ? 1 : 0);
  store_le<std::uint32_t>(o.subspan(20), compartment);
  store_le<std::uint64_t>(o.subspan(24), ordinal);
  store_le<std::uint64_t>(o.subspan(32), index);
  store_le<std::uint32_t>(o.subspan(40), 1);
  store_le<std::uint32_t>(o.subspan(44), body_len << 3 | 2);
  return out;
}

namespace {

struct BodyRange {
  std::size_t least, most;
};

BodyRange body_range(FrameKind kind) {
  switch (kind) {
    case FrameKind::exhibit:
      return {kExhibitBody, kExhibitBody};
    case FrameKind::slices:
      return {32, kMaxSlicesBody};
    case FrameKind::seal:
      return {12, kMaxSealBody};
    default:
      return {kMinChunkBody, kMaxChunkBody};
  }
}

}  // namespace

Frame Frame::parse(View prefix, const std::string& where) {
  const auto malformed = [&](const char* why) { return Failure(Code::malformed, where + ": " + why); };
  const auto kind = load_le<std::uint16_t>(prefix.subspan(16)),
             flags = load_le<std::uint16_t>(prefix.subspan(18));
  const auto list = load_le<std::uint32_t>(prefix.subspan(44));
  if (load_le<std::uint32_t>(prefix) != 0 ||
      !std::equal(kRootPointer.begin(), kRootPointer.end(), prefix.begin() + 8) ||
      load_le<std::uint32_t>(prefix.subspan(40)) != 1 || (list & 7) != 2)
    throw malformed("not a frame");
  if (kind < 1 || kind > 6 || flags > 1) throw malformed("a frame of unknown kind or flags");
  Frame f{static_cast<FrameKind>(kind),
          flags == 1,
          load_le<std::uint32_t>(prefix.subspan(20)),
          load_le<std::uint64_t>(prefix.subspan(24)),
          load_le<std::uint64_t>(prefix.subspan(32)),
          list >> 3};
  const BodyRange range = body_range(f.kind);
  if (f.body_len > range.most)
    throw Failure(Code::limit, fmt::format("{}: a frame of {} bytes", where, f.body_len));
  if (f.body_len < range.least) throw malformed("a frame too short for its kind");
  if (load_le<std::uint32_t>(prefix.subspan(4)) != (f.stored() - 8) / 8)
    throw malformed("frame lengths disagree");
  return f;
}

std::uint64_t padme(std::uint64_t length) {
  if (length < 2) return length;
  const int e = static_cast<int>(std::bit_width(length)) - 1;
  const int s = static_cast<int>(std::bit_width(static_cast<unsigned>(e)));
  const std::uint64_t mask = (std::uint64_t{1} << (e - s)) - 1;
  return (length + mask) & ~mask;
}

}  // namespace exchange
