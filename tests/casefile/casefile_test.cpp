#include <fcntl.h>

#include <algorithm>
#include <set>

#include "libexchange/base/text.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/sharing.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/casefile/walk.h"
#include "tests/catch.h"
#include "tests/scratch.h"

using namespace exchange;

namespace {

using Cells = std::vector<std::string>;

std::vector<std::pair<std::size_t, Cells>> rows_of(View bytes) {
  std::vector<std::pair<std::size_t, Cells>> rows;
  read_sheet("t.csv", bytes_of(bytes),
             [&](const Sheet&, std::size_t line, Cells& cells) { rows.emplace_back(line, cells); });
  return rows;
}

std::vector<std::string> paths_of(const Scratch& s, const std::string& path,
                                  const std::vector<std::string>& not_these = {}) {
  std::vector<std::string> out;
  const Fd folder = open_file(s.path, O_RDONLY | O_DIRECTORY);
  walk(folder.get(), path, not_these, [&](const Found& f) { out.push_back(f.path); });
  return out;
}

const char* kToml =
    "reference = \"XA-TEST-2026-000001\"\ntitle = \"T\"\n[request]\nrequesting = \"cn-example-police\"\n"
    "purpose = \"a purpose that is long enough\"\n[[request.legal_basis]]\ninstrument = \"untoc\"\narticle = "
    "\"18\"\n"
    "[audience]\nkh = \"kh-example-police/evidence-desk\"\nboth = [\"kh-example-police/evidence-desk\", "
    "\"th-example-police/evidence-desk\"]\n";

// The problems of a case with this exhibits.csv, as "line column: why".
std::vector<std::string> problems(const Scratch& s, const std::string& toml, const std::string& csv) {
  s.write("case/case.toml", toml);
  s.write("case/exhibits.csv", csv);
  std::vector<std::string> out;
  const CheckedCase checked = check_case(s / "case", Policy::standard());
  for (const Problem& p : checked.problems.list())
    if (p.level == Problem::Level::refuse)
      out.push_back(p.file + ":" + std::to_string(p.row) + " " + p.column + ": " + p.why);
  return out;
}

}  // namespace

TEST_CASE("sheets are read as spreadsheets write them") {
  const std::vector<std::pair<std::size_t, Cells>> expected = {{2, {"EX-01", "a\nb", "x"}},
                                                               {5, {"EX-02", "", ""}}};
  for (const std::string separator : {",", ";", "\t"}) {
    for (const std::string end : {"\n", "\r\n"}) {
      std::string text =
          "id|title|note" + end + "EX-01|\"a\nb\"|x" + end + end + "EX-02||" + end + "||" + end;
      for (std::size_t at; (at = text.find('|')) != text.npos;) text.replace(at, 1, separator);
      CHECK(rows_of(as_view(text)) == expected);
      CHECK(rows_of(as_view("\xef\xbb\xbf" + text)) == expected);
      Bytes little = {0xff, 0xfe}, big = {0xfe, 0xff};
      for (char c : text) {
        little.insert(little.end(), {static_cast<std::uint8_t>(c), 0});
        big.insert(big.end(), {0, static_cast<std::uint8_t>(c)});
      }
      CHECK(rows_of(little) == expected);
      CHECK(rows_of(big) == expected);
    }
  }
  CHECK_THROWS_AS(rows_of(as_view("id\n\xff\n")), Failure);
  CHECK_THROWS_AS(rows_of(as_view("")), Failure);
  CHECK_THROWS_AS(rows_of(as_view("id\n\"" + std::string(2 << 20, 'x'))), Failure);
}

TEST_CASE("any file name fits into a cell and comes back") {
  for (const std::string name : {"plain", "with space", " lead", "a,b;c\td", "quo\"te", "new\nline",
                                 "\xff\xfe", "raw:x", "100%", "证据", "a\x7f"}) {
    INFO(printable(name));
    const std::string cell = path_to_cell(name);
    CHECK(is_utf8(cell));
    CHECK(path_from_cell(cell) == name);
    const auto rows = rows_of(as_view("path,x\n" + csv_cell(cell) + ",1\n"));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].second[0] == cell);
  }
  CHECK_FALSE(path_from_cell("raw:%4").has_value());
  CHECK_FALSE(path_from_cell("raw:%zz").has_value());
}

