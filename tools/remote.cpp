// valise remote: mailboxes under short names.
#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/mail.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Remote;

constexpr std::int64_t kClockDrift = 300;  // seconds; S3 refuses at 900
constexpr std::uint64_t kLittleRoom = 100u << 20;

std::string absolute(const std::string& path) {
  return path.empty() ? path : exchange::fs::absolute(path).lexically_normal().native();
}

const char* kind_name(const Remote& r) {
  switch (r.kind()) {
    case Remote::Kind::folder:
      return "dir";
    case Remote::Kind::webdav:
      return "webdav";
    case Remote::Kind::sftp:
      return "sftp";
    case Remote::Kind::s3:
      return "s3";
  }
  return "";
}

void add(const Context& context, const Remote& given, const std::string& s3_key,
         const std::string& s3_secret) {
  Remote r = given;
  if (r.url.starts_with("dir:")) r.url = "dir:" + absolute(r.url.substr(4));
  if (!s3_key.empty()) r.user = s3_key;
  if (!s3_secret.empty()) r.secret_file = s3_secret;
  for (std::string* path : {&r.secret_file, &r.ssh_key, &r.known_hosts, &r.ca}) {
    *path = absolute(*path);
    if (!path->empty() && !exchange::fs::exists(*path))
      throw Failure(Code::usage, exchange::printable(*path) + ": no such file", "check the path");
  }
  exchange::save_remote(context.home_folder, r);
  if (context.json) context.print(Json{{"remote", r.name}, {"url", r.url}, {"kind", kind_name(r)}});
  context.say("added: " + r.name + "; see whether it works: valise remote check " + r.name);
}

void set_up_add(CLI::App& app, Context& context) {
  auto r = std::make_shared<Remote>();
  auto s3_key = std::make_shared<std::string>(), s3_secret = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("add", "notes a mailbox");
  sub->add_option("NAME", r->name)->required();
  sub->add_option("URL", r->url, "dir:PATH, https://HOST/PATH (WebDAV), sftp://HOST/PATH, s3://HOST/BUCKET")
      ->required();
  sub->add_option("--user", r->user, "at a WebDAV or SFTP server");
  sub->add_option("--password-file", r->secret_file,
                  "its first line is the password; asked for when not given");
  sub->add_option("--ssh-key", r->ssh_key, "a private key, Ed25519 or ECDSA");
  sub->add_option("--known-hosts", r->known_hosts, "host keys; else ~/.ssh/known_hosts");
  sub->add_option("--ca", r->ca, "certificates to trust instead of the system's");
  sub->add_option("--pin", r->pin, "sha256//BASE64 of the server's public key, wanted besides");
  sub->add_option("--s3-region", r->s3_region);
  sub->add_option("--s3-key-id", *s3_key);
  sub->add_option("--s3-secret-file", *s3_secret);
  sub->add_flag("--s3-virtual-host", r->s3_virtual_host, "the bucket is in the host's name, not in the path");
  sub->add_flag("--allow-plain-http", r->allow_plain_http,
                "no TLS: everyone on the way sees password and names of parts");
  sub->footer(
      "Example:\n  valise remote add ministry https://dav.example.org/mail --user liaison --password-file "
      "dav.pass");
  sub->callback([=, &context] { add(context, *r, *s3_key, *s3_secret); });
}

void list(const Context& context) {
  Json all = Json::array();
  Table table({"name", "kind", "url", "user"});
  for (const Remote& r : exchange::load_remotes(context.home_folder)) {
    all.push_back({{"remote", r.name}, {"kind", kind_name(r)}, {"url", r.url}, {"user", r.user}});
    table.add({r.name, kind_name(r), exchange::printable(r.url), exchange::printable(r.user)});
  }
  if (context.json)
    context.print(all);
  else
    context.print(all.empty() ? "no remotes yet\n" : table.text());
}

// One look after another; what fails ends the rest, because it depends on it.
class Check {
 public:
  explicit Check(const Context& context) : context_(context) {}
  template <class Look>
  bool look(const char* what, Look how) {
    if (failed_) return false;
    std::string message, hint;
    try {
      message = how();
    } catch (const Failure& f) {
      if (f.code() == Code::interrupted) throw;
      failed_ = true;
      message = f.what();
      hint = f.hint();
    }
    list_.push_back({{"what", what}, {"ok", !failed_}, {"message", message}, {"hint", hint}});
    if (!context_.json)
      context_.print(fmt::format("{}  {}  {}\n{}", failed_ ? "BAD " : "good", exchange::pad_right(what, 12),
                                 message, hint.empty() ? "" : "hint: " + hint + "\n"));
    return !failed_;
  }
  bool failed() const { return failed_; }
  const Json& list() const { return list_; }

