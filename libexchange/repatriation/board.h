// Everybody at a glance: one column a state in the order of the table, the most urgent first. A picture of
// people, who must outlive it.
#pragma once
#include <map>

#include "libexchange/repatriation/selection.h"

namespace exchange::repatriation {

struct GateMark {
  std::string name, value;  // value: open, ok, waived, failed
};

struct Card {
  const Person* person;
  Track track;
  const Standing* standing;
  std::size_t overdue = 0;  // clocks that ran out
};

struct Column {
  std::string state;
  const State* type;  // nothing where the table has no such state: two desks disagree from the start
  std::size_t people = 0, overdue = 0, minors = 0;
  std::vector<Card> cards;  // the first of them, by their earliest clock
};

struct TrackBoard {
  Track track;
  std::size_t people = 0, overdue = 0, minors = 0, contradictions = 0;
  std::vector<Column> columns;
};

struct Board {
  Instant at;
  Selection selection;
  std::vector<TrackBoard> tracks;                    // those on which anybody stands
  std::vector<Card> urgent;                          // overdue, the longest first
  std::map<std::string, std::size_t> overdue_rules;  // by rule: how many records
};

// At most `per_column` cards a column and `urgent` urgent ones; the numbers count everybody. Time and memory
// grow with the people once.
Board make_board(const Tables& tables, const std::vector<const Person*>& people, const Selection& selection,
                 Instant now, std::size_t per_column, std::size_t urgent);

// The gates that the next steps from here ask for (those of the policy `strict` left out), in the order of
// the table, and those that were ever set.
std::vector<GateMark> gate_marks(const Tables& tables, const Card& card);
// The rule of a clock; nothing for one that the tables no longer have.
const DeadlineRule* rule_of(const Tables& tables, const Card& card, const Due& due);

}  // namespace exchange::repatriation
