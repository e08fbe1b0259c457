#include "libexchange/store/ingest.h"

#include "libexchange/base/parallel.h"
#include "libexchange/base/text.h"
#include "libexchange/bundle/slices.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kArrivalTitle = "valise-ingested/v1";

// Places of columns within sealed_columns().
constexpr std::size_t kSeal = 0, kBundleId = 1, kReference = 2, kRequesting = 3, kTitle = 4,
                      kDeleteAfter = 14, kSigner = 15, kExhibits = 20, kReadable = 21, kTail = 23;

Failure other_bytes(const std::string& file) {
  return {Code::integrity, file + ": the store has this bundle with other bytes",
          "one of the two was changed or sealed twice: compare them with the sender"};
}

// True: it is there as it is. Failure where it may not come in.
bool known(Database& database, const Values& sealed, const std::string& file) {
  const auto row = database.first("select seal, tail, state from bundle where seal = ? or bundle_id = ?",
                                  {sealed[kSeal], sealed[kBundleId]});
  if (!row) return false;
  if (row->text(0) != sealed[kSeal].text() || row->text(1) != sealed[kTail].text()) throw other_bytes(file);
  if (row->text(2) != "kept")
    throw Failure(Code::policy, file + ": was purged from this store at the end of its retention",
                  "it is not taken in again; ask the sender for a new request if it is needed");
  return true;
}

void copy_verified(const VerifiedBundle& bundle, const std::atomic<bool>& stop,
                   const std::function<void(View)>& take) {
  VerifiedSlices slices(bundle.source(), bundle.envelope());
  const std::uint64_t sealed = bundle.envelope().seal.length, size = bundle.source().size();
  for (std::uint64_t at = 0; at < sealed;) {
    check_interrupted();
    if (stop) throw Failure(Code::interrupted, "stopped");
    const Bytes piece = slices.read(at, std::min<std::uint64_t>(1 << 20, sealed - at));
    take(piece);
    at += piece.size();
  }
  for (std::uint64_t at = sealed; at < size;) {
    const Bytes piece = bundle.source().read(at, std::min<std::uint64_t>(1 << 20, size - at));
    take(piece);
    at += piece.size();
  }
}

// What surrounds the slices is the same as when it was verified.
void check_copy(const Objects& objects, const std::string& seal, const VerifiedBundle& bundle) {
  const Envelope copy = read_envelope(Source::of(objects.get({seal, "valise"}), seal));
  const Envelope& verified = bundle.envelope();
  if (copy.body.encode() != verified.body.encode() || copy.digests != verified.digests ||
      copy.preamble_bytes != verified.preamble_bytes)
    throw Failure(Code::integrity, bundle.verdict().file + ": was changed while it was taken in",
                  "let nothing else write to the file, and run it again");
}

// Takes back what is not committed. A crash leaves the same to Store::finish_arrivals().
class Arriving {
 public:
  Arriving(Store& store, std::string seal) : store_(store), seal_(std::move(seal)) {
    store_.database().execute("insert into arriving (seal) values (?)", {seal_});
  }
  ~Arriving() {
    if (committed_) return;
    try {
      // Gone: the commit came through, although its answer did not.
      if (store_.database().number("select count(*) from arriving where seal = ?", {seal_}) == 0) return;
      store_.objects().remove({seal_, "valise"});
      store_.objects().remove({seal_, "ingested"});
      store_.database().execute("delete from arriving where seal = ?", {seal_});
    } catch (const Failure&) {  // the next one who opens the store does it
    }
  }
  Arriving(const Arriving&) = delete;
  void committed() { committed_ = true; }

 private:
  Store& store_;
  std::string seal_;
  bool committed_ = false;
};

void require_retention(const Values& sealed, Instant at, const std::string& file) {
  const auto end = from_date(sealed[kDeleteAfter].text());
  if (end && *end < at)
    throw Failure(Code::policy, file + ": its retention ended on " + sealed[kDeleteAfter].text(),
                  "ask the sender for a new bundle if it is still needed");
}

Ingested described(const Values& sealed) {
  Ingested out;
  out.seal = sealed[kSeal].text();
  out.reference = sealed[kReference].text();
  out.requesting = sealed[kRequesting].text();
  out.title = sealed[kTitle].text();
  out.exhibits = std::stoull(sealed[kExhibits].text());
  out.readable = std::stoull(sealed[kReadable].text());
  return out;
}

}  // namespace

