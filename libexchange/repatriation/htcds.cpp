#include "libexchange/repatriation/htcds.h"

#include <algorithm>
#include <array>

#include "libexchange/base/partial_date.h"
#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/stats.h"

namespace exchange::repatriation {

namespace {

// What a row is made of.
struct Subject {
  const Tables& tables;
  const Person& person;
  const Standing& standing;
  Instant on;
  const HtcdsView& view;
};

struct Column;
using Write = std::string (*)(const Subject&, const Column&);
using Read = std::string (*)(const std::string& cell, const Column&);

// `field`: of fields.csv, or id, or reported_at. `also`: other spellings. Without `read`, the import does not
// take it. Where several columns lead to one field, the first that is filled counts; parts of a name are
// joined.
struct Column {
  std::string_view name, also, field;
  Write write;
  Read read;
};

// Words that differ: ours, theirs. The first fit counts, either way.
struct Word {
  std::string_view column, ours, theirs;
};
constexpr std::array kWords = {
    Word{"prs_Gender", "female", "Feminine"},
    Word{"prs_Gender", "male", "Masculine"},
    Word{"prs_Gender", "other", "NonConforming"},
    Word{"prs_Gender", "other", "TransgenderFeminine"},
    Word{"prs_Gender", "other", "TransgenderMasculine"},
    Word{"prs_Gender", "unknown", "NonSpecifiedUnknown"},
    Word{"prs_Deceased", "deceased", "TRUE"},
    Word{"vic_TraffickingStatus", "presumed_victim", "PossibleVictimOfTrafficking"},
    Word{"vic_TraffickingStatus", "insufficient", "PossibleVictimOfTrafficking"},
    Word{"vic_TraffickingStatus", "not_indicated", "NotAVictimOfTrafficking"},
    Word{"cas_Status", "before", "Active"},
    Word{"cas_Status", "removal", "Active"},
    Word{"cas_Status", "after", "FollowUp"},
    Word{"cas_Status", "end", "Closed"},
};

// Answers of the screening (act A, means M, purpose P) in the standard's lists. ForcedCriminality is added.
constexpr std::array kAnswers = {
    Word{"vic_MethodOfRecruitment", "A1", "ThroughAnOnlineAdvertisement"},
    Word{"vic_MethodsOfControl", "A2", "FalsePromises"},
    Word{"vic_MethodsOfControl", "M1", "WithholdsDocuments"},
    Word{"vic_MethodsOfControl", "M2", "Other"},
    Word{"vic_MethodsOfControl", "M3", "PhysicalAbuse"},
    Word{"vic_MethodsOfControl", "M4", "PhysicalThreats"},
    Word{"vic_MethodsOfControl", "M5", "DebtBondage"},
    Word{"vic_MethodsOfControl", "M6", "TakesEarnings"},
    Word{"vic_MethodsOfControl", "M7", "Other"},
    Word{"vic_MethodsOfControl", "M8", "PhysicalThreats"},
    Word{"vic_MethodsOfControl", "M9", "PhysicalThreats"},
    Word{"vic_MethodsOfControl", "P2", "ExcessiveWorkingHours"},
    Word{"vic_TypeOfExploitation", "P1", "ForcedLabour"},
    Word{"vic_TypeOfExploitation", "P1", "ForcedCriminality"},
    Word{"vic_TypeOfExploitation", "P3", "ForcedCriminality"},
    Word{"vic_TypeOfExploitation", "P4", "SexualExploitation"},
    Word{"vic_TypeOfExploitation", "P5", "ForcedCriminality"},
};

std::string theirs(const Column& column, std::string_view ours) {
  const auto found =
      std::ranges::find_if(kWords, [&](const Word& w) { return w.column == column.name && w.ours == ours; });
  return found == kWords.end() ? std::string() : std::string(found->theirs);
}

std::string fact(const Subject& s, const Column& c) { return s.person.fact(c.field); }
std::string word(const Subject& s, const Column& c) { return theirs(c, s.person.fact(c.field)); }
std::string country(const Subject& s, const Column& c) { return country_alpha2(s.person.fact(c.field)); }
std::string if_named(const Subject& s, const Column& c) { return s.view.names ? fact(s, c) : std::string(); }
std::string nothing(const Subject&, const Column&) { return {}; }
std::string pseudonym(const Subject& s, const Column&) { return s.person.id; }
std::string state(const Subject& s, const Column&) { return s.standing.state; }
std::string state_word(const Subject& s, const Column& c) { return theirs(c, s.standing.state); }
std::string reported(const Subject& s, const Column&) { return s.person.first_report.text(); }
std::string reported_day(const Subject& s, const Column&) {
  return s.person.first_report.text().substr(0, 10);
}
std::string band(const Subject& s, const Column&) { return age_band(s.person, utc_day(s.on)); }

std::string phase(const Subject& s, const Column& c) {
  const State* type = s.tables.state(Track::assisted_return, s.standing.state);
  return theirs(c, name_of(type ? type->phase : Phase::before));
}

std::optional<PartialDate> birth(const Subject& s) {
  if (!s.view.names || s.person.treated_as_minor()) return std::nullopt;
  return read_partial_date(s.person.fact("born")).date;
}
std::string birth_day(const Subject& s, const Column&) {
  const auto date = birth(s);
  return date && date->exact() ? date->text() : std::string();
}
std::string birth_as_written(const Subject& s, const Column&) {
  const auto date = birth(s);
  return date && (!date->exact() || !date->original.empty()) ? date->stored() : std::string();
}

// "A2 M1=yes; P1": what was not answered with yes is left out.
std::string answers(const Subject& s, const Column& c) {
  std::vector<std::string_view> out;
  std::string text = s.view.answers ? s.person.fact("answers") : std::string();
  std::ranges::replace_if(
      text, [](char x) { return x == ';' || x == ',' || x == '\n'; }, ' ');
  for (const std::string_view token : split(std::string_view(text), ' ')) {
    const std::size_t equals = token.find('=');
    if (equals != token.npos && token.substr(equals) != "=yes") continue;
    for (const Word& w : kAnswers)
      if (w.column == c.name && w.ours == token.substr(0, equals) && std::ranges::count(out, w.theirs) == 0)
        out.push_back(w.theirs);
  }
  std::string joined;
  for (const std::string_view w : out) joined += (joined.empty() ? "" : ";") + std::string(w);
  return joined;
}

std::string as_it_is(const std::string& cell, const Column&) { return cell; }
std::string ours(const std::string& cell, const Column& c) {
  for (const Word& w : kWords)
    if (w.column == c.name && w.theirs == cell) return std::string(w.ours);
  return cell;  // the import names it
}

constexpr std::array kColumns = {
    Column{"ext_Id", "", "id", pseudonym, as_it_is},
    Column{"prs_FirstName", "prs_First_Name", "name_latin", if_named, as_it_is},
    Column{"prs_MiddleName", "prs_Middle_Name", "name_latin", nothing, as_it_is},
    Column{"prs_SecondName", "prs_Second_Name", "name_latin", nothing, as_it_is},
    Column{"ext_NameNative", "", "name_native", if_named, as_it_is},
    Column{"ext_BirthdateAsWritten", "", "born", birth_as_written, as_it_is},
    Column{"prs_Birthdate", "", "born", birth_day, as_it_is},
    Column{"ext_AgeBand", "", "", band, nullptr},
    Column{"ext_Minor", "", "minor", fact, as_it_is},
    Column{"prs_Gender", "", "sex", word, ours},
    Column{"prs_Deceased", "", "", state_word, nullptr},
    Column{"prs_PrimaryLanguage", "", "language", fact, as_it_is},
    Column{"prs_Citizenship", "", "nationality", country, as_it_is},
    Column{"prs_IdentityNumber", "", "document_no", if_named, as_it_is},
    Column{"prs_MobilePhone", "", "contact", nothing, as_it_is},
    Column{"vic_TraffickingStatus", "", "outcome", word, nullptr},
    Column{"vic_MethodOfRecruitment", "", "", answers, nullptr},
    Column{"vic_MethodsOfControl", "vic_Methods_of_Control", "", answers, nullptr},
    Column{"vic_TypeOfExploitation", "", "", answers, nullptr},
    Column{"cas_Status", "", "", phase, nullptr},
    Column{"ext_State", "", "", state, nullptr},
    Column{"ext_ReportedAt", "", "reported_at", reported, as_it_is},
    Column{"cas_IncomingReferralDate", "", "reported_at", reported_day, as_it_is},
    Column{"ext_ReportedBy", "", "channel", fact, as_it_is},
    Column{"ext_Host", "", "host", country, as_it_is},
    Column{"ext_Site", "", "site", fact, as_it_is},
};

// Columns of a sheet are lower case.
const Column* column_named(std::string_view lower_name) {
  const auto found = std::ranges::find_if(kColumns, [&](const Column& c) {
    return lower(c.name) == lower_name || (!c.also.empty() && lower(c.also) == lower_name);
  });
  return found == kColumns.end() ? nullptr : &*found;
}

// Rows in our columns, and those that nobody reads under their own names.
class Translation {
 public:
  explicit Translation(const Sheet& sheet) {
    for (const Column& c : kColumns)
      if (c.read && std::ranges::count(fields_, c.field) == 0) fields_.push_back(c.field);
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
      const Column* column = column_named(sheet.columns[i]);
      sources_.push_back(column && column->read ? column : nullptr);
      if (!sources_.back()) others_.push_back(i);
    }
    std::string header;
    for (const std::string_view field : fields_) header += (header.empty() ? "" : ",") + std::string(field);
    for (const std::size_t i : others_) header += "," + csv_cell(sheet.columns[i]);
    out_ = header + "\n";
  }

