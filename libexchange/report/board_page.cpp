#include "libexchange/report/board_page.h"

#include <algorithm>
#include <array>
#include <set>

#include "libexchange/repatriation/deadlines.h"
#include "libexchange/repatriation/sites.h"
#include "libexchange/report/html.h"

namespace exchange::report {

using repatriation::Board;
using repatriation::Card;
using repatriation::Column;
using repatriation::Due;
using repatriation::Labels;
using repatriation::Minor;
using repatriation::TrackBoard;

namespace {

struct Mark {
  std::string_view value, sign;
};
constexpr std::array<Mark, 4> kMarks = {{{"ok", "✓"}, {"waived", "~"}, {"failed", "✗"}, {"open", "○"}}};

class Painter {
 public:
  Painter(const Board& board, const BoardPage& page) : board_(board), page_(page), words_(page.labels) {}

  std::string paint() {
    const Frame frame{words_("board"), words_.language(), words_.right_to_left()};
    return document(frame, [&](Html& html) {
      html_ = &html;
      head();
      choices();
      urgent();
      for (const TrackBoard& t : board_.tracks) track(t);
      foot();
    });
  }

 private:
  void head() {
    const auto header = html_->element("header");
    {
      const auto block = html_->element("div");
      html_->leaf("h1", words_("board"));
      html_->leaf("p", page_.desk);
      const auto line = html_->element("p", {{"class", "soft"}});
      const std::string shown = board_.selection.text();
      html_->text(words_("as_of") + " ");
      html_->leaf("bdi", {{"dir", "ltr"}}, minute_text(board_.at));
      html_->text(" · " + words_("filter") + ": ");
      html_->leaf("bdi", shown.empty() ? words_("everybody") : shown);
    }
    std::size_t people = 0, overdue = 0, minors = 0, contradictions = 0;
    for (const TrackBoard& t : board_.tracks) {
      people += t.people;
      overdue += t.overdue;
      minors += t.minors;
      contradictions += t.contradictions;
    }
    const auto list = html_->element("ul", {{"class", "figures"}});
    figure("people", people, "plain");
    figure("overdue", overdue, overdue > 0 ? "late" : "plain");
    figure("minors", minors, "plain");
    if (contradictions > 0) figure("contradictions", contradictions, "late");
  }

  void figure(std::string_view word, std::size_t number, std::string_view kind) {
    const auto item = html_->element("li", {{"class", std::string(kind)}});
    html_->leaf("b", std::to_string(number));
    html_->text(words_(word));
  }

  // Without a script: the style sheet hides what is not chosen.
  void choices() {
    const auto line = html_->element("p", {{"class", "choices"}});
    for (const char* const what : {"overdue", "minors"}) {
      const auto label = html_->element("label");
      html_->empty("input", {{"type", "checkbox"}, {"id", std::string("only-") + what}});
      html_->text(" " + words_(std::string("only_") + what));
    }
  }

  void urgent() {
    if (board_.urgent.empty()) return;
    html_->leaf("h2", words_("first_to_do"));
    {
      const auto line = html_->element("p", {{"class", "rules"}});
      std::vector<std::pair<std::size_t, std::string>> rules;
      for (const auto& [name, n] : board_.overdue_rules) rules.emplace_back(n, name);
      std::ranges::sort(rules, std::greater{});
      for (const auto& [n, name] : rules) {
        const auto item = html_->element("span");
        html_->leaf("b", std::to_string(n));
        html_->text(" ");
        html_->leaf("bdi", rule_text(name));
      }
    }
    const auto table = html_->element("table");
    {
      const auto row = html_->element("thead");
      const auto cells = html_->element("tr");
      for (const char* const word : {"late", "who", "what", "due", "state", "where"})
        html_->leaf("th", words_(word));
    }
    const auto rows = html_->element("tbody");
    for (const Card& card : board_.urgent) {
      const Due& due = card.standing->due.front();
      const auto row = html_->element("tr");
      html_->leaf("td", {{"class", "late"}}, span_text(board_.at.seconds - due.at.seconds, words_));
      {
        const auto who = html_->element("td");
        html_->leaf("span", {{"class", "id"}}, card.person->id);
        names(card);
        tags(card);
      }
      {
        const auto what = html_->element("td");
        html_->leaf("bdi", rule_text(card, due));
      }
      local_time(card, due);
      html_->leaf("td", words_.of("state", card.standing->state));
      const auto where = html_->element("td");
      place(card);
    }
  }

  // In the reader's language where labels.csv has it, else as the table of deadlines says it.
  std::string rule_text(const std::string& name) const {
    if (words_.knows("due." + name)) return words_.of("due", name);
    const auto rules = page_.tables.deadlines();
    const auto found = std::ranges::find(rules, name, &repatriation::DeadlineRule::name);
    return found == rules.end() ? words_.of("due", name) : found->text;
  }
  std::string rule_text(const Card& card, const Due& due) const {
    const auto* rule = rule_of(page_.tables, card, due);
    return rule && !words_.knows("due." + due.rule) ? rule->text : rule_text(due.rule);
  }

  void local_time(const Card& card, const Due& due) {
    const auto cell = html_->element("td");
    html_->leaf("bdi", {{"dir", "ltr"}}, local(card, due));
  }

  static std::string local(const Card& card, const Due& due) {
    return repatriation::local_text(due.at, card.person->fact("host"));
  }

