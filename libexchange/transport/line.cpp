#include "libexchange/transport/line.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

void start_curl_once() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  ensure(started, "libcurl starts");
}

// What waiting may mend. A failed certificate check is not among them; a handshake that broke off is.
bool is_cut(CURLcode code) {
  constexpr CURLcode cuts[] = {CURLE_COULDNT_RESOLVE_PROXY,
                               CURLE_COULDNT_RESOLVE_HOST,
                               CURLE_COULDNT_CONNECT,
                               CURLE_WEIRD_SERVER_REPLY,
                               CURLE_PARTIAL_FILE,
                               CURLE_UPLOAD_FAILED,
                               CURLE_OPERATION_TIMEDOUT,
                               CURLE_SSL_CONNECT_ERROR,
                               CURLE_GOT_NOTHING,
                               CURLE_SEND_ERROR,
                               CURLE_RECV_ERROR,
                               CURLE_SEND_FAIL_REWIND,
                               CURLE_SSL_SHUTDOWN_FAILED,
                               CURLE_AGAIN,
                               CURLE_SSH,
                               CURLE_HTTP_RETURNED_ERROR,
                               CURLE_BAD_CONTENT_ENCODING,
                               CURLE_UNSUPPORTED_PROTOCOL};
  return std::ranges::find(cuts, code) != std::end(cuts);
}

bool is_busy(long status) {
  return status == 408 || status == 425 || status == 429 ||
         (status >= 500 && status != 501 && status != 505 && status != 507);
}

}  // namespace

struct Line::State {
  State(const Remote& r, const SecretBytes& s, const Tuning& t)
      : remote(r), secret(SecretBytes::copy_of(s.expose_secret())), tuning(t) {}
  ~State() {
    if (handle) curl_easy_cleanup(handle);
  }

  Remote remote;
  SecretBytes secret;
  Tuning tuning;
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::optional<Instant> clock;
  enum class HostKey { unseen, good, unknown, changed } host_key = HostKey::unseen;

  // Of the request that runs.
  const LineRequest* request = nullptr;
  LineAnswer* answer = nullptr;
  std::size_t sent = 0, got = 0;
  std::uint64_t skip = 0;  // a server that knows no ranges sends what comes before, too
  bool filled = false, too_large = false, interrupted = false;
  std::exception_ptr thrown;  // by the body

  template <class T>
  void set(CURLoption option, T value) {
    ensure(curl_easy_setopt(handle, option, value) == CURLE_OK, "libcurl knows its options");
  }
  void set_text(CURLoption option, const std::string& text) {
    if (!text.empty()) set(option, text.c_str());
  }
  void prepare(const LineRequest& r, curl_slist* headers, curl_slist* commands);
  void set_up_ssh();
  std::size_t take(const std::uint8_t* data, std::size_t size);
  [[noreturn]] void fail(CURLcode code);
};

