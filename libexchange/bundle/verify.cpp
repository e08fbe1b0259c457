#include "libexchange/bundle/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/bundle/slice_check.h"

namespace exchange {

namespace {

// Contents that are only checked.
class NoSink : public FileSink {
  void begin(const FileEntry&) override {}
  void data(View) override {}
  void end(const FileEntry&) override {}
};

}  // namespace

void VerifiedBundle::attempt(int step, const char* where, const std::function<void()>& check) {
  try {
    check();
  } catch (const Failure& f) {
    if (f.code() == Code::unavailable || f.code() == Code::interrupted) throw;
    verdict_.problems.push_back({step, f.code(), where, f.what()});
  }
}

VerifiedBundle VerifiedBundle::verify(const fs::path& file, const Home& home, const KeysAtHand& keys,
                                      const VerifyOptions& options) {
  return verify(Source::open(file), home, keys, options);
}

VerifiedBundle VerifiedBundle::verify(Source source, const Home& home, const KeysAtHand& keys,
                                      const VerifyOptions& options) {
  VerifiedBundle bundle;
  bundle.source_ = std::make_unique<Source>(std::move(source));
  bundle.verdict_.file = bundle.source_->name();
  bundle.run(home, keys, options);
  bundle.conclude();
  return bundle;
}

void VerifiedBundle::run(const Home& home, const KeysAtHand& keys, const VerifyOptions& options) {
  attempt(1, "envelope", [&] { envelope_ = std::make_unique<Envelope>(read_envelope(*source_)); });
  if (!envelope_) return;
  Envelope& e = *envelope_;
  verdict_.seal = e.seal;
  verdict_.seal_id = exchange::seal_id(e.note.text);
  verdict_.exhibits = e.seal.streams - std::min<std::uint64_t>(e.seal.streams, e.preamble.compartments);
  check_signer(e, home, now(), verdict_.problems);
  verdict_.endorsement = e.endorsement;
  verdict_.warnings = e.chain.warnings;
  check_slice_table(e, verdict_.problems);

  FrameWalk walk(e.preamble);
  if (options.depth != VerifyOptions::Depth::on_demand) {
    check_slices(*source_, e, options.threads, walk, verdict_.problems, options.progress);
    check_head(walk);
  }
  if (e.seal.approvals > 0)
    verdict_.problems.push_back(
        {8, Code::policy, "approvals", fmt::format("{} approvals are needed", e.seal.approvals)});
  if (options.depth == VerifyOptions::Depth::seal_only || !verdict_.problems.empty()) return;
  open_contents(keys, options, walk);
  if (contents_ && verdict_.problems.empty() && options.depth == VerifyOptions::Depth::all) read_all(options);
}

void VerifiedBundle::check_head(const FrameWalk& walk) {
  const std::size_t head = kPreambleSize + envelope_->preamble.header_len;
  if (walk.head().size() >= head)
    attempt(6, "header", [&] { check_header(*envelope_, View(walk.head()).first(head)); });
  const bool complete = std::none_of(verdict_.problems.begin(), verdict_.problems.end(),
                                     [](const auto& p) { return p.step == 5 || p.step == 7; });
  if (complete && walk.streams().size() != envelope_->seal.streams)
    verdict_.problems.push_back({7, Code::integrity, "frames", "another number of exhibits than was sealed"});
}

void VerifiedBundle::open_contents(const KeysAtHand& keys, const VerifyOptions& options,
                                   const FrameWalk& walk) {
  const std::vector<PrivateKeys> own = keys();
  std::vector<const AgeIdentity*> identities;
  for (const PrivateKeys& k : own)
    if (k.receiving) identities.push_back(&*k.receiving);
  attempt(9, "contents", [&] { contents_ = Contents::open(*source_, *envelope_, identities); });
  if (!contents_) return;
  if (options.depth != VerifyOptions::Depth::on_demand)
    attempt(10, "manifest", [&] { contents_->compare(walk.streams()); });
  for (const OpenStream& stream : contents_->streams()) {
    const CaseViewInfo* view = stream.case_view();
    if (!view) continue;
    if (stream.entry.compartment == 0) verdict_.recipients = view->audience;
    const auto named = [&](const PrivateKeys& k) {
      return std::ranges::find(view->audience, k.name) != view->audience.end();
    };
    if (std::none_of(own.begin(), own.end(), named))
      verdict_.warnings.emplace_back(
          "a key here opens this bundle, but the sender does not name its holder as a recipient");
  }
}

void VerifiedBundle::read_all(const VerifyOptions& options) {
  std::uint64_t total = 0, done = 0;
  for (const OpenStream& s : contents_->streams())
    if (s.readable()) total += s.meta->bytes;
  NoSink sink;
  for (std::size_t i = 0; i < contents_->streams().size() && verdict_.problems.empty(); ++i) {
    if (!contents_->streams()[i].readable()) continue;
    attempt(11, "exhibits", [&] {
      const CheckedFiles checked = contents_->check_files(i, {}, {});
      contents_->read_files(i, checked, {}, sink, options.threads, [&](std::uint64_t bytes) {
        done += bytes;
        if (options.progress) options.progress(done, total);
      });
    });
  }
  verdict_.contents_checked = verdict_.problems.empty();
}

void VerifiedBundle::conclude() {
  std::ranges::stable_sort(verdict_.problems, {}, &VerdictProblem::step);
  if (!verdict_.problems.empty()) verdict_.code = verdict_.problems.front().code;
}

Contents& VerifiedBundle::contents() {
  if (!verdict_.good()) {
    const VerdictProblem& first = verdict_.problems.front();
    throw Failure(first.code, fmt::format("{}: {}: {}", verdict_.file, first.where, first.message),
                  "nothing was taken from this bundle; valise verify lists everything that is wrong");
  }
  if (!contents_)
    throw Failure(Code::no_recipient, verdict_.file + ": is not addressed to any key here",
                  "its seal can still be checked: valise verify --seal-only");
  return *contents_;
}

}  // namespace exchange
