#include "libexchange/store/notices.h"

#include "libexchange/base/text.h"
#include "libexchange/bundle/envelope.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kAcknowledgement = "valise-acknowledgement/v1";

Notice notice_of(const SignedStatement& statement, const Correction& c, Instant at) {
  return {to_hex(correction_id(statement)),
          to_hex(c.seal),
          std::string(name_of(c.scope)),
          c.subject,
          std::string(name_of(c.action)),
          c.reason,
          to_utc(c.time),
          c.signer.name,
          to_utc(at)};
}

// The seal of a stored bundle.
Seal seal_of(const Objects& objects, const std::string& seal) {
  if (Fd object = objects.get({seal, "valise"}))
    return read_envelope(Source::of(std::move(object), seal)).seal;
  throw Failure(Code::usage, "the store has no bundle with the seal " + seal,
                "a correction is accepted where its bundle was ingested");
}

Notice checked(Store& store, const Home& home, const SignedStatement& statement, Instant at) {
  const Correction correction = Correction::parse(statement.note.text);
  const Notice notice = notice_of(statement, correction, at);
  const StatementCheck check =
      check_correction(home, statement, seal_of(store.objects(), notice.seal), now());
  if (!check.good())
    throw Failure(check.code, "the correction: " + check.problem,
                  "ask the sender of the bundle for a signed one");
  return notice;
}

void insert(Database& database, const Notice& n) {
  database.execute(
      "insert into correction (id, seal, scope, subject, action, reason, made_at, signer, accepted_at) "
      "values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
      {n.id, n.seal, n.scope, n.subject, n.action, n.reason, n.made_at, n.signer, n.accepted_at});
}

}  // namespace

std::string Notice::text() const {
  return (action == "withdraw" ? "withdrawn" : "corrected") +
         (scope == "bundle" ? std::string(": the whole bundle") : ": " + subject) + ": " + reason;
}

bool Notice::concerns(std::string_view exhibit, std::string_view person, std::string_view sheet) const {
  if (scope == "bundle") return true;
  if (scope == "exhibit") return subject == exhibit;
  const std::size_t slash = subject.find('/');
  const std::string_view its_sheet = std::string_view(subject).substr(0, slash),
                         its_row = std::string_view(subject).substr(slash + 1);
  if (its_sheet == "exhibits.csv") return its_row == exhibit;
  if (its_sheet == "persons.csv") return its_row == person;
  return its_sheet == sheet;
}

Notice accept_notice(Store& store, const Home& home, std::string_view whole, Instant at) {
  const SignedStatement statement = SignedStatement::parse(whole, "correction");
  const Notice notice = checked(store, home, statement, at);
  // A correction of the same text is the same correction.
  store.objects().put_text({notice.seal, "correction-" + notice.id.substr(0, 32)}, statement.whole());
  insert(store.database(), notice);
  return notice;
}

std::vector<Notice> notices(Store& store, const std::string& seal) {
  std::vector<Notice> out;
  store.database().query(
      std::string(
          "select id, seal, scope, subject, action, reason, made_at, signer, accepted_at from correction") +
          (seal.empty() ? "" : " where seal = ?") + " order by made_at, id",
      seal.empty() ? Values{} : Values{seal}, [&](const ResultRow& r) {
        out.push_back({r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), r.text(5), r.text(6), r.text(7),
                       r.text(8)});
      });
  return out;
}

void restore_notice(Store& store, const Home& home, const ObjectName& name) {
  const auto whole = store.objects().get_text(name);
  ensure(whole.has_value(), "an object that was listed is there");
  const SignedStatement statement = SignedStatement::parse(*whole, name.text());
  insert(store.database(), checked(store, home, statement, now()));
}

std::string Acknowledgement::text() const {
  return std::string(kAcknowledgement) + "\ncorrection " + correction + "\nseal " + seal + "\naction " +
         action + "\ntime " + to_utc(time) + "\nsigner " + signer.text() + "\nendorsement " +
         to_base64(endorsement) + "\n";
}

Acknowledgement Acknowledgement::parse(std::string_view text) {
  const auto is_hash = [](const std::string& v) { return hash_from_hex(v).has_value(); };
  Fields fields(text, kAcknowledgement);
  Acknowledgement a;
  a.correction = fields.checked("correction", is_hash);
  a.seal = fields.checked("seal", is_hash);
  a.action = fields.phrase("action");
  a.time = fields.time("time");
  a.signer = fields.key("signer");
  a.endorsement = fields.parsed("endorsement", hash_from_base64);
  fields.require_same(text, a.text());
  return a;
}

SignedStatement acknowledge(const Signer& signer, const Notice& notice, Instant at) {
  const Acknowledgement a{notice.id, notice.seal,       notice.action,
                          at,        signer.verifier(), signer.endorsement.text_hash};
  return {signer.sign(a.text()), signer.endorsement};
}

StatementCheck check_acknowledgement(const Home& home, const SignedStatement& statement, Instant at) {
  const Acknowledgement a = Acknowledgement::parse(statement.note.text);
  return check_statement(home, statement.note, statement.endorsement, a.signer, a.endorsement, "custody",
                         a.time, at);
}

}  // namespace exchange
