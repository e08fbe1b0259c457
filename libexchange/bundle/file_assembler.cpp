#include "libexchange/bundle/file_assembler.h"

#include <algorithm>

#include "libexchange/base/text.h"

namespace exchange {

void FileAssembler::end() {
  if (current_->kind == FileKind::regular && digest_.finish() != current_->sha256)
    throw Failure(Code::integrity,
                  where_ + ": " + printable(current_->path) + " is not what its SHA-256 says");
  sink_.end(*current_);
  current_.reset();
}

bool FileAssembler::advance() {
  while (!at_end_) {
    auto item = cursor_.next();
    if (!item) {
      at_end_ = true;
      break;
    }
    start_ = next_start_;
    next_start_ += item->entry.size;
    if (select_ && !select_(item->entry)) continue;
    current_ = std::move(item->entry);
    done_ = 0;
    sink_.begin(*current_);
    if (current_->size > 0) return true;
    end();
  }
  return false;
}

void FileAssembler::take(std::uint64_t position, View bytes) {
  while (current_ || advance()) {
    const std::uint64_t need = start_ + done_;
    if (need >= position + bytes.size()) return;
    ensure(need >= position, "a chunk that is needed was not read");
    const View piece = bytes.subspan(need - position);
    const View ours = piece.first(std::min<std::uint64_t>(piece.size(), current_->size - done_));
    digest_.update(ours);
    sink_.data(ours);
    done_ += ours.size();
    if (done_ < current_->size) return;
    end();
  }
}

void FileAssembler::finish() {
  if (current_ || advance())
    throw Failure(Code::integrity, where_ + ": the contents end within " + printable(current_->path));
}

}  // namespace exchange
