#include "libexchange/repatriation/event.h"

#include <algorithm>
#include <array>

#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"
#include "libexchange/trust/usage.h"

namespace exchange::repatriation {

namespace {

constexpr std::string_view kTitle = "valise-repatriation/v1";
constexpr std::array<std::string_view, 7> kKinds = {"advance", "gate", "fact",  "note",
                                                    "batch",   "join", "settle"};
constexpr std::array<std::string_view, 4> kGateValues = {"open", "ok", "waived", "failed"};
constexpr std::size_t kMaxAfter = 256, kMaxLines = 64, kMaxValue = 4000;

// A value on one line: LF as \n, backslash as \\.
std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      out += line[i];
      continue;
    }
    if (++i == line.size() || (line[i] != 'n' && line[i] != '\\')) return std::nullopt;
    out += line[i] == 'n' ? '\n' : '\\';
  }
  if (out.empty() || out.size() > kMaxValue) return std::nullopt;
  return out;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}
bool is_word_or_none(std::string_view text) { return text == "-" || is_word(text); }

std::optional<std::string> id_of(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  return std::string(text);
}

std::optional<Hash> hash_of(std::string_view text) {
  const auto bytes = from_hex(text);
  Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

// "WORD rest" → both; nothing without a space.
std::optional<std::pair<std::string, std::string_view>> first_word(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == text.npos) return std::nullopt;
  return std::pair(std::string(text.substr(0, space)), text.substr(space + 1));
}

void read_gate(Fields& fields, Event& e) {
  const std::string line = fields.value("gate");
  const auto parts = first_word(line);
  if (!parts || !is_word(parts->first) || std::ranges::find(kGateValues, parts->second) == kGateValues.end())
    fields.bad("a gate that is not NAME open, ok, waived or failed");
  e.gates.emplace(parts->first, parts->second);
}

void read_document(Fields& fields, Event& e) {
  const std::string line = fields.value("document");
  const auto kind = first_word(line);
  const auto hash = kind ? first_word(kind->second) : std::nullopt;
  if (!hash || !is_word_or_none(kind->first)) fields.bad("a document that is not KIND HASH REFERENCE");
  Document d{kind->first, std::string(hash->second), hash_of(hash->first)};
  if ((!d.sha256 && hash->first != "-") || !Fields::is_phrase(d.reference))
    fields.bad("a document with an impossible hash or reference");
  e.documents.push_back(std::move(d));
}

void read_field(Fields& fields, Event& e) {
  const std::string line = fields.value("field");
  const auto parts = first_word(line);
  const auto value = parts ? unescaped(parts->second) : std::nullopt;
  if (!value || !is_word(parts->first)) fields.bad("a field that is not NAME VALUE");
  e.fields.emplace(parts->first, *value);
}

// Repeated lines, at most `limit` of them.
template <class Read>
void each_line(Fields& fields, std::string_view word, std::size_t limit, Read read) {
  for (std::size_t n = 0; !fields.at_end() && fields.next_is(word); ++n) {
    if (n == limit) fields.bad("more than " + std::to_string(limit) + " lines \"" + std::string(word) + "\"");
    read();
  }
}

}  // namespace

std::string Event::text() const {
  std::string out = std::string(kTitle) + "\n";
  const auto line = [&](std::string_view word, std::string_view value) {
    out.append(word).append(" ").append(value).append("\n");
  };
  line("person", person);
  line("track", track ? name_of(*track) : "-");
  line("kind", kind);
  line("group", group);
  if (!to.empty()) {
    line("from", from);
    line("to", to);
  }
  line("at", at.text());
  line("recorded", to_utc(recorded));
  line("by", by.text());
  line("usage", usage);
  line("endorsement", to_hex(endorsement));
  for (const std::string& id : after) line("after", id);
  for (const auto& [name, value] : gates) line("gate", name + " " + value);
  for (const Document& d : documents)
    line("document", d.kind + " " + (d.sha256 ? to_hex(*d.sha256) : "-") + " " + d.reference);
  for (const auto& [name, value] : fields) line("field", name + " " + escaped(value));
  if (!note.empty()) line("note", escaped(note));
  return out;
}

Event Event::parse(std::string_view text) {
  Fields fields(text, kTitle);
  Event e;
  e.person = fields.checked("person", is_person_id);
  const std::string track = fields.value("track");
  e.track = track_named(track);
  if (!e.track && track != "-") fields.bad("\"track\" has an impossible value");
  e.kind = fields.checked("kind",
                          [](const std::string& v) { return std::ranges::find(kKinds, v) != kKinds.end(); });
  e.group = fields.checked("group", is_word);
  if (fields.next_is("from")) {
    e.from = fields.checked("from", is_word_or_none);
    e.to = fields.checked("to", is_word);
  }
  e.at = fields.parsed("at", LocalTime::parse);
  e.recorded = fields.time("recorded");
  e.by = fields.parsed("by", Address::parse);
  e.usage = fields.checked("usage", is_usage);
  e.endorsement = fields.parsed("endorsement", hash_of);
  each_line(fields, "after", kMaxAfter, [&] { e.after.push_back(fields.parsed("after", id_of)); });
  each_line(fields, "gate", kMaxLines, [&] { read_gate(fields, e); });
  each_line(fields, "document", kMaxLines, [&] { read_document(fields, e); });
  each_line(fields, "field", kMaxLines, [&] { read_field(fields, e); });
  if (!fields.at_end() && fields.next_is("note")) e.note = fields.parsed("note", unescaped);
  if (!std::ranges::is_sorted(e.after)) fields.bad("\"after\" is not in order");
  fields.require_same(text, e.text());
  return e;
}

std::string event_id(std::string_view text) { return to_hex(sha256(as_view(text))); }

SignedEvent SignedEvent::parse(std::string whole) {
  const Note note = Note::parse(whole, "event");
  if (note.signatures.size() != 1) throw Failure(Code::malformed, "event: not exactly one signature");
  SignedEvent out{event_id(note.text), Event::parse(note.text), std::move(whole)};
  return out;
}

SignedEvent SignedEvent::sign(const Event& event, const PrivateKeys& keys) {
  const Note note = sign_note(event.text(), keys.name, keys.signing);
  return parse(note.whole());  // what we write, we can read
}

bool SignedEvent::signed_by(const Endorsement& endorsement) const {
  return endorsement.text_hash == event.endorsement && endorsement.officer == event.by &&
         verify_note(Note::parse(whole, "event"), endorsement.signing);
}

bool is_person_id(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 40 && letter(text[0]) && std::ranges::all_of(text, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string new_person_id(const Address& desk) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto put = [&](std::string& out, View bytes, std::size_t from, std::size_t count) {
    for (std::size_t i = from; i < from + count; ++i) out += alphabet[bytes[i] & 31];
  };
  std::array<std::uint8_t, 12> random{};
  fill_random(random);
  std::string id = "R-";
  put(id, sha256(as_view(desk.text())), 0, 4);
  id += '-';
  put(id, random, 0, 6);
  id += '-';
  put(id, random, 6, 6);
  return id;
}

}  // namespace exchange::repatriation
