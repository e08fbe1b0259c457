// The signed head of a log: a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) without extension
// lines. Signed by the officer whose act made the log this long.
#pragma once
#include <string>
#include <string_view>

#include "libexchange/crypto/note.h"

namespace exchange {

struct Checkpoint {
  std::string origin;      // "AGENCY/NAME/custody"
  std::uint64_t size = 0;  // entries
  Hash root{};             // RFC 6962 section 2.1
  Note note;               // as signed
  std::string text() const;
  static Checkpoint parse(std::string_view whole);  // form only; Failure{malformed}
  // The agency whose officers may sign it.
  std::string agency() const { return origin.substr(0, origin.find('/')); }
};

}  // namespace exchange
