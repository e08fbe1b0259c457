// A remote: a mailbox under a short name, as this home knows it.
//
//   remotes/NAME       one text of fixed lines, mode 0600; it names files that hold secrets, never a secret
//
// URLs: dir:PATH · https://HOST/PATH (WebDAV) · sftp://[USER@]HOST/PATH · s3://HOST/BUCKET[/PREFIX].
// A plain http URL, or s3 over it, needs `allow_plain_http`.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/file.h"
#include "libexchange/base/secret.h"

namespace exchange {

struct Remote {
  enum class Kind { folder, webdav, sftp, s3 };
  std::string name;                  // 1 .. 64 of a-z 0-9 and hyphens
  std::string url;                   // as given, a relative dir: made absolute
  std::string user;                  // WebDAV and SFTP; for S3 the id of the access key
  std::string secret_file;           // holds the password, the S3 secret, or the SSH key's passphrase
  std::string ssh_key, known_hosts;  // SFTP; known_hosts empty: ~/.ssh/known_hosts
  std::string ca;                    // a PEM file to trust instead of the system's
  std::string pin;                   // "sha256//BASE64" of the server's public key, checked besides
  std::string s3_region = "us-east-1";
  bool s3_virtual_host = false;  // the bucket is in the host's name, not in the path
  bool allow_plain_http = false;

  Kind kind() const;
  // The address without its kind: a folder for dir:, else scheme, host and path, ending in a slash.
  std::string place() const;
  // Failure{usage} says what is wrong: the name, the URL, a password in it, plain http, options of another
  // kind.
  void check() const;
};

// Stored remotes. save() refuses to replace: Failure{usage}.
void save_remote(const fs::path& home, const Remote& remote);
Remote load_remote(const fs::path& home, std::string_view name);  // Failure{usage} when it is not there
std::vector<Remote> load_remotes(const fs::path& home);           // by name
void remove_remote(const fs::path& home, std::string_view name);  // and what was noted of its mail

// Asked for at most once a run, when a remote has a user and neither `secret_file` nor `ssh_key`.
using AskSecret = std::function<SecretBytes(const std::string& what)>;

// The secret of this remote: the first line of its file, or what `ask` returns; empty where none is needed.
SecretBytes remote_secret(const Remote& remote, const AskSecret& ask);

}  // namespace exchange