  void track(const TrackBoard& t) {
    const auto section = html_->element("section", {{"class", "track"}});
    {
      const auto title = html_->element("h2");
      html_->text(words_.of("track", name_of(t.track)) + " ");
      html_->leaf("span", {{"class", "soft"}}, std::to_string(t.people));
    }
    {
      const auto columns = html_->element("div", {{"class", "columns"}});
      for (const Column& c : t.columns)
        if (c.people > 0) column(c);
    }
    std::string empty;
    for (const Column& c : t.columns)
      if (c.people == 0) empty += (empty.empty() ? " " : ", ") + words_.of("state", c.state);
    if (!empty.empty()) html_->leaf("p", {{"class", "more"}}, words_("empty_states") + ":" + empty);
  }

  void column(const Column& c) {
    const auto whole = html_->element("section", {{"class", "column"}});
    {
      const auto title = html_->element("h3");
      html_->leaf("span", c.type ? words_.of("state", c.state) : words_("unsettled"));
      if (c.overdue > 0)
        html_->leaf("span", {{"class", "late"}}, std::to_string(c.overdue) + " " + words_("overdue"));
      html_->leaf("b", std::to_string(c.people));
    }
    for (const Card& one : c.cards) card(one);
    if (c.people > c.cards.size())
      html_->leaf("p", {{"class", "more"}},
                  "+ " + std::to_string(c.people - c.cards.size()) + " " + words_("more"));
  }

  void card(const Card& card) {
    std::string kind = "card";
    if (card.overdue > 0) kind += " is-late";
    if (card.person->treated_as_minor()) kind += " of-minor";
    const auto whole = html_->element("article", {{"class", kind}});
    {
      const auto top = html_->element("div", {{"class", "top"}});
      html_->leaf("span", {{"class", "id"}}, card.person->id);
      tags(card);
      html_->leaf("span", card.person->fact("nationality"));
    }
    names(card);
    {
      const auto line = html_->element("p", {{"class", "soft"}});
      place(card);
    }
    if (!card.standing->due.empty()) clock(card);
    gates(card);
  }

  void tags(const Card& card) {
    const Minor minor = card.person->minor();
    if (minor != Minor::no)
      html_->leaf("span", {{"class", "tag is-minor"}}, words_(minor == Minor::yes ? "minor" : "age_unknown"));
    if (!card.standing->contradictions.empty() || !card.person->contradictions.empty())
      html_->leaf("span", {{"class", "tag is-contrary"}}, words_("contradiction"));
  }

  void names(const Card& card) {
    if (!page_.names) return;
    for (const char* const field : {"name_native", "name_latin"})
      if (const std::string& name = card.person->fact(field); !name.empty()) {
        const auto line = html_->element("div", {{"class", field}});
        html_->name(name);
      }
  }

  // Codes; the key at the end of the page names the sites.
  void place(const Card& card) {
    const std::string& site = card.person->fact("site");
    const std::string& batch = card.person->fact("batch");
    html_->leaf("span", card.person->fact("host"));
    if (!site.empty()) {
      sites_.insert(site);
      html_->text(" · ");
      html_->leaf("code", site);
    }
    if (!batch.empty()) {
      html_->text(" · ");
      html_->leaf("bdi", {{"class", "word"}}, batch);
    }
  }

  void clock(const Card& card) {
    const Due& due = card.standing->due.front();
    const std::int64_t left = due.at.seconds - board_.at.seconds;
    const auto line =
        html_->element("p", {{"class", left < 0 ? "late" : "soft"}, {"title", local(card, due)}});
    html_->text(words_(left < 0 ? "late" : "left") + " ");
    html_->leaf("bdi", span_text(left, words_));
    html_->text(": ");
    html_->leaf("bdi", rule_text(card, due));
    if (card.overdue > 1) html_->text(" (+" + std::to_string(card.overdue - 1) + ")");
  }

  void gates(const Card& card) {
    const auto marks = gate_marks(page_.tables, card);
    if (marks.empty()) return;
    const auto list = html_->element("ul", {{"class", "gates"}});
    for (const auto& mark : marks)
      for (const Mark& m : kMarks)
        if (m.value == mark.value)
          html_->leaf("li", {{"class", mark.value}, {"title", words_(mark.value)}},
                      std::string(m.sign) + " " + words_.of("gate", mark.name));
  }

  void foot() {
    const auto footer = html_->element("footer");
    html_->leaf("p", words_("confidential") + " " + words_("guidance"));
    key();
    const auto line = html_->element("p", {{"class", "rules"}});
    for (const Mark& m : kMarks) html_->leaf("span", std::string(m.sign) + " " + words_(m.value));
  }

  void key() {
    const auto line = html_->element("p", {{"class", "rules"}});
    for (const std::string& code : sites_)
      if (const auto* site = page_.tables.site(code)) {
        const auto item = html_->element("span");
        html_->leaf("code", code);
        html_->text(" ");
        html_->name(name_in(*site, words_.language()));
      }
  }

  const Board& board_;
  const BoardPage& page_;
  const Labels& words_;
  Html* html_ = nullptr;
  std::set<std::string> sites_;  // that were shown
};

}  // namespace

std::string span_text(std::int64_t seconds, const Labels& labels) {
  const std::int64_t hours = (seconds < 0 ? -seconds : seconds) / 3600;
  return hours < 72 ? std::to_string(hours) + " " + labels("hours")
                    : std::to_string(hours / 24) + " " + labels("days");
}

std::string minute_text(Instant t) {
  const std::string text = to_utc(t);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string board_page(const Board& board, const BoardPage& page) { return Painter(board, page).paint(); }

}  // namespace exchange::report
