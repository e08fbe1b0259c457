// Sheets in the field names of the Human Trafficking Case Data Standard 2.0 (HTCDS, by IOM, CC BY 4.0; its
// repository UNMigration/HTCDS). One row a person with a record of assisted return.
//
// The standard has no field for some of what we keep; those columns begin with "ext_", as no column of
// its own does. Its list of types of exploitation lacks forced criminality, which is what scam compounds are:
// the value ForcedCriminality is added, and ForcedLabour stands beside it, so that who knows the standard
// alone still counts the person. vic_TraffickingStatus is Possible for whom we call a presumed victim: no
// post decides that somebody is an actual one.
//
// Countries are ISO 3166-1 alpha-2 as in the standard's survey form; codes of ICAO 9303 stay where there is
// none.
#pragma once
#include "libexchange/casefile/sheet.h"
#include "libexchange/repatriation/selection.h"

namespace exchange::repatriation {

// What the reader may see.
struct HtcdsView {
  bool names = false;    // numbers of documents and dates of birth as well
  bool answers = false;  // of the screening: what was done to the person
};

std::string htcds_header();  // ends in LF
// Empty for who has no record of assisted return. `on`: the day for age bands. Of who is treated as a minor
// the date of birth is left out: the age band stands for it.
std::string htcds_row(const Tables& tables, const Person& person, Instant on, const HtcdsView& view);

// Is the header that of such a sheet: does any column stand in the standard? Failure: as read_sheet().
bool is_htcds(const std::string& name, const ReadBytes& read);
// The same sheet in the columns of import_people(), every row in its line. Accepts the field names of the
// field standards, of the survey form and of the spreadsheet, which differ a little. Other columns keep their
// names, so that the import says that it does not read them. The outcome and the answers of a screening are
// among them: who screens here asks anew. Failure: as read_sheet().
std::string people_sheet_of_htcds(const std::string& name, const ReadBytes& read);

// A cell that a spreadsheet does not take for a formula: an apostrophe before = + - @. And back.
std::string guarded_cell(const std::string& value);
std::string unguarded(std::string_view cell);

}  // namespace exchange::repatriation
