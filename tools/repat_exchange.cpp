// valise repat export, merge: signed events travel in ordinary bundles.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/casefile/tables.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/parcel.h"
#include "tools/pack.h"
#include "tools/problems.h"
#include "tools/reading.h"
#include "tools/repat_selection.h"

namespace valise {

namespace {

using exchange::printable;
using repat::Desk;
using repat::Person;
namespace fs = exchange::fs;

constexpr std::string_view kPurpose =
    "Consular protection: to bring persons home in safety, and to lose none of them.";
constexpr std::uint64_t kMaxParcel = std::uint64_t{4} << 30;

struct ExportOptions {
  std::vector<std::string> to, people;
  std::string output, as, batch, track, legal_basis = "vccr:5, 36, 37", purpose{kPurpose};
  bool htcds = false;
  Reveal reveal;  // with htcds
};

// A private folder that goes with its owner: what stands in it is not sealed yet.
struct Staging {
  explicit Staging(const fs::path& parent) : path(parent / ("." + exchange::random_name())) {
    fs::create_directories(path);
    fs::permissions(path, fs::perms::owner_all);
  }
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  fs::path path;
};

std::vector<repat::Reader> readers_of(const exchange::Home& home,
                                      const std::vector<exchange::Recipient>& recipients) {
  std::vector<repat::Reader> readers;
  for (const auto& r : recipients) {
    const auto endorsement = home.recipient(r.address, exchange::now());
    readers.push_back({r.address, repat::country_alpha3(endorsement.country).value_or(endorsement.country),
                       endorsement.usages});
  }
  return readers;
}

std::vector<const Person*> wanted(const Desk& desk, const ExportOptions& o) {
  std::vector<const Person*> out;
  for (const std::string& id : o.people) out.push_back(&person_option(desk, id));
  if (!o.people.empty()) return out;
  for (const Person* p : desk.people()) {
    if (!o.batch.empty() && p->fact("batch") != o.batch) continue;
    const auto track = repat::track_named(o.track);
    if (!o.track.empty() && (!track || !p->standing(*track))) continue;
    out.push_back(p);
  }
  return out;
}

std::string quoted(const std::string& text) { return Json(text).dump(); }

std::string date_in_years(int years) {
  const std::string today = exchange::to_utc(exchange::now());
  return fmt::format("{}-{}", std::stoi(today.substr(0, 4)) + years,
                     today.substr(5, 5) == "02-29" ? "02-28" : today.substr(5, 5));
}

std::string case_toml(const ExportOptions& o, const exchange::Endorsement& from) {
  const std::size_t colon = o.legal_basis.find(':');
  const std::string instrument = o.legal_basis.substr(0, colon);
  const std::string article = colon == o.legal_basis.npos ? "" : o.legal_basis.substr(colon + 1);
  exchange::Bytes number(4);
  exchange::fill_random(number);
  return fmt::format(
      "reference = \"{}-REPAT-{}-{:06}\"\ntitle = \"Repatriation: signed events\"\nlanguage = \"en\"\n"
      "[request]\ntype = \"spontaneous\"\nchannel = \"consular\"\nevidential_use = \"no\"\nrequesting = {}\n"
      "purpose = {}\nurgency = \"routine\"\nconfidentiality = \"standard\"\n"
      "[[request.legal_basis]]\ninstrument = {}\narticle = {}\n"
      "[handling]\ntlp = \"AMBER+STRICT\"\ncode = \"H3\"\ntext = \"only to bring these persons home\"\n"
      "[retention]\nreview_on = \"{}\"\ndelete_after = \"{}\"\n[onward]\npolicy = \"prohibited\"\n",
      from.country, exchange::to_utc(exchange::now()).substr(0, 4),
      exchange::load_le<std::uint32_t>(number) % 1'000'000, quoted(from.officer.agency), quoted(o.purpose),
      quoted(exchange::contains(exchange::instruments(), instrument) ? instrument : "other"), quoted(article),
      date_in_years(1), date_in_years(2));
}

// A case folder whose exhibits are parcels, each for those who may see the same.
std::size_t write_folder(const fs::path& folder, const Desk& desk, const std::vector<repat::Share>& shares,
                         const std::vector<repat::Reader>& readers) {
  std::string sheet = "id,path,title,kind,audience\n";
  std::size_t events = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    std::string audience;
    for (const std::size_t r : shares[i].readers)
      audience += (audience.empty() ? "" : ";") + readers[r].address.text();
    const std::string name = fmt::format("events-{:02}", i + 1);
    sheet += fmt::format("EX-{:02},{},signed events of repatriation,other,{}\n", i + 1, name,
                         exchange::csv_cell(audience));
    const std::string text = repat::parcel_of(desk, shares[i].events).text();
    exchange::write_file(folder / name, exchange::as_view(text), exchange::OutputFile::Existing::refuse,
                         0600);
    events += shares[i].events.size();
  }
  exchange::write_file(folder / "exhibits.csv", exchange::as_view(sheet),
                       exchange::OutputFile::Existing::refuse);
  return events;
}

void run_export(const Context& context, const ExportOptions& o) {
  std::vector<exchange::Recipient> recipients;
  for (const std::string& text : o.to) recipients.push_back(recipient_option(text));
  if (o.output.empty()) throw Failure(Code::usage, "no output named", "give -o FILE.valise");
  if (!o.track.empty() && !repat::track_named(o.track))
    throw Failure(Code::usage, "\"" + printable(o.track) + "\" is no track",
                  "use assisted_return or suspect_return");
  const exchange::Home home = context.home();
  if (o.htcds) {
    const Desk desk(home);
    return export_htcds(context, desk, wanted(desk, o), o.output, o.reveal);
  }
  if (o.to.empty()) throw Failure(Code::usage, "nobody named to read it", "give --to AGENCY/NAME");
  const auto acting = acting_key(context, o.as, {"consular", "protection"});
  const Desk desk(home);
  const auto readers = readers_of(home, recipients);
  const auto people = wanted(desk, o);
  const auto parts = repat::shares(desk, people, readers, acting->endorsement.officer.agency);
  if (parts.empty())
    throw Failure(Code::policy, "there is nothing that these readers may see",
                  "see docs/repatriation.md, who sees what");
  const Staging staging(home.folder() / "repat");
  const std::size_t events = write_folder(staging.path, desk, parts, readers);
  exchange::write_file(staging.path / "case.toml", exchange::as_view(case_toml(o, acting->endorsement)),
                       exchange::OutputFile::Existing::refuse);
  // Consular protection is no request in a criminal case: `strict` asks for offences that there are not.
  const exchange::Policy policy = exchange::Policy::standard();
  const auto checked = exchange::check_case(staging.path, policy);
  if (checked.refused())
    throw Failure(Code::policy, first_refusal(checked.problems), "correct --purpose or --legal-basis");
  PackOptions pack;
  pack.folder = staging.path.string();
  pack.output = o.output;
  pack.as = acting->endorsement.officer.text();
  pack.threads = default_threads();
  const Packed packed = pack_case(context, pack, checked.the_case, recipients, policy);
  if (context.json && o.output != "-")
    context.print(Json{{"file", printable(o.output)},
                       {"seal", exchange::to_hex(packed.result.seal)},
                       {"people", people.size()},
                       {"events", events},
                       {"parts", parts.size()}});
  context.say(
      fmt::format("exported {} events of {} people into {}", events, people.size(), printable(o.output)));
}

// One parcel, in memory: it is parsed only once it is whole and verified.
class InMemory : public exchange::FileSink {
 public:
  void begin(const exchange::FileEntry&) override { text.clear(); }
  void data(exchange::View bytes) override {
    if (text.size() + bytes.size() > kMaxParcel)
      throw Failure(Code::limit, "a parcel over 4 GiB", "ask for it in parts: valise repat export --batch");
    text += exchange::as_text(bytes);
  }
  void end(const exchange::FileEntry&) override { whole.push_back(std::move(text)); }
  std::string text;
  std::vector<std::string> whole;
};

std::vector<std::string> parcels_in(exchange::Contents& contents) {
  InMemory sink;
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    const auto* exhibit = contents.streams()[i].exhibit();
    if (!exhibit || !exhibit->path.starts_with("events-")) continue;
    const exchange::Select all;
    const auto checked = contents.check_files(i, all, {});
    contents.read_files(i, checked, all, sink, default_threads(), {});
  }
  return std::move(sink.whole);
}

