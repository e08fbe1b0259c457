#include "libexchange/transport/remote_objects.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"
#include "libexchange/custody/statement.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::size_t kPart = std::size_t{8} << 20, kMarker = 512;
constexpr std::string_view kTitle = "valise-object/v1";

// What stands under an object's own name: always 512 bytes, filled up with LF.
struct Marker {
  std::uint64_t length = 0;
  Hash sha256{};
  std::string folder;

  std::string text() const {
    return fmt::format("{}\nlength {}\nsha256 {}\nfolder {}\n", kTitle, length, to_hex(sha256), folder);
  }
  static Marker parse(std::string_view text) {
    Fields fields(text, kTitle);
    Marker m;
    m.length = fields.number("length");
    m.sha256 = fields.parsed("sha256", [](std::string_view value) { return hash_from_hex(value); });
    m.folder = fields.phrase("folder");
    fields.require_same(text, m.text());
    return m;
  }
};

std::string part_name(const std::string& folder, std::uint64_t offset) {
  return fmt::format("{}/{:014}", folder, offset);
}

class RemoteObjects : public Objects {
  template <class Op>
  auto patiently(Op op) const {
    return with_patience(patience_, op);
  }

 public:
  RemoteObjects(const Remote& remote, const SecretBytes& secret, const Patience& patience)
      : name_(remote.name), patience_(patience), backend_(open_backend(remote, secret, {})) {}

  void put(const ObjectName& name, const Write& write) override {
    const auto before = marker(name);
    std::array<std::uint8_t, 8> id{};
    fill_random(id);
    Marker m;
    m.folder = name.text() + "." + to_hex(id);
    Sha256 digest;
    Bytes part;
    const auto send = [&] {
      patiently([&] { backend_->put_bytes(part_name(m.folder, m.length), part); });
      m.length += part.size();
      part.clear();
    };
    write([&](View bytes) {
      digest.update(bytes);
      while (!bytes.empty()) {
        const View piece = bytes.first(std::min(bytes.size(), kPart - part.size()));
        append(part, piece);
        bytes = bytes.subspan(piece.size());
        if (part.size() == kPart) send();
      }
    });
    if (!part.empty()) send();
    m.sha256 = digest.finish();
    std::string text = m.text();
    text.resize(kMarker, '\n');
    patiently([&] { backend_->put_bytes(name.text(), as_view(text)); });
    if (before) remove_folder(before->folder);
  }

  Fd get(const ObjectName& name) const override {
    const auto m = marker(name);
    if (!m) return {};
    Fd file = temporary_file();
    Sha256 digest;
    Bytes part;
    for (std::uint64_t at = 0; at < m->length; at += part.size()) {
      part.resize(std::min<std::uint64_t>(kPart, m->length - at));
      get_patiently(*backend_, part_name(m->folder, at), 0, part, patience_);
      digest.update(part);
      write_all(file.get(), part, "temporary file");
    }
    if (digest.finish() != m->sha256)
      throw Failure(Code::integrity, where() + ": " + name.text() + " was changed",
                    "put it back from a copy; valise store check names what is damaged");
    if (::lseek(file.get(), 0, SEEK_SET) != 0) fail_errno("temporary file", errno);
    return file;
  }

  std::vector<ObjectName> list(std::string_view seal) const override {
    std::vector<ObjectName> names;
    for (const StoredEntry& entry : entries())
      if (auto name = entry.folder ? std::nullopt : ObjectName::parse(entry.name);
          name && (seal.empty() || name->seal == seal))
        names.push_back(std::move(*name));
    std::ranges::sort(names);
    return names;
  }

  // The name goes first: what is half removed cannot be got. A crash leaves parts without a name, and the
  // next remove() finds them.
  void remove(const ObjectName& name, std::uint64_t key_bytes) override {
    if (const auto m = marker(name); m && key_bytes > 0) {
      const Bytes zeros(std::min<std::uint64_t>(kPart, m->length));
      patiently([&] { backend_->put_bytes(part_name(m->folder, 0), zeros); });
    }
    patiently([&] { backend_->remove(name.text()); });
    for (const StoredEntry& entry : entries())
      if (entry.folder && entry.name.starts_with(name.text() + ".")) remove_folder(entry.name);
  }

  std::string where() const override { return "remote " + name_; }

 private:
  std::vector<StoredEntry> entries() const {
    return patiently([&] { return backend_->list(""); });
  }

  void remove_folder(const std::string& folder) {
    for (const StoredEntry& part : patiently([&] { return backend_->list(folder); }))
      patiently([&] { backend_->remove(folder + "/" + part.name); });
  }

  std::optional<Marker> marker(const ObjectName& name) const {
    Bytes bytes(kMarker);
    try {
      get_patiently(*backend_, name.text(), 0, bytes, patience_);
    } catch (const Failure& f) {
      if (f.code() != Code::truncated) throw;
      return std::nullopt;
    }
    return Marker::parse(std::string(trim(as_text(bytes))) + "\n");
  }

  std::string name_;
  Patience patience_;
  std::unique_ptr<Backend> backend_;
};

}  // namespace

std::unique_ptr<Objects> remote_objects(const Remote& remote, const SecretBytes& secret,
                                        const Patience& patience) {
  if (remote.kind() != Remote::Kind::s3)
    throw Failure(Code::usage,
                  "remote " + remote.name + ": cannot hold the objects of a store: it is no S3 bucket",
                  "name an s3: remote, or a folder, as `objects` in config.toml");
  return std::make_unique<RemoteObjects>(remote, secret, patience);
}

}  // namespace exchange
