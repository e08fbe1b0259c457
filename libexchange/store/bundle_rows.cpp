#include "libexchange/store/bundle_rows.h"

#include <algorithm>
#include <array>

#include "libexchange/base/pipeline.h"
#include "libexchange/base/text.h"
#include "libexchange/store/name_search.h"

namespace exchange {

namespace {

constexpr std::size_t kShort = 200;  // ids, places: what an index is made over

std::string cell_of(const Row& row, std::string_view column) {
  const auto found = std::ranges::find(row, column, &Row::value_type::first);
  return found == row.end() ? std::string() : found->second;
}

// The account of a loss, as the first type whose form leaves no doubt; else as an IBAN with its status.
std::optional<Identifier> account_of(const std::string& text) {
  constexpr std::array<std::string_view, 6> kAccounts = {"iban", "tron", "eth", "btc", "pan", "bank_account"};
  if (text.empty()) return std::nullopt;
  for (const std::string_view type : kAccounts)
    if (Identifier id = identify(type, text);
        id.status == IdentifierStatus::valid || (type == "bank_account" && !id.key.empty()))
      return id;
  Identifier iban = identify("iban", text);
  return iban.key.empty() ? std::nullopt : std::optional(std::move(iban));
}

struct Retention {
  std::string review_on, delete_after;  // dates
};

// Where the case gives no date it is counted from the sealing: docs/guide-liaison.md.
Retention retention_of(const Case& the_case, Instant sealed_at) {
  const auto in_days = [&](std::int64_t days) {
    return to_utc({sealed_at.seconds + days * 86400, 0}).substr(0, 10);
  };
  const auto given_or = [](const std::string& given, std::string otherwise) {
    const std::string date = given.substr(0, 10);
    return from_date(date) ? date : otherwise;
  };
  const bool guarded = the_case.has_victims() || the_case.has_minors();
  return {given_or(the_case.request.review_on, in_days(guarded ? 182 : 365)),
          given_or(the_case.request.delete_after, in_days(guarded ? 913 : 1826))};
}

struct Place {
  const char* sheet;
  std::size_t line;
  const char* cell;
  std::string exhibit, person, first_seen, last_seen;
};

void identifier_row(const TakeRow& take, const Place& at, const Identifier& id) {
  take(IndexTable::identifier,
       {at.sheet, static_cast<std::uint64_t>(at.line), at.cell, index_text(id.type, kShort),
        index_text(id.display), name_of(id.status), index_text(id.key, 2200), index_text(at.exhibit, kShort),
        index_text(at.person, kShort), index_text(at.first_seen, kShort), index_text(at.last_seen, kShort)});
  for (const std::string& key : id.also)
    take(IndexTable::identifier_also,
         {at.sheet, static_cast<std::uint64_t>(at.line), at.cell, index_text(key, 2200)});
}

void name_rows(const TakeRow& take, const std::string& person, const char* form, const std::string& name) {
  const std::string folded = folded_name(name);
  if (folded.empty()) return;
  take(IndexTable::name, {person, form, index_text(name), index_text(folded)});
  for (std::string& ending : name_endings(folded))
    take(IndexTable::name_ending, {person, form, std::move(ending)});
}

}  // namespace

std::string index_text(std::string_view text, std::size_t most) {
  std::string kept = is_utf8(text) && text.find('\0') == text.npos ? std::string(text) : printable(text);
  if (kept.size() <= most) return kept;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(kept[end]) & 0xc0) == 0x80) --end;
  kept.resize(end);
  return kept;
}

std::string tail_sha256(const VerifiedBundle& bundle) {
  const Source& source = bundle.source();
  Sha256 digest;
  for (std::uint64_t at = bundle.envelope().seal.length; at < source.size();) {
    const Bytes piece = source.read(at, std::min<std::uint64_t>(1 << 20, source.size() - at));
    digest.update(piece);
    at += piece.size();
  }
  return to_hex(digest.finish());
}

BundleRows::BundleRows(VerifiedBundle& bundle, unsigned threads)
    : bundle_(bundle), threads_(threads), sealed_(read_sealed_case(bundle.contents(), threads, true)) {
  if (reference().size() > kShort || requesting().size() > kShort)
    throw Failure(Code::policy, bundle.verdict().file + ": its case reference is over 200 bytes",
                  "ask the sender for a bundle with a shorter one");
  values_ = describe();
}

std::string BundleRows::reference() const {
  const std::string& text = request().reference;
  return text.empty() ? "-" : printable(text);
}

std::string BundleRows::requesting() const {
  const std::string& id = request().requesting.id;
  return id.empty() ? "-" : printable(id.substr(0, id.find('/')));
}

std::vector<std::string> BundleRows::exhibits() const {
  std::vector<std::string> ids;
  for (const OpenStream& s : bundle_.contents().streams())
    if (const ExhibitInfo* e = s.exhibit()) ids.push_back(index_text(e->id, kShort));
  return ids;
}

Values BundleRows::describe() const {
  const Request& r = request();
  const Verdict& v = bundle_.verdict();
  const Retention retention = retention_of(sealed_.the_case, v.seal->time);
  std::string basis;
  for (const LegalBasis& b : r.legal_basis) basis += (basis.empty() ? "" : "; ") + b.text();
  return {to_hex(*v.seal_id),
          to_hex(v.seal->bundle_id),
          reference(),
          requesting(),
          index_text(r.title),
          index_text(r.type),
          index_text(r.channel),
          index_text(r.purpose),
          index_text(basis),
          index_text(r.evidential_use),
          index_text(r.tlp),
          index_text(r.handling_code),
          index_text(r.onward),
          retention.review_on,
          retention.delete_after,
          v.endorsement->officer.text(),
          index_text(v.endorsement->agency_name),
          v.endorsement->country,
          to_utc(v.seal->time),
          v.seal->has_parent ? to_hex(v.seal->parent) : "",
          v.exhibits,
          static_cast<std::uint64_t>(exhibits().size()),
          bundle_.source().size(),
          tail_sha256(bundle_)};
}

