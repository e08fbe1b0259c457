// The structured messages of a bundle as plain structs, and their Cap'n Proto encoding
// (schemas/bundle.capnp).
//
// Encoders give one single-segment message. Decoders take exactly one, copy everything out behind one barrier
// and translate: Failure{limit} for amplification and depth, {malformed} for all else.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "libexchange/base/time.h"
#include "libexchange/bundle/layout.h"
#include "libexchange/casefile/request.h"

namespace exchange {

struct Header {
  std::string signer;            // vkey
  std::vector<Bytes> age_files;  // of compartments 0, 1, 2 …
  std::string label;
};
Bytes encode(const Header& header);
Header decode_header(View message);

enum class FileKind : std::uint16_t {
  regular,
  directory,
  symlink,
  fifo,
  character_device,
  block_device,
  socket
};
std::string_view name_of(FileKind kind);

struct FileEntry {
  std::string path;
  FileKind kind{};
  std::uint16_t mode = 0;
  std::uint64_t size = 0;
  Hash sha256{};  // regular files
  Instant modified, accessed, changed, born;
  bool acquisition_match = false;  // an acquisition hash was recorded, and it is `sha256`
  std::uint64_t hole_bytes = 0;
  std::string link_target;
};
Bytes encode(const FileEntry& entry);
FileEntry decode_file_entry(View message);  // also checks every field rule of docs/format.md

// A FILES part. Exactly one of the two is not empty.
struct FilesPart {
  std::vector<Bytes> entries;
  std::vector<std::uint64_t> chunk_offsets;
};
Bytes encode(const FilesPart& part);
FilesPart decode_files_part(View message);

struct ManifestEntry {
  std::uint64_t ordinal = 0;
  std::uint32_t compartment = 0, chunks = 0, files_parts = 0;
  std::uint64_t offset = 0, files_offset = 0, stored_bytes = 0;
  Hash leaf{};
  Bytes sealed_meta;
  std::array<std::uint8_t, kExhibitBody> salted{};  // body of its EXHIBIT frame
};
Bytes encode(const std::vector<ManifestEntry>& part);
std::vector<ManifestEntry> decode_manifest_part(View message);

struct ExhibitInfo {
  std::string id, path, title, kind;
  std::vector<std::pair<std::string, std::string>> row;  // column, value
};
struct CaseViewInfo {
  std::vector<std::string> audience;
  std::string reference, title, requesting, purpose, handling;
  std::vector<std::string> legal_basis;
  std::optional<Request> request;
  std::uint16_t folder_mode = 0;
  Instant folder_modified;
};
struct ExhibitMeta {
  std::uint64_t files = 0, bytes = 0;
  std::variant<ExhibitInfo, CaseViewInfo> about;
};
constexpr std::size_t kMaxMeta = 64 * 1024;
Bytes encode(const ExhibitMeta& meta);
ExhibitMeta decode_exhibit_meta(View message);

// Room that entries take in a part, for filling parts up to kChunk.
std::size_t room_for_entry(std::size_t raw_size);
std::size_t room_for_manifest_entry(const ManifestEntry& entry);
constexpr std::size_t kPartRoom = kChunk - 256;
constexpr std::size_t kOffsetsPerPart = 100'000;

}  // namespace exchange
