// One connection by libcurl: the code that WebDAV, SFTP and S3 share. Certificates and host keys are always
// checked; redirects are not followed; proxies come from the environment (curl's manual, "ENVIRONMENT").
#pragma once
#include "libexchange/transport/backend.h"

namespace exchange {

struct LineRequest {
  LineRequest(std::string method_, std::string path_, std::vector<std::string> headers_ = {}, View body_ = {})
      : method(std::move(method_)), path(std::move(path_)), headers(std::move(headers_)), body(body_) {}
  LineRequest& sending(Body& what) {
    upload = &what;
    return *this;
  }
  LineRequest& range(std::uint64_t from, MutableView out) {
    offset = from;
    into = out;
    return *this;
  }

  std::string method;  // GET PUT HEAD DELETE MKCOL PROPFIND; for SFTP: GET, PUT and COMMAND
  std::string path;    // below the remote's place, percent-encoded
  std::vector<std::string> headers;
  View body;               // PROPFIND
  Body* upload = nullptr;  // PUT
  MutableView into;  // GET of a range: exactly these bytes from `offset`; else the answer's body is kept
  std::uint64_t offset = 0;
  std::vector<std::string> commands;  // SFTP: before the transfer; "*": a failure is passed over
};

struct LineAnswer {
  long status = 0;  // HTTP; for SFTP 200, 404, 403 or 409
  Bytes body;       // at most kMaxListing
  std::string etag;
};

class Line {
 public:
  Line(const Remote& remote, const SecretBytes& secret, const Tuning& tuning);
  ~Line();
  // Answers 2xx, 3xx and the 4xx that a backend can make sense of (404, 405, 409, 412). Everything else is a
  // LineCut or a Failure, as backend.h says.
  LineAnswer perform(const LineRequest& request);
  std::optional<Instant> clock() const;
  // A path with everything but unreserved characters and slashes encoded (RFC 3986, section 2.3).
  static std::string encoded(std::string_view path);
  // "remote NAME: WHY", for what a server must not answer.
  [[noreturn]] void refuse(const LineAnswer& answer, const std::string& doing) const;

  struct State;  // libcurl's side

 private:
  std::unique_ptr<State> state_;
};

// The three kinds that use it.
std::unique_ptr<Backend> open_webdav(const Remote& remote, const SecretBytes& secret, const Tuning& tuning);
std::unique_ptr<Backend> open_sftp(const Remote& remote, const SecretBytes& secret, const Tuning& tuning);
std::unique_ptr<Backend> open_s3(const Remote& remote, const SecretBytes& secret, const Tuning& tuning);
std::unique_ptr<Backend> open_folder(const Remote& remote, const Tuning& tuning);

}  // namespace exchange
