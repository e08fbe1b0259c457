#include "libexchange/bundle/writer.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "libexchange/base/pipeline.h"
#include "libexchange/base/text.h"
#include "libexchange/bundle/chunk.h"
#include "libexchange/bundle/keys.h"
#include "libexchange/bundle/sealed_output.h"
#include "libexchange/bundle/spool.h"
#include "libexchange/casefile/walk.h"
#include "libexchange/crypto/merkle.h"
#include "libexchange/crypto/minisign.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxSlots = 36;  // of about 2.3 MiB: memory stays below 128 MiB on any machine
constexpr std::size_t kMaxListed = 1000;

Salt random_salt() {
  Salt salt{};
  fill_random(salt);
  return salt;
}

std::array<std::uint8_t, kExhibitBody> exhibit_body(const Salt& salt, const ExhibitKeys& keys) {
  std::array<std::uint8_t, kExhibitBody> body{};
  std::ranges::copy(salt, body.begin());
  std::ranges::copy(keys.commitment(), body.begin() + salt.size());
  return body;
}

// What is known of one stream from its first byte to its manifest entry.
struct Stream {
  Stream(const CompartmentKey& key, const Hash& header, std::uint32_t c, std::uint64_t n,
         const fs::path& near)
      : ordinal(n), compartment(c), salt(random_salt()), keys(key, header, c, n, salt), sealed_parts(near) {}
  std::uint64_t ordinal;
  std::uint32_t compartment;
  Salt salt;
  ExhibitKeys keys;
  // Filled by the producer.
  MerkleRoot leaves;
  std::uint64_t files = 0, bytes = 0;
  Bytes meta;
  Spool sealed_parts;  // FILES frames with entries
  std::uint32_t entry_parts = 0;
  // Filled by the consumer.
  std::uint64_t offset = 0;
  std::vector<std::uint64_t> chunk_offsets;
};

// One turn of the pipeline: the beginning, a chunk or the end of a stream.
struct Turn {
  enum class Kind { begin, chunk, end } kind{};
  std::shared_ptr<Stream> stream;  // the producer and the turns of one stream hold it together
  Frame frame;
  Bytes plain = Bytes(kChunk);
  std::size_t length = 0;
  Bytes sealed;
  View out;
};

// The next free turn, for this stream.
Turn& turn_to(Pipeline<Turn>& pipeline, const std::shared_ptr<Stream>& stream, Turn::Kind kind) {
  Turn& turn = pipeline.next();
  turn.kind = kind;
  turn.stream = stream;
  turn.length = 0;
  return turn;
}

// Fills chunk after chunk with a stream's contents.
class ChunkFiller : public ContentSink {
 public:
  ChunkFiller(Pipeline<Turn>& pipeline, const std::shared_ptr<Stream>& stream,
              std::function<void(std::size_t)> progress)
      : pipeline_(pipeline),
        stream_(stream),
        progress_(std::move(progress)),
        chunk_(&turn_to(pipeline, stream, Turn::Kind::chunk)) {}

  MutableView room() override {
    if (chunk_->length == kChunk) {  // full, and more to come: not the last
      submit(false);
      chunk_ = &turn_to(pipeline_, stream_, Turn::Kind::chunk);
    }
    return MutableView(chunk_->plain).subspan(chunk_->length);
  }
  void filled(std::size_t bytes) override {
    chunk_->length += bytes;
    progress_(bytes);
  }
  void finish() { submit(true); }

 private:
  void submit(bool final) {
    chunk_->frame = {FrameKind::chunk, final, stream_->compartment, stream_->ordinal, index_++, 0};
    pipeline_.submit();
  }

  Pipeline<Turn>& pipeline_;
  const std::shared_ptr<Stream>& stream_;
  std::function<void(std::size_t)> progress_;
  Turn* chunk_;
  std::uint64_t index_ = 0;
};

// A worker's own tools; the cipher is kept while the stream stays the same.
struct Worker {
  explicit Worker(int level) : compressor(level) {}
  Compressor compressor;
  std::uint64_t cipher_of = 0;
  std::optional<Aead> cipher;
  Aead& cipher_for(const Stream& stream) {
    if (!cipher || cipher_of != stream.ordinal) cipher = stream.keys.content();
    cipher_of = stream.ordinal;
    return *cipher;
  }
};

