// The fixed bytes of a bundle: preamble, frame prefix, footer, and the limits. docs/format.md, "Layout".
#pragma once
#include <optional>

#include "libexchange/base/bytes.h"
#include "libexchange/base/failure.h"

namespace exchange {

constexpr std::size_t kPreambleSize = 64;
constexpr std::size_t kFooterSize = 64;
constexpr std::size_t kFramePrefix = 48;
constexpr std::size_t kChunk = std::size_t{1} << 20;      // plaintext bytes of every chunk but the last
constexpr std::uint64_t kSlice = std::uint64_t{1} << 23;  // bytes of every slice but the last
constexpr std::size_t kCommitment = 32;

// Limits that a writer keeps and a reader enforces.
constexpr std::uint32_t kMaxHeader = 16u << 20;
constexpr std::uint32_t kMaxCompartments = 4096;
constexpr std::uint64_t kMaxStreams = (1u << 20) + kMaxCompartments;
constexpr std::uint64_t kMaxSealed = std::uint64_t{1} << 44;
constexpr std::size_t kExhibitBody = 48;
constexpr std::size_t kMinChunkBody = 16 + 512 + 16;
constexpr std::size_t kMaxChunkBody = kChunk + (std::size_t{1} << 17);
constexpr std::size_t kMaxSlicesBody = std::size_t{64} << 20;
constexpr std::size_t kMaxSealBody = std::size_t{256} << 10;
constexpr std::size_t kMaxPath = 4096;

struct Preamble {
  std::uint32_t header_len = 0;
  std::uint32_t compartments = 0;
  Hash bundle_id{};
  std::array<std::uint8_t, kPreambleSize> encode() const;
  // Step 0 of the verification. `bytes` is what the file has, at most 64 bytes.
  static Preamble parse(View bytes);
  std::uint64_t first_frame() const {
    return kPreambleSize + header_len + std::uint64_t{kCommitment} * compartments;
  }
};

struct Footer {
  std::uint64_t sealed_len = 0, manifest_offset = 0, file_len = 0;
  std::array<std::uint8_t, kFooterSize> encode() const;
  // Nothing when the magic is not there; Failure{malformed} when reserved bytes are set.
  static std::optional<Footer> parse(View bytes);
};

enum class FrameKind : std::uint16_t {
  exhibit = 1,
  chunk = 2,
  files = 3,
  manifest = 4,
  slices = 5,
  seal = 6
};

struct Frame {
  FrameKind kind{};
  bool final = false;
  std::uint32_t compartment = 0;
  std::uint64_t ordinal = 0;
  std::uint64_t index = 0;
  std::uint32_t body_len = 0;

  // The 48 bytes before the body; they are also the associated data of the body's encryption.
  std::array<std::uint8_t, kFramePrefix> encode() const;
  // Compares the constant bytes. Failure{malformed} for a broken prefix, {limit} for a body over its kind's
  // limit; `where` names the place.
  static Frame parse(View prefix, const std::string& where);
  std::uint64_t padding() const { return (8 - body_len % 8) % 8; }
  std::uint64_t stored() const { return kFramePrefix + body_len + padding(); }  // bytes in the file
};

// Padmé: the padded length of `length` bytes; leaks O(log log length) bits. PURBs, PETS 2019, section 4.
std::uint64_t padme(std::uint64_t length);

}  // namespace exchange
