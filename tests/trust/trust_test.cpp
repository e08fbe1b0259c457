#include <cctype>
#include <functional>
#include <map>

#include "libexchange/base/text.h"
#include "libexchange/trust/home.h"
#include "libexchange/trust/usage.h"
#include "tests/catch.h"
#include "tests/scratch.h"

using namespace exchange;

namespace {

const fs::path kHomes = fs::path(TEST_SOURCE_DIR).parent_path() / "keys-example";
const Instant kNow = *from_utc("2026-06-01T00:00:00Z");

PrivateKeys root() {
  return read_key_file(kHomes / "roots/roots/kh-example-police.key", {}, [](const std::string&) {});
}

Endorsement endorsement() { return *Home(kHomes / "kh-desk").own_keys().at(0).endorsement; }

// The desk's endorsement, changed and signed again by its root.
Endorsement changed(const std::function<void(Endorsement&)>& change) {
  Endorsement e = endorsement();
  change(e);
  const PrivateKeys keys = root();
  return Endorsement::parse(sign_note(e.text(), keys.name, keys.signing).whole());
}

std::string list_text(std::uint64_t number, const std::vector<Revocation>& revoked, Instant next) {
  RevocationList list;
  list.agency = "kh-example-police";
  list.number = number;
  list.issued = kNow;
  list.next_update = next;
  list.example = true;
  list.revoked = revoked;
  const PrivateKeys keys = root();
  return sign_note(list.text(), keys.name, keys.signing).whole();
}

// A writable home that trusts Phnom Penh.
struct Desk : Scratch {
  Desk() : home(path) {
    const Card card = *card_of();
    home.add_agency(to_text(read_file(kHomes / "kh-desk/trust/kh-example-police.card", kMaxNote)),
                    card.fingerprint());
  }
  static std::optional<Card> card_of() { return Home(kHomes / "kh-desk").agency("kh-example-police")->card; }
  Home home;
};

}  // namespace

TEST_CASE("the example homes are whole: keys, endorsements, chains, addresses") {
  const std::map<std::string, std::pair<std::string, std::string>> expected = {
      {"cn-liaison", {"cn-example-police/liaison", "seal,open,custody"}},
      {"approver", {"cn-example-police/supervisor", "approve,supervisor"}},
      {"kh-desk", {"kh-example-police/evidence-desk", "seal,open,custody"}},
      {"th-desk", {"th-example-police/evidence-desk", "seal,open,custody"}},
      {"ae-desk", {"ae-example-police/evidence-desk", "seal,open,custody"}},
      {"cn-embassy", {"cn-example-mfa/consular-phnom-penh", "seal,open,custody,consular"}},
      {"outsider", {"outsider-example/desk", "seal,open,custody"}}};
  for (const auto& [name, key] : expected) {
    INFO(name);
    const Home home(kHomes / name);
    const OwnKey own = home.own_key({});
    CHECK(own.address.text() == key.first);
    REQUIRE(own.endorsement);
    CHECK(usages_text(own.endorsement->usages) == key.second);
    CHECK(own.endorsement->example);
    CHECK(to_utc(own.endorsement->not_after) == "2099-12-31T23:59:59Z");
    CHECK(home.agencies().size() == (name == "outsider" ? 6 : 5));
    CHECK(home.agency("outsider-example").has_value() == (name == "outsider"));
    const PrivateKeys keys = read_key_file(own.file, {}, [](const std::string&) {});
    CHECK(keys.example);
    CHECK(keys.verifier() == own.endorsement->signing);
    for (const char* address : {"kh-example-police/evidence-desk", "cn-example-mfa/consular-phnom-penh"})
      CHECK_NOTHROW(home.recipient(*Address::parse(address), kNow));
    for (const Agency& agency : home.agencies())
      if (agency.card.agency != "outsider-example") CHECK(agency.revocations.has_value());
  }
}

TEST_CASE("chains: root, usage, validity, revocation") {
  Desk desk;
  const auto problem = [&](const Endorsement& e, Instant signed_at = kNow, Instant at = kNow) {
    return check_chain(desk.home, e, "seal", signed_at, at);
  };
  CHECK(problem(endorsement()).trusted);
  CHECK_FALSE(problem(endorsement()).warnings.empty());  // EXAMPLE
  CHECK_FALSE(check_chain(Home("/nonexistent"), endorsement(), "seal", kNow, kNow).trusted);
  CHECK_FALSE(check_chain(desk.home, endorsement(), "supervisor", kNow, kNow).trusted);
  CHECK_FALSE(
      problem(changed([](Endorsement& e) { e.not_after = *from_utc("2026-05-01T00:00:00Z"); })).trusted);
  CHECK_FALSE(
      problem(changed([](Endorsement& e) { e.not_before = *from_utc("2026-07-01T00:00:00Z"); })).trusted);
  const Endorsement short_lived =
      changed([](Endorsement& e) { e.not_after = *from_utc("2026-06-02T00:00:00Z"); });
  const ChainCheck later = problem(short_lived, kNow, *from_utc("2026-07-01T00:00:00Z"));
  CHECK(later.trusted);
  CHECK(later.warnings.size() == 2);
  Endorsement forged = endorsement();
  forged.whole[forged.whole.find("usage seal") + 6] = 'S';
  CHECK_THROWS_AS(Endorsement::parse(forged.whole), Failure);

  desk.home.import_statement(list_text(5, {}, kNow));
  CHECK(problem(endorsement()).trusted);
  CHECK(problem(endorsement(), kNow, *from_utc("2026-06-02T00:00:00Z")).warnings.size() ==
        2);  // list is stale
  desk.home.import_statement(list_text(6, {{endorsement().serial, kNow, "lost"}}, kNow));
  const ChainCheck revoked = problem(endorsement(), *from_utc("2026-01-02T00:00:00Z"));
  CHECK_FALSE(revoked.trusted);
  CHECK(revoked.revoked);
}

