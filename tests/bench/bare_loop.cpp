// The bare work of packing, without a format: read, hash, compress, encrypt, hash, write, on the same
// threads. bare_loop FOLDER OUTPUT THREADS
#include <fcntl.h>
#include <unistd.h>

#include "libexchange/base/file.h"
#include "libexchange/base/pipeline.h"
#include "libexchange/bundle/chunk.h"
#include "libexchange/crypto/digest.h"

using namespace exchange;

namespace {

struct Slot {
  Bytes plain = Bytes(kChunk), sealed;
  std::size_t length = 0;
  View out;
};

struct Worker {
  Aead aead{AeadKey::random()};
  Compressor compressor{1};
};

}  // namespace

int main(int argc, char** argv) {
  initialise_secrets();
  if (argc != 4) return 2;
  const Fd output = open_file(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const std::size_t threads = std::stoul(argv[3]);
  std::vector<Worker> workers(threads);
  Sha256 contents, slices;
  Pipeline<Slot> pipeline(
      threads, 2 * threads + 4,
      [&](Slot& s, std::size_t i) {
        s.out = seal_frame(s.sealed, {FrameKind::chunk, false, 0, 1, 0, 0}, View(s.plain).first(s.length),
                           workers[i].aead, workers[i].compressor);
      },
      [&](Slot& s) {
        slices.update(s.out);
        write_all(output.get(), s.out, "output");
      });
  Slot* slot = &pipeline.next();
  slot->length = 0;
  for (const auto& entry : fs::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    const Fd file = open_file(entry.path(), O_RDONLY);
    for (;;) {
      const std::size_t n = read_some(file.get(), MutableView(slot->plain).subspan(slot->length), "input");
      contents.update(View(slot->plain).subspan(slot->length, n));
      slot->length += n;
      if (slot->length < kChunk) break;
      pipeline.submit();
      slot = &pipeline.next();
      slot->length = 0;
    }
    contents.finish();
  }
  pipeline.submit();
  pipeline.finish();
  ::fsync(output.get());
  return 0;
}
