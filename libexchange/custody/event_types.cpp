#include "libexchange/custody/event_types.h"

#include <algorithm>

#include "libexchange/custody/statement.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

using enum EventPlace;
using enum EventWriter;

constexpr std::string_view kIso = "ISO/IEC 27037", kAcpo = "ACPO principle 3", kAcpo2 = "ACPO principle 2",
                           kNist = "NIST SP 800-86", kSwgde = "SWGDE", kProgram = "this program";

const std::vector<EventType> kTypes = {
    {"seized", first, person, {"authority"}, "taken under a legal power", kIso},
    {"provided", first, person, {"consent_ref"}, "handed over by its owner", kIso},
    {"packaged", middle, person, {"bag_no"}, "put into a bag or box", kIso},
    {"sealed", middle, person, {"bag_no", "seal_no"}, "closed with a numbered seal", kIso},
    {"seal_checked", middle, person, {"seal_no", "intact"}, "the seal was looked at", kIso},
    {"unsealed", middle, person, {"old_seal", "reason", "witness"}, "the seal was opened", kIso},
    {"resealed", middle, person, {"old_seal", "new_seal", "witness"}, "closed again with a new seal", kIso},
    {"transferred", middle, person, {"from", "to", "courier", "method"}, "left its holder", kIso},
    {"received", middle, person, {"from", "seal_no", "intact"}, "came to a new holder", kIso},
    {"stored", middle, person, {"location"}, "put into a store", kIso},
    {"retrieved", middle, person, {"location"}, "taken out of a store", kIso},
    {"imaged", middle, person, {"tool", "version", "method", "sha256", "output"}, "a copy bit by bit", kNist},
    {"extracted", middle, person, {"tool", "version", "method", "sha256", "output"}, "data read out", kNist},
    {"verified", middle, person, {"sha256", "result"}, "its hash was computed again", kSwgde},
    {"examined", middle, person, {"report"}, "looked into; an original needs justification", kAcpo2},
    {"copied", middle, person, {"output", "who"}, "a working copy was made", kAcpo},
    {"redacted", middle, person, {"output", "who"}, "a redacted copy was made", kAcpo},
    {"translated", middle, person, {"output", "who"}, "a translation was made", kAcpo},
    {"packed", middle, program, {"seal", "recipients"}, "sealed into a bundle", kProgram},
    {"bundle_sent", middle, program, {"seal", "recipients"}, "the bundle was sent", kProgram},
    {"bundle_received", middle, program, {"seal", "from"}, "came in a bundle that was verified", kProgram},
    {"ingested", middle, program, {"seal", "from"}, "taken into the store", kProgram},
    {"disclosed", middle, program, {"seal", "recipients"}, "shown in part, with proof", kProgram},
    {"photographed", middle, person, {"ref"}, "photographs were taken", kIso},
    {"produced_in_court", middle, person, {"court", "case_no"}, "shown to a court", kAcpo},
    {"returned", last, person, {"order", "witness"}, "given back", kIso},
    {"destroyed", last, person, {"order", "witness"}, "destroyed", kIso},
    {"retention_expired", last, person, {"order", "witness"}, "deleted at the end of its time", kIso},
    {"anomaly", middle, person, {"what"}, "something is not as it should be", kAcpo},
    {"correction", middle, person, {"corrects"}, "an earlier event says something wrong", kAcpo},
};

bool is_hash(std::string_view v) { return hash_from_hex(v).has_value(); }
bool is_yes_no(std::string_view v) { return v == "yes" || v == "no"; }
bool is_result(std::string_view v) { return v == "match" || v == "mismatch"; }
bool is_exhibit(std::string_view v) {
  return Fields::is_phrase(v) && v.size() <= 64 && v.find(' ') == v.npos;
}

constexpr EventField kFields[] = {
    {"seal", "64 hex digits: a seal id", is_hash},
    {"sha256", "64 hex digits", is_hash},
    {"intact", "yes or no", is_yes_no},
    {"result", "match or mismatch", is_result},
    {"output", "the id of another exhibit", is_exhibit},
    {"corrects", "64 hex digits: an event's id", is_hash},
    {"about", "64 hex digits: an event's id", is_hash},
};

}  // namespace

std::span<const EventType> event_types() { return kTypes; }
std::span<const EventField> event_fields() { return kFields; }

const EventType* find_event_type(std::string_view name) {
  const auto it = std::ranges::find(kTypes, name, &EventType::name);
  return it == kTypes.end() ? nullptr : &*it;
}

std::string_view new_seal_field(std::string_view type) {
  return type == "sealed" ? "seal_no" : type == "resealed" ? "new_seal" : "";
}

bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

bool is_field_value(std::string_view name, std::string_view value) {
  const auto it = std::ranges::find(kFields, name, &EventField::name);
  return Fields::is_line(value, 1000) && (it == std::end(kFields) || it->good(value));
}

}  // namespace exchange
