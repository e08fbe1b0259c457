// valise send: bundles go into a mailbox.
#include <fcntl.h>
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/custody/outbox.h"
#include "libexchange/custody/record.h"
#include "tools/commands.h"
#include "tools/mail.h"
#include "tools/officer.h"

namespace valise {

namespace {

using exchange::Address;
using exchange::Hash;
using exchange::SendJob;
using exchange::SendResult;

struct Options {
  std::vector<std::string> files;  // and last the remote
  std::vector<std::string> to;
  std::string as;
  LineOptions line;
};

// What pack noted of a bundle; nothing when it was not packed here.
std::optional<exchange::PackedRecord> packed_here(const exchange::Home& home, const Hash& seal) {
  for (const auto& entry : exchange::Outbox(home).list(exchange::now()))
    if (entry.packed.seal == seal) return entry.packed;
  return std::nullopt;
}

// For whom: as --to says, else as it was packed. Where neither is known everyone whom this home could address
// learns that there is mail; the bundle itself decides who can read it.
std::vector<Address> addressees(const Options& o, const std::optional<exchange::PackedRecord>& packed) {
  std::vector<Address> to;
  for (const std::string& text : o.to) to.push_back(parse_address(text));
  if (to.empty() && packed) to = packed->to;
  std::ranges::sort(to);
  const auto twice = std::ranges::unique(to);
  to.erase(twice.begin(), twice.end());
  return to;
}

// The outbox, and the custody log, where what was packed here stands in them.
void note_sent(const Context& context, const exchange::Home& home, const OfficerKey& key,
               const exchange::Remote& remote, const SendJob& job, const exchange::PackedRecord& packed) {
  exchange::Outbox outbox(home);
  exchange::BundleAct act;
  for (const Address& to : job.to) {
    if (std::ranges::find(packed.to, to) == packed.to.end()) continue;
    outbox.mark_sent(packed.seal, to, remote.name, exchange::now());
    act.parties += (act.parties.empty() ? "" : ", ") + to.text();
  }
  const exchange::CustodyLog log(exchange::CustodyLog::folder_of(home));
  const auto events = log.index().acts(exchange::to_hex(packed.seal), "packed");
  if (events.empty() || act.parties.empty()) return;
  for (const auto& exhibit : log.at(events.front()).event.exhibits) act.exhibits.push_back(exhibit.exhibit);
  act.type = "bundle_sent";
  act.the_case = packed.the_case;
  act.seal = packed.seal;
  act.more = {{"via", remote.name}};
  try {
    exchange::record(home, key.signer(), act);
  } catch (const Failure& f) {
    if (f.code() != Code::trust) throw;
    context.warn(std::string("not recorded in the custody log: ") + f.what(), f.hint());
  }
}

Json json_of(const std::string& file, const exchange::Remote& remote, const SendResult& r) {
  return {{"file", exchange::printable(file)},
          {"remote", remote.name},
          {"id", exchange::to_hex(r.seal)},
          {"bytes", r.bytes},
          {"parts", r.parts},
          {"sent_parts", r.sent_parts},
          {"sent_bytes", r.sent_bytes},
          {"repaired", r.repaired}};
}

std::string sentence(const std::string& file, const exchange::Remote& remote, const SendResult& r) {
  std::string text = r.sent_parts == 0 ? fmt::format("{}: all of it was in {} already, and is unchanged",
                                                     exchange::printable(file), remote.name)
                                       : fmt::format("{}: {} in {}; {} sent now", exchange::printable(file),
                                                     exchange::human_size(r.bytes), remote.name,
                                                     exchange::human_size(r.sent_bytes));
  if (r.repaired > 0)
    text += fmt::format("; {} parts had been damaged there and were sent again", r.repaired);
  return text;
}

// A sidecar: the seal that it names says which mail it belongs to.
bool is_note(const std::string& file) {
  const auto fd = exchange::open_file(file, O_RDONLY);
  exchange::Bytes start(7);
  start.resize(exchange::read_some(fd.get(), start, exchange::printable(file)));
  return exchange::as_text(start) == "valise-";
}

Hash seal_named_by(const std::string& note, const std::string& file) {
  for (const std::string_view line : exchange::split(std::string_view(note), '\n')) {
    if (line.empty()) break;
    if (!line.starts_with("seal ")) continue;
    const std::string_view value = line.substr(5);
    if (const auto hex = exchange::hash_from_hex(value)) return *hex;
    if (const auto base64 = exchange::hash_from_base64(value)) return *base64;
  }
  throw Failure(Code::usage, exchange::printable(file) + ": names no seal",
                "what can be sent are bundles, and signed notes about one");
}

Json send_note(const Context& context, const exchange::Session& session, const OwnKeys& own,
               const std::string& file) {
  const std::string note = read_text(file, exchange::kMaxSidecar);
  const Hash seal = seal_named_by(note, file);
  const auto backend = session.connect();
  exchange::Mailbox mailbox(*backend, session.patience);
  const auto mail = mailbox.announcement(seal, own.identities);
  if (!mail)
    throw Failure(Code::usage,
                  exchange::printable(file) + ": its bundle is not in " + session.remote.name +
                      ", or not for the keys here",
                  "a note travels beside its bundle: valise inbox " + session.remote.name);
  auto readers = readers_for(*session.home, mail->announcement.to);
  readers.push_back(mail->endorsement.receiving);
  mailbox.put_note(seal, note, readers);
  context.say(exchange::printable(file) + ": beside the bundle " + exchange::to_hex(seal).substr(0, 16) +
              " in " + session.remote.name);
  return {{"file", exchange::printable(file)},
          {"remote", session.remote.name},
          {"id", exchange::to_hex(seal)},
          {"note", true}};
}

Json send_file(const Context& context, exchange::Session& session, const Options& o,
               const std::string& file) {
  const OfficerKey key = officer_key(context, o.as, exchange::Act::seal);
  const Hash seal = exchange::seal_id(exchange::read_envelope(exchange::Source::open(file)).note.text);
  const auto packed = packed_here(*session.home, seal);
  SendJob job;
  job.file = file;
  job.sender = &key.keys;
  job.endorsement = key.endorsement;
  job.to = addressees(o, packed);
  job.readers = readers_for(*session.home, job.to);
  Progress progress(context, "sending");
  session.progress = progress.callback();
  const SendResult result = exchange::send_bundle(session, job);
  session.progress = {};
  if (packed) note_sent(context, *session.home, key, session.remote, job, *packed);
  context.say(sentence(file, session.remote, result));
  return json_of(file, session.remote, result);
}

void run(const Context& context, Options& o) {
  const std::string name = o.files.back();
  o.files.pop_back();
  const exchange::Home home = context.home();
  exchange::Session session = open_session(context, home, name, o.line);
  const exchange::RemoteLock lock(home.folder(), session.remote);
  std::optional<OwnKeys> own;
  Json list = Json::array();
  for (const std::string& file : o.files) {
    if (is_note(file) && !own) own = own_keys(context);
    list.push_back(is_note(file) ? send_note(context, session, *own, file)
                                 : send_file(context, session, o, file));
  }
  if (context.json) context.print(o.files.size() == 1 ? list[0] : list);
}

}  // namespace

void set_up_send(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("FILE", o->files, "bundles or signed notes about them, and last the name of the remote")
      ->required()
      ->expected(2, 1000);
  app.add_option("--to", o->to, "AGENCY/NAME: only they learn that there is mail; else as it was packed");
  app.add_option("--as", o->as, "the key that announces; the home's only one if not given");
  add_line_options(app, o->line);
  app.callback([o, &context] { run(context, *o); });
}

}  // namespace valise
