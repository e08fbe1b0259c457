// WebDAV (RFC 4918): PUT, GET with Range, PROPFIND, MKCOL, DELETE. No MOVE: a part's name tells its length,
// so one that is half written is never taken for whole.
#include <fmt/format.h>

#include <pugixml.hpp>

#include "libexchange/base/text.h"
#include "libexchange/transport/line.h"

namespace exchange {

namespace {

constexpr std::string_view kAsk =
    R"(<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getetag/><getlastmodified/></prop></propfind>)";
constexpr std::string_view kAskRoom =
    R"(<?xml version="1.0"?><propfind xmlns="DAV:"><prop><quota-available-bytes/></prop></propfind>)";

// Elements by their name without prefix: servers choose prefixes freely.
bool is(const pugi::xml_node& node, std::string_view local) {
  const std::string_view name = node.name();
  const std::size_t colon = name.rfind(':');
  return name.substr(colon == name.npos ? 0 : colon + 1) == local;
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view local) {
  return node.find_child([&](const pugi::xml_node& n) { return is(n, local); });
}

std::string text(const pugi::xml_node& node) { return std::string(trim(node.text().get())); }

class WebdavBackend : public Backend {
 public:
  WebdavBackend(const Remote& remote, const SecretBytes& secret, const Tuning& tuning)
      : remote_(remote), line_(remote, secret, tuning) {}

  void put(const std::string& name, Body& body) override {
    const LineAnswer a =
        line_.perform(LineRequest("PUT", name, {"Content-Type: application/octet-stream"}).sending(body));
    if (a.status / 100 != 2) line_.refuse(a, "storing " + name);
  }

  void get(const std::string& name, std::uint64_t offset, MutableView out) override {
    if (out.empty()) return;
    const LineAnswer a = line_.perform(LineRequest("GET", name).range(offset, out));
    if (a.status == 404 || a.status == 416)
      throw Failure(Code::truncated, "remote " + remote_.name + ": " + name + " is not there in full",
                    "wait for the rest to arrive");
    if (a.status != 200 && a.status != 206) line_.refuse(a, "reading " + name);
  }

  std::vector<StoredEntry> list(const std::string& folder) override {
    const LineAnswer a = propfind(folder, "1", kAsk);
    if (a.status == 404) {
      if (folder.empty()) line_.refuse(a, "the mailbox's folder is not there");
      return {};
    }
    pugi::xml_document document;
    const pugi::xml_node root = parse(document, a);
    std::vector<StoredEntry> entries;
    for (const pugi::xml_node& response : root.children()) {
      if (!is(response, "response")) continue;
      if (auto entry = entry_of(response)) entries.push_back(std::move(*entry));
      if (entries.size() > kMaxEntries)
        throw Failure(Code::limit, "remote " + remote_.name + ": over 200,000 entries");
    }
    // The folder itself is in its own listing.
    if (!folder.empty())
      std::erase_if(entries, [&](const StoredEntry& e) { return e.folder && e.name == folder; });
    return entries;
  }

  void remove(const std::string& name) override {
    const LineAnswer a = line_.perform(LineRequest("DELETE", name));
    if (a.status / 100 != 2 && a.status != 404) line_.refuse(a, "removing " + name);
  }
  void remove_folder(const std::string& name) override { line_.perform(LineRequest("DELETE", name + "/")); }

  void make_folder(const std::string& name) override {
    const LineAnswer a = line_.perform(LineRequest("MKCOL", name.empty() ? "" : name + "/"));
    if (a.status / 100 != 2 && a.status != 405) line_.refuse(a, "making a folder");  // 405: it is there
  }

  bool must_read_back() const override { return remote_.place().starts_with("http://"); }
  std::optional<Instant> clock() const override { return line_.clock(); }

  std::optional<std::uint64_t> room() override {
    const LineAnswer a = propfind("", "0", kAskRoom);
    pugi::xml_document document;
    if (a.status != 207 || !document.load_buffer(a.body.data(), a.body.size())) return std::nullopt;
    const auto found =
        document.find_node([](const pugi::xml_node& n) { return is(n, "quota-available-bytes"); });
    return from_decimal(text(found));
  }

 private:
  LineAnswer propfind(const std::string& folder, const char* depth, std::string_view ask) {
    return line_.perform(LineRequest("PROPFIND", folder.empty() ? "" : folder + "/",
                                     {"Content-Type: application/xml", std::string("Depth: ") + depth},
                                     as_view(ask)));
  }

  // pugixml reads no external entities and expands none of its own (its manual, "Parsing documents").
  pugi::xml_node parse(pugi::xml_document& document, const LineAnswer& a) const {
    if (a.status != 207) line_.refuse(a, "listing a folder");
    const auto result = document.load_buffer(a.body.data(), a.body.size());
    const pugi::xml_node root = child(document, "multistatus");
    if (!result || !root)
      throw LineCut{"remote " + remote_.name + ": a listing that is no WebDAV answer", 0, std::nullopt};
    return root;
  }

  static std::optional<StoredEntry> entry_of(const pugi::xml_node& response) {
    std::string href = text(child(response, "href"));
    StoredEntry e;
    if (href.ends_with('/')) href.pop_back();
    e.name = href.substr(href.rfind('/') + 1);
    if (!is_stored_name(e.name)) return std::nullopt;
    for (const pugi::xml_node& propstat : response.children()) {
      if (!is(propstat, "propstat") || text(child(propstat, "status")).find(" 200") == std::string::npos)
        continue;
      const pugi::xml_node prop = child(propstat, "prop");
      e.folder = e.folder || child(child(prop, "resourcetype"), "collection");
      if (const auto node = child(prop, "getcontentlength")) e.size = from_decimal(text(node)).value_or(0);
      std::string stamp = text(child(prop, "getetag"));
      if (stamp.empty()) stamp = text(child(prop, "getlastmodified"));
      if (!stamp.empty()) e.stamp = printable(stamp).substr(0, 128);
    }
    return e;
  }

  Remote remote_;
  Line line_;
};

}  // namespace

std::unique_ptr<Backend> open_webdav(const Remote& remote, const SecretBytes& secret, const Tuning& tuning) {
  return std::make_unique<WebdavBackend>(remote, secret, tuning);
}

}  // namespace exchange
