// The two texts of an export that hold audit paths.
#include <fmt/format.h>

#include <algorithm>

#include "libexchange/custody/court_export.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kProof = "c2sp.org/tlog-proof@v1", kListed = "valise-custody-exhibit/v1";
constexpr std::size_t kMostPath = 63;

std::vector<Hash> take_path(Fields& fields, const std::function<bool()>& more) {
  std::vector<Hash> path;
  while (more()) {
    const auto hash = hash_from_base64(fields.line());
    if (!hash || path.size() == kMostPath) fields.bad("its audit path is malformed");
    path.push_back(*hash);
  }
  return path;
}

}  // namespace

std::string LogProof::text() const {
  std::string out = fmt::format("{}\nindex {}\n", kProof, index);
  for (const Hash& h : path) out += to_base64(h) + "\n";
  return out + "\n" + checkpoint.note.whole();
}

LogProof LogProof::parse(std::string_view text) {
  const std::size_t blank = text.find("\n\n");
  if (blank == text.npos || text.size() > 2 * kMaxNote)
    throw Failure(Code::malformed, "tlog-proof: has no checkpoint", "it was cut off: ask for it again");
  const std::string_view head = text.substr(0, blank + 1);
  Fields fields(head, kProof);
  LogProof proof;
  if (fields.next_is("extra")) fields.value("extra");  // the format allows it; nobody signed it
  proof.index = fields.number("index");
  proof.path = take_path(fields, [&] { return !fields.at_end(); });
  proof.checkpoint = Checkpoint::parse(text.substr(blank + 2));
  return proof;
}

std::string listed_text(const std::vector<ListedExhibit>& exhibits) {
  std::string out(kListed);
  out += "\n";
  for (const ListedExhibit& x : exhibits) {
    out += fmt::format("place {}\nexhibit {}\n", x.place, x.link.text());
    for (const Hash& h : x.path) out += to_base64(h) + "\n";
  }
  return out;
}

std::vector<ListedExhibit> parse_listed(std::string_view text) {
  Fields fields(text, kListed);
  std::vector<ListedExhibit> out;
  while (!fields.at_end()) {
    ListedExhibit x;
    x.place = fields.number("place");
    x.link = fields.parsed("exhibit", ExhibitLink::parse);
    x.path = take_path(fields, [&] { return !fields.at_end() && !fields.next_is("place"); });
    out.push_back(std::move(x));
  }
  return out;
}

}  // namespace exchange
