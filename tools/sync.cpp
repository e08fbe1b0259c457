// valise sync: one visit to a mailbox, both ways; made for a timer.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/custody/outbox.h"
#include "libexchange/store/ingest.h"
#include "libexchange/store/notices.h"
#include "tools/commands.h"
#include "tools/mail.h"
#include "tools/reading.h"
#include "tools/receipt_json.h"
#include "tools/receipt_of.h"
#include "tools/store_access.h"

namespace valise {

namespace {

using exchange::Hash;
using exchange::Mail;
using exchange::printable;
using exchange::SignedStatement;
using exchange::to_hex;
using exchange::VerifiedBundle;
using exchange::fs::path;

struct Options {
  std::string remote, folder, as;
  bool ingest = false, keep = false;
  LineOptions line;
};

std::string short_id(const Hash& seal) { return to_hex(seal).substr(0, 16); }

// A refusal is for the sender to know; a full disk or a cut line here is not.
bool is_refusal(Code code) { return exit_code(code) >= 10 && exit_code(code) < 70; }

class Visit {
 public:
  Visit(Context& context, const Options& o)
      : context_(context),
        o_(o),
        home_(context.home()),
        session_(open_session(context, home_, o.remote, o.line)),
        lock_(home_.folder(), session_.remote),
        key_(officer_key(context, o.as, exchange::Act::receipt)),
        own_(own_keys(context)),
        backend_(session_.connect()),
        mailbox_(*backend_, session_.patience) {
    if (o.ingest) store_.emplace(store_place(context));
    if (store_) store_->settle(recorder(context, key_));
  }

  void run() {
    for (const Mail& m : trusted_mail(context_, session_, own_)) {
      receive(m);
      take_notes(m.announcement.seal, false);
    }
    std::size_t unreadable = 0;
    for (const Mail& m :
         exchange::look_into(session_, exchange::Whose::own, own_.identities, own_.addresses, &unreadable)) {
      take_notes(m.announcement.seal, true);
      if (!o_.keep) prune(m);
    }
    report();
  }

 private:
  void receive(const Mail& m) {
    const Hash& seal = m.announcement.seal;
    const std::string known = exchange::noted_outcome(home_.folder(), session_.remote, seal);
    if (known == "taken" || known == "refused " + m.state) return;
    if (!m.complete()) {
      waiting_.push_back(to_hex(seal));
      return;
    }
    Json item = {{"id", to_hex(seal)}, {"from", m.endorsement.officer.text()}};
    try {
      const path file = fetch(m);
      const SignedStatement receipt = take_in(file);
      answer(m, receipt);
      exchange::note_outcome(home_.folder(), session_.remote, seal, "taken");
      if (store_) exchange::fs::remove(file);
      item["state"] = store_ ? "ingested" : "received";
      item["file"] = store_ ? Json() : Json(printable(file.native()));
      context_.say(fmt::format("{} from {}: {}", short_id(seal), m.endorsement.officer.text(),
                               store_ ? "taken in" : "received"));
    } catch (const Failure& f) {
      if (!is_refusal(f.code())) throw;
      refuse(m, f);
      item["state"] = "refused";
      item["exit"] = exit_code(f.code());
      item["reason"] = f.what();
    }
    received_.push_back(std::move(item));
  }

  path fetch(const Mail& m) {
    Progress progress(context_, "fetching");
    session_.progress = progress.callback();
    const path folder =
        store_ ? exchange::remote_folder(home_.folder(), session_.remote) / "in" : path(o_.folder);
    const auto result = exchange::fetch_bundle(session_, m, folder);
    session_.progress = {};
    return result.file;
  }

  // Full verification, the store, and the receipt for it. A file that is refused does not stay.
  SignedStatement take_in(const path& file) {
    exchange::VerifyOptions options;
    options.threads = default_threads();
    VerifiedBundle bundle = VerifiedBundle::verify(file, home_, keys_at_hand(context_, false), options);
    try {
      bundle.contents();
      if (store_)
        exchange::ingest(*store_, bundle,
                         {key_.endorsement.officer.text(), exchange::now(), default_threads()},
                         recorder(context_, key_));
    } catch (const Failure& f) {
      if (is_refusal(f.code())) exchange::fs::remove(file);
      throw;
    }
    return receipt_of(home_, key_.signer(), bundle, file.native());
  }

  void refuse(const Mail& m, const Failure& why) {
    std::fprintf(stderr, "valise: %s from %s: refused: %s\nhint: the sender is told; do not use it\n",
                 short_id(m.announcement.seal).c_str(), m.endorsement.officer.text().c_str(), why.what());
    answer(m, refusal_of(home_, key_.signer(), m.announcement.seal, why));
    exchange::note_outcome(home_.folder(), session_.remote, m.announcement.seal, "refused " + m.state);
    if (context_.exit == 0) context_.exit = exit_code(why.code());
  }

