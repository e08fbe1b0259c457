#include "libexchange/custody/event.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"
#include "libexchange/crypto/merkle.h"
#include "libexchange/custody/event_types.h"
#include "libexchange/custody/statement.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-custody/v1";
constexpr std::size_t kMostNote = 4000;

bool is_exhibit(std::string_view v) { return is_field_value("output", v); }
bool is_case_agency(std::string_view v) { return v == "-" || is_agency_id(v); }
bool is_note(std::string_view v) { return Fields::is_line(v, kMostNote); }
bool is_place(std::string_view v) { return Fields::is_line(v, 200); }

// Number and root of the exhibits' lines.
std::pair<std::uint64_t, Hash> committed(const CustodyEvent& e) {
  if (e.exhibits.empty()) return {e.list_size, e.list_root};
  MerkleRoot root;
  for (const ExhibitLink& x : e.exhibits) root.add(as_view(x.text()));
  return {root.size(), root.root()};
}

bool in_order(const std::vector<ExhibitLink>& exhibits) {
  return std::ranges::adjacent_find(exhibits, std::greater_equal<>(), &ExhibitLink::exhibit) ==
         exhibits.end();
}

void parse_exhibits(Fields& fields, CustodyEvent& e) {
  if (fields.next_is("exhibits")) {
    const std::string value = fields.value("exhibits");
    const auto parts = split(value, ' ');
    const auto count = from_decimal(parts[0]);
    const auto root = parts.size() == 2 ? hash_from_base64(parts[1]) : std::nullopt;
    if (!count || !root || *count <= CustodyEvent::kInline || *count > CustodyEvent::kMostExhibits)
      fields.bad("\"exhibits\" has an impossible value");
    e.list_size = *count;
    e.list_root = *root;
    return;
  }
  do e.exhibits.push_back(fields.parsed("exhibit", ExhibitLink::parse));
  while (fields.next_is("exhibit") && e.exhibits.size() < CustodyEvent::kInline);
  if (!in_order(e.exhibits)) fields.bad("its exhibits are not in order");
}

void take_list(Fields& fields, CustodyEvent& e, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = list.find('\n');
    const auto link = ExhibitLink::parse(list.substr(0, end));
    if (end == list.npos || !link) fields.bad("a line of its list of exhibits is malformed");
    e.exhibits.push_back(*link);
    list.remove_prefix(end + 1);
  }
  if (committed(e) != std::pair(e.list_size, e.list_root))
    throw Failure(Code::integrity, "valise-custody/v1: its list of exhibits is not the one that was signed");
  if (!in_order(e.exhibits)) fields.bad("its exhibits are not in order");
}

}  // namespace

std::string ExhibitLink::text() const {
  return previous ? fmt::format("{} {} {}", exhibit, previous->index, to_base64(previous->id))
                  : exhibit + " - -";
}

std::optional<ExhibitLink> ExhibitLink::parse(std::string_view text) {
  const auto parts = split(text, ' ');
  if (parts.size() != 3 || !is_exhibit(parts[0])) return std::nullopt;
  ExhibitLink link{std::string(parts[0]), std::nullopt};
  if (parts[1] == "-" && parts[2] == "-") return link;
  const auto index = from_decimal(parts[1]);
  const auto id = hash_from_base64(parts[2]);
  if (!index || !id) return std::nullopt;
  link.previous = {*index, *id};
  return link;
}

std::string CustodyEvent::text() const {
  std::string out =
      fmt::format("{}\nevent {}\ncase {} {}\n", kTitle, type, the_case.agency, the_case.reference);
  if (const auto [count, root] = committed(*this); count > kInline)
    out += fmt::format("exhibits {} {}\n", count, to_base64(root));
  else
    for (const ExhibitLink& x : exhibits) out += "exhibit " + x.text() + "\n";
  out += fmt::format("at {}\nrecorded {}\nby {}\nrole {}\nagency {}\nplace {}\n", at, to_utc(recorded),
                     by.name, by.role, by.agency, place);
  for (const auto& [name, value] : fields) out += fmt::format("field {} {}\n", name, value);
  out += fmt::format("note {}\nsigner {}\nendorsement {}\n", note, signer.text(), to_base64(endorsement));
  return out;
}

std::string CustodyEvent::list() const {
  std::string out;
  if (exhibits.size() > kInline)
    for (const ExhibitLink& x : exhibits) out += x.text() + "\n";
  return out;
}

