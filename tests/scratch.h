// A temporary folder that goes with its owner.
#pragma once
#include <stdlib.h>

#include "libexchange/base/file.h"

struct Scratch {
  Scratch() {
    std::string name = (exchange::fs::temp_directory_path() / "valise-test-XXXXXX").native();
    path = mkdtemp(name.data());
  }
  ~Scratch() {
    std::error_code ignored;
    exchange::fs::remove_all(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  exchange::fs::path operator/(const std::string& name) const { return path / name; }
  void write(const std::string& name, std::string_view text) const {
    exchange::fs::create_directories((path / name).parent_path());
    exchange::write_file(path / name, exchange::as_view(text), exchange::OutputFile::Existing::replace);
  }
  bool empty() const { return exchange::fs::is_empty(path); }

  exchange::fs::path path;
};