TEST_CASE("a walk is in the format's order, with the folders above and without what is not the exhibit's") {
  Scratch s;
  for (const char* name : {"a/b", "a/c/d", "a.b", "a-b/x", "z"}) s.write(name, "x");
  fs::create_symlink("/etc", s / "a/link");
  const std::vector<std::string> all = {"a", "a/b", "a/c", "a/c/d", "a/link", "a-b", "a-b/x", "a.b", "z"};
  CHECK(paths_of(s, ".") == all);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(path_before(all[i - 1], all[i]));
  CHECK(paths_of(s, "a/c") == std::vector<std::string>{"a", "a/c", "a/c/d"});
  CHECK(paths_of(s, "a", {"a/c"}) == std::vector<std::string>{"a", "a/b", "a/link"});
  CHECK(paths_of(s, "").empty());
  CHECK_THROWS_AS(paths_of(s, "missing"), Failure);
  CHECK(nested_paths("a", {"a", "a/c", "ab", "a.b"}) == std::vector<std::string>{"a/c"});
}

TEST_CASE("a very deep folder is walked") {
  Scratch s;
  std::string path = "d";
  for (int i = 0; i < 400; ++i) path += "/d";
  s.write(path + "/f", "x");
  CHECK(paths_of(s, "d").size() == 402);
}

TEST_CASE("the drafted case has no problem, and is never overwritten") {
  Scratch s;
  s.write("case/one/a", "x");
  s.write("case/\xff", "x");
  s.write("case/.hidden", "x");
  const NewCase about{"A \"title\"", "XA-TEST-2026-000001", "untoc:18", "a purpose that is long enough",
                      "cn-example-police"};
  const auto exhibits = init_case(s / "case", about);
  CHECK(exhibits.size() == 3);
  const CheckedCase checked = check_case(s / "case", Policy::standard());
  CHECK_FALSE(checked.refused());
  CHECK(checked.uncovered_count == 0);
  CHECK(checked.the_case.request.title == about.title);
  CHECK(checked.the_case.request.legal_basis.at(0).instrument == "untoc");
  CHECK(checked.the_case.exhibits.at(2).path == "\xff");
  CHECK_THROWS_AS(init_case(s / "case", about), Failure);
  s.write("case/late", "x");
  CHECK(check_case(s / "case", Policy::standard()).uncovered == std::vector<std::string>{"late"});
}

TEST_CASE("every problem of the sheets is found at once") {
  Scratch s;
  s.write("case/f", "x");
  s.write("case/g/h", "x");
  fs::create_directory_symlink("/etc", s / "case/link");
  CHECK(problems(s, kToml, "id,path,title,kind,audience\nEX-01,f,F,phone,kh\nEX-02,g,G,other,both;kh\n")
            .empty());
  const std::string header = "id,path,title,kind,acquisition_sha256,seized_at,audience\n";
  const auto has = [&](const std::string& row, const std::string& column) {
    const auto found = problems(s, kToml, header + row + "\n");
    INFO(row);
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("exhibits.csv:2 " + column + ":"));
  };
  has("EX-1,f,F,phone,,,", "id");
  has("ex-01,f,F,phone,,,", "id");
  has("EX-01,missing,F,phone,,,", "path");
  has("EX-01,../f,F,phone,,,", "path");
  has("EX-01,/etc/passwd,F,phone,,,", "path");
  has("EX-01,link/passwd,F,phone,,,", "path");
  has("EX-01,case.toml,F,phone,,,", "path");
  has("EX-01,f,F,telephone,,,", "kind");
  has("EX-01,f,F,phone,abc,,", "acquisition_sha256");
  has("EX-01,g,F,phone," + std::string(64, '0') + ",,", "acquisition_sha256");
  has("EX-01,f,F,phone,,2026-05-21 09:14,", "seized_at");
  has("EX-01,f,F,phone,,,police", "audience");
  has("EX-01,f,F,phone,,,,surplus", "");
  CHECK(problems(s, kToml, header + "EX-01,f,F,phone,,,\nEX-01,f,F,bad,,,\n").size() == 3);
  CHECK(problems(s, kToml, "id,title\nEX-01,x\n").size() == 3);
  CHECK(problems(s, "title = \"T\"\n", header).size() == 3);
  const auto broken = problems(s, "title = \"T\nreference = 1\n", header);
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].find("case.toml:1") == 0);
  std::string green = kToml;
  CHECK(problems(s, green + "[handling]\ntlp = \"PINK\"\n", header).size() == 1);
}

