// The index rows of a bundle on their way in. They are computed into tables that only this connection sees,
// which takes no lock, while the object is being copied; the transaction then only moves them.
#pragma once
#include <atomic>

#include "libexchange/store/bundle_rows.h"

namespace exchange {

class StagedRows {
 public:
  // Makes the tables. `database` outlives this.
  explicit StagedRows(Database& database);
  ~StagedRows();
  StagedRows(const StagedRows&) = delete;

  // Every row of `rows`. Call it once. Failure{interrupted} when `stop` becomes true.
  void fill(BundleRows& rows, const std::atomic<bool>& stop);
  std::uint64_t count(IndexTable table) const;
  // Inside the caller's transaction: the rows become those of bundle number `bundle`.
  void move(std::int64_t bundle);

 private:
  Database& database_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace exchange