namespace {

// libcurl's callbacks; no exception may pass through it.
std::size_t on_body(char* data, std::size_t one, std::size_t size, void* self) {
  return static_cast<Line::State*>(self)->take(reinterpret_cast<std::uint8_t*>(data), one * size);
}

std::size_t on_read(char* out, std::size_t one, std::size_t size, void* self) {
  auto& s = *static_cast<Line::State*>(self);
  Body& body = *s.request->upload;
  const std::size_t n = std::min(one * size, body.size() - s.sent);
  try {
    body.read(s.sent, {reinterpret_cast<std::uint8_t*>(out), n});
  } catch (...) {
    s.thrown = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
  s.sent += n;
  return n;
}

int on_seek(void* self, curl_off_t offset, int origin) {
  auto& s = *static_cast<Line::State*>(self);
  if (origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_FAIL;
  s.sent = 0;
  return CURL_SEEKFUNC_OK;
}

std::size_t on_header(char* data, std::size_t one, std::size_t size, void* self) {
  auto& s = *static_cast<Line::State*>(self);
  const std::string_view line(data, one * size);
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return line.size();
  const std::string name = lower(line.substr(0, colon));
  const std::string value(trim(line.substr(colon + 1)));
  if (name == "etag" && value.size() <= 128 && printable(value) == value) s.answer->etag = value;
  if (name == "date")
    if (const time_t t = curl_getdate(value.c_str(), nullptr); t > 0) s.clock = Instant{t, 0};
  return line.size();
}

int on_progress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
  auto& s = *static_cast<Line::State*>(self);
  if (s.tuning.moving) s.tuning.moving->store(static_cast<std::uint64_t>(std::max(down, up)));
  try {
    check_interrupted();
  } catch (const Failure&) {
    s.interrupted = true;
    return 1;
  }
  return 0;
}

int on_host_key(CURL*, const curl_khkey*, const curl_khkey*, curl_khmatch match, void* self) {
  using HostKey = Line::State::HostKey;
  auto& s = *static_cast<Line::State*>(self);
  s.host_key = match == CURLKHMATCH_OK         ? HostKey::good
               : match == CURLKHMATCH_MISMATCH ? HostKey::changed
                                               : HostKey::unknown;
  return match == CURLKHMATCH_OK ? CURLKHSTAT_FINE : CURLKHSTAT_REJECT;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

List list_of(const std::vector<std::string>& lines) {
  List list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

}  // namespace

std::size_t Line::State::take(const std::uint8_t* data, std::size_t size) {
  View bytes(data, size);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (remote.kind() == Remote::Kind::sftp) status = 206;
  if (request->into.empty() || (status != 200 && status != 206)) {
    if (answer->body.size() + size > kMaxListing) {
      too_large = true;
      return 0;
    }
    append(answer->body, bytes);
    return size;
  }
  if (status == 200 && skip > 0) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(skip, bytes.size()));
    skip -= n;
    bytes = bytes.subspan(n);
  }
  const std::size_t n = std::min(bytes.size(), request->into.size() - got);
  if (n > 0) std::memcpy(request->into.data() + got, bytes.data(), n);
  got += n;
  filled = got == request->into.size();
  return n == bytes.size() ? size : 0;  // more than was asked for: enough
}

void Line::State::set_up_ssh() {
  set(CURLOPT_SSH_AUTH_TYPES,
      static_cast<long>(!remote.ssh_key.empty() ? CURLSSH_AUTH_PUBLICKEY
                        : secret.size() > 0     ? CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD
                                                : CURLSSH_AUTH_AGENT));
  set_text(CURLOPT_SSH_PRIVATE_KEYFILE, remote.ssh_key);
  if (!remote.ssh_key.empty() && secret.size() > 0)
    set_text(CURLOPT_KEYPASSWD, std::string(secret.expose_text()));
  const char* user_home = std::getenv("HOME");
  set_text(CURLOPT_SSH_KNOWNHOSTS, remote.known_hosts.empty()
                                       ? std::string(user_home ? user_home : "") + "/.ssh/known_hosts"
                                       : remote.known_hosts);
  set(CURLOPT_SSH_KEYFUNCTION, on_host_key);
  set(CURLOPT_SSH_KEYDATA, this);
}

void Line::State::prepare(const LineRequest& r, curl_slist* headers, curl_slist* commands) {
  if (!handle) handle = curl_easy_init();
  if (!handle) throw std::bad_alloc();
  curl_easy_reset(handle);  // keeps the connection
  const Remote::Kind kind = remote.kind();
  set(CURLOPT_URL, (remote.place() + r.path).c_str());
  set(CURLOPT_PROTOCOLS_STR, kind == Remote::Kind::sftp ? "sftp"
                             : remote.allow_plain_http  ? "http,https"
                                                        : "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set_text(CURLOPT_CAINFO, remote.ca);
  set_text(CURLOPT_PINNEDPUBLICKEY, remote.pin);
  set(CURLOPT_ERRORBUFFER, error.data());
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(std::min<std::int64_t>(tuning.timeout.count(), 30)));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(tuning.timeout.count()));
  if (tuning.bytes_per_second > 0) {
    set(CURLOPT_MAX_SEND_SPEED_LARGE, static_cast<curl_off_t>(tuning.bytes_per_second));
    set(CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(tuning.bytes_per_second));
  }
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_BUFFERSIZE, 256L * 1024);
  set(CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
  set_text(CURLOPT_USERNAME, remote.user);
  if (kind == Remote::Kind::sftp)
    set_up_ssh();
  else if (kind == Remote::Kind::s3)
    set_text(CURLOPT_AWS_SIGV4, "aws:amz:" + remote.s3_region + ":s3");
  else
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  if (remote.ssh_key.empty()) set_text(CURLOPT_PASSWORD, std::string(secret.expose_text()));
  set(CURLOPT_HTTPHEADER, headers);
  if (commands) set(CURLOPT_QUOTE, commands);

  if (r.method == "PUT") {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, on_seek);
    set(CURLOPT_SEEKDATA, this);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(r.upload->size()));
  } else if (r.method == "HEAD" || r.method == "COMMAND") {
    set(CURLOPT_NOBODY, 1L);
  } else if (!r.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(r.body.size()));
    set(CURLOPT_POSTFIELDS, r.body.data());
  }
  if (kind != Remote::Kind::sftp && r.method != "PUT" && r.method != "HEAD" && r.method != "GET")
    set(CURLOPT_CUSTOMREQUEST, r.method.c_str());
  if (!r.into.empty())
    set(CURLOPT_RANGE, fmt::format("{}-{}", r.offset, r.offset + r.into.size() - 1).c_str());
}

