#include "libexchange/transport/mailbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr std::string_view kAnnouncement = "announcement", kPart = "part-", kNote = "note-";
constexpr std::size_t kOffsetDigits = 14, kNoteDigits = 32, kMaxNotes = 1000;

std::optional<Hash> seal_of(std::string_view name) {
  const auto bytes = name.size() == 64 ? from_hex(name) : std::nullopt;
  if (!bytes) return std::nullopt;
  Hash seal{};
  std::ranges::copy(*bytes, seal.begin());
  return seal;
}

std::string note_name(View plain) {
  return std::string(kNote) + to_hex(sha256(plain)).substr(0, kNoteDigits);
}

bool is_note_name(std::string_view name) {
  return name.size() == kNote.size() + kNoteDigits && name.starts_with(kNote) &&
         from_hex(name.substr(kNote.size())).has_value();
}

}  // namespace

std::vector<Block> blocks_of(std::uint64_t sealed, std::uint64_t length) {
  std::vector<Block> blocks;
  for (const auto& [from, to] : {std::pair{std::uint64_t{0}, sealed}, {sealed, length}})
    for (std::uint64_t at = from; at < to; at += kSlice) blocks.push_back({at, std::min(kSlice, to - at)});
  return blocks;
}

std::string Part::name() const { return fmt::format("{}{:0{}}-{}", kPart, offset, kOffsetDigits, length); }

std::optional<Part> Part::parse(std::string_view name) {
  if (!name.starts_with(kPart) || name.size() < kPart.size() + kOffsetDigits + 2) return std::nullopt;
  std::string_view digits = name.substr(kPart.size(), kOffsetDigits);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  const auto offset = from_decimal(digits),
             length = from_decimal(name.substr(kPart.size() + kOffsetDigits + 1));
  if (!offset || !length || *length == 0 || *length > kSlice) return std::nullopt;
  const Part part{*offset, *length};
  return part.name() == name ? std::optional(part) : std::nullopt;
}

std::optional<std::vector<Part>> cover(const Stored& stored, const Block& block) {
  std::vector<Part> parts;
  std::uint64_t at = block.offset;
  const std::uint64_t end = block.offset + block.length;
  while (at < end) {
    // The last part that begins here and ends within the block.
    auto it = stored.parts.upper_bound({at, end - at});
    if (it == stored.parts.begin()) return std::nullopt;
    --it;
    if (it->first.offset != at) return std::nullopt;
    parts.push_back(it->first);
    at = it->first.end();
  }
  return parts;
}

std::vector<Block> gaps(const Stored& stored, const Block& block) {
  std::vector<Block> found;
  std::uint64_t at = block.offset;
  const std::uint64_t end = block.offset + block.length;
  while (at < end) {
    auto it = stored.parts.upper_bound({at, end - at});
    const bool here = it != stored.parts.begin() && std::prev(it)->first.offset == at;
    if (here) {
      at = std::prev(it)->first.end();
      continue;
    }
    while (it != stored.parts.end() && it->first.offset <= at) ++it;
    const std::uint64_t next = it == stored.parts.end() ? end : std::min(end, it->first.offset);
    found.push_back({at, next - at});
    at = next;
  }
  return found;
}

std::string seal_folder(const Hash& seal) { return to_hex(seal); }

std::vector<Hash> Mailbox::seals() {
  std::vector<Hash> seals;
  for (const StoredEntry& e : patiently([&] { return backend_.list(""); }))
    if (const auto seal = seal_of(e.name); seal && e.folder) seals.push_back(*seal);
  std::ranges::sort(seals);
  return seals;
}

Stored Mailbox::stored(const Hash& seal) {
  Stored stored;
  for (const StoredEntry& e : patiently([&] { return backend_.list(seal_folder(seal)); })) {
    if (e.folder) continue;
    if (e.name == kAnnouncement) stored.announced = e.size > 0;
    if (const auto part = Part::parse(e.name); part && part->length == e.size) stored.parts[*part] = e.stamp;
    if (is_note_name(e.name) && stored.notes.size() < kMaxNotes) stored.notes.insert(e.name);
  }
  return stored;
}

std::optional<SignedAnnouncement> Mailbox::announcement(const Hash& seal,
                                                        std::span<const AgeIdentity* const> identities) {
  std::uint64_t size = 0;
  const std::string folder = seal_folder(seal);
  for (const StoredEntry& e : patiently([&] { return backend_.list(folder); }))
    if (e.name == kAnnouncement) size = e.size;
  if (size == 0 || size > kMaxAnnouncement) return std::nullopt;
  Bytes stored(size);
  get_patiently(backend_, folder + "/" + std::string(kAnnouncement), 0, stored, patience_);
  auto opened = open_announcement(stored, identities);
  if (opened && opened->announcement.seal != seal)
    throw Failure(Code::integrity, "announcement: it is for another seal than its folder");
  return opened;
}

void Mailbox::put_announcement(const Hash& seal, View sealed) {
  const std::string folder = seal_folder(seal);
  patiently([&] { backend_.make_folder(folder); });
  patiently([&] { backend_.put_bytes(folder + "/" + std::string(kAnnouncement), sealed); });
}

void Mailbox::put_note(const Hash& seal, std::string_view note, std::span<const AgeRecipient> readers) {
  const std::string name = note_name(as_view(note));
  if (stored(seal).notes.contains(name)) return;
  const Bytes sealed = age_encrypt(readers, as_view(note));
  patiently([&] { backend_.put_bytes(seal_folder(seal) + "/" + name, sealed); });
}

std::vector<std::string> Mailbox::notes(const Hash& seal, std::span<const AgeIdentity* const> identities,
                                        std::set<std::string>& known) {
  std::vector<std::string> notes;
  for (const StoredEntry& e : patiently([&] { return backend_.list(seal_folder(seal)); })) {
    if (!is_note_name(e.name) || known.contains(e.name) || e.size > kMaxAnnouncement ||
        notes.size() >= kMaxNotes)
      continue;
    Bytes stored(e.size);
    get_patiently(backend_, seal_folder(seal) + "/" + e.name, 0, stored, patience_);
    try {
      const auto plain = age_decrypt(identities, stored, {kMaxSidecar, kMaxAddressees + 16});
      if (!plain || note_name(plain->expose_secret()) != e.name) continue;
      notes.emplace_back(plain->expose_text());
      known.insert(e.name);
    } catch (const Failure& f) {  // half written, or nobody's
      if (f.code() == Code::interrupted) throw;
    }
  }
  return notes;
}

void Mailbox::remove(const Hash& seal) {
  const std::string folder = seal_folder(seal);
  auto entries = patiently([&] { return backend_.list(folder); });
  std::ranges::stable_partition(entries, [](const StoredEntry& e) { return e.name.starts_with(kPart); });
  for (const StoredEntry& e : entries)
    if (!e.folder) patiently([&] { backend_.remove(folder + "/" + e.name); });
  patiently([&] { backend_.remove_folder(folder); });
}

}  // namespace exchange