void BundleRows::each(const TakeRow& take) {
  exhibit_rows(take);
  person_rows(take);
  identifier_rows(take);
  loss_rows(take);
  custody_rows(take);
}

void BundleRows::exhibit_rows(const TakeRow& take) {
  Contents& contents = bundle_.contents();
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    const OpenStream& s = contents.streams()[i];
    const ExhibitInfo* e = s.exhibit();
    if (!e) continue;
    const std::string id = index_text(e->id, kShort);
    take(
        IndexTable::exhibit,
        {id, index_text(e->title), index_text(e->kind, kShort), index_text(cell_of(e->row, "parent"), kShort),
         index_text(cell_of(e->row, "handling")), index_text(cell_of(e->row, "seized_at"), kShort),
         index_text(cell_of(e->row, "seized_place")), s.meta->files, s.meta->bytes});
    contents.check_files(i, {}, [&](const FileEntry& f) {
      if (f.kind == FileKind::directory) return;
      take(IndexTable::file, {id, index_text(printable(f.path), 8192), name_of(f.kind), f.size,
                              f.kind == FileKind::regular ? Value(to_hex(f.sha256)) : Value(std::nullopt)});
    });
  }
}

void BundleRows::person_rows(const TakeRow& take) {
  constexpr const char* sheet = "persons.csv";
  each_row(sealed_.sheets, sheet, [&](std::size_t line, Cells& c) {
    const std::string id = index_text(c["id"], kShort);
    const std::string role = c["role"].empty() ? "undetermined" : c["role"];
    take(IndexTable::person, {id, index_text(role, kShort), index_text(c["minor"], kShort),
                              index_text(c["born"], kShort), index_text(c["nationality"], kShort)});
    name_rows(take, id, "native", c["name_native"]);
    name_rows(take, id, "latin", c["name_latin"]);
    if (!c["document_no"].empty())
      identifier_row(take, {sheet, line, "document_no", "", id, "", ""},
                     identify("passport_no", c["document_no"], {c["nationality"], "", false, false}));
    if (!c["mrz_line2"].empty())
      identifier_row(take, {sheet, line, "mrz_line2", "", id, "", ""}, identify("mrz_td3", c["mrz_line2"]));
  });
}

// Reading a telephone number costs more than storing it: rows are read on all threads, and handed on in
// order.
void BundleRows::identifier_rows(const TakeRow& take) {
  constexpr const char* sheet = "identifiers.csv";
  constexpr std::size_t kRows = 256;
  struct Batch {
    std::vector<std::pair<std::size_t, Cells>> rows;
    std::vector<std::pair<IndexTable, Values>> out;
  };
  Pipeline<Batch> pipeline(
      threads_, 2 * std::size_t{threads_} + 2,
      [](Batch& batch, std::size_t) {
        const TakeRow keep = [&](IndexTable table, Values row) {
          batch.out.emplace_back(table, std::move(row));
        };
        for (auto& [line, c] : batch.rows)
          identifier_row(keep,
                         {sheet, line, "value", c["exhibit"], c["person"], c["first_seen"], c["last_seen"]},
                         identifier_of(c));
        batch.rows.clear();
      },
      [&](Batch& batch) {
        for (auto& [table, row] : batch.out) take(table, std::move(row));
        batch.out.clear();
      });
  Batch* batch = nullptr;
  each_row(sealed_.sheets, sheet, [&](std::size_t line, Cells& c) {
    if (!batch) batch = &pipeline.next();
    batch->rows.emplace_back(line, std::move(c));
    if (batch->rows.size() < kRows) return;
    pipeline.submit();
    batch = nullptr;
  });
  if (batch) pipeline.submit();
  pipeline.finish();
}

void BundleRows::loss_rows(const TakeRow& take) {
  constexpr const char* sheet = "losses.csv";
  each_row(sealed_.sheets, sheet, [&](std::size_t line, Cells& c) {
    take(IndexTable::loss, {static_cast<std::uint64_t>(line), index_text(c["victim"], kShort),
                            index_text(c["from_account"], kShort), index_text(c["to_account"], kShort),
                            index_text(c["amount"], kShort), index_text(c["currency"], kShort),
                            index_text(c["time"], kShort), index_text(c["status"], kShort)});
    for (const char* cell : {"from_account", "to_account"})
      if (const auto id = account_of(c[cell]))
        identifier_row(take, {sheet, line, cell, "", cell[0] == 'f' ? c["victim"] : "", c["time"], ""}, *id);
  });
}

void BundleRows::custody_rows(const TakeRow& take) {
  each_row(sealed_.sheets, "custody.csv", [&](std::size_t line, Cells& c) {
    take(IndexTable::custody_row,
         {static_cast<std::uint64_t>(line), index_text(c["exhibit"], kShort), index_text(c["at"], kShort),
          index_text(c["event"], kShort), index_text(c["by"]), index_text(c["role"], kShort),
          index_text(c["agency"], kShort), index_text(c["place"])});
  });
}

}  // namespace exchange
