// Looking up: every spelling, every script, both sample cases.
#include "libexchange/base/text.h"
#include "libexchange/store/name_search.h"
#include "tests/catch.h"
#include "tests/store/stored.h"

using namespace stored;

namespace {

// A case with a victim whom the reader may know.
void victim_case(const Scratch& s) {
  s.write("case/one.txt", "one");
  init_case(s / "case", {"Test", "XA-TEST-2026-000009", "untoc:18", "a purpose that is long enough",
                         "cn-example-police"});
  s.write("case/persons.csv",
          "id,role,name_native,name_latin,minor,audience\n"
          "V-0001,victim,Nguyễn Thị Ví Dụ,NGUYEN THI VI DU,no,kh-example-police/evidence-desk\n"
          "P-0007,suspect,សុភា ឧទាហរណ៍,SOPHEA OUTEAHOR,no,\n"
          "P-0008,undetermined,မောင်နမူနာ,MAUNG NAMUNA,no,\n"
          "P-0009,witness,خالد المثالي,KHALID AL MITHALI,no,\n");
  pack(s / "case", {kh}, s / "case.valise");
}

}  // namespace

TEST_CASE("names fold to what they share") {
  const std::vector<std::pair<std::string, std::string>> same = {
      {"Nguyễn Thị", "NGUYEN, THI"}, {"CE  JIANGUO", "ce-jianguo"}, {"Đặng", "dang"}, {"ＡＢＣ", "abc"},
      {"ひらがな", "ヒラガナ"},      {"Straße", "STRASSE"},         {"خَالِد", "خالد"}, {"e\u0301", "é"}};
  for (const auto& [a, b] : same) {
    INFO(a);
    CHECK(folded_name(a) == folded_name(b));
    CHECK_FALSE(folded_name(a).empty());
  }
  CHECK(folded_name("测建国") != folded_name("测国建"));
  CHECK(folded_name("สมชาย") != folded_name("สมชย"));
  CHECK(folded_name(" -.,") == "");
  CHECK(name_endings("abc") == std::vector<std::string>{"abc", "bc", "c"});
  CHECK(name_endings("测建国").size() == 3);
  CHECK(ending_of(std::string(40, 'x')).size() == kEnding);
}

TEST_CASE("one identifier, however it is written") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  desk.take(store, lantern());
  desk.take(store, crane());
  for (const char* text :
       {"001010000000016", "00-101000-000001-6", "00 101000 000001", "٠٠١٠١٠٠٠٠٠٠٠٠١٦", "๐๐๑๐๑๐๐๐๐๐๐๐๐๑๖"}) {
    INFO(text);
    CHECK(values(find(store, text, {})) ==
          "imei=001010000000016@EXMLA/EX-01 imei=001010000000016@EXPOL/EX-01 "
          "imei=001010000000010@EXPOL/EX-06 ");
  }
  for (const char* text : {"+1 (202) 555-0101", "12025550101", "＋１２０２５５５０１０１"}) {
    INFO(text);
    CHECK(values(find(store, text, {})).starts_with("e164=+12025550101@EXPOL/EX-05 "));
  }
  CHECK(
      values(find(store, "202 555 0101", {{"US"}, false, 10})).starts_with("e164=+12025550101@EXPOL/EX-05 "));
  CHECK(find(store, "202 555 0101", {{"TH"}, false, 10}).empty());
  CHECK(values(find(store, "hxxps://parcel-refund[.]example/other", {})) ==
        "domain=parcel-refund.example@EXPOL/EX-05 ");
  CHECK(find(store, "parcel-refund.example", {}).size() == 1);
  // A wallet by the other chain's spelling.
  CHECK(values(find(store, "T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn", {}))
            .find("eth=0x0000000000000000000000000000000000000001@EXMLA/EX-01") != std::string::npos);
  CHECK(values(find(store, "4111 1111-1111 1111", {})) == "pan=411111******1111@EXPOL/EX-03 ");
  CHECK(values(find(store, "x0000001", {})).starts_with("passport_no="));
  CHECK(find(store, "999999999", {}).empty());
  CHECK_THROWS_AS(find(store, "  ", {}), Failure);
}

