#include <regex>

#include "libexchange/report/board_page.h"
#include "libexchange/report/chart.h"
#include "libexchange/report/stats_page.h"
#include "tests/catch.h"
#include "tests/repatriation/people.h"

using namespace made;
using namespace exchange::report;

namespace {

const Instant kNow = time_at("2026-06-01T00:00:00Z");

std::string page_of(const std::vector<Person>& people, bool names = false, const std::string& language = "en",
                    std::size_t most = 50) {
  const Labels labels(language);
  const Board board = make_board(Tables::shipped(), pointers(people), {}, kNow, most, 10);
  return board_page(board, {Tables::shipped(), labels, "cn-example-mfa/desk", names});
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// Every tag that opens closes, in order; attributes are quoted; nothing but our tags stands there.
void check_well_formed(const std::string& page) {
  static const std::regex tag("<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z:-]+=\"[^\"<]*\")*)(/?)>");
  std::string body = page.substr(page.find('\n') + 1);
  REQUIRE(page.starts_with("<!DOCTYPE html>\n"));
  std::vector<std::string> open;
  std::size_t tags = 0;
  for (std::sregex_iterator i(body.begin(), body.end(), tag), end; i != end; ++i, ++tags) {
    const std::string name = (*i)[2];
    if ((*i)[1].length() > 0) {
      REQUIRE_FALSE(open.empty());
      CHECK(open.back() == name);
      open.pop_back();
    } else if ((*i)[4].length() == 0) {
      open.push_back(name);
    }
  }
  CHECK(open.empty());
  CHECK(count(body, "<") == tags);
}

// Nothing is fetched, nothing runs.
void check_alone(const std::string& page) {
  for (const char* const word :
       {"<script", "src=", "href=", "url(", "@import", "<link", "<iframe", "<img", " on", "javascript:"}) {
    INFO(word);
    const bool allowed = std::string(word) == " on" && page.find(" on") != page.npos &&
                         !std::regex_search(page, std::regex(" on[a-z]+=\""));
    CHECK((page.find(word) == std::string::npos || allowed));
  }
  CHECK(page.find("default-src 'none'") == std::string::npos);  // quotes are escaped in attributes
  CHECK(page.find("default-src &#39;none&#39;") != std::string::npos);
  std::string without_namespaces =
      std::regex_replace(page, std::regex("xmlns=\"http://www.w3.org/[a-zA-Z0-9/]+\""), "");
  CHECK(without_namespaces.find("://") == std::string::npos);
}

}  // namespace

TEST_CASE("nothing that is written breaks out of its place") {
  const std::string evil = "<script>alert(1)</script>\"'><b onclick=\"x\">&amp;";
  const std::string bidi = "\u202Egnp.exe\u202C \u2066x";
  const std::vector<Person> people = {assisted("V-1", "reported",
                                               {{"name_native", evil},
                                                {"name_latin", bidi},
                                                {"host", evil},
                                                {"site", evil},
                                                {"nationality", evil},
                                                {"batch", evil + std::string("\x01\xff", 2)}}),
                                      assisted(evil, evil)};
  for (const bool names : {false, true}) {
    const std::string page = page_of(people, names);
    check_well_formed(page);
    check_alone(page);
    CHECK(page.find("\u202E") == std::string::npos);
    CHECK(page.find("\u2066") == std::string::npos);
    CHECK(page.find('\x01') == std::string::npos);
    CHECK(page.find('\xff') == std::string::npos);
    CHECK(page.find("&lt;script&gt;") != std::string::npos);
  }
  const Stats stats = count_people(Tables::shipped(), pointers(people), {}, {}, kNow);
  const std::string page = stats_page(stats, Labels("en"), evil);
  check_well_formed(page);
  check_alone(page);
}

TEST_CASE("names stand on the board only when asked for, each isolated in its own direction") {
  const std::vector<Person> people = {
      assisted("V-1", "reported", {{"name_native", "خالد المثالي"}, {"name_latin", "KHALID"}}),
      assisted("V-2", "reported",
               {{"name_native", "สมชาย"},
                {"born", "1990-01-01"},
                {"document_no", "X0000001"},
                {"contact", "+66"}})};
  const std::string hidden = page_of(people);
  for (const char* const secret : {"خالد", "KHALID", "สมชาย", "1990-01-01", "X0000001", "+66"}) {
    INFO(secret);
    CHECK(hidden.find(secret) == std::string::npos);
  }
  CHECK(hidden.find("V-1") != std::string::npos);
  const std::string shown = page_of(people, true);
  CHECK(shown.find("<bdi dir=\"auto\">خالد المثالي</bdi>") != std::string::npos);
  CHECK(shown.find("<bdi dir=\"auto\">สมชาย</bdi>") != std::string::npos);
  CHECK(shown.find("X0000001") == std::string::npos);
}

TEST_CASE("the page has a column for each state with people, in order, and names the empty ones") {
  std::vector<Person> people = {assisted("A", "registered", {{"minor", "yes"}}),
                                assisted("B", "reported", {{"minor", "no"}}), assisted("C", "reported"),
                                suspect("D", "detained", {{"minor", "no"}})};
  people[1].assisted->standing.due = {{"acknowledge", time_at("2026-05-20T00:00:00Z")}};
  const std::string page = page_of(people);
  CHECK(count(page, "<section class=\"column\">") == 3);
  CHECK(count(page, "<article class=\"card") == 4);
  CHECK(count(page, "<article class=\"card is-late\">") == 1);
  CHECK(count(page, "of-minor\">") == 2);
  CHECK(page.find("<span>reported</span>") < page.find("<span>registered</span>"));
  CHECK(page.find("nobody in: located, safe, screened") != std::string::npos);
  CHECK(page.find("acknowledge the report") != std::string::npos);
  CHECK(page.find("late <bdi>12 d</bdi>") != std::string::npos);
  const std::string narrow = page_of(people, false, "en", 1);
  CHECK(count(narrow, "<article class=\"card") == 3);
  CHECK(narrow.find("+ 1 more") != std::string::npos);
  CHECK(page_of({}).find("<section") == std::string::npos);
}

TEST_CASE("gates stand on a card as marks with words") {
  std::vector<Person> people = {assisted("A", "preparing", {{"minor", "no"}})};
  people[0].assisted->standing.gates = {
      {"identity", "ok", {}, {}}, {"exit", "waived", {}, {}}, {"risk", "failed", {}, {}}};
  const std::string page = page_of(people);
  CHECK(page.find("<li class=\"ok\" title=\"done\">✓ identity</li>") != std::string::npos);
  CHECK(page.find("<li class=\"waived\" title=\"waived\">~ exit</li>") != std::string::npos);
  CHECK(page.find("<li class=\"failed\" title=\"failed\">✗ risk</li>") != std::string::npos);
  CHECK(page.find("<li class=\"open\" title=\"open\">○ ticket</li>") != std::string::npos);
}

TEST_CASE("the frame follows the language") {
  const std::vector<Person> people = {assisted("A", "reported", {{"site", "TH-EX-01"}, {"host", "THA"}})};
  const std::string arabic = page_of(people, false, "ar");
  CHECK(arabic.find("lang=\"ar\" dir=\"rtl\"") != std::string::npos);
  CHECK(arabic.find("مبلغ عنه") != std::string::npos);
  CHECK(arabic.find("معبر المثال") != std::string::npos);
  const std::string thai = page_of(people, false, "th");
  CHECK(thai.find("lang=\"th\" dir=\"ltr\"") != std::string::npos);
  CHECK(thai.find("ด่านตัวอย่าง") != std::string::npos);
  for (const std::string& language : Labels::languages()) {
    check_well_formed(page_of(people, true, language));
    check_alone(page_of(people, true, language));
  }
}

TEST_CASE("bars are drawn to scale, with the number as text") {
  Html page;
  bar_chart(page, "Title", {{"a & b", 100}, {"half", 50}, {"none", 0}, {"rest", 7, true}});
  const std::string svg = page.take();
  const auto width_of = [&](const std::string& label) {
    const std::size_t at = svg.find("width=\"", svg.find("<title>" + label));
    return std::stoul(svg.substr(at + 7));
  };
  CHECK(width_of("a &amp; b: 100") == 2 * width_of("half: 50"));
  CHECK(width_of("none: 0") == 0);
  CHECK(svg.find("class=\"pooled\"") != std::string::npos);
  CHECK(count(svg, "<title>Title</title>") == 1);
  CHECK(svg.find("<figcaption>Title</figcaption>") != std::string::npos);
  Html empty;
  bar_chart(empty, "Title", {});
  CHECK(empty.take().empty());
}

TEST_CASE("a page for the public tells no small number") {
  std::vector<Person> people;
  for (int i = 0; i < 20; ++i)
    people.push_back(assisted("P-" + std::to_string(i), "reported",
                              {{"nationality", i < 3   ? "KEN"
                                               : i < 6 ? "ETH"
                                                       : "VNM"},
                               {"sex", "male"},
                               {"outcome", "presumed_victim"}}));
  const Stats stats = count_people(Tables::shipped(), pointers(people), {}, {}, kNow);
  const std::string open = stats_page(for_the_public(Tables::shipped(), stats), Labels("en"));
  check_well_formed(open);
  check_alone(open);
  for (const char* const word : {"Kenya", "Ethiopia", "presumed", "victim", "suspect"}) {
    INFO(word);
    CHECK(open.find(word) == std::string::npos);
  }
  CHECK(open.find("cells under 5 and others pooled: 6") != std::string::npos);
  people.resize(4);
  const Stats few = count_people(Tables::shipped(), pointers(people), {}, {}, kNow);
  const std::string none = stats_page(for_the_public(Tables::shipped(), few), Labels("en"));
  CHECK(none.find("fewer than 5") != std::string::npos);
  CHECK(none.find("<svg") == std::string::npos);
}

TEST_CASE("codes are told in the reader's language") {
  CHECK(cell_label("by_host", "THA", Labels("en")) == "Thailand (THA)");
  CHECK(cell_label("by_nationality", "THA", Labels("th")) == "ไทย (THA)");
  CHECK(cell_label("by_nationality", "XXA", Labels("en")) == "XXA");
  CHECK(cell_label("by_state", "lost_contact", Labels("en")) == "lost contact");
  CHECK(cell_label("by_batch", "F-1", Labels("en")) == "F-1");
  CHECK(cell_label("by_site", "", Labels("en")) == "not given");
}
