// valise send: bundles go into a mailbox.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/mail.h"

namespace valise {

namespace {

using exchange::AgeRecipient;
using exchange::SendJob;
using exchange::SendResult;

struct Options {
  std::vector<std::string> files;  // and last the remote
  std::vector<std::string> to;
  std::string as;
  LineOptions line;
};

// Who may know of the mail: those named, else everyone whom this home could address. The bundle itself
// decides who can read it.
void address(const exchange::Home& home, const Options& o, SendJob& job) {
  for (const std::string& text : o.to) job.to.push_back(parse_address(text));
  std::ranges::sort(job.to);
  const auto twice = std::ranges::unique(job.to);
  job.to.erase(twice.begin(), twice.end());
  for (const exchange::Address& a : job.to)
    job.readers.push_back(home.recipient(a, exchange::now()).receiving);
  if (job.to.empty())
    for (const exchange::Endorsement& e : home.partners(exchange::now())) job.readers.push_back(e.receiving);
  if (job.readers.size() > exchange::kMaxAddressees)
    throw Failure(Code::usage, "over 512 partners are known here", "say with --to for whom it is");
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

void run(const Context& context, Options& o) {
  const std::string name = o.files.back();
  o.files.pop_back();
  const exchange::Home home = context.home();
  exchange::Session session = open_session(context, home, name, o.line);
  SendJob job;
  const exchange::PrivateKeys sender = sending_key(context, home, o.as, job.endorsement);
  job.sender = &sender;
  address(home, o, job);
  const exchange::RemoteLock lock(home.folder(), session.remote);
  Json list = Json::array();
  for (const std::string& file : o.files) {
    job.file = file;
    Progress progress(context, "sending");
    session.progress = progress.callback();
    const SendResult result = exchange::send_bundle(session, job);
    list.push_back(json_of(file, session.remote, result));
    context.say(sentence(file, session.remote, result));
  }
  if (context.json) context.print(o.files.size() == 1 ? list[0] : list);
}

}  // namespace

void set_up_send(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("FILE", o->files, "bundles, and last the name of the remote")->required()->expected(2, 1000);
  app.add_option("--to", o->to,
                 "AGENCY/NAME: only they learn that there is mail; else every partner known here");
  app.add_option("--as", o->as, "the key that announces; the home's only one if not given");
  add_line_options(app, o->line);
  app.callback([o, &context] { run(context, *o); });
}

}  // namespace valise