 private:
  const Context& context_;
  Json list_ = Json::array();
  bool failed_ = false;
};

void check(Context& context, const std::string& name, const LineOptions& line) {
  const exchange::Home home = context.home();
  Check check(context);
  std::optional<exchange::Session> session;
  std::unique_ptr<exchange::Backend> backend;
  check.look("settings", [&] {
    session = open_session(context, home, name, line);
    struct stat status {};
    const std::string& file = session->remote.secret_file;
    if (!file.empty() && ::stat(file.c_str(), &status) == 0 && (status.st_mode & 077))
      throw Failure(Code::unavailable, exchange::printable(file) + ": others can read this secret",
                    "chmod 600 " + exchange::printable(file));
    return session->remote.url;
  });
  const auto patiently = [&](auto op) { return exchange::with_patience(session->patience, op); };
  check.look("connection", [&] {
    backend = session->connect();
    const auto entries = patiently([&] { return backend->list(""); });
    return fmt::format("the mailbox holds {} entries", entries.size());
  });
  const std::string folder = "check" + exchange::to_hex(exchange::as_view(exchange::random_name())),
                    file = folder + "/part";
  exchange::Bytes bytes(4096);
  exchange::fill_random(bytes);
  check.look("writing", [&] {
    patiently([&] { backend->make_folder(folder); });
    patiently([&] { backend->put_bytes(file, bytes); });
    const auto entries = patiently([&] { return backend->list(folder); });
    if (entries.size() != 1 || entries[0].size != bytes.size())
      throw Failure(Code::unavailable, "what was stored is not listed",
                    "the account needs the right to list");
    return std::string("stored and listed");
  });
  check.look("reading", [&] {
    exchange::Bytes back(1000);
    exchange::get_patiently(*backend, file, 3000, back, session->patience);
    if (!std::equal(back.begin(), back.end(), bytes.begin() + 3000))
      throw Failure(Code::unavailable, "what is read is not what was stored",
                    "something on the way changes files");
    return std::string("read back by range");
  });
  check.look("removing", [&] {
    patiently([&] { backend->remove(file); });
    patiently([&] { backend->remove_folder(folder); });
    if (!patiently([&] { return backend->list(folder); }).empty())
      throw Failure(Code::unavailable, "what was removed is still there",
                    "the account needs the right to delete");
    return std::string("removed");
  });
  check.look("room", [&] {
    const auto room = patiently([&] { return backend->room(); });
    if (room && *room < kLittleRoom)
      throw Failure(Code::unavailable, "only " + exchange::human_size(*room) + " left",
                    "make room before sending");
    return room ? exchange::human_size(*room) + " left" : std::string("the server does not tell");
  });
  check.look("clock", [&] {
    const auto clock = backend->clock();
    if (!clock) return std::string("the server does not tell");
    const std::int64_t drift = clock->seconds - exchange::now().seconds;
    if (drift > kClockDrift || drift < -kClockDrift)
      throw Failure(Code::unavailable, fmt::format("the server's clock differs by {} s", drift),
                    "set the clock of this machine, or tell the operator");
    return fmt::format("differs by {} s", drift);
  });
  if (check.failed()) {
    const Json& last = check.list().back();
    std::fprintf(stderr, "valise: remote %s does not work: %s\nhint: %s\n", exchange::printable(name).c_str(),
                 last["message"].get<std::string>().c_str(), last["hint"].get<std::string>().c_str());
    context.exit = exchange::exit_code(Code::unavailable);
  }
  if (context.json) context.print(Json{{"remote", name}, {"ok", !check.failed()}, {"checks", check.list()}});
}

}  // namespace

void set_up_remote(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_add(app, context);
  app.add_subcommand("list", "lists the remotes")
      ->footer("Example:\n  valise remote list")
      ->callback([&context] { list(context); });
  auto name = std::make_shared<std::string>();
  CLI::App* removing = app.add_subcommand("remove", "forgets a mailbox; what lies in it stays");
  removing->add_option("NAME", *name)->required();
  removing->footer("Example:\n  valise remote remove ministry");
  removing->callback([name, &context] {
    exchange::remove_remote(context.home_folder, *name);
    if (context.json) context.print(Json{{"remote", *name}, {"removed", true}});
    context.say("forgotten: " + *name);
  });
  auto checked = std::make_shared<std::string>();
  auto line = std::make_shared<LineOptions>();
  line->tries = 3;
  CLI::App* checking = app.add_subcommand("check", "says whether a mailbox works, and if not, why");
  checking->add_option("NAME", *checked)->required();
  add_line_options(*checking, *line);
  checking->footer("Example:\n  valise remote check ministry");
  checking->callback([checked, line, &context] { check(context, *checked, *line); });
}

}  // namespace valise
