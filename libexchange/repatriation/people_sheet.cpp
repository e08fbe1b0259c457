#include "libexchange/repatriation/people_sheet.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "libexchange/base/partial_date.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier.h"
#include "libexchange/casefile/tables.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/repatriation/countries.h"

namespace exchange::repatriation {

namespace {

constexpr std::size_t kMaxCell = 4000;

// What people write for the words of fields.csv.
constexpr std::array<std::array<std::string_view, 2>, 12> kSpellings = {{{"f", "female"},
                                                                         {"w", "female"},
                                                                         {"m", "male"},
                                                                         {"x", "other"},
                                                                         {"y", "yes"},
                                                                         {"n", "no"},
                                                                         {"true", "yes"},
                                                                         {"false", "no"},
                                                                         {"u", "unknown"},
                                                                         {"?", "unknown"},
                                                                         {"police", "host_police"},
                                                                         {"embassy", "consular"}}};

FieldReading read_word(const FieldType& type, const std::string& cell) {
  const std::string word = lower(cell);
  const auto fits = [&](std::string_view w) { return std::ranges::find(type.words, w) != type.words.end(); };
  if (fits(word)) return {word, {}, {}, {}};
  for (const auto& [written, meant] : kSpellings)
    if (written == word && fits(meant)) return {std::string(meant), {}, {}, {}};
  std::string choice;
  for (const std::string& w : type.words) choice += (choice.empty() ? "" : ", ") + w;
  return {std::nullopt, "is none of the words for " + type.name, "use one of: " + choice, {}};
}

// Empty where the check digits of one of the three forms are right (ICAO Doc 9303).
std::string mrz_warning(const std::string& cell) {
  std::string why = "is no machine-readable zone";
  for (const char* const type : {"mrz_td3", "mrz_td2", "mrz_td1"}) {
    const Identifier id = identify(type, cell);
    if (id.status == IdentifierStatus::valid) return {};
    if (id.status == IdentifierStatus::checksum_failed && !id.notes.empty()) why = id.notes.front();
  }
  return why + ": kept as it is";
}

// Values that may stand in a message: nothing that tells who somebody is.
bool may_be_shown(const FieldType* type) { return !type || type->group == "status"; }

class Importer {
 public:
  Importer(const Desk& desk, Pen& pen, const Author& author, const std::string& file, const SheetImport& how)
      : desk_(desk), pen_(pen), author_(author), file_(file), how_(how) {
    for (const Person* p : desk.people())
      if (const std::string& row = p->fact("row"); !row.empty()) here_.emplace(row, p->id);
  }

  void check_columns(const Sheet& sheet) {
    for (const std::string& column : sheet.columns)
      if (!column.empty() && !is_own(column) && !desk_.tables().field(column))
        warn(1, column, {}, "no column of this sheet: it is not read", "see docs/guide-embassy.md");
  }

  void row(const Sheet& sheet, std::size_t line, const std::vector<std::string>& cells) {
    line_ = line;
    bad_ = false;
    Saying saying;
    saying.track = how_.track;
    std::string id, reported_at;
    std::map<std::string, std::string> content;  // whatever the order of the columns
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell(trim(cells[i]));
      if (i >= sheet.columns.size()) {
        if (!cell.empty()) refuse({}, {}, "more cells than columns", "is a comma inside a value not quoted?");
        continue;
      }
      const std::string& column = sheet.columns[i];
      if (cell.empty() || (!is_own(column) && !desk_.tables().field(column))) continue;
      if (column != "id") content[column] = cell;
      if (column == "id")
        id = cell;
      else if (column == "reported_at")
        reported_at = cell;
      else if (column == "note")
        saying.note = text_of(column, cell);
      else
        read(*desk_.tables().field(column), cell, saying);
    }
    saying.at = time_of(reported_at);
    complete(saying);
    if (!id.empty() && !is_person_id(id))
      refuse("id", {}, "is no pseudonym",
             "a letter, then letters, digits, '-' and '.', at most 40; or leave it empty");
    if (bad_) return;
    std::string text;
    for (const auto& [column, cell] : content) text += column + "\x1f" + cell + "\x1e";
    add(id, text, std::move(saying));
  }

  ImportResult finish() { return std::move(result_); }

 private:
  static bool is_own(std::string_view column) {
    return column == "id" || column == "reported_at" || column == "note";
  }

  void read(const FieldType& type, const std::string& cell, Saying& saying) {
    if (text_of(type.name, cell).empty()) return;
    FieldReading reading = read_field(desk_.tables(), type, cell);
    const std::string shown = may_be_shown(&type) ? cell : std::string();
    if (!reading.warning.empty()) warn(line_, type.name, shown, reading.warning, reading.remedy);
    if (reading.value)
      saying.fields[type.name] = *reading.value;
    else
      refuse(type.name, shown, reading.why, reading.remedy);
  }

