// The layout of a mailbox (docs/mailbox.md):
//
//   SEAL/announcement          what is coming: an age file around a signed note
//   SEAL/part-OFFSET-LENGTH    bytes of the bundle, as they stand in the file
//   SEAL/note-HASH             a sidecar: receipt, refusal, approval …: an age file around a signed note
//
// SEAL is the bundle's seal id in hex, OFFSET has 14 decimal digits, HASH is the first 32 hex digits of the
// SHA-256 of the note inside.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libexchange/transport/announcement.h"
#include "libexchange/transport/patience.h"

namespace exchange {

constexpr std::size_t kMaxSidecar = 192 * 1024;  // a note with the endorsement of its signer
constexpr std::uint64_t kSmallestPart = 256 << 10;

// The bytes of a file that are stored, fetched and judged together: a slice, or a piece of the tail of at
// most one slice's size.
struct Block {
  std::uint64_t offset = 0, length = 0;
};
std::vector<Block> blocks_of(std::uint64_t sealed, std::uint64_t length);

struct Part {
  std::uint64_t offset = 0, length = 0;
  std::uint64_t end() const { return offset + length; }
  std::string name() const;  // without its folder
  static std::optional<Part> parse(std::string_view name);
  auto operator<=>(const Part&) const = default;
};

// What a mail's folder holds.
struct Stored {
  bool announced = false;
  std::map<Part, std::string> parts;  // whole by their size; with the server's stamp
  std::set<std::string> notes;        // names
};

// Parts that cover a block without overlap, or nothing while some are missing. Where several parts begin at
// one place, the longest that fits.
std::optional<std::vector<Part>> cover(const Stored& stored, const Block& block);
// What no stored part covers, ascending.
std::vector<Block> gaps(const Stored& stored, const Block& block);

std::string seal_folder(const Hash& seal);

class Mailbox {
 public:
  // Both must outlive it. One thread at a time.
  Mailbox(Backend& backend, const Patience& patience) : backend_(backend), patience_(patience) {}

  std::vector<Hash> seals();  // of all mail, ascending
  Stored stored(const Hash& seal);
  // Nothing: none is there, it is not readable yet, or not for these keys.
  std::optional<SignedAnnouncement> announcement(const Hash& seal,
                                                 std::span<const AgeIdentity* const> identities);
  void put_announcement(const Hash& seal, View sealed);

  // A sidecar: `note` as signed; those who may read it. Putting one that is there already does nothing.
  void put_note(const Hash& seal, std::string_view note, std::span<const AgeRecipient> readers);
  // Every sidecar that these keys open and whose name is that of its content; `known` are not read again and
  // get the names of those that were.
  std::vector<std::string> notes(const Hash& seal, std::span<const AgeIdentity* const> identities,
                                 std::set<std::string>& known);

  // Removes parts first, then the rest.
  void remove(const Hash& seal);

 private:
  template <class Op>
  auto patiently(Op op) {
    return with_patience(patience_, op);
  }
  Backend& backend_;
  const Patience& patience_;
};

}  // namespace exchange
