#include "libexchange/bundle/plan.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/text.h"
#include "libexchange/casefile/walk.h"

namespace exchange {

std::optional<Recipient> Recipient::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto address = Address::parse(text.substr(0, colon));
  if (!address) return std::nullopt;
  Recipient recipient{*address, {}, false};
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
  return exhibit.audience.empty() || exhibit.audience.contains(address.text());
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
  std::map<Address, Reader> reading;
  for (const Recipient& r : recipients) reading[r.address] = {r.address.text(), {}, true, r.knows_victims};
  for (std::size_t row = 0; row < the_case.exhibits.size(); ++row) {
    const ExhibitRow& exhibit = the_case.exhibits[row];
    std::vector<Address> readers;
    for (const Recipient& r : recipients) {
      const bool may = (!r.only || r.only->contains(exhibit.id)) && in_audience(exhibit, r.address);
      if (may) {
        readers.push_back(r.address);
        reading[r.address].exhibits.insert(exhibit.id);
      }
      reading[r.address].all_exhibits &= may;
    }
    std::ranges::sort(readers);
    if (readers.empty())
      plan.left_out.push_back(exhibit.id);
    else
      plan.exhibits.push_back({row, compartment_of(readers)});
  }
  std::vector<Address> whole;
  for (const Recipient& r : recipients)
    if (RowSharing(the_case, reading[r.address]).everything()) whole.push_back(r.address);
  std::ranges::sort(whole);
  for (const Recipient& r : recipients) {
    const bool all = std::ranges::binary_search(whole, r.address);
    plan.sheets.push_back(
        {reading[r.address], all, compartment_of(all ? whole : std::vector<Address>{r.address})});
  }
  return plan;
}

namespace {

// A sheet as it was when it was checked, for a copy of it.
void with_sheet(const Case& the_case, const std::string& name,
                const std::function<void(const ReadBytes&)>& take) {
  const auto checked = the_case.sheet_times.find(name);
  if (checked == the_case.sheet_times.end()) return;
  const Fd fd = open_file(the_case.folder / name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const auto unchanged = [&] {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) fail_errno(name, errno);
    if (from_timespec(status.st_mtim) != checked->second)
      throw Failure(Code::unavailable, name + ": changed while it was being read",
                    "nothing was packed: close the spreadsheet, then try again");
  };
  unchanged();
  take(bytes_of_file(fd.get(), name));
  unchanged();
}

MadeFile copy_of(const Case& the_case, const Reader& reader, const std::string& name) {
  return {name, the_case.sheet_times.at(name),
          [&the_case, &reader, name](const std::function<void(View)>& to) {
            with_sheet(the_case, name, [&](const ReadBytes& read) {
              const RowSharing sharing(the_case, reader);
              if (name == "case.toml") {
                Bytes text(1 << 20);
                text.resize(read(text));
                to(as_view(sharing.case_toml(as_text(text))));
              } else {
                sharing.copy(name, read, to);
              }
            });
          }};
}

// Of whom else it was asked is not for these readers; who reads everything has case.toml.
void hide_the_others(Request& request, const std::vector<Address>& audience) {
  std::erase_if(request.requested, [&](const Party& p) {
    return std::ranges::none_of(audience,
                                [&](const Address& a) { return p.id == a.agency || p.id == a.text(); });
  });
}

WriteStream case_view(const Case& the_case, const Plan& plan, std::uint32_t compartment) {
  const Request& request = the_case.request;
  CaseViewInfo info;
  for (const Address& a : plan.compartments[compartment]) info.audience.push_back(a.text());
  for (const LegalBasis& b : request.legal_basis) info.legal_basis.push_back(b.text());
  info.reference = request.reference;
  info.title = request.title;
  info.requesting = request.requesting.id;
  info.purpose = request.purpose;
  info.handling = request.tlp;
  info.request = request;
  hide_the_others(*info.request, plan.compartments[compartment]);
  struct stat status {};
  if (::stat(the_case.folder.c_str(), &status) != 0) fail_errno(printable(the_case.folder.native()), errno);
  info.folder_mode = status.st_mode & 0777;
  info.folder_modified = from_timespec(status.st_mtim);
  WriteStream stream{compartment, {0, 0, std::move(info)}, {{}, {}, {}, "the case sheets", {}, false}};
  const auto ours = std::ranges::find(plan.sheets, compartment, &Sheets::compartment);
  if (ours == plan.sheets.end()) return stream;
  for (const std::string& sheet : sheet_names()) {
    if (ours->whole && fs::exists(fs::symlink_status(the_case.folder / sheet)))
      stream.source.paths.push_back(sheet);
    else if (!ours->whole && the_case.sheet_times.contains(sheet))
      stream.source.made.push_back(copy_of(the_case, ours->reader, sheet));
  }
  return stream;
}

// Whether all who read this exhibit read its parent too; if not, they do not learn of it.
bool parent_is_known(const Plan& plan, const ExhibitRow& row) {
  return std::ranges::all_of(plan.sheets, [&](const Sheets& s) {
    return !s.reader.exhibits.contains(row.id) || s.reader.exhibits.contains(row.parent);
  });
}

WriteStream exhibit_stream(const Plan& plan, const ExhibitRow& row, std::uint32_t compartment,
                           const std::vector<std::string>& all_paths) {
  ExhibitInfo info{row.id, row.path, row.title, row.kind, {}};
  for (const auto& cell : row.row)
    if (cell.first != "audience" && (cell.first != "parent" || parent_is_known(plan, row)))
      info.row.push_back(cell);  // neither may name what others read
  WriteStream stream{compartment,
                     {0, 0, std::move(info)},
                     {{}, {}, nested_paths(row.path, all_paths), row.id, {}, !row.hash_note.empty()}};
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
    streams.push_back(exhibit_stream(plan, the_case.exhibits[e.row], e.compartment, paths));
  }
  return streams;
}

std::map<std::string, std::uint64_t> count_rows(const Case& the_case, const Reader& reader) {
  std::map<std::string, std::uint64_t> counts;
  for (const std::string& name : sheet_names())
    if (name.ends_with(".csv") && name != "exhibits.csv")
      with_sheet(the_case, name, [&](const ReadBytes& read) {
        counts[name] = RowSharing(the_case, reader).copy(name, read, [](View) {});
      });
  return counts;
}

}  // namespace exchange
