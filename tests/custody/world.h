// Copies of the example homes, and their officers as signers.
#pragma once
#include "libexchange/custody/log_writer.h"
#include "tests/scratch.h"

namespace world {

using namespace exchange;

// An example home that can be written to.
struct Officer {
  explicit Officer(const std::string& name)
      : scratch(),
        folder(scratch / name),
        home((copy(name, folder), folder)),
        own(home.own_keys().at(0)),
        keys(read_key_file(own.file, {}, [](const std::string&) {})),
        signer{&keys.signing, *own.endorsement} {}
  static void copy(const std::string& name, const fs::path& to) {
    fs::copy(fs::path(TEST_SOURCE_DIR).parent_path() / "keys-example" / name, to,
             fs::copy_options::recursive);
  }
  fs::path log() const { return folder / "custody"; }

  Scratch scratch;
  fs::path folder;
  Home home;
  OwnKey own;
  PrivateKeys keys;
  Signer signer;
};

inline const CaseId the_case{"XA-EXPOL-2026-000042", "cn-example-police"};

// An event of EX-01 by Sgt. One with every required field of its type.
inline CustodyEvent event(const std::string& type, const std::string& at = "2026-05-21T09:14:00+07:00",
                          std::map<std::string, std::string> fields = {}) {
  CustodyEvent e;
  e.type = type;
  e.the_case = the_case;
  e.exhibits = {{"EX-01", {}}};
  e.at = at;
  e.by = {"Sgt. ឧទាហរណ៍ ទី១", "officer", "kh-example-police"};
  e.place = "Site KH-EX-01, room 402";
  e.fields = std::move(fields);
  return e;
}

// Files of the log, for tests that change them.
inline std::string bytes_of(const fs::path& file) { return to_text(read_file(file, 1u << 30)); }

}  // namespace world
