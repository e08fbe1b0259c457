// Shared by the commands that use the store.
#pragma once
#include "libexchange/store/search.h"
#include "tools/officer.h"

namespace valise {

// Where the store of this home is.
exchange::StorePlace store_place(const Context& context);

// The store of this home, opened. Events that are due are recorded where a key is at hand without asking,
// else it is said that they are due.
exchange::Store open_store(const Context& context);

// Records what is due in the custody log of this home.
exchange::RecordEvent recorder(const Context& context, const OfficerKey& key);

// Who looks something up, for which case and why: options of every command that does.
struct Purpose {
  std::string for_case, reason, as;
  bool reveal = false;
  void add_to(CLI::App& app);
  void add_reveal_to(CLI::App& app);
  // Failure{policy} where the home's policy asks for a purpose and none is given; {usage}: --reveal without
  // --reason.
  void require(const Context& context) const;
  // Into the store's log; `text` itself is not kept.
  void log(const Context& context, exchange::Store& store, const std::string& command,
           const std::string& text, std::uint64_t hits) const;
};

// "P-0001 (suspect)"; empty without a person.
std::string person_text(const std::string& person, const std::string& role);
// "AMBER+STRICT H1".
std::string handling_text(const std::string& tlp, const std::string& code);
Json hit_json(const exchange::Hit& hit);

}  // namespace valise