// Collects encoded entries into parts of at most one chunk.
class FilesParts {
 public:
  FilesParts(Stream& stream, Compressor& compressor)
      : stream_(stream), compressor_(compressor), cipher_(stream.keys.files()) {}

  void add(const FileEntry& entry) {
    Bytes raw = encode(entry);
    stream_.leaves.add(file_leaf(stream_.keys.leaf_salts(stream_.files), entry.size, entry.sha256, raw));
    ++stream_.files;
    stream_.bytes += entry.size;
    if (room_ + room_for_entry(raw.size()) > kPartRoom) flush();
    room_ += room_for_entry(raw.size());
    part_.entries.push_back(std::move(raw));
  }
  void flush() {
    if (part_.entries.empty()) return;
    const Frame frame{FrameKind::files,      false, stream_.compartment, stream_.ordinal,
                      stream_.entry_parts++, 0};
    stream_.sealed_parts.append(seal_frame(sealed_, frame, encode(part_), cipher_, compressor_));
    part_.entries.clear();
    room_ = 0;
  }

 private:
  Stream& stream_;
  Compressor& compressor_;
  Aead cipher_;
  FilesPart part_;
  std::size_t room_ = 0;
  Bytes sealed_;
};

class Writer {
 public:
  Writer(const WritePlan& plan, int fd, const fs::path& name)
      : plan_(plan),
        near_(name),
        out_(fd, printable(name.native())),
        manifest_parts_(name),
        compressor_(plan.level),
        consumer_compressor_(plan.level) {}

  WriteResult run(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    write_header();
    write_streams(progress);
    write_manifest();
    write_seal();
    out_.finish();
    result_.bundle_bytes = out_.position();
    return std::move(result_);
  }

 private:
  void write_header() {
    Header header{plan_.endorsement.signing.text(), {}, plan_.label};
    for (const auto& recipients : plan_.compartments) {
      keys_.push_back(CompartmentKey::random());
      header.age_files.push_back(age_encrypt(recipients, keys_.back().expose_secret()));
    }
    const Bytes message = encode(header);
    if (message.size() > kMaxHeader)
      throw Failure(Code::limit, "the header would be over 16 MiB", "use fewer recipients");
    Preamble preamble{
        static_cast<std::uint32_t>(message.size()), static_cast<std::uint32_t>(keys_.size()), {}};
    fill_random(preamble.bundle_id);
    result_.bundle_id = preamble.bundle_id;
    const auto first = preamble.encode();
    header_ = header_hash(first, message);
    out_.append(first);
    out_.append(message);
    for (std::uint32_t c = 0; c < keys_.size(); ++c) out_.append(commitment(keys_[c], header_, c));
  }

  void write_streams(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    const unsigned threads = std::max(1u, plan_.threads);
    std::vector<Worker> workers;
    for (unsigned i = 0; i < threads; ++i) workers.emplace_back(plan_.level);
    Pipeline<Turn> pipeline(
        threads, std::min<std::size_t>(4 * threads + 8, kMaxSlots),
        [&](Turn& turn, std::size_t i) {
          if (turn.kind == Turn::Kind::chunk)
            turn.out = seal_frame(turn.sealed, turn.frame, View(turn.plain).first(turn.length),
                                  workers[i].cipher_for(*turn.stream), workers[i].compressor);
        },
        [&](Turn& turn) { consume(turn); });
    const Fd folder = open_file(plan_.case_folder, O_RDONLY | O_DIRECTORY);
    EvidenceReader reader(folder.get());
    for (std::size_t i = 0; i < plan_.streams.size(); ++i) produce(pipeline, reader, i, progress);
    pipeline.finish();
  }

  // ---- the producer's side: reads and hashes evidence ----

