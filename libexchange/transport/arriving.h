// A bundle on its way in: a sparse file that is filled block by block, each block checked before it is
// written.
#pragma once
#include "libexchange/transport/fetch.h"

namespace exchange {

class Arriving {
 public:
  // Opens or makes the file, fetches the tail and the preamble, checks the seal: after this every block has
  // its digest. Failure: as fetch_bundle().
  Arriving(const Session& session, const Mail& mail, Backend& backend);

  const fs::path& path() const { return path_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  // Makes sure that a block is in the file. False: the mailbox does not hold it in full yet. Thread-safe for
  // different blocks. `fetched` grows by what came over the line.
  bool bring(const Block& block, Backend& backend, Bytes& buffer, std::atomic<std::uint64_t>& fetched) const;
  int fd() const { return file_.get(); }
  void discard();
  // Moves the file to its place, which must not exist.
  void keep_as(const fs::path& target);

 private:
  void fetch_tail(Backend& backend);
  void check_seal(const Home& home);
  bool get_block(const Block& block, Backend& backend, MutableView out) const;
  bool good(const Block& block, View bytes) const;

  const Session& session_;
  const Announcement& announcement_;
  fs::path path_;
  Fd file_;
  bool resumed_ = false;
  Stored stored_;
  std::vector<Block> blocks_;
  std::vector<Hash> digests_;  // of the slices, as sealed
};

}  // namespace exchange