  void row(std::size_t line, const std::vector<std::string>& cells) {
    std::string text;
    for (const std::string_view field : fields_)
      text += (field == fields_.front() ? "" : ",") + csv_cell(value_of(field, cells));
    for (const std::size_t i : others_) text += "," + csv_cell(i < cells.size() ? cells[i] : "");
    for (; line_ < line; ++line_) out_ += "\n";
    out_ += text + "\n";
    line_ += static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  }

  std::string finish() { return std::move(out_); }

 private:
  std::string value_of(std::string_view field, const std::vector<std::string>& cells) const {
    std::string value;
    for (const Column& c : kColumns) {
      if (!c.read || c.field != field) continue;
      const auto at = static_cast<std::size_t>(std::ranges::find(sources_, &c) - sources_.begin());
      const std::string cell = at < cells.size() && at < sources_.size() ? unguarded(trim(cells[at])) : "";
      if (cell.empty()) continue;
      if (field != "name_latin") return c.read(cell, c);
      value += (value.empty() ? "" : " ") + cell;
    }
    return value;
  }

  std::vector<std::string_view> fields_;
  std::vector<const Column*> sources_;  // by column of the sheet
  std::vector<std::size_t> others_;
  std::string out_;
  std::size_t line_ = 2;  // of the next row
};

}  // namespace

