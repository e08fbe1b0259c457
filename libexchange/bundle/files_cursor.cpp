#include "libexchange/bundle/files_cursor.h"

#include <fmt/format.h>

namespace exchange {

FilesCursor::FilesCursor(VerifiedSlices& slices, const ExhibitKeys& keys, const ManifestEntry& stream)
    : slices_(slices),
      stream_(stream),
      cipher_(keys.files()),
      where_(fmt::format("exhibit {}: file list", stream.ordinal)),
      position_(stream.files_offset) {}

bool FilesCursor::read_part() {
  if (index_ == stream_.files_parts) return false;
  const Frame frame = Frame::parse(slices_.read(position_, kFramePrefix), where_);
  if (frame.kind != FrameKind::files || frame.ordinal != stream_.ordinal ||
      frame.compartment != stream_.compartment || frame.index != index_ ||
      frame.final != (index_ + 1 == stream_.files_parts))
    throw Failure(Code::integrity, where_ + ": not where the manifest says");
  Bytes body = slices_.read(position_ + kFramePrefix, frame.body_len);
  open_frame(plain_, frame, body, cipher_, decompressor_, where_);
  FilesPart part = decode_files_part(plain_);
  if (!part_.chunk_offsets.empty() && part.chunk_offsets.empty())
    throw Failure(Code::malformed, where_ + ": entries after the chunk offsets");
  part_ = std::move(part);
  used_ = 0;
  position_ += frame.stored();
  ++index_;
  return true;
}

std::optional<FilesCursor::Item> FilesCursor::next() {
  while (used_ == part_.entries.size())
    if (!part_.chunk_offsets.empty() || !read_part()) return std::nullopt;
  Item item{decode_file_entry(part_.entries[used_]), std::move(part_.entries[used_])};
  ++used_;
  return item;
}

void FilesCursor::chunk_offsets(const std::function<void(std::uint64_t, std::uint64_t)>& visit) {
  std::uint64_t index = 0;
  do {
    for (const std::uint64_t offset : part_.chunk_offsets) visit(index++, offset);
  } while (index <= stream_.chunks && read_part());
  if (index != stream_.chunks) throw Failure(Code::integrity, where_ + ": a wrong number of chunk offsets");
}

}  // namespace exchange
