// valise repat board: everybody at a glance, in the terminal or as a page.
#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/deadlines.h"
#include "libexchange/report/board_page.h"
#include "tools/repat_selection.h"
#include "tools/table.h"

namespace valise {

namespace {

using repat::Board;
using repat::Card;
using repat::Column;
using repat::TrackBoard;

constexpr std::size_t kInTerminal = 10, kOnPage = 50, kUrgent = 12;

struct BoardOptions {
  SelectionOptions who;
  std::string html, language = "en";
  std::size_t first = 0;
  Reveal reveal;
};

std::string gates_text(const repat::Tables& tables, const Card& card) {
  std::size_t all = 0, passed = 0;
  std::string failed;
  for (const auto& mark : gate_marks(tables, card)) {
    ++all;
    passed += mark.value == "ok" || mark.value == "waived";
    if (mark.value == "failed") failed += " ✗" + mark.name;
  }
  return all == 0 ? "" : fmt::format("{}/{}{}", passed, all, failed);
}

std::string due_text(const Card& card, exchange::Instant now, const repat::Labels& labels) {
  if (card.standing->due.empty()) return {};
  const repat::Due& due = card.standing->due.front();
  return fmt::format("{} {} {}", due.at < now ? "OVERDUE" : "in",
                     exchange::report::span_text(due.at.seconds - now.seconds, labels), due.rule);
}

void print_track(const Context& context, const repat::Tables& tables, const repat::Labels& labels,
                 const Board& board, const TrackBoard& t, bool names) {
  context.print(fmt::format("\n{}: {} people, {} overdue, {} minors or age unknown\n",
                            labels.of("track", name_of(t.track)), t.people, t.overdue, t.minors));
  std::vector<std::string> header = {"state", "id", "nat.", "host", "site", "minor", "batch", "gates", "due"};
  if (names) header.insert(header.begin() + 2, {"name", "latin"});
  Table table(header);
  for (const Column& column : t.columns) {
    if (column.people == 0) continue;
    std::vector<std::string> state = {fmt::format(
        "{} {}", column.type ? labels.of("state", column.state) : labels("unsettled"), column.people)};
    if (column.overdue > 0) state.push_back(fmt::format("  {} overdue", column.overdue));
    std::size_t said = 0;
    const auto word = [&] { return said < state.size() ? state[said++] : std::string(); };
    for (const Card& card : column.cards) {
      const repat::Person& p = *card.person;
      const bool contrary = !card.standing->contradictions.empty() || !p.contradictions.empty();
      std::vector<std::string> row = {word(),
                                      p.id + (contrary ? " (contradiction)" : ""),
                                      p.fact("nationality"),
                                      p.fact("host"),
                                      p.fact("site"),
                                      p.minor() == repat::Minor::no    ? ""
                                      : p.minor() == repat::Minor::yes ? "MINOR"
                                                                       : "age?",
                                      p.fact("batch"),
                                      gates_text(tables, card),
                                      due_text(card, board.at, labels)};
      if (names) row.insert(row.begin() + 2, {p.fact("name_native"), p.fact("name_latin")});
      table.add(std::move(row));
    }
    if (column.people > column.cards.size())
      table.add({word(), fmt::format("+ {} more", column.people - column.cards.size())});
    for (std::string rest = word(); !rest.empty(); rest = word()) table.add({rest});
  }
  context.print(table.text());
}

Json board_json(const repat::Tables& tables, const Board& board) {
  Json tracks = Json::array();
  for (const TrackBoard& t : board.tracks) {
    Json columns = Json::array();
    for (const Column& c : t.columns) {
      Json cards = Json::array();
      for (const Card& card : c.cards)
        cards.push_back(record_json(tables, *card.person, card.track, *card.standing, board.at));
      columns.push_back({{"state", c.state},
                         {"people", c.people},
                         {"overdue", c.overdue},
                         {"minors", c.minors},
                         {"cards", cards}});
    }
    tracks.push_back({{"track", name_of(t.track)},
                      {"people", t.people},
                      {"overdue", t.overdue},
                      {"minors", t.minors},
                      {"contradictions", t.contradictions},
                      {"columns", columns}});
  }
  return {{"at", exchange::to_utc(board.at)}, {"shown", board.selection.text()}, {"tracks", tracks}};
}

void run_board(const Context& context, const BoardOptions& o) {
  const repat::Labels labels(o.language, own_tables(context));
  const repat::Selection selection = o.who.selection();
  const repat::Desk desk(context.home());
  const repat::Tables& tables = desk.tables();
  o.reveal.check(context, "board");
  const bool names = o.reveal.on && visible_groups(context.home(), tables).contains("identity");
  const std::size_t first = o.first > 0 ? o.first : o.html.empty() ? kInTerminal : kOnPage;
  const Board board = make_board(tables, desk.people(), selection, exchange::now(), first, kUrgent);
  if (!o.html.empty())
    return write_private(context, o.html,
                         exchange::report::board_page(board, {tables, labels, desk_name(context), names}));
  if (context.json) return context.print(board_json(tables, board));
  const std::string shown_people = selection.text();
  context.print(fmt::format("{}  {}  shown: {}\n", labels("board"), exchange::report::minute_text(board.at),
                            shown_people.empty() ? "everybody" : exchange::printable(shown_people)));
  if (board.tracks.empty()) context.print(std::string("nobody\n"));
  for (const TrackBoard& t : board.tracks) print_track(context, tables, labels, board, t, names);
}

}  // namespace

void set_up_repat_board(CLI::App& app, Context& context) {
  auto o = std::make_shared<BoardOptions>();
  CLI::App* sub = app.add_subcommand("board", "shows everybody by state, the most urgent first");
  o->who.add_options(*sub);
  sub->add_option("--html", o->html, "writes one page to look at and print; - is standard output");
  sub->add_option("--lang", o->language, "words in en, zh, ar or th")->capture_default_str();
  sub->add_option("--first", o->first, "so many people a state")->check(CLI::Range(1, 100000));
  o->reveal.add_options(*sub);
  sub->footer("Example:\n  valise repat board --host THA --html board.html");
  sub->callback([o, &context] { run_board(context, *o); });
}

}  // namespace valise
