// Dumb storage: what every mailbox needs of a folder, a WebDAV server, an SFTP server or an S3 bucket.
//
// Names are "FILE" or "FOLDER/FILE" of a-z, 0-9, hyphen and full stop. Whatever a server answers is hostile:
// listings and bodies are bounded, names of any other alphabet are passed over.
//
// Failures: {unavailable} for what waiting does not mend (a wrong password, no right, no room, a certificate
// or host key that is not the expected one), {limit} for answers over a bound, {interrupted}. What waiting
// may mend is a LineCut: a line that was cut, a time-out, an answer 408, 429 or 5xx.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/time.h"
#include "libexchange/transport/body.h"
#include "libexchange/transport/remote.h"

namespace exchange {

struct StoredEntry {
  std::string name;  // without its folder
  std::uint64_t size = 0;
  std::string stamp;  // changes when the content does, as far as the server tells (ETag, time); may be empty
  bool folder = false;
};

// Never leaves libexchange/transport: with_patience() waits, tries again, or makes a Failure of it.
struct LineCut {
  std::string what;                            // one line, without secrets
  std::uint64_t passed = 0;                    // bytes of the body that went through before
  std::optional<std::chrono::seconds> wait{};  // what the server asked for (Retry-After)
  bool busy = false;                           // the server answered so; the line itself is good
};

constexpr std::size_t kMaxEntries = 200'000;                // of one folder
constexpr std::size_t kMaxListing = std::size_t{16} << 20;  // bytes of one answer

class Backend {
 public:
  virtual ~Backend() = default;
  // Stores `body`, replacing what is there. On return the server has taken responsibility for exactly its
  // bytes: docs/mailbox.md says for each kind how that is known. A Failure of `body` stores nothing whole.
  virtual void put(const std::string& name, Body& body) = 0;
  void put_bytes(const std::string& name, View bytes) {
    Body body(bytes);
    put(name, body);
  }
  // Fills `out` from `offset`. Failure{truncated}: not there, or shorter. A LineCut's `passed` bytes of
  // `out` are good.
  virtual void get(const std::string& name, std::uint64_t offset, MutableView out) = 0;
  // What a folder holds ("" is the mailbox itself), in no order. Empty when there is no such folder.
  virtual std::vector<StoredEntry> list(const std::string& folder) = 0;
  // Whether exactly these bytes are stored there, by a digest that the server tells; nothing where it tells
  // none.
  virtual std::optional<bool> holds(const std::string& name, View bytes) {
    (void)name, (void)bytes;
    return std::nullopt;
  }
  // True if put() alone does not make sure: bytes may change on the way without anyone noticing.
  virtual bool must_read_back() const { return false; }
  virtual void remove(const std::string& name) = 0;         // nothing there is no failure
  virtual void remove_folder(const std::string& name) = 0;  // an empty one; a failure is passed over
  virtual void make_folder(const std::string& name) = 0;    // "" is the mailbox itself; may be there already
  // The server's clock at its last answer, where it tells.
  virtual std::optional<Instant> clock() const { return std::nullopt; }
  // Bytes that can still be stored, where it can be known.
  virtual std::optional<std::uint64_t> room() { return std::nullopt; }
};

struct Tuning {
  std::uint64_t bytes_per_second = 0;            // for this connection; 0: no limit
  std::chrono::seconds timeout{60};              // without a byte on the way
  std::atomic<std::uint64_t>* moving = nullptr;  // bytes of the body on the way, for progress
};

// One connection for one thread at a time. `secret` is copied into the connection. Connects when first used.
std::unique_ptr<Backend> open_backend(const Remote& remote, const SecretBytes& secret, const Tuning& tuning);

// True for names of the mailbox's alphabet, 1 .. 128 characters.
bool is_stored_name(std::string_view name);

}  // namespace exchange