void run_merge(const Context& context, const std::vector<std::string>& files) {
  Json list = Json::array();
  std::size_t total = 0;
  for (const std::string& file : files) {
    exchange::VerifyOptions options;
    options.threads = default_threads();
    options.depth = exchange::VerifyOptions::Depth::envelope;
    auto bundle =
        exchange::VerifiedBundle::verify(file, context.home(), keys_at_hand(context, false), options);
    const auto texts = parcels_in(bundle.contents());
    if (texts.empty())
      throw Failure(Code::policy, printable(file) + ": holds no events that a key here may read",
                    "a bundle of evidence is opened with: valise open");
    Desk desk(context.home(), Desk::Access::write);
    repat::Parcel all;
    for (const std::string& text : texts) {
      repat::Parcel parcel = repat::Parcel::parse(text);
      std::ranges::move(parcel.endorsements, std::back_inserter(all.endorsements));
      std::ranges::move(parcel.events, std::back_inserter(all.events));
    }
    const std::size_t events = all.events.size();
    all.events = desk.not_here(std::move(all.events));
    repat::verify_parcel(context.home(), all, default_threads());
    std::set<std::string> people;
    for (const auto& e : all.events) people.insert(e.event.person);
    const std::size_t added = desk.add(all.events, all.endorsements);
    Json contradictions = Json::array();
    for (const std::string& id : people)
      if (const Person* p = desk.find(id)) {
        bool open = !p->contradictions.empty();
        p->each([&](repat::Track, const repat::Standing& s) { open = open || !s.contradictions.empty(); });
        if (open) contradictions.push_back(id);
      }
    for (const auto& id : contradictions)
      context.warn(id.get<std::string>() + ": two desks wrote different things",
                   "see: valise repat show " + id.get<std::string>());
    total += added;
    list.push_back({{"file", printable(file)},
                    {"from", bundle.verdict().endorsement->officer.text()},
                    {"events", events},
                    {"added", added},
                    {"people", people.size()},
                    {"contradictions", contradictions}});
  }
  if (context.json) context.print(files.size() == 1 ? list.front() : list);
  context.say(fmt::format("merged {} new events", total));
}

}  // namespace

