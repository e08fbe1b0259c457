#include "libexchange/trust/home.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"

namespace exchange {

namespace {

std::string read_note(const fs::path& path) { return to_text(read_file(path, kMaxNote)); }

// A folder's files with this ending, by name. Nothing when the folder is not there.
std::vector<fs::path> files_in(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().native();
    if (name.ends_with(ending) && name.front() != '.') files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string plain_hex(std::string_view fingerprint) {
  if (fingerprint.size() >= 7 && (fingerprint.starts_with("SHA256:") || fingerprint.starts_with("sha256:")))
    fingerprint.remove_prefix(7);
  std::string out;
  for (char c : fingerprint)
    if (c != ' ' && c != ':' && c != '-')
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

void store(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    throw Failure(Code::unavailable, printable(path.parent_path().native()) + ": " + error.message());
  write_file(path, as_view(text), OutputFile::Existing::replace);
}

}  // namespace

// ---- trust ----

void Home::add_agency(const std::string& text, std::string_view fingerprint) {
  const Card card = Card::parse(text);
  if (plain_hex(fingerprint) != plain_hex(card.fingerprint()))
    throw Failure(Code::trust, "the card of " + card.agency + " has another fingerprint than the one given",
                  "ask the agency again over a line you trust; do not use this card until both agree");
  const auto known = agency(card.agency);
  if (known && known->card.root != card.root)
    throw Failure(
        Code::trust, card.agency + ": another root key is trusted already",
        "if the agency really changed its key: valise trust remove " + card.agency + ", then add this card");
  store(folder_ / "trust" / (card.agency + ".card"), text);
}

void Home::trust_for_now(const std::string& text) { for_now_.push_back(Card::parse(text)); }

std::optional<Agency> Home::agency(std::string_view id) const {
  const fs::path path = folder_ / "trust" / (std::string(id) + ".card");
  if (is_agency_id(id) && fs::exists(path)) {
    Agency agency{Card::parse(read_note(path)), {}};
    if (agency.card.agency != id)
      throw Failure(Code::malformed, printable(path.native()) + ": is the card of " + agency.card.agency,
                    "take cards with: valise trust add CARD --fingerprint FP");
    const fs::path list = fs::path(path).replace_extension(".revocations");
    if (fs::exists(list)) agency.revocations = RevocationList::parse(read_note(list));
    return agency;
  }
  const auto for_now = std::ranges::find(for_now_, id, &Card::agency);
  if (for_now == for_now_.end()) return std::nullopt;
  return Agency{*for_now, {}};
}

std::vector<Agency> Home::agencies() const {
  std::set<std::string> ids;
  for (const fs::path& path : files_in(folder_ / "trust", ".card")) ids.insert(path.stem().native());
  for (const Card& card : for_now_) ids.insert(card.agency);
  std::vector<Agency> found;
  for (const std::string& id : ids)
    if (auto a = agency(id)) found.push_back(std::move(*a));
  return found;
}

void Home::remove_agency(std::string_view id) {
  if (!is_agency_id(id) || !fs::remove(folder_ / "trust" / (std::string(id) + ".card")))
    throw Failure(Code::usage, "\"" + printable(id) + "\" is not trusted here", "see: valise trust list");
}

std::string Home::import_statement(const std::string& whole) {
  const Note note = Note::parse(whole, "statement");
  const bool list = note.text.starts_with("valise-revocations/v1\n");
  if (!list && !note.text.starts_with("valise-endorsement/v1\n"))
    throw Failure(Code::malformed, "neither an endorsement nor a revocation list",
                  "cards are taken with: valise trust add CARD --fingerprint FP");
  const std::string id =
      list ? RevocationList::parse(whole).agency : Endorsement::parse(whole).officer.agency;
  const auto trusted = agency(id);
  if (!trusted)
    throw Failure(Code::trust, id + ": is not trusted here", "first: valise trust add CARD --fingerprint FP");
  if (!trusted->accepts(note))
    throw Failure(Code::trust, "a statement of " + id + " is not signed by its root key",
                  "ask the agency for it again");
  if (!list) {
    const Endorsement e = Endorsement::parse(whole);
    store(folder_ / "trust" / "endorsements" / e.serial, whole);
    return "endorsement of " + e.officer.text() + ", valid to " + to_utc(e.not_after);
  }
  const RevocationList fresh = RevocationList::parse(whole);
  if (trusted->revocations) {
    const RevocationList& seen = *trusted->revocations;
    if (fresh.number < seen.number || (fresh.number == seen.number && fresh.text() != seen.text()))
      throw Failure(Code::trust,
                    "revocation list " + std::to_string(fresh.number) + " of " + id +
                        " is not newer than number " + std::to_string(seen.number) +
                        ", which was seen already",
                    "ask the agency for its newest list; an old one may hide a revocation");
  }
  store(folder_ / "trust" / (id + ".revocations"), whole);
  return "revocation list " + std::to_string(fresh.number) + " of " + id + ", " +
         std::to_string(fresh.revoked.size()) + " revoked";
}

std::vector<Endorsement> Home::endorsements(const Address& address) const {
  std::vector<Endorsement> found;
  const auto trusted = agency(address.agency);
  if (!trusted) return found;
  for (const fs::path& path : files_in(folder_ / "trust" / "endorsements", "")) {
    const std::string whole = read_note(path);
    Endorsement e = Endorsement::parse(whole);
    if (e.officer == address && trusted->accepts(Note::parse(whole, "endorsement")))
      found.push_back(std::move(e));
  }
  std::ranges::sort(found, std::greater{}, &Endorsement::not_before);
  return found;
}

Endorsement Home::recipient(const Address& address, Instant at) const {
  const auto trusted = agency(address.agency);
  if (!trusted)
    throw Failure(Code::trust, address.text() + ": its agency is not trusted here",
                  "take its card with: valise trust add CARD --fingerprint FP");
  std::string why = "no endorsement of it is at hand";
  for (Endorsement& e : endorsements(address)) {
    const ChainCheck check = check_chain(*this, e, "open", at, at);
    if (check.trusted) return std::move(e);
    why = check.problem;
  }
  throw Failure(Code::trust, address.text() + ": cannot be addressed: " + why,
                "ask the agency for a valid endorsement, then: valise trust import FILE");
}

std::vector<Endorsement> Home::partners(Instant at) const {
  std::set<Address> addresses;
  for (const fs::path& path : files_in(folder_ / "trust" / "endorsements", ""))
    addresses.insert(Endorsement::parse(read_note(path)).officer);
  std::vector<Endorsement> found;
  for (const Address& address : addresses) {
    try {
      found.push_back(recipient(address, at));
    } catch (const Failure& f) {
      if (f.code() != Code::trust) throw;
    }
  }
  return found;
}

// ---- own keys ----

fs::path Home::key_path(const Address& address) const {
  return folder_ / "keys" / address.agency / (address.name + ".key");
}

std::string Home::policy() const { return setting("policy").value_or("standard"); }

std::optional<std::string> Home::setting(std::string_view name) const {
  const fs::path path = folder_ / "config.toml";
  if (!fs::exists(fs::symlink_status(path))) return std::nullopt;
  try {
    const Bytes bytes = read_file(path, kMaxNote);
    const toml::table root = toml::parse(as_text(bytes));
    const auto value = root.at_path(name);
    if (const auto number = value.value_exact<std::int64_t>()) return std::to_string(*number);
    return value.value<std::string>();
  } catch (const toml::parse_error& e) {
    throw Failure(Code::usage,
                  printable(path.native()) + ": line " + std::to_string(e.source().begin.line) + ": " +
                      printable(e.description()),
                  "it holds a line such as: policy = \"strict\"");
  }
}

std::uint64_t Home::number_setting(std::string_view name, std::uint64_t otherwise) const {
  const auto text = setting(name);
  if (!text) return otherwise;
  const auto number = from_decimal(*text);
  if (!number || *number == 0 || *number > 1'000'000)
    throw Failure(Code::usage, "config.toml: " + std::string(name) + " is not a number from 1 to 1000000",
                  "write for instance: " + std::string(name) + " = " + std::to_string(otherwise));
  return *number;
}

fs::path Home::root_path(std::string_view agency) const {
  return folder_ / "roots" / (std::string(agency) + ".key");
}

std::vector<OwnKey> Home::own_keys() const {
  std::vector<OwnKey> keys;
  std::error_code error;
  std::vector<fs::path> agencies;
  for (fs::directory_iterator it(folder_ / "keys", error), end; !error && it != end; it.increment(error))
    agencies.push_back(it->path());
  std::sort(agencies.begin(), agencies.end());
  for (const fs::path& folder : agencies)
    for (const fs::path& path : files_in(folder, ".key")) {
      const auto address = Address::parse(folder.filename().native() + "/" + path.stem().native());
      if (!address) continue;
      OwnKey key{*address, path, key_file_needs_passphrase(path), {}};
      const fs::path endorsement = fs::path(path).replace_extension(".endorsement");
      if (fs::exists(endorsement)) key.endorsement = Endorsement::parse(read_note(endorsement));
      keys.push_back(std::move(key));
    }
  return keys;
}

OwnKey Home::own_key(const std::optional<Address>& as) const {
  std::vector<OwnKey> keys = own_keys();
  if (keys.empty())
    throw Failure(Code::usage, "this home has no key", "make one with: valise key new AGENCY/NAME");
  std::string choice;
  for (OwnKey& key : keys) {
    if ((as && key.address == *as) || (!as && keys.size() == 1)) return std::move(key);
    choice += " " + key.address.text();
  }
  if (as) throw Failure(Code::usage, "this home has no key " + as->text(), "its keys:" + choice);
  throw Failure(Code::usage, "this home has more than one key", "say which with --as:" + choice);
}

void Home::install_endorsement(const std::string& whole, const PrivateKeys& own) {
  const Endorsement e = Endorsement::parse(whole);
  if (e.signing != own.verifier() || !own.receiving || e.receiving != own.receiving->recipient())
    throw Failure(Code::key, "the endorsement is for another key than " + own.name + " of this home",
                  "send a fresh request: valise key request " + own.name);
  import_statement(whole);  // checks its agency and signature, and keeps it for addressing
  store(key_path(e.officer).replace_extension(".endorsement"), whole);
}

}  // namespace exchange
