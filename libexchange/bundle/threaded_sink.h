// Hands files to another sink on a thread of its own, so that hashing and writing overlap. Constant memory.
#pragma once
#include <memory>

#include "libexchange/base/pipeline.h"
#include "libexchange/bundle/file_assembler.h"

namespace exchange {

class ThreadedSink : public FileSink {
 public:
  // Does not own `sink`. A failure of `sink` comes out of a later call, or of finish().
  explicit ThreadedSink(FileSink& sink)
      : pipeline_(
            1, kSlots, [&sink](Batch& batch, std::size_t) { apply(batch, sink); }, [](Batch&) {}) {}

  void begin(const FileEntry& entry) override { add(Step::begin, &entry, {}); }
  void data(View bytes) override { add(Step::data, nullptr, bytes); }
  void end(const FileEntry& entry) override { add(Step::end, &entry, {}); }
  // Waits until everything is done. Call it once, last.
  void finish() {
    hand_over();
    pipeline_.finish();
  }

 private:
  // Small files are handed over together: a thread that is woken for each would sleep more than it writes.
  static constexpr std::size_t kSlots = 8, kSteps = 256, kBytes = 1 << 20;

  struct Step {
    enum Kind { begin, data, end } kind;
    FileEntry entry;     // begin, end
    std::size_t length;  // data
  };
  struct Batch {
    std::vector<Step> steps;
    Bytes bytes;
  };

  static void apply(Batch& batch, FileSink& sink) {
    View bytes = batch.bytes;
    for (const Step& step : batch.steps) {
      if (step.kind == Step::begin) sink.begin(step.entry);
      if (step.kind == Step::data) sink.data(bytes.first(step.length));
      if (step.kind == Step::end) sink.end(step.entry);
      bytes = bytes.subspan(step.length);
    }
    batch.steps.clear();
    batch.bytes.clear();
  }

  void add(Step::Kind kind, const FileEntry* entry, View bytes) {
    if (!batch_) batch_ = &pipeline_.next();
    batch_->steps.push_back({kind, entry ? *entry : FileEntry{}, bytes.size()});
    append(batch_->bytes, bytes);
    if (batch_->steps.size() >= kSteps || batch_->bytes.size() >= kBytes) hand_over();
  }

  void hand_over() {
    if (!batch_) return;
    pipeline_.submit();
    batch_ = nullptr;
  }

  Pipeline<Batch> pipeline_;
  Batch* batch_ = nullptr;  // being filled
};

}  // namespace exchange
