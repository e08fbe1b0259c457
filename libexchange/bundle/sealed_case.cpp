#include "libexchange/bundle/sealed_case.h"

#include <unistd.h>

#include <algorithm>
#include <memory>

#include "libexchange/base/file.h"
#include "libexchange/casefile/sheet.h"

namespace exchange {

namespace {

// The sheets of a bundle, verified, each in an unlinked file: memory does not grow with them.
class SheetFiles : public FileSink {
 public:
  void begin(const FileEntry& entry) override {
    files_[entry.path] = temporary_file();
    name_ = entry.path;
  }
  void data(View bytes) override { write_all(files_[name_].get(), bytes, name_); }
  void end(const FileEntry&) override {}
  void read(const std::string& name, const std::function<void(const ReadBytes&)>& take) const {
    const auto found = files_.find(name);
    if (found == files_.end()) return;
    ::lseek(found->second.get(), 0, SEEK_SET);
    take(bytes_of_file(found->second.get(), name));
  }

 private:
  std::map<std::string, Fd> files_;
  std::string name_;
};

bool is_sheet(const FileEntry& f) { return std::ranges::find(sheet_names(), f.path) != sheet_names().end(); }

// Where a bundle gives no case.toml (it was sealed before sheets were shared by rows): what the case view
// says.
void fill_from_view(Request& r, const CaseViewInfo& view) {
  r.reference = view.reference;
  r.title = view.title;
  r.requesting.id = view.requesting;
  r.purpose = view.purpose;
  r.tlp = view.handling;
  for (const std::string& basis : view.legal_basis) r.legal_basis.push_back({"other", "", basis});
}

void fill_exhibits(Case& the_case, const Contents& contents) {
  for (const OpenStream& s : contents.streams())
    if (const ExhibitInfo* e = s.exhibit()) {
      ExhibitRow row;
      row.id = e->id;
      row.title = e->title;
      row.kind = e->kind;
      row.row = e->row;
      the_case.exhibits.push_back(std::move(row));
    }
}

}  // namespace

SealedCase read_sealed_case(Contents& contents, unsigned threads, bool only_request_and_people) {
  const auto files = std::make_shared<SheetFiles>();
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    if (!contents.streams()[i].case_view()) continue;
    const CheckedFiles checked = contents.check_files(i, is_sheet, {});
    contents.read_files(i, checked, is_sheet, *files, threads, {});
  }
  SealedCase sealed;
  sealed.sheets = [files](const std::string& name, const auto& take) { files->read(name, take); };
  sealed.the_case = read_case([&](const std::string& name, const auto& take) {
    if (!only_request_and_people ||
        (name != "identifiers.csv" && name != "losses.csv" && name != "custody.csv"))
      files->read(name, take);
  });
  Request& request = sealed.the_case.request;
  if (request.reference.empty()) {
    const CaseViewInfo* view = contents.streams().front().case_view();
    ensure(view != nullptr, "the first stream is the shared case view");
    if (view->request)
      request = *view->request;
    else
      fill_from_view(request, *view);
  }
  if (sealed.the_case.exhibits.empty()) fill_exhibits(sealed.the_case, contents);
  return sealed;
}

void each_row(const SheetSource& sheets, const std::string& sheet,
              const std::function<void(std::size_t, Cells&)>& row) {
  sheets(sheet, [&](const ReadBytes& read) {
    read_sheet(sheet, read, [&](const Sheet& s, std::size_t line, std::vector<std::string>& cells) {
      Cells named;
      for (std::size_t i = 0; i < std::min(cells.size(), s.columns.size()); ++i)
        named[s.columns[i]] = std::move(cells[i]);
      row(line, named);
    });
  });
}

Identifier identifier_of(Cells& c) {
  return identify(c["type"], c["value"],
                  {c["country"], c["chain"], !c["first_seen"].empty(), !c["port"].empty()});
}

}  // namespace exchange
