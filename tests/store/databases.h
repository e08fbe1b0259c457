// A fresh database of either kind. The PostgreSQL server is started once a run and stopped at its end.
#pragma once
#include <cstdlib>

#include "libexchange/store/database.h"
#include "tests/scratch.h"

#define EACH_DATABASE GENERATE(as<std::string>(), "sqlite", "postgresql")

namespace databases {

using exchange::Database;

class Server {
 public:
  static Server& the() {
    static Server server;
    return server;
  }
  void restart() { run("restart"); }
  // A schema of its own: quicker to make than a database.
  std::string fresh() {
    const std::string name = "t" + std::to_string(++count_);
    Database::open(address_ + "/postgres").execute("create schema " + name);
    return address_ + "/postgres?options=-csearch_path%3D" + name;
  }

 private:
  Server() : folder_("/tmp/valise-pg-" + std::to_string(::getpid())) {
    run("start");
    std::string encoded;
    for (const char c : folder_) encoded += c == '/' ? std::string("%2F") : std::string(1, c);
    address_ = "postgresql://valise@" + encoded;
  }
  ~Server() { run("stop"); }
  void run(const std::string& verb) {
    const std::string command = TEST_SOURCE_DIR "/postgresql.sh " + verb + " " + folder_ + " >/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("the PostgreSQL server does not " + verb);
  }
  std::string folder_, address_;
  int count_ = 0;
};

// ok, or the code of the Failure that `work` ends with.
inline exchange::Code code_of(const std::function<void()>& work) {
  try {
    work();
    return exchange::Code::ok;
  } catch (const exchange::Failure& f) {
    return f.code();
  }
}

struct Place {
  explicit Place(const std::string& kind)
      : address(kind == "sqlite" ? (folder / "index.sqlite").native() : Server::the().fresh()) {}
  Scratch folder;
  std::string address;
};

}  // namespace databases
