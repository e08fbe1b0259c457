// The connection behind a Database. Not a public header: it is only for the files that implement database.h.
#pragma once
#include <soci/soci.h>

#include "libexchange/store/database.h"

namespace exchange {

struct Database::Impl {
  soci::session session;
  std::string name;  // printable
  fs::path file;     // SQLite; empty: a server
};

// Runs `work`; what SOCI throws comes out as a Failure that names the database.
void translated(const std::string& name, const std::function<void()>& work);

// Text as both databases take it. Failure{malformed} otherwise.
const std::string& storable(const std::string& text);

}  // namespace exchange
