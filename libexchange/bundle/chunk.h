// The encrypted body of CHUNK, FILES and MANIFEST frames: codec, padding, encryption. docs/format.md,
// "Chunks".
#pragma once
#include <memory>

#include "libexchange/bundle/layout.h"
#include "libexchange/crypto/aead.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace exchange {

// Compresses what is worth it. One thread at a time; reuse it.
class Compressor {
 public:
  explicit Compressor(int level);  // zstd level 1 .. 19; 0: never compress
  Compressor(Compressor&&) noexcept;
  ~Compressor();
  // Into `out` (at least plain.size() bytes); the compressed length, or 0 when a sixteenth is not saved.
  std::size_t compress(MutableView out, View plain);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* p) const;
  };
  int level_;
  std::unique_ptr<ZSTD_CCtx_s, Free> context_, probe_;
  Bytes sample_, scratch_;
};

// Decompresses one chunk. One thread at a time; reuse it.
class Decompressor {
 public:
  Decompressor();
  Decompressor(Decompressor&&) noexcept;
  ~Decompressor();
  // Exactly one zstd frame of out.size() bytes. Failure{malformed} or {limit}.
  void decompress(MutableView out, View payload, const std::string& where);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* p) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

// Puts the whole frame (prefix, sealed body, padding) at the front of `out`, which grows as needed, and
// returns that part of it. `frame.body_len` is set here. `plain` is at most kChunk bytes.
View seal_frame(Bytes& out, Frame frame, View plain, Aead& key, Compressor& compressor);

// Opens `body` in place and puts the plaintext into `plain`. Failure{integrity} when the tag is wrong,
// {malformed} or {limit} for what is inside. `where` names the place.
void open_frame(Bytes& plain, const Frame& frame, MutableView body, Aead& key, Decompressor& decompressor,
                const std::string& where);

}  // namespace exchange
