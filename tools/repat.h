// What the `repat` commands share.
#pragma once
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libexchange/repatriation/pen.h"
#include "tools/command.h"

namespace valise {

namespace repat = exchange::repatriation;

// The officer's key. `author` points into it, so it stays where it is.
struct Acting {
  exchange::PrivateKeys keys;
  exchange::Endorsement endorsement;
  repat::Author author() const { return {keys, endorsement}; }
};
// --as, else the only key of this home for one of the `preferred` usages (consular first), else the only key.
// Failure{usage} lists a choice, {trust}: its endorsement does not hold.
std::unique_ptr<Acting> acting_key(const Context& context, const std::string& as,
                                   const std::set<std::string>& preferred = {});
repat::Strictness strictness_of(const exchange::Home& home);

// --at: RFC 3339 with offset; empty is now, with the offset of this machine's clock. Failure{usage}.
repat::LocalTime time_option(const std::string& text);
// --gate NAME=VALUE, --set FIELD=VALUE, --doc REF or KIND=REF, --doc-file KIND=PATH. Failure{usage}.
std::map<std::string, std::string> pairs_option(const std::vector<std::string>& words, const char* option);
std::vector<repat::Document> documents_option(const std::vector<std::string>& documents,
                                              const std::vector<std::string>& files);
// --set values in the one form of their field.
std::map<std::string, std::string> fields_option(const repat::Tables& tables,
                                                 const std::vector<std::string>& words);

// Failure{usage} where nobody has this id (or no key here may know).
const repat::Person& person_option(const repat::Desk& desk, const std::string& id);
// The track that is meant: --track, or the only one that fits. Failure{usage}.
repat::Track track_option(const repat::Desk& desk, const repat::Person& person, const std::string& track,
                          const std::string& to = {});

// --reveal needs --reason; says in HOME/repat/reveals who looked at how many people and why. Failure{policy}.
struct Reveal {
  bool on = false;
  std::string reason;
  void add_options(CLI::App& app);
  void check(const Context& context, const std::string& what) const;
};
// Which groups of facts the keys of this home may see (visibility.csv).
std::set<std::string> visible_groups(const exchange::Home& home, const repat::Tables& tables);

// The contract's fields of one record.
Json due_json(const repat::Tables& tables, const repat::Person& person, repat::Track track,
              const repat::Standing& standing, exchange::Instant now);
Json record_json(const repat::Tables& tables, const repat::Person& person, repat::Track track,
                 const repat::Standing& standing, exchange::Instant now);
const char* minor_text(const repat::Person& person);

void set_up_repat_people(CLI::App& app, Context& context);    // import, add
void set_up_repat_list(CLI::App& app, Context& context);      // list, due
void set_up_repat_show(CLI::App& app, Context& context);      // show, history
void set_up_repat_act(CLI::App& app, Context& context);       // advance, gate, note, correct, join, settle
void set_up_repat_batch(CLI::App& app, Context& context);     // batch
void set_up_repat_board(CLI::App& app, Context& context);     // board
void set_up_repat_stats(CLI::App& app, Context& context);     // stats
void set_up_repat_exchange(CLI::App& app, Context& context);  // export, merge

}  // namespace valise
