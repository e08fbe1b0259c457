#include "libexchange/repatriation/board.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace exchange::repatriation {

namespace {

auto urgency(const Card& card) {
  const std::int64_t first = card.standing->due.empty() ? std::numeric_limits<std::int64_t>::max()
                                                        : card.standing->due.front().at.seconds;
  return std::tuple<std::int64_t, std::string_view>(first, card.person->id);
}

void keep_first(std::vector<Card>& cards, std::size_t most) {
  const auto less = [](const Card& a, const Card& b) { return urgency(a) < urgency(b); };
  const std::size_t kept = std::min(most, cards.size());
  std::ranges::partial_sort(cards, cards.begin() + static_cast<std::ptrdiff_t>(kept), less);
  cards.resize(kept);
}

Column& column_of(TrackBoard& board, const std::string& state) {
  const auto found = std::ranges::find(board.columns, state, &Column::state);
  if (found != board.columns.end()) return *found;
  return *board.columns.insert(board.columns.begin(), Column{state, nullptr, 0, 0, 0, {}});
}

}  // namespace

Board make_board(const Tables& tables, const std::vector<const Person*>& people, const Selection& selection,
                 Instant now, std::size_t per_column, std::size_t urgent) {
  Board board{now, selection, {}, {}, {}};
  for (const Track track : kTracks) {
    TrackBoard t{track, 0, 0, 0, 0, {}};
    for (const State* state : tables.states(track)) t.columns.push_back({state->name, state, 0, 0, 0, {}});
    board.tracks.push_back(std::move(t));
  }
  for (const Person* person : people) {
    if (!selection.takes(*person)) continue;
    person->each([&](Track track, const Standing& standing) {
      if (!selection.takes(track, standing, now)) return;
      TrackBoard& t = board.tracks[static_cast<std::size_t>(track)];
      Column& column = column_of(t, standing.state);
      const Card card{person, track, &standing, overdue_count(standing, now)};
      ++t.people;
      ++column.people;
      t.overdue += card.overdue > 0;
      column.overdue += card.overdue > 0;
      t.minors += person->treated_as_minor();
      column.minors += person->treated_as_minor();
      t.contradictions += !standing.contradictions.empty() || !person->contradictions.empty();
      column.cards.push_back(card);
      if (card.overdue > 0) board.urgent.push_back(card);
      for (std::size_t i = 0; i < card.overdue; ++i) ++board.overdue_rules[standing.due[i].rule];
    });
  }
  for (TrackBoard& t : board.tracks)
    for (Column& column : t.columns) keep_first(column.cards, per_column);
  keep_first(board.urgent, urgent);
  std::erase_if(board.tracks, [](const TrackBoard& t) { return t.people == 0; });
  return board;
}

std::vector<GateMark> gate_marks(const Tables& tables, const Card& card) {
  const auto asked_for = [&](const std::string& gate) {
    return std::ranges::any_of(tables.edges_from(card.track, card.standing->state), [&](const Edge* e) {
      return std::ranges::count(e->gates, gate) > 0 ||
             (card.person->treated_as_minor() && std::ranges::count(e->minor_gates, gate) > 0);
    });
  };
  std::vector<GateMark> marks;
  for (const GateType& type : tables.gates())
    if (card.standing->gate(type.name) || (!type.strict_only && asked_for(type.name)))
      marks.push_back({type.name, card.standing->gate_value(type.name)});
  return marks;
}

const DeadlineRule* rule_of(const Tables& tables, const Card& card, const Due& due) {
  for (const DeadlineRule* rule : tables.deadlines(card.track, card.person->fact("host")))
    if (rule->name == due.rule) return rule;
  return nullptr;
}

}  // namespace exchange::repatriation