void set_up_repat_exchange(CLI::App& app, Context& context) {
  auto o = std::make_shared<ExportOptions>();
  CLI::App* out = app.add_subcommand("export", "seals events for another desk: to each what it may see");
  out->add_option("--to", o->to, "AGENCY/NAME");
  out->add_flag("--htcds", o->htcds, "instead, a sheet in the field names of IOM's HTCDS 2.0");
  o->reveal.add_options(*out);
  out->add_option("-o,--output", o->output, "the bundle, or - for a pipe");
  out->add_option("--person", o->people, "only this person");
  out->add_option("--batch", o->batch, "only this batch");
  out->add_option("--track", o->track, "only people with a record of this track");
  out->add_option("--legal-basis", o->legal_basis, "instrument:article")->capture_default_str();
  out->add_option("--purpose", o->purpose, "in words; consular protection if not given");
  out->add_option("--as", o->as, "the key that seals");
  out->footer("Example:\n  valise repat export --to cn-example-mfa/consular-phnom-penh -o today.valise");
  out->callback([o, &context] { run_export(context, *o); });

  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* in = app.add_subcommand("merge", "verifies a bundle of events and adds what is new");
  in->add_option("FILE", *files, "a bundle")->required();
  in->footer("Example:\n  valise repat merge today.valise");
  in->callback([files, &context] { run_merge(context, *files); });
}

}  // namespace valise
