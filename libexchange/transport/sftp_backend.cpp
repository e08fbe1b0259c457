// SFTP by libcurl. A file grows under its name while it is sent; the length in a part's name tells when it is
// whole.
#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/transport/line.h"

namespace exchange {

namespace {

class SftpBackend : public Backend {
 public:
  SftpBackend(const Remote& remote, const SecretBytes& secret, const Tuning& tuning)
      : remote_(remote), line_(remote, secret, tuning) {
    const std::string place = remote.place();
    folder_ = place.substr(std::min(place.size(), place.find('/', std::string_view("sftp://").size())));
    if (folder_.starts_with("/~/")) folder_.erase(0, 3);  // libcurl: below the login's own folder
  }

  void put(const std::string& name, Body& body) override {
    const LineAnswer a = line_.perform(LineRequest("PUT", name).sending(body));
    if (a.status != 200) line_.refuse(a, "storing " + name);
  }

  void get(const std::string& name, std::uint64_t offset, MutableView out) override {
    if (out.empty()) return;
    const LineAnswer a = line_.perform(LineRequest("GET", name).range(offset, out));
    if (a.status == 404 || a.status == 416)
      throw Failure(Code::truncated, "remote " + remote_.name + ": " + name + " is not there in full",
                    "wait for the rest to arrive");
    if (a.status != 200) line_.refuse(a, "reading " + name);
  }

  std::vector<StoredEntry> list(const std::string& folder) override {
    const LineAnswer a = line_.perform(LineRequest("GET", folder.empty() ? "" : folder + "/"));
    if (a.status == 404) {
      if (folder.empty()) line_.refuse(a, "the mailbox's folder is not there");
      return {};
    }
    std::vector<StoredEntry> entries;
    for (const std::string_view line : split(as_text(a.body), '\n'))
      if (auto entry = entry_of(line)) {
        entries.push_back(std::move(*entry));
        if (entries.size() > kMaxEntries)
          throw Failure(Code::limit, "remote " + remote_.name + ": over 200,000 entries");
      }
    return entries;
  }

  void remove(const std::string& name) override { command("*rm", name); }
  void remove_folder(const std::string& name) override { command("*rmdir", name); }
  void make_folder(const std::string& name) override {
    if (!name.empty()) command("*mkdir", name);
  }

 private:
  void command(const std::string& verb, const std::string& name) {
    LineRequest request("COMMAND", "");
    request.commands.push_back(verb + " \"" + folder_ + name + "\"");
    const LineAnswer a = line_.perform(request);
    if (a.status != 200) line_.refuse(a, "the mailbox's folder is not there");
  }

  // "-rw-r--r--    1 user  group   8388608 Nov 24 12:00 NAME": the line that every server in use gives.
  static std::optional<StoredEntry> entry_of(std::string_view line) {
    std::vector<std::string_view> words = split(trim(line), ' ');
    std::erase(words, std::string_view());
    if (words.size() != 9 || !is_stored_name(words[8])) return std::nullopt;
    const auto size = from_decimal(words[4]);
    if (!size || (words[0][0] != '-' && words[0][0] != 'd')) return std::nullopt;
    const std::string stamp =
        std::string(words[5]) + " " + std::string(words[6]) + " " + std::string(words[7]);
    return StoredEntry{std::string(words[8]), *size, printable(stamp).substr(0, 64), words[0][0] == 'd'};
  }

  Remote remote_;
  Line line_;
  std::string folder_;
};

}  // namespace

std::unique_ptr<Backend> open_sftp(const Remote& remote, const SecretBytes& secret, const Tuning& tuning) {
  return std::make_unique<SftpBackend>(remote, secret, tuning);
}

}  // namespace exchange
