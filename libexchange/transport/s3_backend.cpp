// S3: PutObject, GetObject with Range, HeadObject, ListObjectsV2, DeleteObject; signed by libcurl (SigV4).
// Each request carries its payload's SHA-256, and queries are written in canonical order: libcurl before 8
// leaves both to the caller.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <pugixml.hpp>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/transport/line.h"

namespace exchange {

namespace {

constexpr int kMaxPages = 1000;

// What an ETag is for an object stored in one piece. Guards against accidents only; the slices' digests guard
// against people.
std::string md5_hex(View bytes) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) return {};
  return to_hex(View(digest).first(size));
}

bool is_md5(std::string_view etag) { return etag.size() == 32 && from_hex(etag).has_value(); }

std::string without_quotes(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

class S3Backend : public Backend {
 public:
  S3Backend(const Remote& remote, const SecretBytes& secret, const Tuning& tuning)
      : remote_(remote), line_(at_host(remote, bucket_, prefix_), secret, tuning) {}

  void put(const std::string& name, Body& body) override {
    const View bytes = body.in_memory();  // its digests are needed before and after
    Body in_memory(bytes);
    const LineAnswer a = line_.perform(LineRequest("PUT", key(name), signed_for(bytes)).sending(in_memory));
    if (a.status / 100 != 2) line_.refuse(a, "storing " + name);
    const std::string etag = without_quotes(a.etag);
    if (!is_md5(etag) || etag == md5_hex(bytes)) return;
    remove(name);
    throw LineCut{"remote " + remote_.name + ": the server stored other bytes than were sent", 0,
                  std::nullopt, true};
  }

  void get(const std::string& name, std::uint64_t offset, MutableView out) override {
    if (out.empty()) return;
    const LineAnswer a = line_.perform(LineRequest("GET", key(name), signed_for({})).range(offset, out));
    if (a.status == 404 || a.status == 416)
      throw Failure(Code::truncated, "remote " + remote_.name + ": " + name + " is not there in full",
                    "wait for the rest to arrive");
    if (a.status != 200 && a.status != 206) line_.refuse(a, "reading " + name);
  }

  std::vector<StoredEntry> list(const std::string& folder) override {
    const std::string prefix = prefix_ + (folder.empty() ? "" : folder + "/");
    std::vector<StoredEntry> entries;
    std::string token;
    for (int page = 0; page < kMaxPages; ++page) {
      pugi::xml_document document;
      const pugi::xml_node root = read_page(document, prefix, token);
      for (const pugi::xml_node& node : root.children()) {
        StoredEntry e;
        const bool shared = std::string_view(node.name()) == "CommonPrefixes";
        if (!shared && std::string_view(node.name()) != "Contents") continue;
        std::string name = node.child(shared ? "Prefix" : "Key").text().get();
        if (!name.starts_with(prefix)) continue;
        name.erase(0, prefix.size());
        if (shared && name.ends_with('/')) name.pop_back();
        if (!is_stored_name(name)) continue;
        e.name = name;
        e.folder = shared;
        e.size = from_decimal(node.child("Size").text().get()).value_or(0);
        e.stamp = printable(without_quotes(node.child("ETag").text().get())).substr(0, 128);
        entries.push_back(std::move(e));
        if (entries.size() > kMaxEntries)
          throw Failure(Code::limit, "remote " + remote_.name + ": over 200,000 entries");
      }
      if (std::string_view(root.child("IsTruncated").text().get()) != "true") return entries;
      const std::string next = root.child("NextContinuationToken").text().get();
      if (next.empty() || next == token || next.size() > 4096) break;
      token = next;
    }
    throw Failure(Code::limit, "remote " + remote_.name + ": a listing that does not end");
  }

  std::optional<bool> holds(const std::string& name, View bytes) override {
    const LineAnswer a = line_.perform(LineRequest("HEAD", key(name), signed_for({})));
    if (a.status == 404) return false;
    const std::string etag = without_quotes(a.etag);
    if (a.status != 200 || !is_md5(etag)) return std::nullopt;
    return etag == md5_hex(bytes);
  }

  void remove(const std::string& name) override {
    const LineAnswer a = line_.perform(LineRequest("DELETE", key(name), signed_for({})));
    if (a.status / 100 != 2 && a.status != 404) line_.refuse(a, "removing " + name);
  }
  void remove_folder(const std::string&) override {
  }  // a folder is only what its objects' names have in common
  void make_folder(const std::string&) override {}
  std::optional<Instant> clock() const override { return line_.clock(); }

 private:
  // The connection stands at the host. What follows in the URL is the bucket (unless the host's name holds
  // it) and a prefix of every key.
  static Remote at_host(Remote remote, std::string& bucket, std::string& prefix) {
    const std::string place = remote.place();
    const std::size_t host_end = place.find('/', place.find("://") + 3) + 1;
    prefix = place.substr(host_end);
    if (!remote.s3_virtual_host) {
      const std::size_t slash = prefix.find('/');
      bucket = prefix.substr(0, slash);
      prefix.erase(0, slash == prefix.npos ? slash : slash + 1);
      if (bucket.empty())
        throw Failure(Code::usage, "remote " + remote.name + ": the URL names no bucket",
                      "for instance s3://HOST/BUCKET");
    }
    remote.url = "s3:" + place.substr(0, host_end);
    return remote;
  }

  std::string key(const std::string& name) const {
    return Line::encoded((bucket_.empty() ? "" : bucket_ + "/") + prefix_ + name);
  }

  static std::vector<std::string> signed_for(View payload) {
    return {"x-amz-content-sha256: " + to_hex(sha256(payload)), "Content-Type: application/octet-stream"};
  }

  pugi::xml_node read_page(pugi::xml_document& document, const std::string& prefix,
                           const std::string& token) {
    const auto value = [](const std::string& text) {
      std::string out;
      for (const char c : Line::encoded(text)) out += c == '/' ? std::string("%2F") : std::string(1, c);
      return out;
    };
    std::string query = Line::encoded(bucket_) + "?";
    if (!token.empty()) query += "continuation-token=" + value(token) + "&";
    query += "delimiter=%2F&list-type=2&max-keys=1000&prefix=" + value(prefix);
    const LineAnswer a = line_.perform(LineRequest("GET", query, signed_for({})));
    if (a.status != 200) line_.refuse(a, "listing the bucket");
    const auto parsed = document.load_buffer(a.body.data(), a.body.size());
    const pugi::xml_node root = document.child("ListBucketResult");
    if (!parsed || !root)
      throw LineCut{"remote " + remote_.name + ": a listing that is no S3 answer", 0, std::nullopt};
    return root;
  }

  Remote remote_;
  std::string bucket_, prefix_;  // before line_: it finds them
  Line line_;
};

}  // namespace

std::unique_ptr<Backend> open_s3(const Remote& remote, const SecretBytes& secret, const Tuning& tuning) {
  return std::make_unique<S3Backend>(remote, secret, tuning);
}

}  // namespace exchange
