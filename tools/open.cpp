// valise open: gives back the case folder, or the part that the keys here may read.
#include <fmt/format.h>
#include <fnmatch.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/bundle/extract.h"
#include "libexchange/bundle/threaded_sink.h"
#include "tools/commands.h"
#include "tools/reading.h"

namespace valise {

namespace {

using exchange::CheckedFiles;
using exchange::Contents;
using exchange::FileEntry;
using exchange::OpenStream;
using exchange::printable;
using exchange::VerifiedBundle;
using exchange::VerifyOptions;

constexpr std::uint64_t kWorthAThread = 4 << 20;

struct Options {
  std::string file, folder;
  std::vector<std::string> only;
  std::uint64_t max_size = 0;
  unsigned threads = default_threads();
};

// EX-03, or EX-03/GLOB: the pattern is matched against the path below the exhibit's own path.
struct Wanted {
  std::string exhibit, pattern;
  bool met = false;
};

std::vector<Wanted> parse_only(const std::vector<std::string>& only) {
  std::vector<Wanted> wanted;
  for (const std::string& text : only) {
    const std::size_t slash = text.find('/');
    wanted.push_back({text.substr(0, slash), slash == text.npos ? "" : text.substr(slash + 1)});
  }
  return wanted;
}

std::string below(const std::string& path, const std::string& exhibit_path) {
  if (path.starts_with(exhibit_path + "/")) return path.substr(exhibit_path.size() + 1);
  const std::size_t slash = path.rfind('/');
  return path == exhibit_path && slash != path.npos ? path.substr(slash + 1) : path;
}

// What of this stream is wanted; nothing: none of it. An empty function: all of it.
std::optional<exchange::Select> selection(const OpenStream& stream, std::vector<Wanted>& wanted) {
  if (!stream.readable()) return std::nullopt;
  if (wanted.empty()) return exchange::Select{};
  const auto* exhibit = stream.exhibit();
  if (!exhibit) return std::nullopt;
  std::vector<Wanted*> ours;
  for (Wanted& w : wanted)
    if (w.exhibit == exhibit->id) ours.push_back(&w);
  if (ours.empty()) return std::nullopt;
  for (Wanted* w : ours)
    if (w->pattern.empty()) {
      w->met = true;
      return exchange::Select{};
    }
  return [ours, path = exhibit->path](const FileEntry& f) {
    bool any = false;
    for (Wanted* w : ours)
      if (fnmatch(w->pattern.c_str(), below(f.path, path).c_str(), 0) == 0) any = w->met = true;
    return any;
  };
}

struct Job {
  std::size_t stream;
  exchange::Select select;
  CheckedFiles checked;
};

// Step 11a for everything that is wanted, before the first file is made.
std::vector<Job> check_all(Contents& contents, std::vector<Wanted>& wanted) {
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    auto select = selection(contents.streams()[i], wanted);
    if (!select) continue;
    CheckedFiles checked = contents.check_files(i, *select, {});
    jobs.push_back({i, std::move(*select), std::move(checked)});
  }
  for (const Wanted& w : wanted)
    if (!w.met)
      throw Failure(Code::usage,
                    "--only " + printable(w.exhibit + (w.pattern.empty() ? "" : "/" + w.pattern)) +
                        ": nothing here fits, or it is sealed for others",
                    "see: valise list FILE --files");
  return jobs;
}

const exchange::CaseViewInfo& shared_view(const Contents& contents) {
  const auto* view = contents.streams().front().case_view();
  exchange::ensure(view != nullptr, "the first stream is the shared case view");
  return *view;
}

void run(const Context& context, const Options& o) {
  std::vector<Wanted> wanted = parse_only(o.only);
  exchange::Extractor extractor(o.folder);
  Progress checking(context, "verifying"), opening(context, "opening");
  VerifyOptions options;
  options.depth = wanted.empty() ? VerifyOptions::Depth::envelope : VerifyOptions::Depth::on_demand;
  options.threads = o.threads;
  options.progress = checking.callback();
  VerifiedBundle bundle =
      VerifiedBundle::verify(o.file, context.home(), keys_at_hand(context, false), options);
  Contents& contents = bundle.contents();
  for (const std::string& w : bundle.verdict().warnings) context.warn(w);
  const std::vector<Job> jobs = check_all(contents, wanted);
  std::uint64_t total = 0, done = 0;
  for (const Job& job : jobs) total += job.checked.selected_bytes;
  if (o.max_size > 0 && total > o.max_size)
    throw Failure(Code::limit, "the contents are " + exchange::human_size(total) + ", over --max-size",
                  "give a larger --max-size");
  extractor.require_room(total);
  const auto progress = [&](std::uint64_t bytes) {
    done += bytes;
    opening.update(done, total);
  };
  for (const Job& job : jobs) {
    if (job.checked.selected_bytes < kWorthAThread) {
      contents.read_files(job.stream, job.checked, job.select, extractor, o.threads, progress);
    } else {
      exchange::ThreadedSink writer(extractor);
      contents.read_files(job.stream, job.checked, job.select, writer, o.threads, progress);
      writer.finish();
    }
    extractor.end_stream();
  }
  const auto& view = shared_view(contents);
  extractor.commit(view.folder_mode, view.folder_modified);

  std::uint64_t sealed_for_others = 0;
  for (const OpenStream& s : contents.streams()) sealed_for_others += !s.readable();
  for (const std::string& name : extractor.not_restored()) context.warn("recorded but not restored: " + name);
  if (context.json)
    context.print(Json{{"file", bundle.verdict().file},
                       {"folder", printable(o.folder)},
                       {"seal", exchange::to_hex(*bundle.verdict().seal_id)},
                       {"files", extractor.files()},
                       {"bytes", extractor.bytes()},
                       {"not_restored", extractor.not_restored()},
                       {"warnings", bundle.verdict().warnings}});
  context.say(fmt::format(
      "opened {} files, {} into {}{}", extractor.files(), exchange::human_size(extractor.bytes()),
      printable(o.folder),
      sealed_for_others && wanted.empty() ? "; other exhibits are sealed for other readers" : ""));
}

}  // namespace

void set_up_open(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("FILE", o->file, "a bundle; - is standard input")->required();
  app.add_option("-C,--directory", o->folder, "a new or empty folder")->required();
  app.add_option("--only", o->only, "EX-03, or EX-03/GLOB for some of its files");
  app.add_option("--max-size", o->max_size, "refuse more bytes than this");
  app.add_option("--threads", o->threads, "all processors if not given")->check(CLI::Range(1, 256));
  app.callback([o, &context] { run(context, *o); });
}

}  // namespace valise