TEST_CASE("trust is an explicit act, with the right fingerprint") {
  Scratch s;
  Home home(s.path);
  const std::string card = to_text(read_file(kHomes / "kh-desk/trust/kh-example-police.card", kMaxNote));
  const std::string fingerprint = Card::parse(card).fingerprint();
  CHECK_THROWS_AS(home.add_agency(card, ""), Failure);
  CHECK_THROWS_AS(home.add_agency(card, fingerprint.substr(0, 20)), Failure);
  CHECK(s.empty());
  std::string spelled = fingerprint.substr(7);
  for (char& c : spelled) c = c == ' ' ? ':' : static_cast<char>(std::toupper(c));
  CHECK_NOTHROW(home.add_agency(card, spelled));
  CHECK(home.agencies().size() == 1);
  home.remove_agency("kh-example-police");
  CHECK(home.agencies().empty());
  CHECK_THROWS_AS(home.remove_agency("../kh"), Failure);
}

TEST_CASE("statements of nobody trusted, or older lists, are not taken") {
  Desk desk;
  const std::string thai =
      to_text(read_file(kHomes / "th-desk/keys/th-example-police/evidence-desk.endorsement", kMaxNote));
  CHECK_THROWS_AS(desk.home.import_statement(thai), Failure);
  desk.home.import_statement(list_text(7, {}, kNow));
  CHECK_THROWS_AS(desk.home.import_statement(list_text(6, {}, kNow)), Failure);
  CHECK_NOTHROW(desk.home.import_statement(list_text(7, {}, kNow)));
  CHECK_THROWS_AS(desk.home.import_statement(list_text(7, {{endorsement().serial, kNow, "x"}}, kNow)),
                  Failure);
  std::string forged = list_text(8, {}, kNow);
  forged[forged.find("number 8") + 7] = '9';
  CHECK_THROWS_AS(desk.home.import_statement(forged), Failure);
}

TEST_CASE("texts are refused for any spelling but their own") {
  const std::string good = endorsement().whole;
  const auto refuse = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    INFO(to);
    CHECK_THROWS_AS(Endorsement::parse(bad), Failure);
  };
  refuse("valise-endorsement/v1", "valise-endorsement/v2");
  refuse("agency kh", "agency  kh");
  refuse("country KH", "country kh");
  refuse("country KH\n", "");
  refuse("usage seal,open", "usage open,seal");
  refuse("usage seal,open", "usage seal,rule");
  refuse("not-before 2026", "not-before 2100");
  refuse("example yes", "example maybe");
  refuse("example yes\n", "example yes\nmore\n");
  refuse("officer kh-example-police", "officer th-example-police");
  refuse("serial ", "serial 0");
}

TEST_CASE("key files: passphrase, mode, and what is in them") {
  Scratch s;
  const auto make = [](bool example) {
    return PrivateKeys{"xa-police/desk", SigningKey::generate(), AgeIdentity::generate(), example};
  };
  const PrivateKeys keys = make(false);
  const auto nobody_asks = [](const std::string&) -> SecretBytes { throw Failure(Code::bug, "asked"); };
  const auto says = [](const char* text) {
    return [text](const std::string&) { return SecretBytes::copy_of(as_view(text)); };
  };
  std::string warning;
  const auto warn = [&](const std::string& w) { warning = w; };
  write_key_file(s / "open.key", keys, "");
  CHECK((fs::status(s / "open.key").permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(read_key_file(s / "open.key", nobody_asks, warn).verifier() == keys.verifier());
  CHECK_THROWS_AS(write_key_file(s / "open.key", keys, ""), Failure);
  fs::permissions(s / "open.key", fs::perms::group_read, fs::perm_options::add);
  CHECK_THROWS_AS(read_key_file(s / "open.key", nobody_asks, warn), Failure);
  CHECK(warning.empty());

  write_key_file(s / "example.key", make(true), "");
  fs::permissions(s / "example.key", fs::perms::others_read, fs::perm_options::add);
  CHECK_NOTHROW(read_key_file(s / "example.key", nobody_asks, warn));
  CHECK_FALSE(warning.empty());

  write_key_file(s / "locked.key", keys, "open sesame");
  CHECK(key_file_needs_passphrase(s / "locked.key"));
  CHECK(to_text(read_file(s / "locked.key", 1 << 16)).find("AGE-SECRET") == std::string::npos);
  CHECK(read_key_file(s / "locked.key", says("open sesame"), warn).receiving->recipient() ==
        keys.receiving->recipient());
  CHECK_THROWS_AS(read_key_file(s / "locked.key", says("wrong"), warn), Failure);
}

TEST_CASE("names") {
  CHECK(Address::parse("kh-example-police/evidence-desk"));
  for (const char* bad :
       {"", "kh", "kh/", "/desk", "KH-police/desk", "kh--police/desk", "kh-police/desk/more",
        "kh police/desk", "-kh/desk", "kh-/desk", "../../etc/passwd", "kh-police/.."})
    CHECK_FALSE(Address::parse(bad));
  CHECK(is_country("KH"));
  CHECK(is_country("XA"));
  CHECK_FALSE(is_country("ZZ"));
  CHECK_FALSE(is_country("kh"));
}
