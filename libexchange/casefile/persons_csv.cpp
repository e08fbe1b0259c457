// persons.csv: who is concerned, in which role, and who may know it. A role is set by a person, never by the
// program.
#include <algorithm>
#include <array>

#include "libexchange/base/partial_date.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/tables.h"

namespace exchange {

namespace {

constexpr std::size_t kMostPersons = 1 << 20;

class PersonLoader : public SheetLoader {
 public:
  PersonLoader(Case& the_case, Problems& problems) : SheetLoader("persons.csv", the_case, problems) {}

 private:
  void row() override {
    if (case_.persons.size() == kMostPersons)
      throw Failure(Code::limit, "persons.csv: over 1,048,576 persons");
    PersonRow p;
    p.id = cell("id");
    if (p.id.empty() || p.id.size() > 64 || p.id != printable(p.id))
      refuse("id", p.id, "is not a person's id", "for instance P-0001, or V-0001 for a victim");
    take_role(p);
    take_minor(p);
    p.audience = take_audience();
    if (p.role == Role::victim && p.audience.empty())
      broken("victim-audience", "audience", "", "nobody may read this row",
             "name the consular or protection desk that may");
    check_birth();
    check_document();
    if (!p.id.empty() && !case_.persons.emplace(p.id, std::move(p)).second)
      refuse("id", cell("id"), "stands there twice", "give every person an id of their own");
  }

  void take_role(PersonRow& p) {
    const std::string& role = cell("role");
    const auto known = std::ranges::find(person_roles(), role);
    if (role.empty())
      p.role = Role::undetermined;  // how everybody starts
    else if (known == person_roles().end())
      broken("person-role", "role", role, "is not a role", "use one of: " + joined(person_roles()));
    else
      p.role = static_cast<Role>(known - person_roles().begin());
  }

  void take_minor(PersonRow& p) {
    const std::string& minor = cell("minor");
    p.minor = minor != "no";  // in doubt a minor
    if (minor.empty() || minor == "unknown")
      broken("minor-unknown", "minor", minor, "is not said: the person is treated as a minor",
             "write yes or no");
    else if (minor != "yes" && minor != "no")
      refuse("minor", minor, "is neither yes, no nor unknown", "write one of these");
  }

  void check_birth() {
    const std::string& born = cell("born");
    if (born.empty()) return;
    const DateReading reading = read_partial_date(born);
    if (!reading.date) refuse("born", born, reading.why, reading.remedy);
  }

  void check_document() {
    const std::string& mrz = cell("mrz_line2");
    if (mrz.empty()) return;
    const Identifier id = identify("mrz_td3", mrz);
    if (id.status != IdentifierStatus::valid)
      broken("identifier-checksum", "mrz_line2", mrz, id.notes.empty() ? "fails its check" : id.notes.front(),
             "compare it with the document; leave it as it is if the document says so");
  }
};

}  // namespace

void load_persons(const ReadBytes& read, Case& the_case, Problems& problems) {
  PersonLoader(the_case, problems).load(read, {"id", "role"});
}

}  // namespace exchange