  // Empty and a problem for what a signed text cannot carry.
  std::string text_of(const std::string& column, const std::string& cell) {
    const bool control = std::ranges::any_of(
        cell, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
    if (!control && cell.size() <= kMaxCell) return cell;
    refuse(column, {}, control ? "has control characters" : "is longer than 4,000 bytes", "write it anew");
    return {};
  }

  LocalTime time_of(const std::string& cell) {
    LocalTime time = how_.now;
    if (cell.empty()) {
      warn(line_, "reported_at", {}, "is empty: taken as now", "write when the report came in");
    } else if (const auto at = from_rfc3339(cell, &time.offset_minutes)) {
      time.at = *at;
    } else if (const auto day = from_date(cell)) {
      time = {{day->seconds - 86399, 0}, 0};
      warn(line_, "reported_at", cell, "has no time of day: taken as 00:00 UTC",
           "write 2026-05-18T09:00:00+07:00");
    } else {
      refuse("reported_at", cell, "is no time with its offset from UTC", "write 2026-05-18T09:00:00+07:00");
    }
    return time;
  }

  // What a row leaves out.
  void complete(Saying& saying) {
    auto& fields = saying.fields;
    fields.try_emplace("minor", "unknown");
    fields.try_emplace("nationality", "XXX");
    fields.try_emplace("channel", "consular");
    if (!how_.batch.empty()) fields.try_emplace("batch", how_.batch);
    const auto site = fields.find("site");
    const SiteType* known = site == fields.end() ? nullptr : desk_.tables().site(site->second);
    if (site != fields.end() && !known)
      warn(line_, "site", site->second, "no code of the table of sites: kept as it is",
           "add it to tables/sites.csv of this home");
    if (known && fields.contains("host") && fields.at("host") != known->country)
      warn(line_, "host", fields.at("host"), "not the country of the site " + known->code,
           "correct one of them");
    if (!fields.contains("host")) {
      const std::string host = known ? known->country : how_.host;
      if (host.empty())
        warn(line_, "host", {}, "nobody knows in which country this person is: no clock of a country runs",
             "fill the column, use a known site, or give --host");
      else
        fields["host"] = host;
    }
  }

  void add(std::string id, const std::string& content, Saying saying) {
    const std::size_t nth = ++seen_[content];
    const std::string digest = to_hex(
        sha256(as_view(std::string(name_of(how_.track)) + "\x1d" + content + "\x1d" + std::to_string(nth))));
    if (nth == 2 && id.empty())
      warn(line_, {}, {}, "the same row stands above: kept as another person",
           "if it is the same, take one out");
    if (const auto known = here_.find(digest); known != here_.end() && (id.empty() || id == known->second)) {
      result_.rows.push_back({line_, known->second, false});
      return;
    }
    if (id.empty()) id = new_person_id(author_.endorsement.officer);
    if (pen_.person(id).standing(how_.track)) {
      warn(line_, "id", id, "is here with other content: nothing was changed",
           "correct it with: valise repat correct " + id);
      result_.rows.push_back({line_, id, false});
      return;
    }
    if (desk_.knows_person(id) && !desk_.find(id)) {
      refuse("id", id, "cannot be used", "leave it empty: a new one is made");
      return;
    }
    saying.fields["row"] = digest;
    try {
      pen_.step(id, first_state(), saying);
    } catch (const Failure& f) {
      if (f.code() != Code::policy) throw;
      refuse({}, {}, f.what(), f.hint());
      return;
    }
    here_.emplace(digest, id);
    result_.rows.push_back({line_, id, true});
  }

  std::string first_state() const { return desk_.tables().edges_from(how_.track, "-").front()->to; }

  void refuse(std::string column, std::string value, std::string why, std::string remedy) {
    bad_ = true;
    result_.problems.add({Problem::Level::refuse, file_, line_, std::move(column), std::move(value),
                          std::move(why), std::move(remedy), nullptr});
  }
  void warn(std::size_t line, std::string column, std::string value, std::string why, std::string remedy) {
    result_.problems.add({Problem::Level::warn, file_, line, std::move(column), std::move(value),
                          std::move(why), std::move(remedy), nullptr});
  }

  const Desk& desk_;
  Pen& pen_;
  const Author& author_;
  const std::string& file_;
  const SheetImport& how_;
  ImportResult result_;
  std::unordered_map<std::string, std::string> here_;  // digest of a row: person
  std::unordered_map<std::string, std::size_t> seen_;
  std::size_t line_ = 0;
  bool bad_ = false;
};

}  // namespace

std::size_t ImportResult::added() const {
  return static_cast<std::size_t>(std::ranges::count_if(rows, [](const ImportedRow& r) { return r.added; }));
}

FieldReading read_field(const Tables&, const FieldType& type, const std::string& cell) {
  if (type.kind == "word") return read_word(type, cell);
  if (type.kind == "country") {
    if (const auto code = country_alpha3(cell)) return {*code, {}, {}, {}};
    return {std::nullopt,
            "is no country",
            "write the two or three letters of ISO 3166-1, or XXA for stateless",
            {}};
  }
  if (type.kind == "born") {
    const DateReading born = read_birth_date(cell, utc_day(now()));
    if (!born.date) return {std::nullopt, born.why, born.remedy, {}};
    return {born.date->stored(), {}, {}, {}};
  }
  if (type.kind == "mrz") return {cell, {}, "compare it with the document", mrz_warning(cell)};
  if (type.kind == "date" && !from_date(cell))
    return {std::nullopt, "is no date", "write it as 2026-05-31", {}};
  if (type.kind == "time" && !from_rfc3339(cell))
    return {std::nullopt, "is no time with its offset from UTC", "write 2026-05-18T09:00:00+07:00", {}};
  return {cell, {}, {}, {}};
}

ImportResult import_people(const Desk& desk, Pen& pen, const Author& author, const std::string& name,
                           const ReadBytes& read, const SheetImport& how) {
  Importer importer(desk, pen, author, name, how);
  bool begun = false;
  const Sheet sheet =
      read_sheet(name, read, [&](const Sheet& s, std::size_t line, std::vector<std::string>& cells) {
        if (!begun) importer.check_columns(s);
        begun = true;
        importer.row(s, line, cells);
      });
  return importer.finish();
}

}  // namespace exchange::repatriation
