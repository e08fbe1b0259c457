#include "libexchange/store/retention.h"

#include "libexchange/base/text.h"
#include "libexchange/bundle/envelope.h"
#include "libexchange/store/schema.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-tombstone/v1";

std::vector<Retained> due_by(Store& store, const std::string& column, Instant at) {
  std::vector<Retained> out;
  store.database().query(
      "select seal, delete_after, review_on, reference, requesting from bundle where state = 'kept' and " +
          column + " < ? order by " + column + ", seal",
      {to_utc(at).substr(0, 10)}, [&](const ResultRow& row) {
        out.push_back({row.text(0), row.text(1), row.text(2), {row.text(3), row.text(4)}, {}});
      });
  for (Retained& r : out)
    for (Hold& hold : holds_of(store, r.the_case))
      if (hold.stands(at)) r.holds.push_back(std::move(hold));
  return out;
}

// The exhibits of a bundle that no other bundle of the case still holds.
std::string last_exhibits(Database& database, std::int64_t bundle, const CaseKey& the_case) {
  std::string ids;
  database.query(
      "select distinct id from exhibit where bundle = ? and id not in (select e.id from exhibit e join "
      "bundle b "
      "on b.id = e.bundle where b.reference = ? and b.requesting = ? and b.state = 'kept' and b.id <> ?)",
      {bundle, the_case.reference, the_case.requesting, bundle},
      [&](const ResultRow& row) { ids += row.text(0) + "\n"; });
  return ids;
}

// Bytes of the object up to the end of its wrapped keys.
std::uint64_t key_bytes(const Fd& object) {
  Bytes head(kPreambleSize);
  if (read_some(object.get(), head, "object") < head.size()) return kPreambleSize;
  try {
    return Preamble::parse(head).first_frame();
  } catch (const Failure&) {
    return kPreambleSize + kMaxHeader;  // damaged: as much as they could take
  }
}

void remove_objects(Store& store, const std::string& seal) {
  const ObjectName bundle{seal, "valise"};
  if (const Fd object = store.objects().get(bundle)) store.objects().remove(bundle, key_bytes(object));
  step("object removed");
  store.objects().remove({seal, "ingested"});
  for (const ObjectName& name : store.objects().list(seal))
    if (name.kind.starts_with("correction-")) store.objects().remove(name);
}

void complete(Store& store, const std::string& seal, Instant at) {
  remove_objects(store, seal);
  store.database().execute("update bundle set state = 'purged', purged_at = ? where seal = ?",
                           {to_utc(at), seal});
}

// The seal and who made it stay for those who ask what was there.
void keep_seal(Store& store, const std::string& seal) {
  try {
    const SealBody body = read_envelope(Source::of(store.objects().get({seal, "valise"}), seal)).body;
    store.objects().put_text({seal, "seal"}, body.note + body.endorsement);
  } catch (const Failure& f) {
    if (f.code() == Code::unavailable) throw;  // a damaged object has no seal to keep
  }
}

}  // namespace

std::vector<Retained> purge_due(Store& store, Instant at) { return due_by(store, "delete_after", at); }
std::vector<Retained> review_due(Store& store, Instant at) { return due_by(store, "review_on", at); }