  void produce(Pipeline<Turn>& pipeline, EvidenceReader& reader, std::size_t i,
               const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    const WriteStream& wanted = plan_.streams[i];
    const auto stream =
        std::make_shared<Stream>(keys_[wanted.compartment], header_, wanted.compartment, i + 1, near_);
    turn_to(pipeline, stream, Turn::Kind::begin);
    pipeline.submit();

    ChunkFiller chunks(pipeline, stream, [&](std::size_t bytes) {
      result_.input_bytes += bytes;
      if (progress) progress(result_.input_bytes, plan_.total_bytes);
    });
    FilesParts parts(*stream, compressor_);
    reader.read(
        wanted.source, chunks, [&](const FileEntry& entry) { add_entry(parts, entry); },
        [&](const std::string& warning) { result_.warnings.push_back(warning); });
    chunks.finish();
    parts.flush();

    ExhibitMeta meta = wanted.meta;
    meta.files = stream->files;
    meta.bytes = stream->bytes;
    stream->meta = encode(meta);
    if (stream->meta.size() > kMaxMeta)
      throw Failure(Code::limit, wanted.source.label + ": its row is over 64 KiB",
                    "shorten its texts; long ones belong into a file of the case");
    if (std::holds_alternative<ExhibitInfo>(meta.about)) ++result_.exhibits;
    turn_to(pipeline, stream, Turn::Kind::end);
    pipeline.submit();
  }

  void add_entry(FilesParts& parts, const FileEntry& entry) {
    parts.add(entry);
    if (entry.kind == FileKind::regular) ++result_.files;
    if (entry.kind == FileKind::regular || entry.kind == FileKind::directory) return;
    ++result_.not_restored_count;
    if (result_.not_restored.size() < kMaxListed)
      result_.not_restored.push_back(fmt::format("{} ({})", printable(entry.path), name_of(entry.kind)));
  }

  // ---- the consumer's side: writes frames in order ----

  void consume(Turn& turn) {
    Stream& stream = *turn.stream;
    if (turn.kind == Turn::Kind::begin) {
      stream.offset = out_.position();
      append_exhibit_frame(stream.compartment, stream.ordinal, stream.salt, stream.keys);
    } else if (turn.kind == Turn::Kind::chunk) {
      stream.chunk_offsets.push_back(out_.position());
      out_.take(turn.sealed, turn.out.size());
    } else {
      end_stream(stream);
      turn.stream.reset();
    }
  }

  void append_exhibit_frame(std::uint32_t compartment, std::uint64_t ordinal, const Salt& salt,
                            const ExhibitKeys& keys) {
    out_.append_frame({FrameKind::exhibit, false, compartment, ordinal, 0, 0}, exhibit_body(salt, keys));
  }

  void end_stream(Stream& stream) {
    ManifestEntry entry;
    entry.ordinal = stream.ordinal;
    entry.compartment = stream.compartment;
    entry.chunks = static_cast<std::uint32_t>(stream.chunk_offsets.size());
    entry.offset = stream.offset;
    entry.files_offset = out_.position();
    entry.files_parts = stream.entry_parts;
    stream.sealed_parts.drain([&](View sealed) { out_.append(sealed); });
    Aead cipher = stream.keys.files();
    for (std::size_t at = 0; at < stream.chunk_offsets.size(); at += kOffsetsPerPart) {
      const std::size_t end = std::min(at + kOffsetsPerPart, stream.chunk_offsets.size());
      const FilesPart part{{},
                           {stream.chunk_offsets.begin() + static_cast<std::ptrdiff_t>(at),
                            stream.chunk_offsets.begin() + static_cast<std::ptrdiff_t>(end)}};
      const Frame frame{FrameKind::files,    end == stream.chunk_offsets.size(),
                        stream.compartment,  stream.ordinal,
                        entry.files_parts++, 0};
      out_.append(seal_frame(sealed_, frame, encode(part), cipher, consumer_compressor_));
    }
    entry.stored_bytes = out_.position() - stream.offset;
    entry.leaf =
        exhibit_leaf(stream.ordinal, stream.files, stream.leaves.root(), stream.keys.meta_leaf(stream.meta));
    entry.salted = exhibit_body(stream.salt, stream.keys);
    entry.sealed_meta = stream.keys.seal_meta(header_, stream.ordinal, stream.meta);
    content_.add(entry.leaf);
    add_manifest_entry(std::move(entry));
  }

  // ---- manifest: parts are sealed as they fill, the last is kept for its final flag ----

