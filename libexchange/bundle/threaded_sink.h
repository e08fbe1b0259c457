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
            1, kSlots, [&sink](Step& step, std::size_t) { apply(step, sink); }, [](Step&) {}) {}

  void begin(const FileEntry& entry) override { submit(Step::Kind::begin, &entry, {}); }
  void data(View bytes) override { submit(Step::Kind::data, nullptr, bytes); }
  void end(const FileEntry& entry) override { submit(Step::Kind::end, &entry, {}); }
  // Waits until everything is done. Call it once, last.
  void finish() { pipeline_.finish(); }

 private:
  static constexpr std::size_t kSlots = 12;  // of at most a chunk

  struct Step {
    enum class Kind { begin, data, end } kind{};
    FileEntry entry;
    Bytes bytes;
  };

  static void apply(const Step& step, FileSink& sink) {
    if (step.kind == Step::Kind::begin) sink.begin(step.entry);
    if (step.kind == Step::Kind::data) sink.data(step.bytes);
    if (step.kind == Step::Kind::end) sink.end(step.entry);
  }

  void submit(Step::Kind kind, const FileEntry* entry, View bytes) {
    Step& step = pipeline_.next();
    step.kind = kind;
    if (entry) step.entry = *entry;
    step.bytes.assign(bytes.begin(), bytes.end());
    pipeline_.submit();
  }

  Pipeline<Step> pipeline_;
};

}  // namespace exchange
