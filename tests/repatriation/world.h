// Officers, events and persons for the tests of repatriation.
#pragma once
#include <map>
#include <string>

#include "libexchange/repatriation/pen.h"
#include "libexchange/repatriation/rules.h"
#include "tests/catch.h"
#include "tests/scratch.h"

namespace exchange::repatriation {

inline LocalTime at(const std::string& text) {
  LocalTime time;
  time.at = *from_rfc3339(text, &time.offset_minutes);
  return time;
}
inline LocalTime later(LocalTime t, std::int64_t hours) {
  t.at.seconds += hours * 3600;
  return t;
}
inline const LocalTime kNoon = at("2026-06-01T12:00:00+07:00");

// An officer of an agency that lives in memory only.
struct Officer {
  explicit Officer(const std::string& address,
                   std::set<std::string> usages = {"consular", "protection", "supervisor", "custody"})
      : keys{address, SigningKey::generate(), {}, true} {
    const Address officer = *Address::parse(address);
    const SigningKey root = SigningKey::generate();
    Endorsement e;
    e.serial = std::string(32, 'a');
    e.agency_name = "Example";
    e.country = "CN";
    e.officer = officer;
    e.signing = keys.verifier();
    e.receiving = AgeIdentity::generate().recipient();
    e.usages = std::move(usages);
    e.not_before = *from_utc("2026-01-01T00:00:00Z");
    e.not_after = *from_utc("2099-01-01T00:00:00Z");
    e.example = true;
    endorsement = Endorsement::parse(sign_note(e.text(), officer.agency, root).whole());
  }
  PrivateKeys keys;
  Endorsement endorsement;
};

// An event that needs no signature: what fold() and the rules look at.
struct Draft {
  Event event;
  explicit Draft(const std::string& person, const std::string& kind, Track track = Track::assisted_return) {
    event.person = person;
    event.track = track;
    event.kind = kind;
    event.group = "status";
    event.at = kNoon;
    event.recorded = {kNoon.at.seconds, 0};
    event.by = *Address::parse("cn-example-mfa/desk-a");
    event.usage = "consular";
  }
  Draft& step(const std::string& from, const std::string& to) {
    event.from = from;
    event.to = to;
    return *this;
  }
  Draft& usage(const std::string& usage) {
    event.usage = usage;
    return *this;
  }
  Draft& by(const std::string& address) {
    event.by = Address::parse(address).value();
    return *this;
  }
  Draft& gate(const std::string& name, const std::string& value) {
    event.gates[name] = value;
    return *this;
  }
  Draft& fact(const std::string& name, const std::string& value) {
    event.fields[name] = value;
    return *this;
  }
  Draft& document(const std::string& reference = "REF-1", const std::string& kind = "-") {
    event.documents.push_back({kind, reference, {}});
    return *this;
  }
  Draft& hours(std::int64_t hours) {
    event.at = later(event.at, hours);
    event.recorded.seconds += hours * 3600;
    return *this;
  }
  Draft& after(std::vector<std::string> ids) {
    std::ranges::sort(ids);
    event.after = std::move(ids);
    return *this;
  }
  Known known() const { return {event_id(event.text()), event}; }
};

// A person in some state, with gates and facts, without a history.
struct Someone {
  Person person;
  Someone(Track track, const std::string& state) {
    person.id = "V-0001";
    Event nothing;
    nothing.track = track;
    person = with_event(person, nothing);
    Standing& s = standing(track);
    s.state = state;
    s.since = later(kNoon, -72);
  }
  Standing& standing(Track track) {
    return track == Track::assisted_return ? person.assisted->standing : person.suspect->standing;
  }
  Someone& gate(Track track, const std::string& name, const std::string& value,
                const std::string& by = "cn-example-mfa/other", LocalTime when = later(kNoon, -24)) {
    Event e;
    e.track = track;
    e.gates[name] = value;
    e.at = when;
    e.by = Address::parse(by).value();
    person = with_event(person, e);
    return *this;
  }
  Someone& fact(const std::string& name, const std::string& value) {
    Event e;
    e.fields[name] = value;
    person = with_event(person, e);
    return *this;
  }
};

}  // namespace exchange::repatriation
