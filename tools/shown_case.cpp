#include "tools/shown_case.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/sheet.h"

namespace valise {

namespace {

namespace fs = std::filesystem;
using exchange::Case;
using exchange::Contents;
using exchange::Fd;
using exchange::FileEntry;
using exchange::ReadBytes;
using exchange::Request;
using exchange::VerifiedBundle;
using exchange::VerifyOptions;

// The sheets of a bundle, verified, each in an unlinked file: memory does not grow with them.
class SheetFiles : public exchange::FileSink {
 public:
  void begin(const FileEntry& entry) override {
    files_[entry.path] = exchange::temporary_file();
    name_ = entry.path;
  }
  void data(exchange::View bytes) override { exchange::write_all(files_[name_].get(), bytes, name_); }
  void end(const FileEntry&) override {}
  void read(const std::string& name, const std::function<void(const ReadBytes&)>& take) const {
    const auto found = files_.find(name);
    if (found == files_.end()) return;
    ::lseek(found->second.get(), 0, SEEK_SET);
    take(exchange::bytes_of_file(found->second.get(), name));
  }

 private:
  std::map<std::string, Fd> files_;
  std::string name_;
};

bool is_sheet(const FileEntry& f) {
  return std::ranges::find(exchange::sheet_names(), f.path) != exchange::sheet_names().end();
}

// Where a bundle gives no case.toml (it was sealed before sheets were shared by rows): what the case view
// says.
void fill_from_view(Request& r, const exchange::CaseViewInfo& view) {
  r.reference = view.reference;
  r.title = view.title;
  r.requesting.id = view.requesting;
  r.purpose = view.purpose;
  r.tlp = view.handling;
  for (const std::string& basis : view.legal_basis) r.legal_basis.push_back({"other", "", basis});
}

}  // namespace

ShownCase case_of_bundle(const Context& context, const std::string& file) {
  VerifyOptions options;
  options.depth = VerifyOptions::Depth::on_demand;
  VerifiedBundle bundle = VerifiedBundle::verify(file, context.home(), keys_at_hand(context, false), options);
  Contents& contents = bundle.contents();
  for (const std::string& w : bundle.verdict().warnings) context.warn(w);
  ShownCase shown;
  const auto sheets = std::make_shared<SheetFiles>();
  shown.verdict = bundle.verdict();
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    const auto& s = contents.streams()[i];
    if (const auto* e = s.exhibit()) shown.hashes[e->id] = hash_status(contents, i);
    shown.sealed_for_others += !s.readable();
    if (!s.case_view()) continue;
    const exchange::CheckedFiles checked = contents.check_files(i, is_sheet, {});
    contents.read_files(i, checked, is_sheet, *sheets, default_threads(), {});
  }
  shown.sheets = [files = sheets](const std::string& name, const auto& take) { files->read(name, take); };
  shown.the_case = exchange::read_case(shown.sheets);
  if (shown.the_case.request.reference.empty()) {
    const auto* view = contents.streams().front().case_view();
    exchange::ensure(view != nullptr, "the first stream is the shared case view");
    if (view->request)
      shown.the_case.request = *view->request;
    else
      fill_from_view(shown.the_case.request, *view);
  }
  if (shown.the_case.exhibits.empty())
    for (const auto& s : contents.streams())
      if (const auto* e = s.exhibit()) {
        exchange::ExhibitRow row;
        row.id = e->id;
        row.title = e->title;
        row.kind = e->kind;
        row.row = e->row;
        shown.the_case.exhibits.push_back(std::move(row));
      }
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
  shown.sheets(sheet, [&](const ReadBytes& read) {
    exchange::read_sheet(sheet, read,
                         [&](const exchange::Sheet& s, std::size_t, std::vector<std::string>& cells) {
                           Cells named;
                           for (std::size_t i = 0; i < std::min(cells.size(), s.columns.size()); ++i)
                             named[s.columns[i]] = std::move(cells[i]);
                           row(named);
                         });
  });
}

exchange::Identifier identifier_of(Cells& c) {
  return exchange::identify(c["type"], c["value"],
                            {c["country"], c["chain"], !c["first_seen"].empty(), !c["port"].empty()});
}

std::string hash_of(const ShownCase& shown, const exchange::ExhibitRow& e) {
  if (shown.verdict) return shown.hashes.contains(e.id) ? shown.hashes.at(e.id) : "none";
  return cell_of(e.row, "acquisition_sha256").empty() ? "none" : "given";
}

}  // namespace valise
