// The derived index of a log: which event was the last one of an exhibit, where a seal number was used, what
// was done with a bundle. It holds nothing that the entries do not say, and is made again when it is lost.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/file.h"
#include "libexchange/custody/event.h"

namespace exchange {

// One thread. Failure{unavailable}: the database cannot be used; whoever may write deletes it and starts
// anew.
class CustodyIndex {
 public:
  enum class Mode { memory, read, write };
  CustodyIndex(Mode mode, const fs::path& file);
  CustodyIndex(CustodyIndex&&) noexcept;
  ~CustodyIndex();

  std::uint64_t covered() const;  // the events 0 .. covered-1 are in it
  // The next event. All that was added since the last commit() goes when the index is destroyed.
  void add(const Hash& id, const CustodyEvent& event);
  void commit();
  void clear();

  std::optional<ExhibitLink::Previous> last(const ExhibitId& exhibit) const;
  // Exhibits in order; all cases' or all exhibits' where the argument is empty.
  std::vector<ExhibitId> exhibits(const std::string& exhibit, const std::string& reference) const;
  // The event in which this agency first used this seal number.
  std::optional<std::uint64_t> seal_number(const std::string& agency, const std::string& number) const;
  // Events of this type that name this seal (hex), ascending.
  std::vector<std::uint64_t> acts(const std::string& seal, const std::string& type) const;
  // Everything as text, in order: equal for equal indexes.
  std::string dump() const;

 private:
  struct Database;
  std::unique_ptr<Database> db_;
};

// A seal number that `event` puts on and that its agency has used before: the number and that event.
std::optional<std::pair<std::string, std::uint64_t>> reused_seal(const CustodyIndex& index,
                                                                 const CustodyEvent& event);

}  // namespace exchange