TEST_CASE("a sheet reads the same in pieces of any size") {
  std::string text = "id,title\n";
  for (int i = 0; i < 3000; ++i)
    text += "EX-" + std::to_string(i) + ",\"สมชาย\n测建国 " + std::to_string(i) + "\"\n";
  const auto in_pieces = [&](View bytes, std::size_t most) {
    std::vector<std::pair<std::size_t, Cells>> rows;
    read_sheet(
        "t.csv",
        [&, most](MutableView out) mutable {
          const std::size_t n = std::min({out.size(), bytes.size(), most});
          std::copy_n(bytes.begin(), n, out.begin());
          bytes = bytes.subspan(n);
          return n;
        },
        [&](const Sheet&, std::size_t line, Cells& cells) { rows.emplace_back(line, cells); });
    return rows;
  };
  const auto whole = in_pieces(as_view(text), text.size());
  REQUIRE(whole.size() == 3000);
  CHECK(whole.back() == std::pair<std::size_t, Cells>{6000, {"EX-2999", "สมชาย\n测建国 2999"}});
  for (const std::size_t most : {1u, 2u, 3u, 7u, 4096u, 65537u})
    CHECK(in_pieces(as_view(text), most) == whole);
  std::string wide = "\xff\xfe";
  for (const char c : std::string("a,b\n1,2\n")) wide += std::string{c, '\0'};
  for (const std::size_t most : {1u, 3u, 100u})
    CHECK(in_pieces(as_view(wide), most) == std::vector<std::pair<std::size_t, Cells>>{{2, {"1", "2"}}});
}

TEST_CASE("who may see a row") {
  const Scratch s;
  s.write("case/case.toml", std::string(kToml));
  s.write("case/a", "1");
  s.write("case/b", "2");
  s.write("case/exhibits.csv",
          "id,path,title,kind,audience,parent\nEX-01,a,A,other,kh,\nEX-02,b,B,other,both,EX-01\n");
  s.write("case/persons.csv",
          "id,role,minor,name_native,audience\nP-1,suspect,no,One,\nP-2,witness,no,Two,both\nV-1,victim,yes,"
          "Three,both\n"
          "V-2,victim,no,Four,\nP-3,,no,Five,\n");
  s.write("case/identifiers.csv",
          "type,value,exhibit,person,audience\nother,1,EX-01,P-1,\nother,2,EX-02,P-3,\nother,3,EX-02,V-1,"
          "\nother,4,EX-02,V-2,\n"
          "other,5,,P-1,\nother,6,,,\nother,7,EX-01,,both\n");
  const CheckedCase checked = check_case(s / "case", Policy::standard());
  for (const Problem& p : checked.problems.list()) {
    INFO(p.file << ":" << p.row << " " << p.why);
    CHECK(p.level == Problem::Level::warn);
  }
  const auto copy = [&](const Reader& reader, const std::string& sheet) {
    std::string out;
    const Bytes bytes = read_file(s / "case" / sheet, 10'000);
    RowSharing(checked.the_case, reader).copy(sheet, bytes_of(bytes), [&](View v) { out += as_text(v); });
    return out;
  };
  const Reader th{"th-example-police/evidence-desk", {"EX-02"}, false, false};
  CHECK(copy(th, "exhibits.csv") == "id,path,title,kind,parent\nEX-02,b,B,other,\n");
  CHECK(copy(th, "persons.csv") ==
        "id,role,minor,name_native\nP-2,witness,no,Two\nV-1,victim,yes,\nP-3,,no,Five\n");
  CHECK(copy(th, "identifiers.csv") ==
        "type,value,exhibit,person\nother,2,EX-02,P-3\nother,3,EX-02,V-1\nother,7,EX-01,\n");
  CHECK_FALSE(RowSharing(checked.the_case, th).everything());
  const Reader kh{"kh-example-police/evidence-desk", {"EX-01", "EX-02"}, true, true};
  CHECK(copy(kh, "persons.csv").find("Three") != std::string::npos);
  CHECK(copy(kh, "persons.csv").find("V-2") == std::string::npos);  // nobody is named
  CHECK(copy(kh, "identifiers.csv").find("other,6") != std::string::npos);
  CHECK(copy(kh, "identifiers.csv").find("other,4") == std::string::npos);
  CHECK_FALSE(RowSharing(checked.the_case, kh).everything());
  const Reader nobody{"ae-example-police/evidence-desk", {}, false, true};
  for (const char* sheet : {"exhibits.csv", "persons.csv", "identifiers.csv"})
    CHECK(copy(nobody, sheet).empty());
}

TEST_CASE("every rule has an id of its own, a text and a source") {
  std::set<std::string_view> ids;
  for (const Rule& r : rules()) {
    CHECK(ids.insert(r.id).second);
    CHECK_FALSE(r.text.empty());
    CHECK_FALSE(r.source.empty());
    CHECK(r.strict >= r.standard);  // strict is never more lenient
  }
  CHECK(Policy::standard().text() != Policy::named("strict")->text());
  CHECK_FALSE(Policy::named("lenient").has_value());
}
