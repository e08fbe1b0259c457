#include "libexchange/bundle/plan.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/casefile/walk.h"

namespace exchange {

std::optional<Recipient> Recipient::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto address = Address::parse(text.substr(0, colon));
  if (!address) return std::nullopt;
  Recipient recipient{*address, {}};
  if (colon == text.npos) return recipient;
  recipient.only.emplace();
  for (const std::string_view id : split(text.substr(colon + 1), ',')) {
    if (id.empty()) return std::nullopt;
    recipient.only->emplace(id);
  }
  return recipient;
}

namespace {

bool in_audience(const ExhibitRow& exhibit, const Address& address) {
  return exhibit.audience.empty() ||
         std::ranges::find(exhibit.audience, address.text()) != exhibit.audience.end();
}

void check_requests(const Case& the_case, const std::vector<Recipient>& recipients) {
  std::set<Address> seen;
  for (const Recipient& r : recipients) {
    if (!seen.insert(r.address).second)
      throw Failure(Code::usage, r.address.text() + ": is named twice",
                    "give each recipient once, with all its exhibits");
    for (const std::string& id : r.only.value_or(std::set<std::string>())) {
      const auto exhibit = std::ranges::find(the_case.exhibits, id, &ExhibitRow::id);
      if (exhibit == the_case.exhibits.end())
        throw Failure(Code::usage, printable(id) + ": there is no such exhibit in exhibits.csv",
                      "check the ids after --to");
      if (!in_audience(*exhibit, r.address))
        throw Failure(Code::policy, id + ": " + r.address.text() + " is not in its audience",
                      "its audience stands in exhibits.csv; who may read it is the case officer's decision");
    }
  }
}

}  // namespace

Plan plan_audiences(const Case& the_case, const std::vector<Recipient>& recipients) {
  if (recipients.empty())
    throw Failure(Code::usage, "nobody to send to", "name recipients with --to AGENCY/NAME");
  check_requests(the_case, recipients);
  Plan plan;
  std::map<std::vector<Address>, std::uint32_t> known;
  const auto compartment_of = [&](std::vector<Address> readers) {
    const auto [it, fresh] = known.emplace(readers, static_cast<std::uint32_t>(plan.compartments.size()));
    if (fresh) plan.compartments.push_back(std::move(readers));
    if (plan.compartments.size() > kMaxCompartments)
      throw Failure(Code::limit, "over 4,096 different audiences", "pack several bundles");
    return it->second;
  };
  std::vector<Address> everyone;
  for (const Recipient& r : recipients) everyone.push_back(r.address);
  std::ranges::sort(everyone);
  compartment_of(everyone);
  std::vector<Address> readers_of_all = everyone;
  for (std::size_t row = 0; row < the_case.exhibits.size(); ++row) {
    const ExhibitRow& exhibit = the_case.exhibits[row];
    std::vector<Address> readers;
    for (const Recipient& r : recipients)
      if ((!r.only || r.only->contains(exhibit.id)) && in_audience(exhibit, r.address))
        readers.push_back(r.address);
    std::ranges::sort(readers);
    std::erase_if(readers_of_all, [&](const Address& a) { return !std::ranges::binary_search(readers, a); });
    if (readers.empty())
      plan.left_out.push_back(exhibit.id);
    else
      plan.exhibits.push_back({row, compartment_of(readers)});
  }
  if (!readers_of_all.empty()) plan.whole_sheets = compartment_of(readers_of_all);
  return plan;
}

namespace {

WriteStream case_view(const Case& the_case, const Plan& plan, std::uint32_t compartment) {
  CaseViewInfo info;
  for (const Address& a : plan.compartments[compartment]) info.audience.push_back(a.text());
  for (const LegalBasis& b : the_case.legal_basis) info.legal_basis.push_back(b.text());
  info.reference = the_case.reference;
  info.title = the_case.title;
  info.requesting = the_case.requesting;
  info.purpose = the_case.purpose;
  info.handling = the_case.tlp;
  struct stat status {};
  if (::stat(the_case.folder.c_str(), &status) != 0) fail_errno(printable(the_case.folder.native()), errno);
  info.folder_mode = status.st_mode & 0777;
  info.folder_modified = from_timespec(status.st_mtim);
  WriteStream stream{compartment, {0, 0, std::move(info)}, {{}, {}, "the case sheets", {}, false}};
  if (plan.whole_sheets == compartment)
    for (const std::string& sheet : sheet_names())
      if (fs::exists(fs::symlink_status(the_case.folder / sheet))) stream.source.paths.push_back(sheet);
  return stream;
}

WriteStream exhibit_stream(const ExhibitRow& row, std::uint32_t compartment,
                           const std::vector<std::string>& all_paths) {
  ExhibitInfo info{row.id, row.path, row.title, row.kind, {}};
  for (const auto& cell : row.row)
    if (cell.first != "audience") info.row.push_back(cell);  // it may name those who read other exhibits
  WriteStream stream{compartment,
                     {0, 0, std::move(info)},
                     {{}, nested_paths(row.path, all_paths), row.id, {}, !row.hash_note.empty()}};
  if (!row.path.empty()) stream.source.paths.push_back(row.path);
  if (const auto hash = from_hex(row.acquisition_sha256); hash && hash->size() == 32) {
    stream.source.acquisition.emplace();
    std::ranges::copy(*hash, stream.source.acquisition->begin());
  }
  return stream;
}

}  // namespace

std::vector<WriteStream> plan_streams(const Case& the_case, const Plan& plan) {
  std::vector<WriteStream> streams;
  for (std::uint32_t c = 0; c < plan.compartments.size(); ++c)
    streams.push_back(case_view(the_case, plan, c));
  std::vector<std::string> paths;
  for (const ExhibitRow& row : the_case.exhibits)
    if (!row.path.empty()) paths.push_back(row.path);
  std::ranges::sort(paths);
  for (const PlannedExhibit& e : plan.exhibits) {
    streams.push_back(exhibit_stream(the_case.exhibits[e.row], e.compartment, paths));
  }
  return streams;
}

}  // namespace exchange
