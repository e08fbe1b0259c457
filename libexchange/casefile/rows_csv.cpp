// identifiers.csv, losses.csv and custody.csv: rows that belong to exhibits and persons. Any number of them.
#include <algorithm>
#include <array>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/tables.h"

namespace exchange {

namespace {

constexpr std::size_t kMostAudiences = 4096;

// What the three have in common.
class RowLoader : public SheetLoader {
 public:
  using SheetLoader::SheetLoader;

 protected:
  void take_row_audience() {
    Audience audience = take_audience();
    if (!audience.empty() && case_.row_audiences.size() < kMostAudiences)
      case_.row_audiences.insert(std::move(audience));
  }
};

class IdentifierLoader : public RowLoader {
 public:
  IdentifierLoader(Case& the_case, Problems& problems) : RowLoader("identifiers.csv", the_case, problems) {}

 private:
  void row() override {
    ++case_.identifiers;
    check_links();
    check_time("first_seen");
    check_time("last_seen");
    take_row_audience();
    const std::string &type = cell("type"), &value = cell("value");
    if (!is_identifier_type(type))
      return refuse("type", type, "is not a known type of identifier", "see: valise case types");
    const Identifier id = identify(
        type, value, {cell("country"), cell("chain"), !cell("first_seen").empty(), !cell("port").empty()});
    if (!id.doubtful() || id.status == IdentifierStatus::unassigned) return;
    std::string why = std::string("is no good ") + type;
    for (const std::string& note : id.notes) why += "; " + note;
    if (id.status == IdentifierStatus::malformed)
      broken("identifier-malformed", "value", id.display, why,
             why.find("spreadsheet") != why.npos
                 ? "take the number from the source again, into a column that is formatted as text"
                 : "correct it if it was mistyped here; leave it as it is if the evidence says so");
    else
      broken("identifier-checksum", "value", id.display, "fails the check digit of " + type,
             "correct it if it was mistyped here; leave it as it is if the evidence says so");
  }
};

class LossLoader : public RowLoader {
 public:
  LossLoader(Case& the_case, Problems& problems) : RowLoader("losses.csv", the_case, problems) {}

 private:
  void row() override {
    ++case_.losses;
    const std::string &victim = cell("victim"), &exhibit = cell("exhibit");
    if (!victim.empty() && !case_.persons.contains(victim))
      broken("missing-row", "victim", victim, "is not in persons.csv", "correct the id, or add the person");
    if (!exhibit.empty() && !case_.exhibit(exhibit))
      broken("missing-row", "exhibit", exhibit, "is not in exhibits.csv",
             "correct the id, or add the exhibit");
    check_time("time");
    take_row_audience();
    if (!cell("status").empty() && !contains(loss_states(), cell("status")))
      refuse("status", cell("status"), "is not one of the list", "use one of: " + joined(loss_states()));
    const bool amount = check_amount(cell("amount"));
    if (amount && !cell("from_account").empty() && !cell("to_account").empty() && !cell("currency").empty() &&
        from_rfc3339(cell("time")))
      ++case_.complete_losses;
  }

  bool check_amount(const std::string& text) {
    const std::size_t point = text.find('.');
    const auto digits = [](std::string_view p) {
      return !p.empty() && p.find_first_not_of("0123456789") == p.npos;
    };
    const std::string_view all = text;
    if (digits(all.substr(0, point)) && (point == all.npos || digits(all.substr(point + 1)))) return true;
    const bool separator = text.find_first_of(",' ") != text.npos;
    broken("amount", "amount", text,
           separator ? "has a separator: 18,500.00 and 18.500,00 are the same to one reader only"
                     : "is not an amount",
           "write it as 18500.00");
    return false;
  }
};

class CustodyLoader : public RowLoader {
 public:
  CustodyLoader(Case& the_case, Problems& problems) : RowLoader("custody.csv", the_case, problems) {}

 private:
  void row() override {
    ++case_.custody_events;
    check_links();
    check_time("at");
    take_row_audience();
  }
};

}  // namespace

void load_identifiers(const ReadBytes& read, Case& the_case, Problems& problems) {
  IdentifierLoader(the_case, problems).load(read, {"type", "value"});
}
void load_losses(const ReadBytes& read, Case& the_case, Problems& problems) {
  LossLoader(the_case, problems).load(read, {"amount", "currency"});
}
void load_custody(const ReadBytes& read, Case& the_case, Problems& problems) {
  CustodyLoader(the_case, problems).load(read, {"event", "exhibit"});
}

}  // namespace exchange
