#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/store/retention.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-hold/v1";
constexpr const char* kColumns =
    "reference, requesting, placed_at, placed_by, until, reason, released_at, released_by, release_reason";

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }
std::string not_dash(std::string text) { return text == "-" ? std::string() : text; }

// A hold lies beside no seal: its name is the hash of its case, and of when and by whom it was placed.
ObjectName object_of(const Hold& hold) {
  const std::string identity =
      hold.placed_at + "\n" + hold.placed_by + "\n" + hold.until + "\n" + hold.reason;
  return {
      to_hex(sha256({as_view(hold.the_case.reference), as_view("\n"), as_view(hold.the_case.requesting)})),
      "hold-" + to_hex(sha256(as_view(identity))).substr(0, 16)};
}

Hold hold_of(const ResultRow& row) {
  return {{row.text(0), row.text(1)},
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          row.text(6),
          row.text(7),
          row.text(8)};
}

void require_phrase(const std::string& text, const char* option) {
  if (!Fields::is_phrase(text))
    throw Failure(Code::usage, std::string(option) + " is empty, over 200 bytes or not plain text",
                  "say in one line who orders it and why");
}

}  // namespace

std::string Hold::text() const {
  return std::string(kTitle) + "\nreference " + the_case.reference + "\nrequesting " + the_case.requesting +
         "\nplaced-at " + placed_at + "\nplaced-by " + placed_by + "\nuntil " + until + "\nreason " + reason +
         "\nreleased-at " + or_dash(released_at) + "\nreleased-by " + or_dash(released_by) +
         "\nrelease-reason " + or_dash(release_reason) + "\n";
}

Hold Hold::parse(std::string_view text) {
  Fields fields(text, kTitle);
  Hold h;
  h.the_case.reference = fields.value("reference");
  h.the_case.requesting = fields.value("requesting");
  h.placed_at = to_utc(fields.time("placed-at"));
  h.placed_by = fields.phrase("placed-by");
  h.until = fields.checked("until", [](const std::string& v) { return from_date(v).has_value(); });
  h.reason = fields.phrase("reason");
  h.released_at = not_dash(fields.value("released-at"));
  h.released_by = not_dash(fields.phrase("released-by"));
  h.release_reason = not_dash(fields.phrase("release-reason"));
  fields.require_same(text, h.text());
  return h;
}

bool Hold::stands(Instant at) const { return released_at.empty() && from_date(until).value_or(at) >= at; }

void restore_hold(Database& database, const Hold& h) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Value(std::nullopt) : Value(text);
  };
  database.execute(std::string("insert into hold (") + kColumns + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   {h.the_case.reference, h.the_case.requesting, h.placed_at, h.placed_by, h.until, h.reason,
                    or_null(h.released_at), or_null(h.released_by), or_null(h.release_reason)});
}

void place_hold(Store& store, const Hold& hold, Instant at) {
  require_phrase(hold.placed_by, "--by");
  require_phrase(hold.reason, "--reason");
  const auto end = from_date(hold.until);
  if (!end || *end < at)
    throw Failure(Code::usage, "--until \"" + printable(hold.until) + "\" is no day to come",
                  "write the last day of the hold as YYYY-MM-DD");
  if (store.database().number("select count(*) from bundle where reference = ? and requesting = ?",
                              {hold.the_case.reference, hold.the_case.requesting}) == 0)
    throw Failure(Code::usage, "the store has no case " + printable(hold.the_case.reference),
                  "list them with: valise cases");
  store.objects().put_text(object_of(hold), hold.text());
  restore_hold(store.database(), hold);
}

std::size_t release_holds(Store& store, const CaseKey& the_case, const std::string& by,
                          const std::string& reason, Instant at) {
  require_phrase(by, "--by");
  require_phrase(reason, "--reason");
  std::size_t released = 0;
  for (Hold& hold : holds_of(store, the_case)) {
    if (!hold.stands(at)) continue;
    hold.released_at = to_utc(at);
    hold.released_by = by;
    hold.release_reason = reason;
    store.database().execute(
        "update hold set released_at = ?, released_by = ?, release_reason = ? where reference = ? and "
        "requesting = ? and placed_at = ? and placed_by = ? and until = ? and reason = ?",
        {hold.released_at, by, reason, the_case.reference, the_case.requesting, hold.placed_at,
         hold.placed_by, hold.until, hold.reason});
    store.objects().put_text(object_of(hold), hold.text());
    ++released;
  }
  return released;
}

std::vector<Hold> holds_of(Store& store, const CaseKey& the_case) {
  std::vector<Hold> holds;
  store.database().query(std::string("select ") + kColumns +
                             " from hold where reference = ? and requesting = ? order by placed_at",
                         {the_case.reference, the_case.requesting},
                         [&](const ResultRow& row) { holds.push_back(hold_of(row)); });
  return holds;
}

}  // namespace exchange