  void add_manifest_entry(ManifestEntry entry) {
    if (!manifest_keys_) {
      manifest_salt_ = random_salt();
      manifest_keys_ = std::make_unique<ExhibitKeys>(keys_[0], header_, 0, 0, manifest_salt_);
      manifest_cipher_ = manifest_keys_->content();
    }
    if (manifest_room_ + room_for_manifest_entry(entry) > kPartRoom) seal_manifest_part(false);
    manifest_room_ += room_for_manifest_entry(entry);
    manifest_part_.push_back(std::move(entry));
  }

  void seal_manifest_part(bool final) {
    const Frame frame{FrameKind::manifest, final, 0, 0, manifest_index_++, 0};
    manifest_parts_.append(
        seal_frame(sealed_, frame, encode(manifest_part_), *manifest_cipher_, consumer_compressor_));
    manifest_part_.clear();
    manifest_room_ = 0;
  }

  void write_manifest() {
    seal_manifest_part(true);
    manifest_offset_ = out_.position();
    append_exhibit_frame(0, 0, manifest_salt_, *manifest_keys_);
    manifest_parts_.drain([&](View sealed) { out_.append(sealed); });
  }

  void write_seal() {
    const std::uint64_t sealed_len = out_.position();
    const std::vector<Hash>& digests = out_.end_of_slices();
    MerkleRoot slices;
    Bytes body;
    for (const Hash& digest : digests) {
      slices.add(digest);
      exchange::append(body, digest);
    }
    if (sealed_len > kMaxSealed)
      throw Failure(Code::limit, "the bundle would be over 16 TiB", "pack fewer exhibits");
    out_.append_frame({FrameKind::slices, false, 0, 0, 0, 0}, body);

    Seal seal;
    seal.bundle_id = result_.bundle_id;
    seal.header = header_;
    seal.length = sealed_len;
    seal.slices = slices.root();
    seal.streams = plan_.streams.size();
    seal.content = content_.root();
    seal.signer = plan_.endorsement.signing;
    seal.endorsement = plan_.endorsement.text_hash;
    seal.policy = plan_.policy;
    seal.policy_hash = plan_.policy_hash;
    seal.approvals = plan_.approvals;
    seal.approval_usage = plan_.approvals ? "approve" : "-";
    seal.has_parent = plan_.has_parent;
    seal.parent = plan_.parent;
    seal.time = {now().seconds, 0};
    const std::string text = seal.text();
    const Note note = sign_note(text, seal.signer.name, *plan_.signer);
    const SealBody parts{note.whole(), plan_.endorsement.whole, minisign(*plan_.signer, as_view(text))};
    out_.append_frame({FrameKind::seal, false, 0, 0, 0, 0}, parts.encode());
    out_.append(Footer{sealed_len, manifest_offset_, out_.position() + kFooterSize}.encode());
    result_.seal = seal_id(text);
    result_.time = seal.time;
  }

  const WritePlan& plan_;
  fs::path near_;
  SealedOutput out_;
  WriteResult result_;
  std::vector<CompartmentKey> keys_;
  Hash header_{};
  MerkleRoot content_;

  Spool manifest_parts_;
  Salt manifest_salt_{};
  std::unique_ptr<ExhibitKeys> manifest_keys_;
  std::optional<Aead> manifest_cipher_;
  std::vector<ManifestEntry> manifest_part_;
  std::size_t manifest_room_ = 0;
  std::uint64_t manifest_index_ = 0, manifest_offset_ = 0;

  Compressor compressor_, consumer_compressor_;
  Bytes sealed_;
};

}  // namespace

std::uint64_t total_bytes(const WritePlan& plan) {
  const Fd folder = open_file(plan.case_folder, O_RDONLY | O_DIRECTORY);
  std::uint64_t total = 0;
  for (const WriteStream& stream : plan.streams)
    for (const std::string& path : stream.source.paths)
      walk(folder.get(), path, stream.source.not_these, [&](const Found& found) {
        if (S_ISREG(found.status.stx_mode)) total += found.status.stx_size;
      });
  return total;
}

WriteResult write_bundle(const WritePlan& plan, int fd, const fs::path& name,
                         const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  ensure(plan.signer && !plan.compartments.empty() && plan.streams.size() >= plan.compartments.size(),
         "a write plan");
  return Writer(plan, fd, name).run(progress);
}

}  // namespace exchange
