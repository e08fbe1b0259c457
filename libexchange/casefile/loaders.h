// The parts of check_case(). Not a public header.
#pragma once
#include <functional>

#include "libexchange/base/file.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/sheet.h"

namespace exchange {

// Each appends problems and fills what it could read. The text of case.toml is given.
void load_case_toml(std::string_view text, Case& the_case, Problems& problems);
void load_exhibits(const ReadBytes& read, Case& the_case, Problems& problems);
void load_persons(const ReadBytes& read, Case& the_case, Problems& problems);
void load_identifiers(const ReadBytes& read, Case& the_case, Problems& problems);
void load_losses(const ReadBytes& read, Case& the_case, Problems& problems);
void load_custody(const ReadBytes& read, Case& the_case, Problems& problems);

// What no single sheet can tell: request types, handling, safeguards. After the others.
void check_request(const Case& the_case, Problems& problems);

// The audience of a cell: addresses and aliases, separated by ';' or spaces. A word that is neither is
// refused.
Audience audience_of(const std::string& cell, const Case& the_case,
                     const std::function<void(std::string)>& refuse);

// One sheet, row by row, under its column names.
class SheetLoader {
 public:
  SheetLoader(const char* file, Case& the_case, Problems& problems)
      : case_(the_case), file_(file), problems_(problems) {}
  virtual ~SheetLoader() = default;
  SheetLoader(const SheetLoader&) = delete;
  // Problems for what cannot be read at all, missing `needed` columns, and columns that may not be kept.
  void load(const ReadBytes& read, std::initializer_list<const char*> needed);

 protected:
  virtual void row() = 0;
  const std::string& cell(std::string_view column) const;  // empty when the column or the cell is missing
  const std::vector<std::string>& columns() const { return sheet_->columns; }
  Row whole_row() const;
  void refuse(const char* column, const std::string& value, std::string why, std::string remedy);
  void broken(std::string_view rule_id, const char* column, const std::string& value, std::string why,
              std::string remedy);
  // Empty is fine; a time without offset, or one that is none, is refused.
  void check_time(const char* column);
  // The exhibit and person that the row names exist.
  void check_links();
  Audience take_audience();

  Case& case_;
  std::size_t line_ = 0;

 private:
  void begin(const Sheet& sheet);
  const char* file_;
  Problems& problems_;
  const Sheet* sheet_ = nullptr;
  std::vector<std::string>* cells_ = nullptr;
};

}  // namespace exchange
