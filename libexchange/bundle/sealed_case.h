// The case that a bundle carries, as far as the keys at hand may know it.
#pragma once
#include "libexchange/bundle/contents.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/identifier.h"

namespace exchange {

struct SealedCase {
  Case the_case;
  SheetSource sheets;  // their verified bytes; keeps what it needs. Of rows that this reader may have
};

// Reads the case views. With `only_request_and_people` the sheets of identifiers, losses and custody are not
// looked through; `sheets` has them all the same. Memory does not grow with the sheets: they lie in unlinked
// files. Failure as of Contents.
SealedCase read_sealed_case(Contents& contents, unsigned threads, bool only_request_and_people = false);

// Rows of a sheet by column name, with the line where each begins; none where the sheet is not there.
using Cells = std::map<std::string, std::string>;
void each_row(const SheetSource& sheets, const std::string& sheet,
              const std::function<void(std::size_t line, Cells&)>& row);

// A row of identifiers.csv.
Identifier identifier_of(Cells& row);

}  // namespace exchange
