// valise list: what is inside a bundle, as far as the keys here may know.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/reading.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Contents;
using exchange::FileEntry;
using exchange::OpenStream;
using exchange::pad_right;
using exchange::printable;
using exchange::VerifiedBundle;
using exchange::VerifyOptions;

// From which exhibit, how acquired, and whether the file is what the examiner hashed.
std::string origin_of(const exchange::ExhibitInfo& e, const std::string& hash) {
  std::string text;
  if (const std::string parent = cell_of(e.row, "parent"); !parent.empty()) text += "from " + parent;
  const std::string method = cell_of(e.row, "acquisition_method"), tool = cell_of(e.row, "acquisition_tool");
  for (const std::string& part :
       {method, tool.empty() ? "" : "with " + tool + " " + cell_of(e.row, "acquisition_version")})
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  if (hash != "none") text += (text.empty() ? "" : ", ") + ("acquisition hash " + hash);
  return text.empty() ? "" : "            " + printable(text) + "\n";
}

std::string exhibit_line(const OpenStream& s, std::size_t readers, const std::string& hash) {
  if (const auto* e = s.exhibit())
    return fmt::format("{}  {}  {:>10}  {:>7} files  {}\n{}", pad_right(printable(e->id), 10),
                       pad_right(printable(e->kind), 12), exchange::human_size(s.meta->bytes), s.meta->files,
                       shown(e->title), origin_of(*e, hash));
  return fmt::format("{}  {}  {:>10}  sealed for {} other reader{}\n",
                     pad_right(fmt::format("#{}", s.entry.ordinal), 10), pad_right("", 12),
                     exchange::human_size(s.entry.stored_bytes), readers, readers == 1 ? "" : "s");
}

Json exhibit_json(const OpenStream& s, std::size_t readers, const std::string& hash) {
  if (const auto* e = s.exhibit()) {
    Json row = Json::object();
    for (const auto& [column, value] : e->row) row[column] = value;
    return {{"ordinal", s.entry.ordinal},
            {"readable", true},
            {"id", e->id},
            {"title", e->title},
            {"kind", e->kind},
            {"path", printable(e->path)},
            {"files", s.meta->files},
            {"bytes", s.meta->bytes},
            {"stored_bytes", s.entry.stored_bytes},
            {"readers", readers},
            {"parent", cell_of(e->row, "parent")},
            {"acquisition_hash", hash},
            {"row", row}};
  }
  return {{"ordinal", s.entry.ordinal},
          {"readable", false},
          {"stored_bytes", s.entry.stored_bytes},
          {"readers", readers}};
}

std::string file_line(const FileEntry& f) {
  return fmt::format("    {}  {:04o}  {:>12}  {}  {}{}\n", exchange::to_utc(f.modified), f.mode, f.size,
                     f.kind == exchange::FileKind::regular
                         ? exchange::to_hex(f.sha256)
                         : pad_right(std::string(exchange::name_of(f.kind)), 64),
                     printable(f.path), f.link_target.empty() ? "" : " -> " + printable(f.link_target));
}

Json file_json(const FileEntry& f) {
  Json j = {{"path", printable(f.path)},
            {"kind", exchange::name_of(f.kind)},
            {"size", f.size},
            {"mode", fmt::format("{:04o}", f.mode)},
            {"modified", exchange::to_utc(f.modified)}};
  if (f.kind == exchange::FileKind::regular) {
    j["sha256"] = exchange::to_hex(f.sha256);
    j["acquisition_match"] = f.acquisition_match;
    if (f.hole_bytes > 0) j["hole_bytes"] = f.hole_bytes;
  }
  if (!f.link_target.empty()) j["link_target"] = printable(f.link_target);
  return j;
}

// A stream's files are checked against the seal before the first is shown.
void each_file(Contents& contents, std::size_t i, const std::function<void(const FileEntry&)>& visit) {
  contents.check_files(i, {}, {});
  contents.check_files(i, {}, visit);
}

void run(const Context& context, const std::string& file, bool files) {
  VerifyOptions options;
  options.depth = VerifyOptions::Depth::on_demand;
  VerifiedBundle bundle = VerifiedBundle::verify(file, context.home(), keys_at_hand(context, false), options);
  Contents& contents = bundle.contents();
  for (const std::string& w : bundle.verdict().warnings) context.warn(w);
  Json exhibits = Json::array(), sheets = Json::array(), about = nullptr;
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    const OpenStream& s = contents.streams()[i];
    const std::size_t readers = contents.recipients_per_compartment()[s.entry.compartment];
    const bool is_view = s.entry.ordinal <= bundle.envelope().preamble.compartments;
    if (const auto* view = s.case_view(); view && s.entry.compartment == 0) {
      about = {{"reference", view->reference},     {"title", view->title},
               {"requesting", view->requesting},   {"purpose", view->purpose},
               {"legal_basis", view->legal_basis}, {"handling", view->handling},
               {"recipients", view->audience}};
      if (!context.json)
        context.print(fmt::format("{}  {}\nfrom {}   TLP:{}   sealed {}\n", printable(view->reference),
                                  printable(view->title), printable(view->requesting),
                                  printable(view->handling), exchange::to_utc(bundle.verdict().seal->time)));
    }
    Json entries = Json::array();
    const std::string hash = is_view ? "none" : hash_status(contents, i);
    if (!is_view && !context.json) context.print(exhibit_line(s, readers, hash));
    if (s.readable() && (files || is_view))
      each_file(contents, i, [&](const FileEntry& f) {
        if (context.json)
          (is_view ? sheets : entries).push_back(file_json(f));
        else if (files)
          context.print(file_line(f));
      });
    if (is_view || !context.json) continue;
    exhibits.push_back(exhibit_json(s, readers, hash));
    if (files && s.readable()) exhibits.back()["entries"] = std::move(entries);
  }
  if (context.json)
    context.print(Json{{"file", bundle.verdict().file},
                       {"seal", exchange::to_hex(*bundle.verdict().seal_id)},
                       {"case", about},
                       {"exhibits", exhibits},
                       {"sheets", sheets},
                       {"warnings", bundle.verdict().warnings}});
}

}  // namespace

void set_up_list(CLI::App& app, Context& context) {
  auto file = std::make_shared<std::string>();
  auto files = std::make_shared<bool>(false);
  app.add_option("FILE", *file, "a bundle; - is standard input")->required();
  app.add_flag("--files", *files, "every file with its SHA-256");
  app.callback([file, files, &context] { run(context, *file, *files); });
}

}  // namespace valise