std::string arrival_text(const Arrival& arrival) {
  return std::string(kArrivalTitle) + "\nat " + arrival.at + "\nby " + arrival.by + "\n";
}

Arrival parse_arrival(std::string_view text) {
  Fields fields(text, kArrivalTitle);
  Arrival arrival;
  arrival.at = to_utc(fields.time("at"));
  arrival.by = fields.phrase("by");
  fields.require_same(text, arrival_text(arrival));
  return arrival;
}

std::optional<Ingested> index_bundle(Database& database, const BundleRows& rows, StagedRows& staged,
                                     const Arrival& arrival) {
  const std::int64_t number =
      database.number("update counter set value = value + 1 where name = 'bundle' returning value");
  const Values& sealed = rows.sealed();
  std::string columns = "id, state, ingested_at, ingested_by", marks = "?, 'kept', ?, ?";
  Values values = {number, arrival.at, arrival.by};
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    columns += ", " + sealed_columns()[i];
    marks += ", ?";
    values.push_back(sealed[i]);
  }
  if (database.execute("insert into bundle (" + columns + ") values (" + marks + ") on conflict do nothing",
                       values) == 0)
    return std::nullopt;
  staged.move(number);
  Ingested counts = described(sealed);
  counts.files = staged.count(IndexTable::file);
  counts.persons = staged.count(IndexTable::person);
  counts.identifiers = staged.count(IndexTable::identifier);
  return counts;
}

void mark_due(Database& database, const BundleRows& rows) {
  const Values sealed = rows.sealed();
  std::string exhibits;
  for (const std::string& id : rows.exhibits())  // as events can name them; a foreign writer may use others
    if (Fields::is_phrase(id) && id.size() <= 64 && id.find(' ') == std::string::npos) exhibits += id + "\n";
  database.execute(
      "insert into due (event, seal, reference, requesting, exhibits, parties) "
      "values ('ingested', ?, ?, ?, ?, ?) on conflict do nothing",
      {sealed[kSeal], sealed[kReference], sealed[kRequesting], exhibits, sealed[kSigner]});
}

Ingested ingest(Store& store, VerifiedBundle& bundle, const IngestOptions& options,
                const RecordEvent& record) {
  bundle.contents();
  ensure(bundle.verdict().contents_checked, "only a bundle whose contents were checked is taken in");
  Database& database = store.database();
  const std::string& file = bundle.verdict().file;
  BundleRows rows(bundle, options.threads);
  const Values sealed = rows.sealed();
  const std::string seal = sealed[kSeal].text();

  const DatabaseLock lock = DatabaseLock::take(database, lock_of(seal));
  if (known(database, sealed, file)) {
    store.settle(record);
    Ingested out = described(sealed);
    out.already = true;
    return out;
  }
  require_retention(sealed, options.at, file);
  if (store.objects().get({seal, "valise"}))
    throw Failure(Code::integrity, file + ": its object is in the store, but not in the index",
                  "the index was damaged: valise store check, then valise store rebuild");

  const Arrival arrival{to_utc(options.at), options.by};
  Arriving arriving(store, seal);
  step("arriving");
  StagedRows staged(database);
  std::atomic<bool> stop = false;
  run_parallel(2, stop, [&](unsigned part) {  // this thread has the database, the other one the objects
    if (part == 0) {
      staged.fill(rows, stop);
    } else {
      store.objects().put({seal, "valise"}, [&](const auto& take) { copy_verified(bundle, stop, take); });
      step("object");
    }
  });
  check_copy(store.objects(), seal, bundle);
  store.objects().put_text({seal, "ingested"}, arrival_text(arrival));
  step("objects");

  Transaction transaction(database);
  const auto counts = index_bundle(database, rows, staged, arrival);
  if (!counts) throw other_bytes(file);  // the bundle id came in under another seal meanwhile
  mark_due(database, rows);
  database.execute("delete from arriving where seal = ?", {seal});
  step("rows");
  transaction.commit();
  arriving.committed();
  step("committed");
  store.settle(record);
  step("settled");
  return *counts;
}

}  // namespace exchange
