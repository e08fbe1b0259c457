// Receipts, the outbox and correction notes.
#include "libexchange/custody/receipt.h"

#include "libexchange/bundle/seal.h"
#include "libexchange/custody/correction.h"
#include "libexchange/custody/outbox.h"
#include "tests/catch.h"
#include "tests/custody/world.h"

using namespace world;

namespace {

const Address kh{"kh-example-police", "evidence-desk"}, th{"th-example-police", "evidence-desk"};

PackedRecord packed(Instant at = now()) {
  PackedRecord r;
  r.seal.fill(7);
  r.bundle.fill(8);
  r.the_case = the_case;
  r.file = "case.valise";
  r.time = at;
  r.to = {kh, th};
  return r;
}

// A receipt of this desk for packed().
SignedStatement receipt(Officer& desk, Code verdict = Code::ok, std::function<void(Receipt&)> change = {}) {
  {
    LogWriter log(desk.home, desk.signer);
    if (log.size() == 0) log.add(event("seized", "2026-05-21T09:14:00+07:00", {{"authority", "w"}}));
    log.commit();
  }
  Receipt r;
  r.seal = packed().seal;
  r.received = now();
  r.verdict = verdict;
  r.checked = verdict == Code::ok ? "contents" : "seal";
  r.state = verdict == Code::ok ? Receipt::State::received : Receipt::State::refused;
  if (verdict == Code::ok)
    r.event = 0;
  else
    r.reason = "slice 3 is not what was sealed";
  if (change) change(r);
  return make_receipt(desk.home, desk.signer, r, CustodyLog(desk.log()));
}

Code code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& f) {
    return f.code();
  }
  return Code::ok;
}

}  // namespace

TEST_CASE("a receipt reads back, and its state fits its verdict") {
  Officer desk("kh-desk");
  const SignedStatement s = receipt(desk);
  const SignedStatement again = SignedStatement::parse(s.whole(), "receipt");
  CHECK(again.whole() == s.whole());
  const Receipt r = Receipt::parse(again.note.text);
  CHECK(r.receiver == kh);
  CHECK(r.log == "kh-example-police/evidence-desk/custody");
  CHECK(code_of([&] {
          receipt(desk, Code::integrity, [](Receipt& x) { x.state = Receipt::State::received; });
        }) == Code::malformed);
  CHECK(code_of([&] { receipt(desk, Code::ok, [](Receipt& x) { x.state = Receipt::State::refused; }); }) ==
        Code::malformed);
  CHECK(code_of([&] { receipt(desk, Code::ok, [](Receipt& x) { x.checked = "seal"; }); }) == Code::malformed);
  CHECK(code_of([&] { receipt(desk, Code::ok, [](Receipt& x) { x.seal.reset(); }); }) == Code::malformed);
  CHECK(code_of([&] { receipt(desk, Code::ok, [](Receipt& x) { x.event = 1; }); }) == Code::malformed);
  Officer approver("approver");
  CHECK(code_of([&] { make_receipt(approver.home, approver.signer, r, CustodyLog(approver.log())); }) ==
        Code::trust);
}

TEST_CASE("a changed receipt does not count") {
  Officer desk("kh-desk"), sender("cn-liaison");
  Outbox outbox(sender.home);
  outbox.add(packed());
  const std::string whole = receipt(desk).whole();
  for (std::size_t i = 0; i < whole.size(); i += 3) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    const Code code = code_of([&] { outbox.accept(SignedStatement::parse(flipped, "receipt"), {}); });
    if (code == Code::ok) FAIL("byte " << i << " was changed and not noticed");
  }
  CHECK(outbox.list(now()).at(0).deliveries.at(0).state() == "packed");
}

TEST_CASE("the outbox matches receipts, once, and names those that do not agree") {
  Officer sender("cn-liaison"), desk("kh-desk"), third("ae-desk");
  Outbox outbox(sender.home);
  CHECK(outbox.list(now()).empty());
  CHECK(code_of([&] { outbox.accept(receipt(desk), {}); }) == Code::policy);  // not packed here
  outbox.add(packed());
  CHECK(code_of([&] { outbox.accept(receipt(third), {}); }) == Code::policy);  // not addressed
  CHECK(code_of([&] { outbox.mark_sent(packed().seal, third.signer.endorsement.officer, "usb", now()); }) ==
        Code::policy);
  outbox.mark_sent(packed().seal, kh, "usb", now());
  CHECK(outbox.list(now())[0].deliveries[0].state() == "sent");
  CHECK(outbox.list(now())[0].deliveries[0].via == "usb");
  const SignedStatement good = receipt(desk), bad = receipt(desk, Code::integrity);
  CHECK(!outbox.accept(good, {}).already);
  CHECK(outbox.accept(good, {}).already);
  CHECK(outbox.list(now())[0].deliveries[0].state() == "delivered");
  CHECK(outbox.list(now())[0].deliveries[1].state() == "packed");
  const auto conflict = outbox.accept(bad, {});
  CHECK(conflict.conflicts.size() == 1);
  const auto ingested = receipt(desk, Code::ok, [](Receipt& r) { r.state = Receipt::State::ingested; });
  CHECK(outbox.accept(ingested, {}).conflicts.size() == 1);  // with the refusal, not with the delivery
  CHECK(outbox.list(now())[0].deliveries[0].state() == "ingested");
  CHECK(outbox.list(now())[0].deliveries[0].superseded.size() == 2);
}