void purge(Store& store, const std::string& seal, const std::string& by, Instant at) {
  Database& database = store.database();
  const DatabaseLock lock = DatabaseLock::take(database, lock_of(seal));
  const auto row = database.first(
      "select id, bundle_id, reference, requesting, signer, sealed_at, tail, ingested_at, ingested_by, "
      "delete_after from bundle where seal = ? and state = 'kept'",
      {seal});
  if (!row) return;  // another did it
  const CaseKey the_case{row->text(2), row->text(3)};
  if (row->text(9) >= to_utc(at).substr(0, 10))
    throw Failure(Code::policy, seal + ": is kept until " + row->text(9), "purge takes what is past its day");
  const auto refuse_held = [&] {
    for (const Hold& hold : holds_of(store, the_case))
      if (hold.stands(at))
        throw Failure(
            Code::policy,
            the_case.reference + ": is under a legal hold of " + hold.placed_by + " until " + hold.until,
            "valise store release ends it");
  };
  refuse_held();
  const Tombstone tombstone{seal,         row->text(1), row->text(4), row->text(5), row->text(6), the_case,
                            row->text(7), row->text(8), to_utc(at),   by,           row->text(9)};
  store.objects().put_text({seal, "tombstone"}, tombstone.text());
  if (store.objects().get({seal, "valise"})) keep_seal(store, seal);
  step("tombstone");

  Transaction transaction(database);
  refuse_held();
  const std::int64_t number = row->number(0);
  database.execute(
      "insert into due (event, seal, reference, requesting, exhibits, parties) "
      "values ('retention_expired', ?, ?, ?, ?, ?) on conflict do nothing",
      {seal, the_case.reference, the_case.requesting, last_exhibits(database, number, the_case),
       row->text(9)});
  for (const IndexTableInfo& table : index_tables())
    database.execute("delete from " + std::string(table.name) + " where bundle = ?", {number});
  database.execute("delete from correction where seal = ?", {seal});
  database.execute(
      "update bundle set state = 'purging', title = '', type = '', channel = '', purpose = '', legal_basis = "
      "'', "
      "evidential_use = '', handling_code = '' where id = ?",
      {number});
  step("rows removed");
  transaction.commit();
  step("purging");
  complete(store, seal, at);
  step("purged");
}

void finish_purges(Store& store) {
  std::vector<std::string> seals;
  store.database().query("select seal from bundle where state = 'purging'", {},
                         [&](const ResultRow& row) { seals.push_back(row.text(0)); });
  for (const std::string& seal : seals) {
    const auto lock = DatabaseLock::try_take(store.database(), lock_of(seal));
    if (lock) complete(store, seal, now());
  }
  if (!seals.empty()) store.database().scrub();
}

std::string Tombstone::text() const {
  return std::string(kTitle) + "\nseal " + seal + "\nbundle " + bundle_id + "\nreference " +
         the_case.reference + "\nrequesting " + the_case.requesting + "\nsigner " + signer + "\nsealed-at " +
         sealed_at + "\ntail " + tail + "\ningested-at " + ingested_at + "\ningested-by " + ingested_by +
         "\npurged-at " + purged_at + "\npurged-by " + purged_by + "\ndelete-after " + delete_after + "\n";
}

Tombstone Tombstone::parse(std::string_view text) {
  Fields fields(text, kTitle);
  const auto hex = [](const std::string& v) { return v.size() == 64 && from_hex(v); };
  Tombstone t;
  t.seal = fields.checked("seal", hex);
  t.bundle_id = fields.checked("bundle", hex);
  t.the_case.reference = fields.value("reference");
  t.the_case.requesting = fields.value("requesting");
  t.signer = fields.value("signer");
  t.sealed_at = to_utc(fields.time("sealed-at"));
  t.tail = fields.checked("tail", hex);
  t.ingested_at = to_utc(fields.time("ingested-at"));
  t.ingested_by = fields.value("ingested-by");
  t.purged_at = to_utc(fields.time("purged-at"));
  t.purged_by = fields.value("purged-by");
  t.delete_after = fields.value("delete-after");
  fields.require_same(text, t.text());
  return t;
}

void restore_tombstone(Database& database, const Tombstone& t) {
  const std::int64_t number =
      database.number("update counter set value = value + 1 where name = 'bundle' returning value");
  std::string columns = "id, state, ingested_at, ingested_by, purged_at", marks = "?, 'purged', ?, ?, ?";
  Values values = {number, t.ingested_at, t.ingested_by, t.purged_at};
  for (const std::string& column : sealed_columns()) {
    columns += ", " + column;
    marks += ", ?";
    values.push_back(column == "seal"           ? Value(t.seal)
                     : column == "bundle_id"    ? Value(t.bundle_id)
                     : column == "reference"    ? Value(t.the_case.reference)
                     : column == "requesting"   ? Value(t.the_case.requesting)
                     : column == "signer"       ? Value(t.signer)
                     : column == "sealed_at"    ? Value(t.sealed_at)
                     : column == "tail"         ? Value(t.tail)
                     : column == "delete_after" ? Value(t.delete_after)
                     : column == "exhibits" || column == "readable" || column == "bytes" ? Value(0)
                                                                                         : Value(""));
  }
  database.execute("insert into bundle (" + columns + ") values (" + marks + ")", values);
}

}  // namespace exchange
