#include "libexchange/casefile/identifier.h"

#include <fstream>
#include <sstream>

#include "libexchange/base/text.h"
#include "tests/catch.h"

using namespace exchange;

namespace {

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out;
  for (const auto part : split(line, '|')) out.emplace_back(trim(part));
  return out;
}

// type | value | status | normalised or - | country or -
struct Example {
  std::string type, value, status, normalised, country;
};

std::vector<Example> examples() {
  std::ifstream in(std::string(TEST_SOURCE_DIR) + "/casefile/identifiers.txt");
  std::vector<Example> out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto f = fields(line);
    REQUIRE(f.size() >= 3);
    std::string value = f[1];
    for (std::size_t at = value.find("\\n"); at != value.npos; at = value.find("\\n"))
      value.replace(at, 2, "\n");
    out.push_back({f[0], value, f[2], f.size() > 3 ? f[3] : "", f.size() > 4 ? f[4] : ""});
  }
  return out;
}

bool ends_in_checksum(const std::string& type) {  // any single digit changed is caught
  for (const char* t : {"imei", "iccid", "pan", "iban", "cn_id", "hk_id", "sa_id", "tr_id", "mrz_td3",
                        "mrz_td1", "mrz_td2", "btc", "tron"})
    if (type == t) return true;
  return false;
}

}  // namespace

TEST_CASE("every example of the table reads as it should") {
  for (const Example& e : examples()) {
    INFO(e.type << " " << e.value);
    const Identifier id = identify(e.type, e.value, {e.country, "", true, true});
    std::string notes;
    for (const auto& n : id.notes) notes += n + "; ";
    INFO(notes);
    CHECK(name_of(id.status) == e.status);
    CHECK(id.original == e.value);
    if (!e.normalised.empty() && e.normalised != "-") CHECK(id.normalised == e.normalised);
    CHECK((id.key.empty() == (id.status == IdentifierStatus::malformed)));
    if (id.status == IdentifierStatus::malformed) CHECK_FALSE(id.notes.empty());
  }
}

TEST_CASE("every type has a valid, a refused and a damaged example") {
  const auto all = examples();
  for (const IdentifierType& type : identifier_types()) {
    INFO(type.name);
    int good = 0, bad = 0;
    for (const Example& e : all)
      if (e.type == type.name) ++(e.status == "malformed" || e.status == "checksum_failed" ? bad : good);
    CHECK(good > 0);
    // Free text is never wrong.
    if (type.what.find("free text") == type.what.npos && type.name != "other") CHECK(bad > 0);
  }
}

TEST_CASE("any single digit changed is caught where there is a checksum") {
  for (const Example& e : examples()) {
    if (e.status != "valid" || !ends_in_checksum(e.type)) continue;
    for (std::size_t i = 0; i < e.value.size(); ++i) {
      if (e.value[i] < '0' || e.value[i] > '9') continue;
      for (char c = '0'; c <= '9'; ++c) {
        if (c == e.value[i]) continue;
        std::string changed = e.value;
        changed[i] = c;
        const Identifier id = identify(e.type, changed, {e.country, "", true, true});
        INFO(e.type << " " << changed << " " << name_of(id.status));
        // Without its check digit, or with the 0 that networks send, an IMEI cannot tell.
        const bool network_zero =
            e.type == "imei" && changed.back() == '0' && id.status == IdentifierStatus::format_only;
        const bool not_luhn = e.type == "pan" && (changed.starts_with("62") || changed.size() == 19);
        CHECK((id.doubtful() || network_zero || not_luhn));
      }
    }
  }
}

TEST_CASE("one case of an EIP-55 address flipped is caught") {
  const std::string good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
  for (std::size_t i = 2; i < good.size(); ++i) {
    if (good[i] <= '9') continue;
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    CHECK(identify("eth", changed).status == IdentifierStatus::checksum_failed);
  }
}

TEST_CASE("digits of every script, and marks that cannot be seen") {
  CHECK(identify("imei", "٤٩٠١٥٤٢٠٣٢٣٧٥١٨").normalised == "490154203237518");
  CHECK(identify("th_id", "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑").status == IdentifierStatus::valid);
  CHECK(identify("e164", "٠٥٠١٢٣٤٥٦٧", {"AE", "", false, false}).normalised == "+971501234567");
  CHECK(identify("e164", "၀၉၂၁၂၃၄၅၆", {"MM", "", false, false}).normalised ==
        identify("e164", "09212345 6", {"MM", "", false, false}).normalised);
  CHECK(identify("pan", "\u200f４１１１ １１１１\u00a01111–1111\u200e").normalised == "4111111111111111");
  CHECK(identify("mac", "\ufeff00:00:5e:00:53:01").normalised == "00:00:5e:00:53:01");
}

TEST_CASE("card numbers are masked on screens") {
  const Identifier id = identify("pan", "4111 1111 1111 1111");
  CHECK(id.display == "411111******1111");
  CHECK(id.normalised == "4111111111111111");
}

TEST_CASE("equal things share a key") {
  CHECK(identify("imei", "001010000000016").key == identify("imei", "001010000000010").key);
  CHECK(identify("imei", "0010100000000199").key == identify("imei", "001010000000016").key);
  CHECK(identify("bic", "DEUTDEFF").key == identify("bic", "DEUTDEFFXXX").key);
  CHECK(identify("mac", "00-00-5E-00-53-01").key == identify("mac", "0000.5e00.5301").key);
  const auto shares = [](const Identifier& a, const Identifier& b) {
    for (const auto& x : a.also)
      for (const auto& y : b.also)
        if (x == y) return true;
    return false;
  };
  CHECK(shares(identify("tron", "T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn"),
               identify("eth", "0x0000000000000000000000000000000000000001")));
  CHECK(identify("whatsapp", "12025550101@s.whatsapp.net").also.front() ==
        identify("e164", "+1 202-555-0101").key);
  CHECK(identify("whatsapp", "123456@lid").also.empty());
  CHECK(identify("meid", "293608736500703710").key == identify("meid", "AF0123450ABCDEC").key);
  CHECK(identify("tron", "410000000000000000000000000000000000000001").key ==
        identify("tron", "T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn").key);
}

TEST_CASE("what is public is known to be") {
  CHECK(public_identifier(identify("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t").key) != nullptr);
  CHECK(public_identifier(identify("ipv4", "8.8.8.8").key) != nullptr);
  CHECK(public_identifier(identify("tron", "T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn").key) == nullptr);
}

TEST_CASE("nothing that is thrown at it breaks it") {
  unsigned seed = 1;
  for (const IdentifierType& type : identifier_types())
    for (int n = 0; n < 400; ++n) {
      std::string value;
      for (int i = 0; i < n % 60; ++i) {
        seed = seed * 1664525 + 1013904223;
        value += n % 2 ? static_cast<char>(seed >> 24) : "0123456789ABCDEFabcdef:/.@-<()T1+\n "[seed >> 27];
      }
      const Identifier id = identify(type.name, value);
      CHECK(id.original == value);
    }
  CHECK(identify("nonsense", "1").status == IdentifierStatus::malformed);
  CHECK(identify("pan", std::string(100'000, '4')).status == IdentifierStatus::malformed);
}