TEST_CASE("a refusal that names no seal is filed by hand") {
  Officer sender("cn-liaison"), desk("kh-desk");
  Outbox outbox(sender.home);
  outbox.add(packed());
  const SignedStatement s = receipt(desk, Code::malformed, [](Receipt& r) {
    r.seal.reset();
    r.file = Hash{};
    r.checked = "nothing";
  });
  CHECK(code_of([&] { outbox.accept(s, {}); }) == Code::policy);
  outbox.accept(s, packed().seal);
  const auto entry = outbox.list(now()).at(0);
  CHECK(entry.deliveries[0].state() == "refused");
  CHECK(entry.deliveries[0].receipt->verdict == Code::malformed);
}

TEST_CASE("what nobody acknowledged is overdue after the days of the config") {
  Officer sender("cn-liaison");
  Outbox outbox(sender.home);
  outbox.add(packed());
  const auto overdue = [&](int days) {
    return outbox.list({now().seconds + days * 86400 + 60, 0})[0].deliveries[0].overdue;
  };
  CHECK(!overdue(6));
  CHECK(overdue(7));
  write_file(sender.folder / "config.toml", as_view("outbox_overdue_days = 30\n"),
             OutputFile::Existing::replace);
  CHECK(!overdue(29));
  CHECK(overdue(30));
  Officer desk("kh-desk");
  outbox.accept(receipt(desk), {});
  CHECK(!overdue(31));
  CHECK(outbox.list({now().seconds + 31 * 86400, 0})[0].deliveries[1].overdue);
}

TEST_CASE("corrections: by the sealer's agency, for this seal, unchanged") {
  Officer sealer("cn-liaison"), other("kh-desk"), approver("approver");
  Seal seal;
  seal.signer = sealer.signer.verifier();
  seal.policy = "standard";
  seal.time = now();
  Correction c;
  c.scope = Correction::Scope::row;
  c.subject = "persons.csv/P-0001";
  c.action = Correction::Action::withdraw;
  c.reason = "អត្តសញ្ញាណខុស: another person of the same name";
  const SignedStatement s = make_correction(sealer.home, sealer.signer, seal, c);
  CHECK(check_correction(other.home, SignedStatement::parse(s.whole(), "correction"), seal, now()).good());
  const Correction back = Correction::parse(s.note.text);
  CHECK(back.subject == c.subject);
  CHECK(back.reason == c.reason);
  CHECK(back.action == Correction::Action::withdraw);

  Seal another = seal;
  another.bundle_id.fill(1);
  CHECK(check_correction(other.home, s, another, now()).code == Code::integrity);
  Seal foreign = seal;
  foreign.signer = other.signer.verifier();
  CHECK(code_of([&] { make_correction(sealer.home, sealer.signer, foreign, c); }) == Code::trust);
  CHECK(code_of([&] { make_correction(approver.home, approver.signer, seal, c); }) == Code::trust);
  SignedStatement swapped = s;
  swapped.endorsement = other.signer.endorsement;
  CHECK(!check_correction(other.home, swapped, seal, now()).good());
  SignedStatement changed = s;
  changed.note.text.replace(changed.note.text.find("withdraw"), 8, "correct");
  CHECK(check_correction(other.home, changed, seal, now()).code == Code::signature);
  for (const auto& [scope, subject] : {std::pair(Correction::Scope::bundle, "EX-01"),
                                       {Correction::Scope::exhibit, "-"},
                                       {Correction::Scope::row, "12"}}) {
    Correction bad = c;
    bad.scope = scope;
    bad.subject = subject;
    CHECK(code_of([&] { make_correction(sealer.home, sealer.signer, seal, bad); }) == Code::policy);
  }
  for (const char* from : {"\nscope ", "\nsubject ", "\naction ", "\nreason "}) {
    std::string text = s.note.text;
    text.replace(text.find(from), std::string(from).size(), std::string(from) + "x");
    if (std::string(from) != "\nreason " && std::string(from) != "\nsubject ")
      CHECK_THROWS_AS(Correction::parse(text), Failure);
    text.replace(text.find(from) + 1, 1, "X");
    CHECK_THROWS_AS(Correction::parse(text), Failure);
  }
}
