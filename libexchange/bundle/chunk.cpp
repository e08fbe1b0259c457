#include "libexchange/bundle/chunk.h"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_getFrameHeader
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>

namespace exchange {

namespace {

constexpr std::size_t kInner = 16;        // codec, reserved, raw_len, payload_len, reserved
constexpr std::size_t kMinPayload = 512;  // payloads pad to at least this
constexpr std::size_t kSampleParts = 4, kSamplePart = 4096;
constexpr std::uint64_t kMaxWindow = kChunk;

Nonce nonce_of(const Frame& frame) {
  Nonce nonce{};
  store_be<std::uint64_t>(MutableView(nonce).subspan(3), frame.index);
  nonce[11] = frame.final ? 1 : 0;
  return nonce;
}

ZSTD_CCtx_s* new_compressor(int level) {
  ZSTD_CCtx* c = ZSTD_createCCtx();
  ensure(c != nullptr, "zstd gives no context");
  ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 1);
  ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 0);
  return c;
}

}  // namespace

void Compressor::Free::operator()(ZSTD_CCtx_s* p) const { ZSTD_freeCCtx(p); }
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor::~Compressor() = default;

Compressor::Compressor(int level) : level_(level) {
  if (level == 0) return;
  context_.reset(new_compressor(level));
  probe_.reset(new_compressor(1));
  sample_.resize(kSampleParts * kSamplePart);
  scratch_.resize(ZSTD_compressBound(sample_.size()));
}

std::size_t Compressor::compress(MutableView out, View plain) {
  if (level_ == 0 || plain.size() < 64) return 0;
  if (plain.size() > 8 * sample_.size()) {  // a look at four places first: media and archives end here
    const std::size_t step = (plain.size() - kSamplePart) / (kSampleParts - 1);
    for (std::size_t i = 0; i < kSampleParts; ++i)
      std::copy_n(plain.begin() + static_cast<std::ptrdiff_t>(i * step), kSamplePart,
                  sample_.begin() + static_cast<std::ptrdiff_t>(i * kSamplePart));
    const std::size_t n =
        ZSTD_compress2(probe_.get(), scratch_.data(), scratch_.size(), sample_.data(), sample_.size());
    if (ZSTD_isError(n) || n > sample_.size() - sample_.size() / 32) return 0;
  }
  // A capacity of 15/16 makes zstd give up exactly where compressing does not pay.
  const std::size_t capacity = std::min(out.size(), plain.size() - plain.size() / 16 - 1);
  const std::size_t n = ZSTD_compress2(context_.get(), out.data(), capacity, plain.data(), plain.size());
  return ZSTD_isError(n) ? 0 : n;
}

void Decompressor::Free::operator()(ZSTD_DCtx_s* p) const { ZSTD_freeDCtx(p); }
Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
  ensure(context_ != nullptr, "zstd gives no context");
}
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor::~Decompressor() = default;

void Decompressor::decompress(MutableView out, View payload, const std::string& where) {
  const auto malformed = [&](const char* why) {
    return Failure(Code::malformed, where + ": zstd payload: " + why);
  };
  ZSTD_frameHeader header{};
  if (ZSTD_getFrameHeader(&header, payload.data(), payload.size()) != 0 || header.frameType != ZSTD_frame)
    throw malformed("no frame");
  if (header.frameContentSize != out.size()) throw malformed("its content size is missing or wrong");
  if (header.dictID != 0) throw malformed("asks for a dictionary");
  if (header.windowSize > kMaxWindow) throw Failure(Code::limit, where + ": zstd payload: window over 1 MiB");
  if (ZSTD_findFrameCompressedSize(payload.data(), payload.size()) != payload.size())
    throw malformed("not one frame");
  const std::size_t n =
      ZSTD_decompressDCtx(context_.get(), out.data(), out.size(), payload.data(), payload.size());
  if (ZSTD_isError(n) && ZSTD_getErrorCode(n) == ZSTD_error_dstSize_tooSmall)
    throw Failure(Code::limit, where + ": zstd payload: expands beyond its size");
  if (ZSTD_isError(n) || n != out.size()) throw malformed("does not decompress");
}

View seal_frame(Bytes& out, Frame frame, View plain, Aead& key, Compressor& compressor) {
  ensure(plain.size() <= kChunk, "a chunk is at most one MiB");
  const std::size_t room = kFramePrefix + kInner + padme(std::max(plain.size(), kMinPayload)) + kTagSize + 8;
  if (out.size() < room) out.resize(room);
  const MutableView inner = MutableView(out).subspan(kFramePrefix);
  std::size_t payload = compressor.compress(inner.subspan(kInner), plain);
  const bool compressed = payload != 0;
  if (!compressed) {
    payload = plain.size();
    if (payload != 0) std::memcpy(inner.data() + kInner, plain.data(), payload);
  }
  const std::size_t padded = padme(std::max(payload, kMinPayload));
  std::fill(inner.begin(), inner.begin() + kInner, std::uint8_t{0});
  inner[0] = compressed ? 1 : 0;
  store_le<std::uint32_t>(inner.subspan(4), static_cast<std::uint32_t>(plain.size()));
  store_le<std::uint32_t>(inner.subspan(8), static_cast<std::uint32_t>(payload));
  std::memset(inner.data() + kInner + payload, 0, padded - payload);
  frame.body_len = static_cast<std::uint32_t>(kInner + padded + kTagSize);
  const auto prefix = frame.encode();
  std::copy(prefix.begin(), prefix.end(), out.begin());
  key.seal(inner.first(frame.body_len), nonce_of(frame), prefix, inner.first(kInner + padded));
  const MutableView whole = MutableView(out).first(frame.stored());
  std::ranges::fill(whole.last(frame.padding()), std::uint8_t{0});
  return whole;
}

void open_frame(Bytes& plain, const Frame& frame, MutableView body, Aead& key, Decompressor& decompressor,
                const std::string& where) {
  const auto malformed = [&](const char* why) { return Failure(Code::malformed, where + ": " + why); };
  const MutableView inner = body.first(body.size() - kTagSize);
  if (!key.open(inner, nonce_of(frame), frame.encode(), body))
    throw Failure(Code::integrity, where + ": does not open under its key");
  const auto raw_len = load_le<std::uint32_t>(View(inner).subspan(4));
  const auto payload_len = load_le<std::uint32_t>(View(inner).subspan(8));
  if (inner[0] > 1 || inner[1] || inner[2] || inner[3] || load_le<std::uint32_t>(View(inner).subspan(12)))
    throw malformed("unknown codec or reserved bytes set");
  if (raw_len > kChunk) throw Failure(Code::limit, where + ": claims more than one MiB");
  if (payload_len > inner.size() - kInner || (inner[0] == 0 && payload_len != raw_len) ||
      (inner[0] == 1 && (payload_len == 0 || payload_len >= raw_len)) ||
      padme(std::max<std::uint64_t>(payload_len, kMinPayload)) != inner.size() - kInner)
    throw malformed("lengths do not fit");
  const View payload = View(inner).subspan(kInner, payload_len),
             rest = View(inner).subspan(kInner + payload_len);
  if (std::any_of(rest.begin(), rest.end(), [](std::uint8_t b) { return b != 0; }))
    throw malformed("padding is not zero");
  plain.resize(raw_len);
  if (inner[0] == 1)
    decompressor.decompress(plain, payload, where);
  else if (raw_len != 0)
    std::memcpy(plain.data(), payload.data(), raw_len);
}

}  // namespace exchange
