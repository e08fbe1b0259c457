#include "tools/shown_case.h"

#include <fcntl.h>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/sheet.h"

namespace valise {

namespace fs = std::filesystem;
using exchange::Contents;
using exchange::Fd;
using exchange::VerifiedBundle;
using exchange::VerifyOptions;

ShownCase case_of_bundle(const Context& context, const std::string& file) {
  VerifyOptions options;
  options.depth = VerifyOptions::Depth::on_demand;
  VerifiedBundle bundle = VerifiedBundle::verify(file, context.home(), keys_at_hand(context, false), options);
  Contents& contents = bundle.contents();
  for (const std::string& w : bundle.verdict().warnings) context.warn(w);
  ShownCase shown;
  shown.verdict = bundle.verdict();
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    const auto& s = contents.streams()[i];
    if (const auto* e = s.exhibit()) shown.hashes[e->id] = hash_status(contents, i);
    shown.sealed_for_others += !s.readable();
  }
  exchange::SealedCase sealed = exchange::read_sealed_case(contents, default_threads());
  shown.the_case = std::move(sealed.the_case);
  shown.sheets = std::move(sealed.sheets);
  return shown;
}

ShownCase case_of_folder(const std::string& folder) {
  ShownCase shown;
  shown.sheets = [folder](const std::string& name, const auto& take) {
    const fs::path path = fs::path(folder) / name;
    if (!fs::exists(fs::symlink_status(path))) return;
    const Fd fd = exchange::open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    take(exchange::bytes_of_file(fd.get(), name));
  };
  if (!fs::exists(fs::path(folder) / "case.toml"))
    throw Failure(Code::unavailable, exchange::printable(folder) + ": has no case.toml",
                  "make one with: valise case init");
  shown.the_case = exchange::read_case(shown.sheets);
  return shown;
}

void each_row(const ShownCase& shown, const std::string& sheet, const std::function<void(Cells&)>& row) {
  exchange::each_row(shown.sheets, sheet, [&](std::size_t, Cells& cells) { row(cells); });
}

std::string hash_of(const ShownCase& shown, const exchange::ExhibitRow& e) {
  if (shown.verdict) return shown.hashes.contains(e.id) ? shown.hashes.at(e.id) : "none";
  return cell_of(e.row, "acquisition_sha256").empty() ? "none" : "given";
}

}  // namespace valise
