#include "tools/command.h"

#include <fmt/format.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "libexchange/base/text.h"

namespace valise {

using exchange::SecretBytes;

namespace {

void write_stdout(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    exchange::fail_errno("standard output", errno);
}

// A line from the terminal without echo.
SecretBytes prompt(const std::string& question,
                   const std::string& otherwise = "give --passphrase-file FILE") {
  std::FILE* tty = std::fopen("/dev/tty", "r+e");
  if (!tty) throw Failure(Code::usage, question + ": no terminal to ask on", otherwise);
  const int fd = fileno(tty);
  termios before{};
  tcgetattr(fd, &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(fd, TCSAFLUSH, &silent);
  std::fprintf(tty, "%s: ", question.c_str());
  std::fflush(tty);
  SecretBytes line(1024);
  std::size_t size = 0;
  bool ended = false;
  while (!ended && size < line.size()) {
    const ssize_t n = ::read(fd, line.expose_secret_for_writing().data() + size, 1);
    ended = n <= 0 || line.expose_secret()[size] == '\n';
    if (!ended) ++size;
  }
  tcsetattr(fd, TCSAFLUSH, &before);
  std::fprintf(tty, "\n");
  std::fclose(tty);
  exchange::check_interrupted();
  return SecretBytes::copy_of(line.expose_secret().first(size));
}

SecretBytes from_file(const std::string& path) {
  exchange::Bytes bytes = exchange::read_file(path, 4096);
  std::size_t size = bytes.size();
  while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r')) --size;
  SecretBytes secret = SecretBytes::copy_of(exchange::View(bytes).first(size));
  exchange::wipe(bytes);
  if (size == 0)
    throw Failure(Code::usage, path + ": holds no passphrase", "its first line is the passphrase");
  return secret;
}

std::int64_t monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

SecretBytes ask_secret(const std::string& question, const std::string& otherwise) {
  return prompt(question, otherwise);
}

void Context::print(const std::string& text) const { write_stdout(text); }

void Context::print(const Json& document) const {
  write_stdout(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Context::say(const std::string& message) const {
  if (!quiet) std::fprintf(stderr, "valise: %s\n", message.c_str());
}

void Context::warn(const std::string& message, const std::string& hint) const {
  std::fprintf(stderr, "valise: warning: %s\n", message.c_str());
  if (!hint.empty()) std::fprintf(stderr, "hint: %s\n", hint.c_str());
}

exchange::AskPassphrase Context::ask_passphrase() const {
  return [this](const std::string& key_name) {
    return passphrase_file.empty() ? prompt("passphrase of " + key_name) : from_file(passphrase_file);
  };
}

SecretBytes Context::new_passphrase(const std::string& key_name) const {
  if (!passphrase_file.empty()) return from_file(passphrase_file);
  SecretBytes first = prompt("new passphrase for " + key_name);
  if (first.size() == 0)
    throw Failure(Code::usage, "an empty passphrase", "choose one, or say --no-passphrase");
  if (!(prompt("the same once more") == first))
    throw Failure(Code::usage, "the two passphrases differ", "try again");
  return first;
}

bool Context::show_progress() const { return !quiet && !json && !no_progress && ::isatty(2) == 1; }

Progress::Progress(const Context& context, std::string what)
    : shown_(context.show_progress()), what_(std::move(what)), started_ns_(monotonic_ns()), drawn_ns_(0) {}

Progress::~Progress() {
  if (shown_ && drawn_ns_ != 0) std::fprintf(stderr, "\r\033[K");
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
  if (!shown_) return;
  const std::int64_t t = monotonic_ns();
  if (t - drawn_ns_ < 100'000'000) return;
  drawn_ns_ = t;
  const double seconds = static_cast<double>(t - started_ns_) / 1e9;
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(done) / (seconds > 0.1 ? seconds : 0.1));
  std::string line = what_;
  if (total > 0)
    line += fmt::format("  {:3d} %  {} of {}", done * 100 / std::max(total, done), exchange::human_size(done),
                        exchange::human_size(total));
  else
    line += "  " + exchange::human_size(done);
  line += "  " + exchange::human_size(rate) + "/s";
  if (total > done && rate > 0 && seconds > 2) {
    const std::uint64_t left = (total - done) / rate;
    line += left >= 90 ? fmt::format("  {} min left", (left + 59) / 60) : fmt::format("  {} s left", left);
  }
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
}

exchange::Address parse_address(const std::string& text) {
  const auto address = exchange::Address::parse(text);
  if (!address)
    throw Failure(Code::usage, "\"" + exchange::printable(text) + "\" is not AGENCY/NAME",
                  "for instance kh-example-police/evidence-desk");
  return *address;
}

std::string read_text(const std::string& path, std::size_t limit) {
  if (path != "-") return exchange::to_text(exchange::read_file(path, limit));
  exchange::Bytes bytes(limit + 1);
  bytes.resize(exchange::read_some(0, bytes, "standard input"));
  if (bytes.size() > limit)
    throw Failure(Code::limit, "standard input: larger than " + exchange::human_size(limit));
  return exchange::to_text(bytes);
}

void write_text(const Context& context, const std::string& path, const std::string& text) {
  if (path == "-")
    context.print(text);
  else
    exchange::write_file(path, exchange::as_view(text), exchange::OutputFile::Existing::refuse);
}

}  // namespace valise
