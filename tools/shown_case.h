// A case as `case show` and its JSON need it: out of a verified bundle, or out of a case folder.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "libexchange/bundle/sealed_case.h"
#include "tools/reading.h"

namespace valise {

struct ShownCase {
  exchange::Case the_case;
  exchange::SheetSource sheets;
  std::optional<exchange::Verdict> verdict;   // of a bundle
  std::size_t sealed_for_others = 0;          // streams that no key here opens
  std::map<std::string, std::string> hashes;  // of a bundle's exhibits: see hash_status()
};

ShownCase case_of_bundle(const Context& context, const std::string& file);
ShownCase case_of_folder(const std::string& folder);

// Rows of a sheet by column name; none where the sheet is not there.
using exchange::Cells;
using exchange::identifier_of;
void each_row(const ShownCase& shown, const std::string& sheet, const std::function<void(Cells&)>& row);

// Like hash_status(); "given" in a folder, where nothing has been compared yet.
std::string hash_of(const ShownCase& shown, const exchange::ExhibitRow& exhibit);

// The page for people, and the document for programs. Names of victims only when `reveal`.
std::string case_page(const ShownCase& shown, bool reveal);
Json case_json(const ShownCase& shown, bool reveal);

}  // namespace valise
