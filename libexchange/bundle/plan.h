// Who will be able to read what: from a checked case and the recipients to compartments and streams.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libexchange/bundle/writer.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/sharing.h"
#include "libexchange/trust/address.h"

namespace exchange {

// One --to: AGENCY/NAME, or AGENCY/NAME:EX-01,EX-03 for some exhibits only.
struct Recipient {
  Address address;
  std::optional<std::set<std::string>> only;
  bool knows_victims = false;  // its endorsement is for consular or protection work
  static std::optional<Recipient> parse(std::string_view text);
};

struct PlannedExhibit {
  std::size_t row = 0;  // in Case::exhibits
  std::uint32_t compartment = 0;
};

// Who gets which sheets: those who may read everything share them as they are, anybody else gets a copy with
// their rows only, in a compartment of their own.
struct Sheets {
  Reader reader;
  bool whole = false;
  std::uint32_t compartment = 0;
};

struct Plan {
  std::vector<std::vector<Address>> compartments;  // readers, ascending; compartment 0 is everyone
  std::vector<PlannedExhibit> exhibits;            // that travel, in the sheet's order
  std::vector<std::string> left_out;               // ids of exhibits that none of the recipients may read
  std::vector<Sheets> sheets;                      // one for each recipient, in --to order
};

// An exhibit's readers are the recipients that --to allows and its own audience column names.
// Failure{policy}: an exhibit asked for by a recipient outside its audience; {usage}: an exhibit that is not
// there, a recipient twice; {limit}: too many compartments.
Plan plan_audiences(const Case& the_case, const std::vector<Recipient>& recipients);

// Rows of each sheet that travel to this reader: exhibits.csv is not among them.
std::map<std::string, std::uint64_t> count_rows(const Case& the_case, const Reader& reader);

// The streams of a plan: case views first, then exhibits. Both arguments must outlive the streams.
std::vector<WriteStream> plan_streams(const Case& the_case, const Plan& plan);

}  // namespace exchange
