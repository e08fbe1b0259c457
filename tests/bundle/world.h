// A case, packed by the example officer for the example desks.
#pragma once
#include "libexchange/bundle/extract.h"
#include "libexchange/bundle/plan.h"
#include "libexchange/bundle/verify.h"
#include "libexchange/crypto/digest.h"
#include "tests/scratch.h"

namespace world {

using namespace exchange;

inline Home home(const std::string& name) {
  return Home(fs::path(TEST_SOURCE_DIR).parent_path() / "keys-example" / name);
}

inline PrivateKeys keys(const Home& h) {
  return read_key_file(h.own_keys().at(0).file, {}, [](const std::string&) {});
}

// Packs `folder`, whose case.toml and exhibits.csv must be there. `to` as on the command line.
inline WriteResult pack(const fs::path& folder, const std::vector<std::string>& to, const fs::path& file,
                        unsigned threads = 2) {
  const Home liaison = home("cn-liaison");
  const CheckedCase checked = check_case(folder, Policy::standard());
  std::vector<Recipient> recipients;
  for (const auto& t : to) recipients.push_back(*Recipient::parse(t));
  const Plan plan = plan_audiences(checked.the_case, recipients);
  WritePlan write;
  write.case_folder = folder;
  for (const auto& readers : plan.compartments) {
    write.compartments.emplace_back();
    for (const auto& r : readers) write.compartments.back().push_back(liaison.recipient(r, now()).receiving);
  }
  write.streams = plan_streams(checked.the_case, plan);
  const PrivateKeys signer = keys(liaison);
  write.signer = &signer.signing;
  write.endorsement = *liaison.own_keys().at(0).endorsement;
  write.policy = "standard";
  write.threads = threads;
  OutputFile out(file, OutputFile::Existing::replace);
  const WriteResult result = write_bundle(write, out.fd(), file, {});
  out.commit();
  return result;
}

inline VerifiedBundle verify(const fs::path& file, const std::string& home_name,
                             VerifyOptions::Depth depth = VerifyOptions::Depth::all) {
  const Home h = home(home_name);
  VerifyOptions options;
  options.depth = depth;
  options.threads = 2;
  return VerifiedBundle::verify(
      file, h,
      [&] {
        std::vector<PrivateKeys> own;
        if (!h.own_keys().empty()) own.push_back(keys(h));
        return own;
      },
      options);
}

inline constexpr const char* kh = "kh-example-police/evidence-desk";
inline constexpr const char* th = "th-example-police/evidence-desk";

// A small case with two exhibits, EX-01 (a folder) and EX-02 (a file).
inline void small_case(const Scratch& s) {
  s.write("case/one/a.txt", "alpha");
  s.write("case/one/b/c.txt", "gamma");
  s.write("case/two.bin", std::string(3000, 'x'));
  init_case(s / "case", {"Test", "XA-TEST-2026-000001", "untoc:18", "a purpose that is long enough",
                         "cn-example-police"});
}

}  // namespace world
