#include "libexchange/custody/checkpoint.h"

#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "libexchange/custody/statement.h"
#include "libexchange/trust/address.h"

namespace exchange {

std::string Checkpoint::text() const { return fmt::format("{}\n{}\n{}\n", origin, size, to_base64(root)); }

Checkpoint Checkpoint::parse(std::string_view whole) {
  Checkpoint c;
  c.note = Note::parse(whole, "checkpoint");
  const auto lines = split(c.note.text, '\n');
  const auto bad = [] {
    throw Failure(Code::malformed, "checkpoint: is not three lines of origin, size and root",
                  "it was changed, or is not a checkpoint of a custody log");
  };
  if (lines.size() != 4 || !lines[3].empty()) bad();
  c.origin = lines[0];
  constexpr std::string_view kEnd = "/custody";
  if (!c.origin.ends_with(kEnd) ||
      !Address::parse(std::string_view(c.origin).substr(0, c.origin.size() - kEnd.size())))
    bad();
  const auto size = from_decimal(lines[1]);
  const auto root = hash_from_base64(lines[2]);
  if (!size || !root) bad();
  c.size = *size;
  c.root = *root;
  return c;
}

}  // namespace exchange
