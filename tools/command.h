// What every command shares: global options, messages, JSON output, passphrases, progress.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "libexchange/base/failure.h"
#include "libexchange/base/file.h"
#include "libexchange/trust/home.h"

namespace valise {

using exchange::Code;
using exchange::Failure;
using Json = nlohmann::ordered_json;

struct Context {
  std::string home_folder;  // --home, $VALISE_HOME or ~/.local/share/valise
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool no_progress = false;
  std::string passphrase_file;
  int exit = 0;  // what main returns when a command ends without a Failure

  exchange::Home home() const { return exchange::Home(home_folder); }

  // stdout: the result. Text ends in LF by itself. JSON: exactly one document a run.
  void print(const std::string& text) const;
  void print(const Json& document) const;
  // stderr: "valise: message" and "hint: ..."; say() is silent under -q.
  void say(const std::string& message) const;
  void warn(const std::string& message, const std::string& hint = {}) const;

  // --passphrase-file, or a prompt on the terminal (twice for a new one; may not be empty).
  // Failure{usage} where neither is there.
  exchange::AskPassphrase ask_passphrase() const;
  exchange::SecretBytes new_passphrase(const std::string& key_name) const;

  // True when progress may be drawn: stderr is a terminal, and neither -q, --json nor --no-progress.
  bool show_progress() const;
};

// A line on the terminal that is redrawn: "packing  41 %  512.0 MiB of 1.2 GiB  310 MiB/s". Silent when
// progress may not be drawn. Thread-safe update(); clears its line when destroyed.
class Progress {
 public:
  Progress(const Context& context, std::string what);
  ~Progress();
  void update(std::uint64_t done, std::uint64_t total);  // bytes; total 0: unknown
  std::function<void(std::uint64_t, std::uint64_t)> callback() {
    return [this](std::uint64_t done, std::uint64_t total) { update(done, total); };
  }

 private:
  bool shown_;
  std::string what_;
  std::int64_t started_ns_, drawn_ns_;
};

// A secret from the terminal, without echo. Failure{usage} without a terminal, with `otherwise` as its hint.
exchange::SecretBytes ask_secret(const std::string& question, const std::string& otherwise);

// A command: its name, one line of help, a runnable example, and what adds its options and callback.
struct Command {
  const char* name;
  const char* help;
  const char* example;
  void (*set_up)(CLI::App& app, Context& context);
};

// Text that a value must parse to, or Failure{usage}.
exchange::Address parse_address(const std::string& text);

// `path` "-" is standard output; an existing file is refused.
void write_text(const Context& context, const std::string& path, const std::string& text);
std::string read_text(const std::string& path, std::size_t limit = exchange::kMaxNote);  // "-" is stdin

}  // namespace valise