CustodyEvent CustodyEvent::parse(std::string_view text, std::optional<std::string_view> list) {
  Fields fields(text, kTitle);
  CustodyEvent e;
  e.type = fields.checked("event", [](const std::string& v) { return find_event_type(v) != nullptr; });
  const std::string the_case = fields.value("case");
  const std::size_t space = std::min(the_case.find(' '), the_case.size() - 1);
  e.the_case = {the_case.substr(space + 1), the_case.substr(0, space)};
  if (!is_case_agency(e.the_case.agency) || !Fields::is_phrase(e.the_case.reference))
    fields.bad("\"case\" has an impossible value");
  parse_exhibits(fields, e);
  e.at = fields.checked("at", [](const std::string& v) { return is_event_time(v); });
  e.recorded = fields.time("recorded");
  e.by.name = fields.phrase("by");
  e.by.role = fields.phrase("role");
  e.by.agency = fields.phrase("agency");
  e.place = fields.checked("place", [](const std::string& v) { return is_place(v); });
  while (fields.next_is("field")) {
    const std::string value = fields.value("field");
    const std::size_t at = std::min(value.find(' '), value.size() - 1);
    if (e.fields.size() == kMostFields || !e.fields.emplace(value.substr(0, at), value.substr(at + 1)).second)
      fields.bad("a field stands twice, or there are too many");
  }
  e.note = fields.checked("note", [](const std::string& v) { return is_note(v); });
  e.signer = fields.key("signer");
  e.endorsement = fields.parsed("endorsement", hash_from_base64);
  fields.require_same(text, e.text());
  try {
    e.require_complete();
  } catch (const Failure& f) {
    fields.bad(f.what());
  }
  if (list && e.list_size > 0) take_list(fields, e, *list);
  return e;
}

Instant CustodyEvent::instant() const { return from_rfc3339(at).value_or(Instant{}); }

const std::string& CustodyEvent::field(const std::string& name) const {
  static const std::string none;
  const auto it = fields.find(name);
  return it == fields.end() ? none : it->second;
}

bool CustodyEvent::has(const std::string& exhibit) const {
  return std::ranges::binary_search(exhibits, exhibit, {}, &ExhibitLink::exhibit);
}

void CustodyEvent::require_complete() const {
  const auto refuse = [](std::string why, std::string hint) {
    throw Failure(Code::policy, std::move(why), std::move(hint));
  };
  const EventType* known = find_event_type(type);
  if (!known) refuse("\"" + printable(type) + "\" is not an event", "see: valise custody types");
  if (!is_case_agency(the_case.agency) || !Fields::is_phrase(the_case.reference))
    refuse(fmt::format("{}: \"{}\" of \"{}\" is not a case", type, printable(the_case.reference),
                       printable(the_case.agency)),
           "give its reference, and the agency id of who requests");
  for (const ExhibitLink& x : exhibits)
    if (!is_exhibit(x.exhibit))
      refuse(fmt::format("{}: \"{}\" is not an exhibit's id", type, printable(x.exhibit)),
             "it has 1 to 64 bytes and no space");
  for (const auto& [value, what] : {std::pair(&by.name, "by"), {&by.role, "role"}, {&by.agency, "agency"}})
    if (!Fields::is_phrase(*value))
      refuse(fmt::format("{}: \"{}\" is not one line of 1 to 200 bytes", type, what), "correct it");
  if (!is_place(place)) refuse(type + ": the place is not one line of 1 to 200 bytes", "shorten it");
  if (!is_note(note)) refuse(type + ": the note is not one line of 1 to 4,000 bytes", "shorten it");
  if (!is_event_time(at))
    refuse(type + ": \"" + printable(at) + "\" is not a time with its offset",
           "for instance 2026-05-21T09:14:00+07:00");
  for (const auto& [name, value] : fields) {
    if (is_field_name(name) && is_field_value(name, value)) continue;
    const auto form = std::ranges::find(event_fields(), std::string_view(name), &EventField::name);
    refuse(fmt::format("{}: the field {} cannot be \"{}\"", type, printable(name), printable(value)),
           fmt::format("it is {}", form == event_fields().end() ? "one line of text" : form->form));
  }
  for (const std::string_view name : known->required)
    if (!fields.contains(std::string(name)))
      refuse(fmt::format("{}: the field {} is missing", type, name), fmt::format("give --field {}=…", name));
}

Hash event_id(std::string_view text) { return sha256(as_view(text)); }

bool is_event_time(std::string_view text) {
  return text.size() <= 35 && text.size() >= 20 && text[10] == 'T' && !text.ends_with('z') &&
         from_rfc3339(text).has_value();
}

std::string local_now() {
  const std::time_t t = now().seconds;
  std::tm local{};
  ::localtime_r(&t, &local);
  const long minutes = local.tm_gmtoff / 60;
  const std::string wall = to_utc({t + local.tm_gmtoff, 0});
  if (minutes == 0) return wall;
  return fmt::format("{}{}{:02}:{:02}", wall.substr(0, 19), minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

}  // namespace exchange
