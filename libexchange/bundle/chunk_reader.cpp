#include "libexchange/bundle/chunk_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/file.h"
#include "libexchange/base/pipeline.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxSlots = 32;

struct Turn {
  Frame frame;
  Bytes body, plain;
};

struct Worker {
  explicit Worker(const ExhibitKeys& keys) : cipher(keys.content()) {}
  Aead cipher;
  Decompressor decompressor;
};

class ChunkReader {
 public:
  ChunkReader(VerifiedSlices& slices, const ManifestEntry& stream, const CheckedFiles& wanted)
      : slices_(slices),
        stream_(stream),
        wanted_(wanted),
        where_(fmt::format("exhibit {}", stream.ordinal)) {}

  // Fills `turn` with the frame of chunk `index`, at position(), and moves on.
  void fetch(Turn& turn, std::uint64_t index) {
    check_interrupted();
    turn.frame = frame_at_position(index);
    const Frame& f = turn.frame;
    if (f.kind != FrameKind::chunk || f.ordinal != stream_.ordinal || f.compartment != stream_.compartment ||
        f.index != index || f.final != (index + 1 == stream_.chunks))
      throw Failure(Code::integrity, place(index) + ": not where the file list says");
    turn.body.resize(f.body_len);
    slices_.read(position_ + kFramePrefix, turn.body);
    offsets_.update(le(position_));
    position_ += f.stored();
  }

  void open(Turn& turn, Worker& worker) const {
    open_frame(turn.plain, turn.frame, turn.body, worker.cipher, worker.decompressor,
               place(turn.frame.index));
    const std::uint64_t length = turn.plain.size();
    if (!turn.frame.final && length != kChunk)
      throw Failure(Code::malformed, place(turn.frame.index) + ": a chunk that is not full and not the last");
    if (turn.frame.final && turn.frame.index * kChunk + length != wanted_.bytes)
      throw Failure(Code::integrity,
                    place(turn.frame.index) + ": the contents have another length than the files");
    if (turn.frame.final && length == 0 && turn.frame.index > 0)
      throw Failure(Code::integrity, place(turn.frame.index) + ": an empty chunk after a full one");
  }

  void seek(std::uint64_t offset) { position_ = offset; }

  // When all chunks were read, the table of offsets must be what was met.
  void finish() {
    const bool all =
        wanted_.runs.size() == 1 && wanted_.runs[0].first == 0 && wanted_.runs[0].last + 1 == stream_.chunks;
    if (all && offsets_.finish() != wanted_.offsets)
      throw Failure(Code::integrity, where_ + ": the table of chunk offsets is wrong");
  }

 private:
  // The walk found good frames everywhere, so what is no frame is a wrong offset.
  Frame frame_at_position(std::uint64_t index) {
    try {
      return Frame::parse(slices_.read(position_, kFramePrefix), place(index));
    } catch (const Failure& f) {
      if (f.code() != Code::malformed && f.code() != Code::limit) throw;
      throw Failure(Code::integrity, place(index) + ": not where the file list says");
    }
  }
  std::string place(std::uint64_t index) const { return fmt::format("{}, chunk {}", where_, index); }

  VerifiedSlices& slices_;
  const ManifestEntry& stream_;
  const CheckedFiles& wanted_;
  std::string where_;
  std::uint64_t position_ = 0;
  Sha256 offsets_;
};

}  // namespace

void read_chunks(VerifiedSlices& slices, const ExhibitKeys& keys, const ManifestEntry& stream,
                 const CheckedFiles& wanted, unsigned threads,
                 const std::function<void(std::uint64_t, View)>& take) {
  ChunkReader reader(slices, stream, wanted);
  std::uint64_t chunks = 0;
  for (const auto& run : wanted.runs) chunks += run.last - run.first + 1;
  const auto each_chunk = [&](auto fetch) {
    for (const auto& run : wanted.runs) {
      reader.seek(run.offset);
      for (std::uint64_t index = run.first; index <= run.last; ++index) fetch(index);
    }
  };
  if (chunks <= 2) {  // not worth threads
    Worker worker(keys);
    Turn turn;
    each_chunk([&](std::uint64_t index) {
      reader.fetch(turn, index);
      reader.open(turn, worker);
      take(index, turn.plain);
    });
  } else {
    threads = std::max(1u, threads);
    std::vector<Worker> workers;
    for (unsigned i = 0; i < threads; ++i) workers.emplace_back(keys);
    Pipeline<Turn> pipeline(
        threads, std::min<std::size_t>(2 * threads + 2, kMaxSlots),
        [&](Turn& turn, std::size_t i) { reader.open(turn, workers[i]); },
        [&](Turn& turn) { take(turn.frame.index, turn.plain); });
    each_chunk([&](std::uint64_t index) {
      reader.fetch(pipeline.next(), index);
      pipeline.submit();
    });
    pipeline.finish();
  }
  reader.finish();
}

}  // namespace exchange
