#include "libexchange/repatriation/htcds.h"

#include "libexchange/base/failure.h"
#include "tests/catch.h"
#include "tests/repatriation/people.h"

using namespace made;

namespace {

const Instant kNow = time_at("2026-11-25T00:00:00Z");

using Row = std::map<std::string, std::string>;
std::vector<Row> rows_of(const std::string& sheet) {
  std::vector<Row> rows;
  read_sheet("sheet", bytes_of(as_view(sheet)),
             [&](const Sheet& s, std::size_t, const std::vector<std::string>& cells) {
               rows.emplace_back();
               for (std::size_t i = 0; i < cells.size(); ++i) rows.back()[s.columns[i]] = cells[i];
             });
  return rows;
}
Row row_of(const Person& p, const HtcdsView& view = {true, true}) {
  return rows_of(htcds_header() + htcds_row(Tables::shipped(), p, kNow, view)).at(0);
}
Row back(const std::string& sheet) {
  return rows_of(people_sheet_of_htcds("sheet", bytes_of(as_view(sheet)))).at(0);
}

const Facts kFacts = {{"name_native", "ليلى عيّنة"},
                      {"name_latin", "LAYLA AYYINA"},
                      {"born", "1990-06-30 be:2533-06-30"},
                      {"sex", "female"},
                      {"minor", "no"},
                      {"nationality", "EGY"},
                      {"document_no", "X0000001"},
                      {"language", "ar"},
                      {"host", "THA"},
                      {"site", "TH-EX-01"},
                      {"channel", "ngo"},
                      {"outcome", "presumed_victim"},
                      {"answers", "A1 A2=yes; M1, M2=no M5 P1 P4=unknown"}};

}  // namespace

TEST_CASE("a person becomes a row in the words of the standard") {
  const Row row = row_of(assisted("V-0001", "protected", kFacts, "2026-05-21T10:00:00Z"));
  CHECK(row.at("prs_firstname") == "LAYLA AYYINA");
  CHECK(row.at("prs_secondname").empty());  // nobody splits a name
  CHECK(row.at("prs_gender") == "Feminine");
  CHECK(row.at("prs_citizenship") == "EG");
  CHECK(row.at("prs_birthdate") == "1990-06-30");
  CHECK(row.at("ext_ageband") == "35-44");
  CHECK(row.at("vic_traffickingstatus") == "PossibleVictimOfTrafficking");
  CHECK(row.at("vic_methodofrecruitment") == "ThroughAnOnlineAdvertisement");
  CHECK(row.at("vic_methodsofcontrol") == "FalsePromises;WithholdsDocuments;DebtBondage");
  CHECK(row.at("vic_typeofexploitation") == "ForcedLabour;ForcedCriminality");
  CHECK(row.at("cas_status") == "Active");
  CHECK(row.at("prs_deceased").empty());
  CHECK(row.at("cas_incomingreferraldate") == "2026-05-21");
  CHECK(row_of(assisted("V-1", "deceased")).at("prs_deceased") == "TRUE");
  CHECK(row_of(assisted("V-1", "deceased")).at("cas_status") == "Closed");
  CHECK(row_of(assisted("V-1", "arrived")).at("cas_status") == "FollowUp");
}

TEST_CASE("without a reason no name, number or date of birth; without the usage no answers") {
  const Person p = assisted("V-0001", "protected", kFacts);
  const std::string plain = htcds_row(Tables::shipped(), p, kNow, {});
  for (const char* const secret : {"LAYLA", "ليلى", "X0000001", "1990", "2533", "DebtBondage", "Forced"}) {
    INFO(secret);
    CHECK(plain.find(secret) == std::string::npos);
  }
  CHECK(plain.find("35-44") != std::string::npos);
}

TEST_CASE("of a minor, and of whose age is unknown, no date of birth is written at all") {
  for (const char* const minor : {"yes", "unknown"}) {
    const std::string row =
        htcds_row(Tables::shipped(), assisted("V-2", "safe", {{"born", "2012-02-03"}, {"minor", minor}}),
                  kNow, {true, true});
    CHECK(row.find("2012") == std::string::npos);
    CHECK(row.find("12-17") != std::string::npos);
  }
}