std::string guarded_cell(const std::string& value) {
  const bool formula =
      !value.empty() && std::string_view("=+-@").find(value.front()) != std::string_view::npos;
  return csv_cell(formula ? "'" + value : value);
}
std::string unguarded(std::string_view cell) {
  const bool guarded =
      cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@").find(cell[1]) != std::string_view::npos;
  return std::string(guarded ? cell.substr(1) : cell);
}

std::string htcds_header() {
  std::string out;
  for (const Column& c : kColumns) out += (out.empty() ? "" : ",") + std::string(c.name);
  return out + "\n";
}

std::string htcds_row(const Tables& tables, const Person& person, Instant on, const HtcdsView& view) {
  if (!person.assisted) return {};
  const Subject subject{tables, person, person.assisted->standing, on, view};
  std::string out;
  for (const Column& c : kColumns)
    out += (&c == &kColumns.front() ? "" : ",") + guarded_cell(c.write(subject, c));
  return out + "\n";
}

bool is_htcds(const std::string& name, const ReadBytes& read) {
  const Sheet sheet = read_sheet(name, read, [](const Sheet&, std::size_t, std::vector<std::string>&) {});
  return std::ranges::any_of(sheet.columns, [](const std::string& column) {
    const Column* known = column_named(column);
    return known && !known->name.starts_with("ext_");
  });
}

std::string people_sheet_of_htcds(const std::string& name, const ReadBytes& read) {
  std::optional<Translation> translation;
  const Sheet sheet =
      read_sheet(name, read, [&](const Sheet& s, std::size_t line, const std::vector<std::string>& cells) {
        if (!translation) translation.emplace(s);
        translation->row(line, cells);
      });
  if (!translation) translation.emplace(sheet);
  return translation->finish();
}

}  // namespace exchange::repatriation
