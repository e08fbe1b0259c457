#include "libexchange/transport/backend.h"

#include <algorithm>

#include "libexchange/transport/line.h"

namespace exchange {

std::unique_ptr<Backend> open_backend(const Remote& remote, const SecretBytes& secret, const Tuning& tuning) {
  switch (remote.kind()) {
    case Remote::Kind::folder:
      return open_folder(remote, tuning);
    case Remote::Kind::webdav:
      return open_webdav(remote, secret, tuning);
    case Remote::Kind::sftp:
      return open_sftp(remote, secret, tuning);
    case Remote::Kind::s3:
      return open_s3(remote, secret, tuning);
  }
  return nullptr;
}

bool is_stored_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

}  // namespace exchange
