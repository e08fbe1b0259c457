// Which rows of the sheets a recipient may have, and a copy of a sheet with those rows only.
//
// A row with an audience of its own goes to those it names. Any other follows its exhibit; without an
// exhibit, its person; with neither it goes to those who may read every exhibit. What concerns a victim goes
// to those whom the victim's row names, and to nobody by default; who is no consular or protection desk gets
// it under its pseudonym.
#pragma once
#include <functional>
#include <set>
#include <string>

#include "libexchange/casefile/case.h"
#include "libexchange/casefile/sheet.h"

namespace exchange {

struct Reader {
  std::string address;             // AGENCY/NAME
  std::set<std::string> exhibits;  // ids that this bundle lets it read
  bool all_exhibits = false;       // every exhibit of the case is among them
  bool knows_victims = false;      // a consular or protection desk
};

class RowSharing {
 public:
  // Neither is owned; both must outlive it.
  RowSharing(const Case& the_case, const Reader& reader) : case_(the_case), reader_(reader) {}

  // True: this reader gets the sheets as they are, byte for byte.
  bool everything() const;
  bool may_see_person(const std::string& id) const;

  // Writes this reader's copy of the sheet (UTF-8, commas, LF; without the audience column). Returns the
  // number of rows in it. `name` is one of sheet_names(), case.toml excepted.
  std::uint64_t copy(const std::string& name, const ReadBytes& from,
                     const std::function<void(View)>& to) const;

  // case.toml without its [audience] table and without the other requested authorities.
  std::string case_toml(std::string_view text) const;

 private:
  bool may_see(const PersonRow& person) const;

  const Case& case_;
  const Reader& reader_;
};

}  // namespace exchange
