#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/casefile/tables.h"

namespace exchange {

namespace {

// A kind is guessed only where the name is sure.
std::string kind_of(const fs::path& path) {
  static const std::map<std::string, std::string> by_extension = {
      {".jpg", "photo"},      {".jpeg", "photo"},     {".png", "photo"},      {".heic", "photo"},
      {".mp4", "video"},      {".avi", "video"},      {".mov", "video"},      {".mp3", "audio"},
      {".wav", "audio"},      {".ogg", "audio"},      {".e01", "disk_image"}, {".dd", "disk_image"},
      {".img", "disk_image"}, {".ufdr", "extraction"}};
  const auto known = by_extension.find(lower(path.extension().native()));
  return known == by_extension.end() || fs::is_directory(fs::symlink_status(path)) ? "other" : known->second;
}

std::string toml_string(const std::string& value) {
  std::string out = "\"";
  for (char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string date_in_years(int years) {
  return to_utc({now().seconds + std::int64_t{years} * 365 * 86400, 0}).substr(0, 10);
}

std::string draft_toml(const NewCase& about) {
  const std::size_t colon = about.legal_basis.find(':');
  const std::string before = about.legal_basis.substr(0, colon);
  const bool typed = colon != about.legal_basis.npos && contains(instruments(), before);
  const std::string basis =
      typed ? fmt::format("instrument = \"{}\"\narticle = {}\n", before,
                          toml_string(std::string(trim(about.legal_basis.substr(colon + 1)))))
            : fmt::format("instrument = \"other\"\ncitation = {}\n", toml_string(about.legal_basis));
  const std::string requesting = about.requesting.empty()
                                     ? "# requesting = \"AGENCY\"\n"
                                     : fmt::format("requesting = \"{}\"\n", about.requesting);
  return fmt::format(
      "# The request that travels with the evidence. Lines after # are comments.\n"
      "reference = {}\n"
      "title = {}\n"
      "language = \"en\"\n"
      "\n"
      "[request]\n"
      "type = \"evidence\"\n"
      "channel = \"police_to_police\"      # mla, police_to_police, interpol_i247, consular, joint_team ...\n"
      "evidential_use = \"with_consent\"   # yes, no, with_consent\n"
      "{}"
      "stage = \"investigation\"           # inquiry, investigation, prosecution, trial, sentence, asset\n"
      "purpose = {}\n"
      "# facts = \"when, where and how; and why each item is needed\"\n"
      "urgency = \"routine\"               # routine, urgent, emergency\n"
      "confidentiality = \"standard\"\n"
      "\n"
      "# What allows this exchange; one block for each.\n"
      "[[request.legal_basis]]\n"
      "{}"
      "\n"
      "# Offences, each with its law and highest penalty:\n"
      "# [[request.offences]]\n"
      "# name = \"fraud by telecommunication\"\n"
      "# law = \"Penal Code art. ...\"\n"
      "# max_penalty = {{ kind = \"imprisonment\", years = 10 }}\n"
      "# dual_criminality = \"met\"         # met, not_required, doubtful, unknown\n"
      "\n"
      "# Two questions that a person answers:\n"
      "# [request.political]              # political, military, or discrimination?\n"
      "# answer = \"no\"\n"
      "# by = \"name and function\"\n"
      "# [request.ne_bis_in_idem]         # judged before for the same act?\n"
      "# answer = \"no\"\n"
      "# by = \"name and function\"\n"
      "\n"
      "[handling]\n"
      "tlp = \"AMBER+STRICT\"              # RED, AMBER+STRICT, AMBER, GREEN, CLEAR\n"
      "code = \"H1\"                       # H0 .. H3: what the receiver may do with intelligence\n"
      "\n"
      "[retention]\n"
      "review_on = \"{}\"\n"
      "delete_after = \"{}\"\n"
      "\n"
      "[onward]\n"
      "policy = \"prohibited\"             # prohibited, with_consent, list:AGENCY,AGENCY\n"
      "\n"
      "# Short names for the audience column of exhibits.csv:\n"
      "# [audience]\n"
      "# kh = \"kh-example-police/evidence-desk\"\n",
      toml_string(about.reference), toml_string(about.title), requesting, toml_string(about.purpose), basis,
      date_in_years(1), date_in_years(5));
}

std::string draft_row(const ExhibitRow& e) {
  std::string row;
  for (const std::string_view column : exhibit_columns()) {
    if (!row.empty()) row += ',';
    if (column == "id") row += e.id;
    if (column == "path") row += csv_cell(path_to_cell(e.path));
    if (column == "title") row += csv_cell(e.title);
    if (column == "kind") row += e.kind;
  }
  return row + "\n";
}

}  // namespace

std::vector<ExhibitRow> init_case(const fs::path& folder, const NewCase& about) {
  const auto require = [](const std::string& value, const char* option) {
    if (trim(value).empty() || !is_utf8(value))
      throw Failure(Code::usage, std::string(option) + " may not be empty", "say it in words");
  };
  require(about.title, "--title");
  require(about.reference, "--reference");
  require(about.legal_basis, "--legal-basis");
  if (trim(about.purpose).size() < 20)
    throw Failure(Code::policy, "--purpose is too short",
                  "say in 20 characters or more what the evidence is for");
  for (const char* sheet : {"case.toml", "exhibits.csv"})
    if (fs::exists(fs::symlink_status(folder / sheet)))
      throw Failure(Code::unavailable, printable((folder / sheet).native()) + ": already exists",
                    "case init never overwrites: edit it, or move it away first");
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().native();
    if (std::ranges::find(sheet_names(), name) == sheet_names().end()) names.push_back(name);
  }
  if (error)
    throw Failure(Code::unavailable, printable(folder.native()) + ": " + error.message(),
                  "name the case folder");
  std::sort(names.begin(), names.end());

  std::vector<ExhibitRow> exhibits;
  std::string sheet = joined(exhibit_columns());
  std::erase(sheet, ' ');
  sheet += "\n";
  for (const std::string& name : names) {
    ExhibitRow e;
    e.id = fmt::format("EX-{:02}", exhibits.size() + 1);
    e.path = name;
    e.title = printable(name);
    e.kind = kind_of(folder / name);
    sheet += draft_row(e);
    exhibits.push_back(std::move(e));
  }
  OutputFile toml(folder / "case.toml", OutputFile::Existing::refuse),
      csv(folder / "exhibits.csv", OutputFile::Existing::refuse);
  toml.write(as_view(draft_toml(about)));
  csv.write(as_view(sheet));
  toml.commit();
  try {
    csv.commit();
  } catch (...) {
    fs::remove(folder / "case.toml", error);
    throw;
  }
  return exhibits;
}

}  // namespace exchange