void Line::State::fail(CURLcode code) {
  const std::string where = "remote " + remote.name + ": ";
  const std::string why = printable(error[0] ? error.data() : curl_easy_strerror(code));
  if (interrupted) check_interrupted();
  if (too_large)
    throw Failure(Code::limit, where + "an answer over " + human_size(kMaxListing),
                  "this is no mailbox, or far too full");
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code == CURLE_LOGIN_DENIED)
    throw Failure(Code::unavailable, where + "the server refuses this login",
                  "check user, key and password file");
  if (code == CURLE_PEER_FAILED_VERIFICATION && remote.kind() == Remote::Kind::sftp)
    throw Failure(
        Code::unavailable,
        where + (host_key == HostKey::changed ? "the server shows another host key than the known one"
                                              : "the server's host key is not known here"),
        "ask its operator for the key over another line and put it into the file of --known-hosts");
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH ||
      code == CURLE_SSL_CACERT_BADFILE)
    throw Failure(Code::unavailable, where + "the server's certificate is not to be trusted: " + why,
                  "if it has a CA of its own, take its certificate over another line and give it as --ca");
  if (code == CURLE_REMOTE_DISK_FULL)
    throw Failure(Code::unavailable, where + "the server has no room left",
                  "ask its operator for more, or prune old mail");
  const bool no_session =
      code == CURLE_FAILED_INIT && remote.kind() == Remote::Kind::sftp;  // as libcurl calls it
  if (is_cut(code) || no_session) throw LineCut{where + why, request->into.empty() ? 0 : got, std::nullopt};
  throw Failure(Code::unavailable, where + why, "see: valise remote check " + remote.name);
}

Line::Line(const Remote& remote, const SecretBytes& secret, const Tuning& tuning) {
  start_curl_once();
  state_ = std::make_unique<State>(remote, secret, tuning);
}

Line::~Line() = default;

std::optional<Instant> Line::clock() const { return state_->clock; }

std::string Line::encoded(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

LineAnswer Line::perform(const LineRequest& request) {
  State& s = *state_;
  check_interrupted();
  LineAnswer answer;
  s.request = &request;
  s.answer = &answer;
  s.sent = s.got = 0;
  s.skip = request.offset;
  s.filled = s.too_large = s.interrupted = false;
  s.thrown = nullptr;
  s.error[0] = 0;
  if (s.tuning.moving) s.tuning.moving->store(0);
  const List headers = list_of(request.headers), commands = list_of(request.commands);
  s.prepare(request, headers.get(), commands.get());
  const CURLcode code = curl_easy_perform(s.handle);
  if (s.tuning.moving) s.tuning.moving->store(0);
  if (s.thrown) std::rethrow_exception(s.thrown);
  curl_easy_getinfo(s.handle, CURLINFO_RESPONSE_CODE, &answer.status);
  const bool enough = code == CURLE_WRITE_ERROR && s.filled;
  if (s.remote.kind() == Remote::Kind::sftp) {
    answer.status = code == CURLE_REMOTE_FILE_NOT_FOUND  ? 404
                    : code == CURLE_REMOTE_ACCESS_DENIED ? 403
                    : code == CURLE_QUOTE_ERROR          ? 409
                    : code == CURLE_BAD_DOWNLOAD_RESUME  ? 416
                                                         : 200;
    if (answer.status != 200 && answer.status != 403) return answer;
  }
  const bool answered = code == CURLE_OK || enough;
  if (answered || is_cut(code)) {  // a server that is busy may say so and hang up on what is being sent
    if (answer.status == 401 || answer.status == 403)
      throw Failure(
          Code::unavailable,
          fmt::format("remote {}: the server refuses {} ({})", s.remote.name,
                      answer.status == 401 ? "this login" : "what was asked: no right to it", answer.status),
          "check user and password file, and that the account may write to this folder");
    if (is_busy(answer.status)) {
      curl_off_t after = 0;
      curl_easy_getinfo(s.handle, CURLINFO_RETRY_AFTER, &after);
      throw LineCut{fmt::format("remote {}: the server answers {}", s.remote.name, answer.status), 0,
                    after > 0 ? std::optional(std::chrono::seconds(after)) : std::nullopt, true};
    }
    if (answer.status == 507 || answer.status == 413)
      throw Failure(
          Code::unavailable,
          fmt::format("remote {}: the server has no room for this ({})", s.remote.name, answer.status),
          "ask its operator for more, or for larger uploads");
  }
  if (!answered) s.fail(code);
  if (!request.into.empty() && !s.filled && (answer.status == 200 || answer.status == 206))
    throw LineCut{"remote " + s.remote.name + ": an answer shorter than promised", s.got, std::nullopt};
  return answer;
}

void Line::refuse(const LineAnswer& answer, const std::string& doing) const {
  const bool moved = answer.status >= 300 && answer.status < 400;
  throw Failure(
      Code::unavailable,
      fmt::format("remote {}: {}: the server answers {}", state_->remote.name, doing, answer.status),
      moved ? "the folder stands at another address (or, for S3, in another region): add the remote anew"
            : "see: valise remote check " + state_->remote.name);
}

}  // namespace exchange
