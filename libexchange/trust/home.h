// A home: the folder that holds an officer's keys and whom this officer trusts.
//
//   config.toml                     policy, default key
//   roots/AGENCY.key                an agency's root key (only where it is kept)
//   roots/AGENCY.card               its card
//   roots/AGENCY.issued/SERIAL      endorsements it has given
//   roots/AGENCY.revocations        its current revocation list
//   keys/AGENCY/NAME.key            an officer's private keys
//   keys/AGENCY/NAME.endorsement    and their endorsement, once installed
//   trust/AGENCY.card               a trusted agency
//   trust/AGENCY.revocations        the newest list seen (a lower number is refused: rollback)
//   trust/endorsements/SERIAL       endorsements of partners' keys
//
// Every change is one atomic file operation. Nothing is created until something is stored. A read-only home
// works for everything that stores nothing. Not for sharing between threads.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/failure.h"
#include "libexchange/trust/keyfile.h"
#include "libexchange/trust/statements.h"

namespace exchange {

// A trusted agency with what is known of it.
struct Agency {
  Card card;
  std::optional<RevocationList> revocations;  // newest seen
  // True if `note` is signed by this root.
  bool accepts(const Note& note) const { return verify_note(note, card.root); }
};

// A key of this home.
struct OwnKey {
  Address address;
  std::filesystem::path file;
  bool has_passphrase = false;
  std::optional<Endorsement> endorsement;
};

class Home {
 public:
  explicit Home(std::filesystem::path folder) : folder_(std::move(folder)) {}
  const std::filesystem::path& folder() const { return folder_; }

  // Trust. add() is Failure{trust} unless `fingerprint` is the card's.
  void add_agency(const std::string& card, std::string_view fingerprint);
  // A card for one call only, without a file.
  void trust_for_now(const std::string& card);
  std::vector<Agency> agencies() const;
  std::optional<Agency> agency(std::string_view id) const;
  void remove_agency(std::string_view id);
  // An endorsement or revocation list, checked against its trusted agency. Returns one line on what it was.
  // Failure{trust}: not of a trusted agency, bad signature, or a list older than the one at hand.
  std::string import_statement(const std::string& whole);

  // Every endorsement at hand of keys at this address that is signed by its trusted agency, newest first.
  std::vector<Endorsement> endorsements(const Address& address) const;
  // Everyone who can be addressed at `at`: the newest fitting endorsement of each address, by address.
  std::vector<Endorsement> partners(Instant at) const;
  // The one to address: valid now, usage "open", not revoked. Failure{trust} says why none fits.
  Endorsement recipient(const Address& address, Instant at) const;

  // Own keys.
  std::filesystem::path key_path(const Address& address) const;
  std::vector<OwnKey> own_keys() const;
  // The key to act with: `as` if given, else the only one (Failure{usage} lists the choice).
  OwnKey own_key(const std::optional<Address>& as) const;
  // For a key of this home, `own`. Failure{trust}: the agency is not trusted; {key}: it is for other keys.
  void install_endorsement(const std::string& whole, const PrivateKeys& own);

  // A value of config.toml as text; nothing when it is not there. Failure{usage}: config.toml cannot be read.
  //   custody = "DIR"              the folder of the custody log, relative to the home
  //   custody_transit_hours = 72   from transferred to received
  //   outbox_overdue_days = 7      from sent to a receipt
  std::optional<std::string> setting(std::string_view name) const;
  // The same as a number from 1 to a million. Failure{usage}: it is none.
  std::uint64_t number_setting(std::string_view name, std::uint64_t otherwise) const;
  // The name of the policy under which this home's cases are checked: `policy` of config.toml, else
  // "standard". Failure{usage}: config.toml cannot be read.
  std::string policy() const;

  // Roots kept here.
  std::filesystem::path root_path(std::string_view agency) const;

 private:
  std::filesystem::path folder_;
  std::vector<Card> for_now_;
};

// The chain of a signature made at `signed_at` by the key of `endorsement`: ok, or what is wrong.
struct ChainCheck {
  bool trusted = false;
  bool revoked = false;               // the one problem is the revocation: a later step than the rest
  Code code = Code::ok;               // trust when not trusted
  std::string problem;                // one line, empty when trusted
  std::vector<std::string> warnings;  // expired since, list stale, EXAMPLE …
  std::optional<Agency> agency;
};
// Steps 3 and 8 of the verification order: root trusted by explicit act, usage, not-before <= signed_at <=
// not-after, not revoked at `now` (a revocation counts whatever time the signature claims: a stolen key
// claims any time), revocation list not past its next-update (a warning; policy may refuse).
ChainCheck check_chain(const Home& home, const Endorsement& endorsement, std::string_view usage,
                       Instant signed_at, Instant now);

}  // namespace exchange
