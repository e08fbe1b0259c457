// Where sealed bundles lie, exactly as they came, and beside each what must outlive the index: small texts
// about it. A folder, or an S3 bucket (transport/remote_objects.h).
//
// An object's name is SEAL.KIND: the seal id in hex, and "valise" for the bundle, or another word of a-z, 0-9
// and '-' for a text: "ingested", "tombstone", "hold", "correction-…". Only what was put whole can be got.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/file.h"

namespace exchange {

struct ObjectName {
  std::string seal, kind;
  std::string text() const { return seal + "." + kind; }
  // Nothing for what is not of that form.
  static std::optional<ObjectName> parse(std::string_view text);
  auto operator<=>(const ObjectName&) const = default;
};

// All calls: Failure{unavailable}. Safe for several processes; one thread.
class Objects {
 public:
  virtual ~Objects() = default;
  // `write` gives the bytes. When put() returns they are durable under their name; after any failure or crash
  // there is either nothing of that name or what was there before.
  using Write = std::function<void(const std::function<void(View)>& take)>;
  virtual void put(const ObjectName& name, const Write& write) = 0;
  // The object, readable from its start at any offset; empty when there is none.
  virtual Fd get(const ObjectName& name) const = 0;
  // All names, or those of one seal, in order.
  virtual std::vector<ObjectName> list(std::string_view seal = {}) const = 0;
  // First `key_bytes` bytes from the start are overwritten, where the keys are wrapped: what a disk may still
  // hold of the rest opens for nobody. Removing what is not there is no error.
  virtual void remove(const ObjectName& name, std::uint64_t key_bytes = 0) = 0;
  virtual std::string where() const = 0;  // for messages; printable

  void put_text(const ObjectName& name, std::string_view text);
  std::optional<std::string> get_text(const ObjectName& name) const;  // at most 1 MiB
};

// DIR/ab/ab12…ff.valise: the first two digits of the seal id as a folder. The folder is made when something
// is first put. Mode 0600, or 0640 where the folder itself is readable by a group.
std::unique_ptr<Objects> folder_objects(fs::path folder);

}  // namespace exchange