TEST_CASE("who has no record of assisted return is no row") {
  CHECK(htcds_row(Tables::shipped(), suspect("P-1", "detained"), kNow, {true, true}).empty());
}

TEST_CASE("what is written reads back, every field that the import takes") {
  const Row read =
      back(htcds_header() + htcds_row(Tables::shipped(),
                                      assisted("V-0001", "protected", kFacts, "2026-05-21T10:00:00Z"), kNow,
                                      {true, true}));
  for (const auto& [field, value] : kFacts) {
    if (field == "outcome" || field == "answers") continue;  // who screens here asks anew
    INFO(field);
    CHECK(read.at(field) == (field == "nationality" ? "EG" : field == "host" ? "TH" : value));
  }
  CHECK(read.at("id") == "V-0001");
  CHECK(read.at("reported_at") == "2026-05-21T10:00:00Z");
  CHECK(read.at("vic_typeofexploitation") == "ForcedLabour;ForcedCriminality");  // kept under its name
}

TEST_CASE("sheets of others are read: survey form, spreadsheet, parts of names, unknown words") {
  const Row survey = back(
      "prs_First_Name;prs_Second_Name;prs_Gender;prs_Citizenship;prs_Birthdate\nAnna;Example;"
      "TransgenderFeminine;KE;1990-01-02\n");
  CHECK(survey.at("name_latin") == "Anna Example");
  CHECK(survey.at("sex") == "other");
  CHECK(survey.at("nationality") == "KE");
  CHECK(survey.at("born") == "1990-01-02");
  CHECK(back("PRS_FIRSTNAME,prs_middlename,prs_SecondName\nA,B,C\n").at("name_latin") == "A B C");
  CHECK(back("prs_Gender\nSomething\n").at("sex") == "Something");  // the import names it
  CHECK(back("prs_Gender,cas_CaseOwner\nMasculine,somebody\n").at("cas_caseowner") == "somebody");
}

TEST_CASE("rows keep their lines, so that a problem is found where it stands") {
  const std::string sheet = "prs_FirstName,cas_CaseOwner\n\nA,\"two\nlines\"\n\n\nB,x\n";
  std::vector<std::size_t> before, after;
  const auto lines = [](const std::string& text, std::vector<std::size_t>& into) {
    read_sheet(
        "sheet", bytes_of(as_view(text)),
        [&](const Sheet&, std::size_t line, const std::vector<std::string>&) { into.push_back(line); });
  };
  lines(sheet, before);
  lines(people_sheet_of_htcds("sheet", bytes_of(as_view(sheet))), after);
  CHECK(before == std::vector<std::size_t>{3, 7});
  CHECK(after == before);
}

TEST_CASE("a cell is no formula, and its guard comes off again") {
  for (const std::string value : {"=1+1", "+855", "-x", "@a", "plain", "", "'quoted'", "a,b"}) {
    INFO(value);
    Facts facts = {{"document_no", value}};
    const std::string sheet =
        htcds_header() + htcds_row(Tables::shipped(), assisted("V-1", "safe", facts), kNow, {true, true});
    const std::string cell = rows_of(sheet)[0].at("prs_identitynumber");
    CHECK((cell.empty() || std::string("=+-@").find(cell[0]) == std::string::npos));
    CHECK(back(sheet).at("document_no") == value);
  }
}

TEST_CASE("a sheet of the standard is known by its header") {
  const auto is = [](std::string_view text) { return is_htcds("sheet", bytes_of(as_view(text))); };
  CHECK(is("prs_Gender\nFeminine\n"));
  CHECK(is("a;vic_Methods_of_Control\n1;2\n"));
  CHECK_FALSE(is("id,name_native,born\nV-1,x,1990\n"));
  CHECK_FALSE(is("ext_Id,name_latin\nV-1,x\n"));
  CHECK_THROWS_AS(is(""), Failure);
}
