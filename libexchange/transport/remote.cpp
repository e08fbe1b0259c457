#include "libexchange/transport/remote.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/trust/address.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-remote/v1";
constexpr std::size_t kMaxRemote = 16 * 1024, kMaxSecret = 4096;

fs::path path_of(const fs::path& home, std::string_view name) { return home / "remotes" / std::string(name); }

const char* yes_no(bool value) { return value ? "yes" : "no"; }

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }
std::string from_dash(std::string text) { return text == "-" ? std::string() : text; }

std::string text_of(const Remote& r) {
  return fmt::format(
      "{}\nurl {}\nuser {}\nsecret-file {}\nssh-key {}\nknown-hosts {}\nca {}\npin {}\ns3-region {}\n"
      "s3-virtual-host {}\nallow-plain-http {}\n",
      kTitle, r.url, or_dash(r.user), or_dash(r.secret_file), or_dash(r.ssh_key), or_dash(r.known_hosts),
      or_dash(r.ca), or_dash(r.pin), r.s3_region, yes_no(r.s3_virtual_host), yes_no(r.allow_plain_http));
}

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Failure(Code::usage, message, hint);
}

// Host and path of "scheme://REST".
std::string_view after_scheme(std::string_view url) {
  const std::size_t at = url.find("://");
  return at == url.npos ? std::string_view() : url.substr(at + 3);
}

void check_authority(const Remote& r) {
  const std::string_view rest = after_scheme(r.url);
  const std::string_view host = rest.substr(0, rest.find('/'));
  const std::size_t at = host.rfind('@');
  if (at != host.npos && host.substr(0, at).find(':') != host.npos)
    refuse("remote " + r.name + ": a password in the URL",
           "give --user and --password-file; what stands in a URL ends up in logs");
  if (at != host.npos && r.kind() != Remote::Kind::sftp)
    refuse("remote " + r.name + ": a user in the URL", "give --user");
  if (host.empty() || host.back() == '@')
    refuse("remote " + r.name + ": the URL names no host", "for instance https://HOST/PATH");
}

}  // namespace

Remote::Kind Remote::kind() const {
  if (url.starts_with("dir:")) return Kind::folder;
  if (url.starts_with("sftp://")) return Kind::sftp;
  if (url.starts_with("s3:")) return Kind::s3;
  return Kind::webdav;
}

std::string Remote::place() const {
  if (kind() == Kind::folder) return url.substr(4);
  std::string place = url;
  if (kind() == Kind::s3)
    place = url.starts_with("s3://") ? (allow_plain_http ? "http://" : "https://") + url.substr(5)
                                     : url.substr(3);
  if (place.back() != '/') place += '/';
  return place;
}

void Remote::check() const {
  if (!is_key_name(name))
    refuse("\"" + printable(name) + "\" is no name for a remote", "use a-z, 0-9 and single hyphens");
  const auto plain = [](char c) { return c > 0x20 && c != 0x7f && c != '"' && c != '\\'; };
  if (kind() != Kind::folder && !std::all_of(url.begin(), url.end(), plain))
    refuse("remote " + name + ": the URL holds spaces or quotes", "write them as %20 and %22");
  if (kind() == Kind::folder) {
    if (!fs::path(place()).is_absolute())
      refuse("remote " + name + ": dir: needs a path", "for instance dir:/media/stick");
  } else {
    const std::string where = place();
    if (!where.starts_with("https://") && !where.starts_with("http://") && !where.starts_with("sftp://"))
      refuse("remote " + name + ": \"" + printable(url) + "\" is no URL known here",
             "use dir:PATH, https://HOST/PATH, sftp://HOST/PATH or s3://HOST/BUCKET");
    if (where.find_first_of("?#") != where.npos)
      refuse("remote " + name + ": a URL with ? or #", "give the folder's own address");
    check_authority(*this);
    if (where.starts_with("http://") && !allow_plain_http)
      refuse("remote " + name + ": plain http shows passwords and who writes to whom to everyone on the way",
             "use https, or say --allow-plain-http");
  }
  if (kind() == Kind::s3 && (user.empty() || secret_file.empty()))
    refuse("remote " + name + ": S3 needs a key", "give --s3-key-id and --s3-secret-file");
  for (const std::string* text : {&user, &secret_file, &ssh_key, &known_hosts, &ca, &pin, &s3_region})
    if (std::any_of(text->begin(), text->end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      refuse("remote " + name + ": a control character in an option", "check what was pasted");
}

void save_remote(const fs::path& home, const Remote& remote) {
  remote.check();
  const fs::path path = path_of(home, remote.name);
  if (fs::exists(fs::symlink_status(path)))
    refuse("remote " + remote.name + ": is there already",
           "valise remote remove " + remote.name + ", then add it again");
  fs::create_directories(path.parent_path());
  write_file(path, as_view(text_of(remote)), OutputFile::Existing::refuse, 0600);
}

Remote load_remote(const fs::path& home, std::string_view name) {
  if (!is_key_name(name) || !fs::exists(path_of(home, name)))
    refuse("there is no remote \"" + printable(name) + "\"", "see: valise remote list");
  const std::string text = to_text(read_file(path_of(home, name), kMaxRemote));
  Fields fields(text, kTitle);
  Remote r;
  r.name = std::string(name);
  r.url = fields.value("url");
  for (const auto& [word, value] : {std::pair{"user", &r.user},
                                    {"secret-file", &r.secret_file},
                                    {"ssh-key", &r.ssh_key},
                                    {"known-hosts", &r.known_hosts},
                                    {"ca", &r.ca},
                                    {"pin", &r.pin}})
    *value = from_dash(fields.value(word));
  r.s3_region = fields.value("s3-region");
  r.s3_virtual_host = fields.yes_no("s3-virtual-host");
  r.allow_plain_http = fields.yes_no("allow-plain-http");
  fields.require_same(text, text_of(r));
  r.check();
  return r;
}

std::vector<Remote> load_remotes(const fs::path& home) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(home / "remotes", error), end; !error && it != end; it.increment(error))
    if (is_key_name(it->path().filename().native())) names.push_back(it->path().filename().native());
  std::ranges::sort(names);
  std::vector<Remote> remotes;
  for (const std::string& name : names) remotes.push_back(load_remote(home, name));
  return remotes;
}

void remove_remote(const fs::path& home, std::string_view name) {
  load_remote(home, name);
  fs::remove(path_of(home, name));
  std::error_code ignored;
  fs::remove_all(home / "transport" / std::string(name), ignored);
}

SecretBytes remote_secret(const Remote& remote, const AskSecret& ask) {
  const bool by_key = !remote.ssh_key.empty();
  if (remote.secret_file.empty()) {
    const bool needed = !remote.user.empty() && !by_key && remote.kind() != Remote::Kind::folder;
    return needed && ask ? ask("password of " + remote.user + " at " + remote.name) : SecretBytes();
  }
  Bytes bytes = read_file(remote.secret_file, kMaxSecret);
  const auto end = std::find_if(bytes.begin(), bytes.end(), [](auto b) { return b == '\n' || b == '\r'; });
  SecretBytes secret = SecretBytes::copy_of(View(bytes).first(static_cast<std::size_t>(end - bytes.begin())));
  wipe(bytes);
  if (secret.size() == 0)
    refuse(printable(remote.secret_file) + ": holds no secret", "its first line is the password");
  return secret;
}

}  // namespace exchange
