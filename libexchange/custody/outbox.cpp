#include "libexchange/custody/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kPacked = "valise-packed/v1", kSent = "valise-sent/v1";
constexpr std::int64_t kDay = 24 * 3600;

std::string short_hash(View bytes) { return to_hex(sha256(bytes)).substr(0, 32); }

std::vector<fs::path> files_in(const fs::path& folder, std::string_view beginning) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().filename().native().starts_with(beginning)) files.push_back(it->path());
  std::ranges::sort(files);
  return files;
}

std::string read_text(const fs::path& file) { return to_text(read_file(file, 16 * kMaxNote)); }

Delivery& delivery_to(OutboxEntry& entry, const Address& to) {
  const auto it = std::ranges::find(entry.deliveries, to, &Delivery::to);
  if (it == entry.deliveries.end())
    throw Failure(Code::policy,
                  "bundle " + to_hex(entry.packed.seal).substr(0, 16) + "… was not addressed to " + to.text(),
                  "see who it was for with: valise outbox");
  return *it;
}

void take_sent(OutboxEntry& entry, const fs::path& file) {
  const std::string text = read_text(file);
  Fields fields(text, kSent);
  Delivery& d = delivery_to(entry, fields.parsed("to", Address::parse));
  d.via = fields.phrase("via");
  d.sent = fields.time("time");
}

// Times are whole seconds: the receiver's log says what came later within one.
std::tuple<Instant, std::uint64_t, bool> age(const Receipt& r) {
  return {r.time, r.log_size, r.state == Receipt::State::ingested};
}

void take_receipt(OutboxEntry& entry, const fs::path& file) {
  Receipt r = Receipt::parse(SignedStatement::parse(read_text(file), file.filename()).note.text);
  Delivery& d = delivery_to(entry, r.receiver);
  if (d.receipt && age(r) < age(*d.receipt)) std::swap(*d.receipt, r);
  if (d.receipt) d.superseded.push_back(std::move(*d.receipt));
  d.receipt = std::move(r);
}

}  // namespace

std::string PackedRecord::text() const {
  std::string out =
      fmt::format("{}\nseal {}\nbundle {}\ncase {} {}\nfile {}\nbytes {}\ntime {}\n", kPacked, to_hex(seal),
                  to_hex(bundle), the_case.agency, the_case.reference, file, bytes, to_utc(time));
  for (const Address& a : to) out += "to " + a.text() + "\n";
  return out;
}

PackedRecord PackedRecord::parse(std::string_view text) {
  Fields fields(text, kPacked);
  PackedRecord r;
  r.seal = fields.parsed("seal", hash_from_hex);
  r.bundle = fields.parsed("bundle", hash_from_hex);
  const std::string the_case = fields.value("case");
  const std::size_t space = std::min(the_case.find(' '), the_case.size() - 1);
  r.the_case = {the_case.substr(space + 1), the_case.substr(0, space)};
  r.file = fields.checked("file", [](const std::string& v) { return Fields::is_line(v, 1000); });
  r.bytes = fields.number("bytes");
  r.time = fields.time("time");
  while (fields.next_is("to")) r.to.push_back(fields.parsed("to", Address::parse));
  fields.require_same(text, r.text());
  return r;
}

std::string_view Delivery::state() const {
  if (!receipt) return sent ? "sent" : "packed";
  switch (receipt->state) {
    case Receipt::State::received:
      return "delivered";
    case Receipt::State::ingested:
      return "ingested";
    case Receipt::State::refused:
      return "refused";
  }
  return "";
}

void Outbox::add(const PackedRecord& record) {
  std::error_code error;
  fs::create_directories(folder_of(record.seal), error);
  if (error) throw Failure(Code::unavailable, printable(folder_.native()) + ": " + error.message());
  write_file(folder_of(record.seal) / "packed", as_view(record.text()), OutputFile::Existing::replace, 0660);
}

void Outbox::remove(const Hash& seal) {
  std::error_code ignored;
  fs::remove_all(folder_of(seal), ignored);
}

