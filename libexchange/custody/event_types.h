// The events of a chain of custody: one table, which commands, checks, help and tests walk.
//
// Sources: ISO/IEC 27037:2012 section 5.4 and 6 (chain of custody, sealing, transport), ACPO Good Practice
// Guide for Digital Evidence, principles 2 and 3, SWGDE Best Practices, NIST SP 800-86 section 3.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exchange {

enum class EventPlace { first, middle, last };  // first: begins a chain; last: ends it
enum class EventWriter { person, program };     // who may record it: an officer, or the program by itself

struct EventType {
  std::string_view name;
  EventPlace place;
  EventWriter writer;
  std::vector<std::string_view> required;  // names of fields
  std::string_view meaning;                // one line for people
  std::string_view source;
};

std::span<const EventType> event_types();
const EventType* find_event_type(std::string_view name);  // nullptr: not one of the table

// The field with the number of the seal that an event of this type puts on; empty: it puts on none.
std::string_view new_seal_field(std::string_view type);

// Fields that have a form of their own; all others are one line of text of 1 .. 1,000 bytes.
struct EventField {
  std::string_view name;
  std::string_view form;  // for people: "yes or no", "64 hex digits" …
  bool (*good)(std::string_view value);
};
std::span<const EventField> event_fields();
// True if `value` has the form of the field `name`.
bool is_field_value(std::string_view name, std::string_view value);
bool is_field_name(std::string_view name);  // a-z, 0-9 and _, a letter first, at most 32

}  // namespace exchange
