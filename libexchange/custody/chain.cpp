#include "libexchange/custody/chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/custody/event_types.h"

namespace exchange {

namespace {

constexpr ChainRule kRules[] = {
    {"begin", true,
     "a chain begins with seized or provided, or with the bundle or act that brought the exhibit"},
    {"once", true, "seized and provided happen once, before all else"},
    {"end", true, "after the end come only anomaly and correction"},
    {"time", true, "time runs back by more than 5 minutes only with a clock_note"},
    {"original", true, "who examines an original gives a justification (ACPO principle 2)"},
    {"holder", true, "only the holder can let an exhibit go"},
    {"transit", true, "what is on its way cannot leave again before it was received"},
    {"names", true, "corrects and about name an earlier event of the same exhibit"},
    {"output", true, "an output is a new exhibit"},
    {"seal_no", true, "an agency uses a seal number once"},
    {"recorded", false, "events are recorded in the order of their signing times, within 5 minutes"},
    {"gap", false, "received from another than the holder, or by another than it was sent to"},
    {"overdue", false, "left its holder and was not received in time"},
    {"seal", false, "the seal that was found is not the one that was put on"},
    {"anomaly_due", false, "a broken seal or another hash calls for an anomaly at once"},
};

constexpr std::int64_t kClockDrift = 5 * 60;

const ChainRule* rule_named(std::string_view name) {
  const auto* it = std::ranges::find(kRules, name, &ChainRule::name);
  ensure(it != std::end(kRules), "a finding without a rule");
  return it;
}

bool is_remark(const std::string& type) { return type == "anomaly" || type == "correction"; }
bool brings(const std::string& type) { return type == "bundle_received" || type == "ingested"; }

}  // namespace

std::span<const ChainRule> chain_rules() { return kRules; }

void Chain::find(std::string_view rule, std::uint64_t event, std::string message) {
  findings_.push_back({rule_named(rule), event, exhibit_ + ": " + std::move(message), false});
}

std::optional<std::uint64_t> Chain::named(const std::string& id) const {
  const auto it = std::ranges::find(seen_, id, [](const Seen& s) { return to_hex(s.id); });
  return it == seen_.end() ? std::nullopt : std::optional(it->index);
}

void Chain::take(std::uint64_t index, const Hash& id, const CustodyEvent& e) {
  check(index, e);
  change(index, e);
  seen_.push_back({index, id});
}

std::vector<ChainFinding> Chain::refusals(const CustodyEvent& e) const {
  Chain next = *this;
  next.findings_.clear();
  next.check(seen_.empty() ? 0 : seen_.back().index + 1, e);
  std::erase_if(next.findings_, [](const ChainFinding& f) { return !f.rule->refuses; });
  return next.findings_;
}

std::vector<ChainFinding> Chain::findings(Instant now) const {
  Chain due = *this;
  if (transfer_ && now.seconds - transfer_->at.seconds > options_.transit_hours * 3600)
    due.find("overdue", transfer_->index,
             fmt::format("left for {} more than {} hours ago and was not received", transfer_->to,
                         options_.transit_hours));
  for (ChainFinding& f : due.findings_) f.explained = explained_.contains(f.event);
  return due.findings_;
}

// What is wrong with `e` as the next event. The program records what it did, whatever the chain says.
void Chain::check(std::uint64_t index, const CustodyEvent& e) {
  const EventType* type = find_event_type(e.type);
  if (!type || type->writer == EventWriter::program) return;
  check_begin(index, e);
  if (ended_ && !is_remark(e.type)) find("end", index, e.type + " after the end of its custody");
  if (last_at_ && e.instant().seconds + kClockDrift < last_at_->seconds && e.field("clock_note").empty())
    find("time", index, e.type + " at " + e.at + " comes after an event of " + last_time_);
  if (e.type == "examined" && original_ && e.field("justification").empty())
    find("original", index, "is an original, and no justification is given for examining it");
  for (const char* name : {"corrects", "about"})
    if (!e.field(name).empty() && !named(e.field(name)))
      find("names", index, std::string(name) + " names no earlier event of it");
  check_hands(index, e);
  check_seal(index, e);
  if (e.field("result") == "mismatch")
    find("anomaly_due", index, "its hash is not the one that was recorded, and no anomaly says so");
}

void Chain::check_begin(std::uint64_t index, const CustodyEvent& e) {
  const bool first = find_event_type(e.type)->place == EventPlace::first;
  const bool made = e.field("output") == exhibit_;
  if (made && (begun_ || came_in_)) find("output", index, "is named as output of " + e.type + ", and exists");
  if (first && (begun_ || came_in_)) find("once", index, e.type + " where its custody has begun already");
  if (!first && !made && !begun_ && !came_in_ && !is_remark(e.type))
    find("begin", index, e.type + " before it was seized or provided");
}

void Chain::check_hands(std::uint64_t index, const CustodyEvent& e) {
  if (e.type == "transferred") {
    if (transfer_) find("transit", index, "left for " + transfer_->to + " already and was not received");
    if (holder_ && holder_->name != e.field("from"))
      find("holder", index, "is held by " + holder_->name + ", not by " + e.field("from"));
  }
  if (e.type == "received") {
    if (holder_ && holder_->name != e.field("from"))
      find("gap", index, "received from " + e.field("from") + ", but " + holder_->name + " held it");
    else if (transfer_ && transfer_->to != e.by.name)
      find("gap", index, "was sent to " + transfer_->to + " and received by " + e.by.name);
  }
}

void Chain::check_seal(std::uint64_t index, const CustodyEvent& e) {
  if (e.field("intact") == "no")
    find("anomaly_due", index, "its seal was not intact, and no anomaly says so");
  const bool looked = e.type == "seal_checked" || e.type == "received";
  const std::string& found = e.field(looked ? "seal_no" : "old_seal");
  if (!found.empty() && !seal_.empty() && found != seal_ && e.type != "sealed" && e.type != "resealed")
    find("seal", index, "bears seal " + found + ", but " + seal_ + " was put on");
}

void Chain::change(std::uint64_t index, const CustodyEvent& e) {
  const EventType* type = find_event_type(e.type);
  if (is_remark(e.type)) {
    const std::string& about = e.field(e.type == "anomaly" ? "about" : "corrects");
    if (const auto event = named(about))
      explained_.insert(*event);
    else if (about.empty() && !seen_.empty())
      explained_.insert(seen_.back().index);
  }
  if (brings(e.type) && !came_in_ && !begun_) {
    came_in_ = true;
    holder_ = e.by;
  }
  if (type->writer == EventWriter::program) return;
  if (!begun_ && !is_remark(e.type)) {
    original_ = type->place == EventPlace::first;
    if (!came_in_) holder_ = e.by;
    begun_ = true;
  }
  if (!last_at_ || e.instant() > *last_at_) {
    last_at_ = e.instant();
    last_time_ = e.at;
  }
  if (e.type == "transferred") transfer_ = {index, e.field("to"), e.instant()};
  if (e.type == "received") {
    holder_ = e.by;
    transfer_.reset();
  }
  if (e.type == "sealed") seal_ = e.field("seal_no");
  if (e.type == "resealed") seal_ = e.field("new_seal");
  if (e.type == "unsealed") seal_.clear();
  if (type->place == EventPlace::last) {
    ended_ = true;
    holder_.reset();
    transfer_.reset();
  }
}

}  // namespace exchange
