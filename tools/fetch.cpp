// valise inbox, valise fetch: what waits in a mailbox, and its way here.
#include "libexchange/transport/fetch.h"

#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/bundle/contents.h"
#include "tools/commands.h"
#include "tools/mail.h"
#include "tools/reading.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::FetchResult;
using exchange::Mail;
using exchange::printable;
using exchange::to_hex;

struct Options {
  std::string remote, id, folder;
  std::vector<std::string> only;
  LineOptions line;
};

std::string from(const Mail& m) { return m.endorsement.officer.text(); }

void run_inbox(const Context& context, const Options& o) {
  const exchange::Home home = context.home();
  const exchange::Session session = open_session(context, home, o.remote, o.line);
  Json list = Json::array();
  Table table({"id", "from", "size", "parts", "sent at"});
  for (const Mail& m : trusted_mail(context, session, own_keys(context))) {
    const std::string id = to_hex(m.announcement.seal), at = exchange::to_utc(m.announcement.time);
    list.push_back({{"id", id},
                    {"from", from(m)},
                    {"bytes", m.announcement.length},
                    {"parts", m.blocks},
                    {"complete", m.complete()},
                    {"sent_at", at}});
    table.add({id.substr(0, 16), from(m), exchange::human_size(m.announcement.length),
               m.complete() ? fmt::format("{}", m.blocks) : fmt::format("{} of {}", m.blocks_here, m.blocks),
               at});
  }
  if (context.json)
    context.print(list);
  else
    context.print(list.empty() ? "no mail\n" : table.text());
}

// The mail whose id begins so.
Mail choose(std::vector<Mail> mail, const std::string& id) {
  std::erase_if(mail, [&](const Mail& m) { return !to_hex(m.announcement.seal).starts_with(id); });
  if (id.size() < 8)
    throw Failure(Code::usage, "\"" + printable(id) + "\" is too short for an id", "give 8 digits or more");
  if (mail.empty()) throw Failure(Code::usage, "no mail " + printable(id), "see: valise inbox NAME");
  if (mail.size() > 1)
    throw Failure(Code::usage, printable(id) + ": more than one mail begins so", "give more digits");
  return std::move(mail.front());
}

// Reads the wanted exhibits to the last byte; what they lie in is fetched by that.
void read_exhibits(exchange::VerifiedBundle& bundle, const std::vector<std::string>& only,
                   Progress& progress) {
  struct NoSink : exchange::FileSink {
    void begin(const exchange::FileEntry&) override {}
    void data(exchange::View) override {}
    void end(const exchange::FileEntry&) override {}
  } sink;
  exchange::Contents& contents = bundle.contents();
  std::vector<std::size_t> wanted;
  for (const std::string& id : only) {
    const std::size_t before = wanted.size();
    for (std::size_t i = 0; i < contents.streams().size(); ++i)
      if (const auto* exhibit = contents.streams()[i].exhibit(); exhibit && exhibit->id == id)
        wanted.push_back(i);
    if (wanted.size() == before)
      throw Failure(Code::usage,
                    "--only " + printable(id) + ": no such exhibit here, or it is sealed for others",
                    "see: valise list FILE");
  }
  for (std::size_t i = 0; i < contents.streams().size(); ++i)  // what `open` wants beside them
    if (contents.streams()[i].case_view()) contents.check_files(i, {}, {});
  std::uint64_t total = 0, done = 0;
  for (const std::size_t i : wanted) total += contents.streams()[i].meta->bytes;
  for (const std::size_t i : wanted) {
    const auto checked = contents.check_files(i, {}, {});
    contents.read_files(i, checked, {}, sink, 1,
                        [&](std::uint64_t bytes) { progress.update(done += bytes, total); });
  }
}

FetchResult fetch_one(const Context& context, exchange::Session& session, const Options& o,
                      const Mail& mail) {
  Progress progress(context, "fetching");
  if (!o.only.empty())
    return exchange::fetch_some(
        session, mail, o.folder, keys_at_hand(context, false),
        [&](exchange::VerifiedBundle& bundle) { read_exhibits(bundle, o.only, progress); });
  session.progress = progress.callback();
  FetchResult result = exchange::fetch_bundle(session, mail, o.folder);
  session.progress = {};
  return result;
}

void run_fetch(Context& context, const Options& o) {
  const exchange::Home home = context.home();
  exchange::Session session = open_session(context, home, o.remote, o.line);
  const exchange::RemoteLock lock(home.folder(), session.remote);
  std::vector<Mail> mail = trusted_mail(context, session, own_keys(context));
  if (!o.only.empty() && o.id.empty())
    throw Failure(Code::usage, "--only needs the id of one mail", "see: valise inbox NAME");
  if (!o.id.empty()) {
    Mail one = choose(std::move(mail), o.id);
    mail.clear();
    mail.push_back(std::move(one));
  }
  Json list = Json::array();
  for (const Mail& m : mail) {
    if (o.id.empty() && !m.complete()) {
      context.warn(fmt::format("{} from {}: {} of {} parts are here yet",
                               to_hex(m.announcement.seal).substr(0, 16), from(m), m.blocks_here, m.blocks),
                   "it is fetched when the rest has arrived");
      continue;
    }
    try {
      const FetchResult r = fetch_one(context, session, o, m);
      list.push_back({{"id", to_hex(m.announcement.seal)},
                      {"from", from(m)},
                      {"file", printable(r.file.native())},
                      {"bytes", r.bytes},
                      {"fetched_bytes", r.fetched_bytes},
                      {"was_there", r.was_there}});
      context.say(fmt::format("{}: {} from {}{}", printable(r.file.native()), exchange::human_size(r.bytes),
                              from(m),
                              r.was_there      ? ", fetched before"
                              : o.only.empty() ? ""
                                               : ", the wanted exhibits only"));
    } catch (const Failure& f) {
      if (!o.id.empty() || f.code() == Code::interrupted || f.code() == Code::unavailable) throw;
      std::fprintf(stderr, "valise: %s\nhint: %s\n", f.what(), f.hint().c_str());  // the others still come
      if (context.exit == 0) context.exit = exchange::exit_code(f.code());
    }
  }
  if (context.json) context.print(!o.id.empty() && list.size() == 1 ? list[0] : list);
  if (mail.empty()) context.say("no mail");
}

}  // namespace

void set_up_inbox(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("NAME", o->remote, "the remote")->required();
  add_line_options(app, o->line);
  app.callback([o, &context] { run_inbox(context, *o); });
}

void set_up_fetch(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("NAME", o->remote, "the remote")->required();
  app.add_option("ID", o->id, "one mail, by 8 digits or more of its id; else all that is complete");
  app.add_option("-o,--output", o->folder, "the folder that gets ID.valise")->required();
  app.add_option("--only", o->only, "only these exhibits, as ID.partial.valise");
  add_line_options(app, o->line);
  app.callback([o, &context] { run_fetch(context, *o); });
}

}  // namespace valise