TEST_CASE("names in any script, in part, and hits say who and where") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  desk.take(store, lantern());
  for (const char* text : {"测建国", "建国", "ce jianguo", "JIANGUO", "jiang uo"}) {
    const auto hits = find(store, text, {});
    INFO(text);
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].type == "name");
    CHECK(hits[0].person == "P-0001");
    CHECK(hits[0].role == "suspect");
    CHECK(hits[0].reference == kLantern);
    CHECK(hits[0].tlp == "AMBER+STRICT");
    CHECK(hits[0].handling_code == "H1");
  }
  CHECK(find(store, "ตัวอย่าง", {}).size() == 1);
  CHECK(find(store, "国", {}).empty());  // one character is no name
}

TEST_CASE("a victim is a pseudonym until revealed, and is never called anything else") {
  Desk desk(EACH_DATABASE);
  Scratch s;
  victim_case(s);
  Store store = desk.open();
  desk.take(store, s / "case.valise");
  const bool knows = store.database().number("select count(*) from name where person = 'V-0001'") > 0;
  if (knows) {
    CHECK(values(find(store, "nguyen thi", {})).find("Nguy") == std::string::npos);
    CHECK(values(find(store, "nguyen thi", {{}, true, 10})).find("Nguyễn Thị Ví Dụ") != std::string::npos);
  }
  for (const Hit& hit : find(store, "V-0001", {})) CHECK(hit.role != "suspect");
  for (const char* text : {"សុភា", "ឧទាហរណ", "နမူနာ", "المثالي"}) {
    INFO(text);
    CHECK(find(store, text, {}).size() == 1);
  }
  const CaseDetail hidden = case_detail(store, {"XA-TEST-2026-000009", "cn-example-police"}, false);
  for (const StoredPerson& p : hidden.persons) CHECK((p.role == "victim") == p.names.empty());
}

TEST_CASE("files, exhibits and cases") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  desk.take(store, lantern());
  const auto file = store.database().first("select sha256, exhibit from file where path like '%chat.json'");
  REQUIRE(file);
  const auto hits = find(store, upper(file->text(0)), {});
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].type == "file");
  CHECK(hits[0].exhibit == "EX-05");
  CHECK(values(find(store, "ex-03", {})) == "exhibit=Bank cards, 3, photographed@EXPOL/EX-03 ");
  CHECK(find(store, kLantern, {}).front().type == "case");
  CHECK(find(store, "EX", {}).empty());
  CHECK_THROWS_AS(find_case(store, "XA-NONE-2026-000001"), Failure);
  CHECK(find_case(store, kLantern) == lantern_case);
}

TEST_CASE("links: what two cases share, without what is public, without weight") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  desk.take(store, lantern());
  desk.take(store, crane());
  std::string all;
  for (const Link& link : links(store, crane_case)) all += values(link.found) + "| ";
  CHECK(all.find("imei=001010000000016@EXMLA/EX-01 imei=001010000000016@EXPOL/EX-01") != std::string::npos);
  CHECK(all.find("eth=0x0000000000000000000000000000000000000001@EXMLA/EX-01 ") != std::string::npos);
  CHECK(all.find("tron=T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn@EXPOL/EX-05") != std::string::npos);
  CHECK(all.find("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t") == std::string::npos);
  CHECK(find(store, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", {}).size() == 2);  // find shows what there is
  CHECK(links(store, lantern_case).size() == links(store, crane_case).size());
}

TEST_CASE("a search is logged without its text") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  log_search(store, {"2026-11-25T00:00:00Z", kh, "find", kCrane, "why", 3}, "+1 202 555 0101");
  log_search(store, {"2026-11-25T00:00:01Z", kh, "find", "", "", 0}, "1-202-555-0101");
  const auto log = searches(store);
  REQUIRE(log.size() == 2);
  CHECK(log[0].for_case == kCrane);
  CHECK(log[0].reason == "why");
  CHECK(log[0].hits == 3);
  CHECK(log[0].query_sha256 == log[1].query_sha256);
  CHECK(log[0].query_sha256 == to_hex(sha256(as_view("12025550101"))));
}