  // For the sender alone.
  void answer(const Mail& m, const SignedStatement& statement) {
    const exchange::AgeRecipient readers[] = {m.endorsement.receiving, key_.endorsement.receiving};
    mailbox_.put_note(m.announcement.seal, statement.whole(), readers);
  }

  void take_notes(const Hash& seal, bool ours) {
    std::set<std::string> seen = exchange::seen_notes(home_.folder(), session_.remote, seal);
    const std::size_t before = seen.size();
    for (const std::string& whole : mailbox_.notes(seal, own_.identities, seen)) {
      try {
        take_note(seal, ours, whole);
      } catch (const Failure& f) {
        if (!is_refusal(f.code()) && f.code() != Code::usage) throw;
        context_.warn("a note beside " + short_id(seal) + " was left out: " + f.what(), f.hint());
      }
    }
    if (seen.size() > before) exchange::remember_notes(home_.folder(), session_.remote, seal, seen);
  }

  // Receipts go to the outbox, corrections to the store; what this program does not take by itself is kept as
  // a file.
  void take_note(const Hash& seal, bool ours, const std::string& whole) {
    if (whole.starts_with("valise-receipt/v1\n")) {
      if (ours) accept(seal, whole);
    } else if (whole.starts_with("valise-correction/v1\n") && store_ && !ours) {
      context_.say(printable(exchange::accept_notice(*store_, home_, whole, exchange::now()).text()));
    } else {
      const path folder = exchange::remote_folder(home_.folder(), session_.remote) / "notes";
      exchange::fs::create_directories(folder);
      const path file =
          folder / (short_id(seal) + "-" + short_id(exchange::sha256(exchange::as_view(whole))) + ".note");
      exchange::write_file(file, exchange::as_view(whole), exchange::OutputFile::Existing::replace);
      context_.say("a note beside " + short_id(seal) + " was kept: " + printable(file.native()));
    }
  }

  void accept(const Hash& seal, const std::string& whole) {
    const auto statement = SignedStatement::parse(whole, "receipt");
    const auto accepted = exchange::Outbox(home_).accept(statement, seal);
    for (const std::string& c : accepted.conflicts) context_.warn("receipts do not agree: " + c);
    receipts_.push_back(receipt_json(accepted.receipt));
    const auto& r = accepted.receipt;
    context_.say(fmt::format("{}: {} by {}{}", short_id(seal), name_of(r.state), r.receiver.text(),
                             r.reason == "-" ? "" : ": " + r.reason));
  }

  // Mail goes when each of its addressees has acknowledged it, never before.
  void prune(const Mail& m) {
    for (const auto& entry : exchange::Outbox(home_).list(exchange::now())) {
      if (entry.packed.seal != m.announcement.seal) continue;
      const auto acknowledged = [&](const exchange::Address& to) {
        return std::ranges::any_of(entry.deliveries, [&](const exchange::Delivery& d) {
          return d.to == to && d.receipt && d.receipt->verdict == Code::ok;
        });
      };
      if (m.announcement.to.empty() || !std::ranges::all_of(m.announcement.to, acknowledged)) return;
      mailbox_.remove(m.announcement.seal);
      exchange::Acknowledged(home_.folder(), session_.remote, m.announcement.seal).forget();
      pruned_.push_back(to_hex(m.announcement.seal));
    }
  }

  void report() const {
    if (context_.json)
      context_.print(Json{{"remote", session_.remote.name},
                          {"received", received_},
                          {"waiting", waiting_},
                          {"receipts", receipts_},
                          {"pruned", pruned_}});
    context_.say(fmt::format("{}: {} received, {} still arriving, {} receipts, {} pruned",
                             session_.remote.name, received_.size(), waiting_.size(), receipts_.size(),
                             pruned_.size()));
  }

  Context& context_;
  const Options& o_;
  exchange::Home home_;
  exchange::Session session_;
  exchange::RemoteLock lock_;
  OfficerKey key_;
  OwnKeys own_;
  std::unique_ptr<exchange::Backend> backend_;
  exchange::Mailbox mailbox_;
  std::optional<exchange::Store> store_;  // with --ingest
  Json received_ = Json::array(), waiting_ = Json::array(), receipts_ = Json::array(),
       pruned_ = Json::array();
};

}  // namespace

void set_up_sync(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("NAME", o->remote, "the remote")->required();
  auto* folder = app.add_option("-o,--output", o->folder, "the folder that gets what is new");
  app.add_flag("--ingest", o->ingest, "take it into the store instead")->excludes(folder);
  app.add_flag("--keep", o->keep, "do not remove mail that everybody has acknowledged");
  app.add_option("--as", o->as, "the key that signs receipts; the home's only one if not given");
  add_line_options(app, o->line);
  app.callback([o, &context] {
    if (!o->ingest && o->folder.empty())
      throw Failure(Code::usage, "sync needs a place for what is new", "give --ingest, or -o DIR");
    Visit(context, *o).run();
  });
}

}  // namespace valise