void Outbox::mark_sent(const Hash& seal, const Address& to, const std::string& via, Instant at) {
  auto entry = read(folder_of(seal), at);
  if (!entry)
    throw Failure(Code::usage, "seal " + to_hex(seal) + ": was not packed here", "see: valise outbox");
  delivery_to(*entry, to);
  write_file(folder_of(seal) / ("sent-" + short_hash(as_view(to.text()))),
             as_view(fmt::format("{}\nto {}\nvia {}\ntime {}\n", kSent, to.text(), via, to_utc(at))),
             OutputFile::Existing::replace, 0660);
}

Outbox::Accepted Outbox::accept(const SignedStatement& s, const std::optional<Hash>& seal) {
  const Instant at = now();
  Accepted out;
  out.receipt = Receipt::parse(s.note.text);
  const StatementCheck check = check_receipt(*home_, s, out.receipt, at);
  if (!check.good())
    throw Failure(check.code, "receipt: " + check.problem,
                  "ask the receiver for a good one; this one was not kept");
  out.warnings = check.warnings;
  if (!out.receipt.seal && !seal)
    throw Failure(
        Code::policy,
        "the refusal of " + out.receipt.receiver.text() + " names no seal: it could not be read there",
        "find out which bundle it was, and say --seal SEAL");
  if (out.receipt.seal && seal && *seal != *out.receipt.seal)
    throw Failure(Code::policy, "the receipt names another seal", "leave --seal out");
  const Hash about = out.receipt.seal ? *out.receipt.seal : *seal;
  auto entry = read(folder_of(about), at);
  if (!entry)
    throw Failure(Code::policy, "seal " + to_hex(about) + ": was not packed in this home",
                  "accept it where the bundle was packed");
  const Delivery& d = delivery_to(*entry, out.receipt.receiver);
  const fs::path file = folder_of(about) / ("receipt-" + short_hash(as_view(s.note.text)));
  out.already = fs::exists(file);
  const auto compare = [&](const Receipt& other) {
    const bool differs =
        (other.state == Receipt::State::refused) != (out.receipt.state == Receipt::State::refused);
    if (differs)
      out.conflicts.push_back(fmt::format("{} said \"{}\" at {} and \"{}\" at {}", other.receiver.text(),
                                          name_of(other.state), to_utc(other.time),
                                          name_of(out.receipt.state), to_utc(out.receipt.time)));
  };
  for (const Receipt& other : d.superseded) compare(other);
  if (d.receipt) compare(*d.receipt);
  if (!out.already) write_file(file, as_view(s.whole()), OutputFile::Existing::replace, 0660);
  return out;
}

std::optional<OutboxEntry> Outbox::read(const fs::path& folder, Instant at) const {
  if (!fs::exists(folder / "packed")) return std::nullopt;
  OutboxEntry entry;
  entry.packed = PackedRecord::parse(read_text(folder / "packed"));
  for (const Address& a : entry.packed.to) entry.deliveries.push_back({a, {}, {}, {}, {}, false});
  for (const fs::path& file : files_in(folder, "sent-")) take_sent(entry, file);
  for (const fs::path& file : files_in(folder, "receipt-")) take_receipt(entry, file);
  const auto days = static_cast<std::int64_t>(home_->number_setting("outbox_overdue_days", 7));
  for (Delivery& d : entry.deliveries)
    d.overdue = !d.receipt && at.seconds - d.sent.value_or(entry.packed.time).seconds > days * kDay;
  return entry;
}

std::vector<OutboxEntry> Outbox::list(Instant at) const {
  std::vector<OutboxEntry> entries;
  for (const fs::path& folder : files_in(folder_, ""))
    if (auto entry = read(folder, at)) entries.push_back(std::move(*entry));
  std::ranges::stable_sort(entries, std::greater<>(), [](const OutboxEntry& e) { return e.packed.time; });
  return entries;
}

}  // namespace exchange
