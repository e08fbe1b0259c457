// The index rows of a bundle: what ingest writes, and what check and rebuild compare and write again.
#pragma once
#include <functional>

#include "libexchange/bundle/sealed_case.h"
#include "libexchange/bundle/verify.h"
#include "libexchange/store/schema.h"

namespace exchange {

// A row of an index table without its first column, the bundle's number.
using TakeRow = std::function<void(IndexTable table, Values row)>;

class BundleRows {
 public:
  // `bundle` is good and its contents were checked; Failure as of VerifiedBundle::contents(). Reads the
  // request and the persons. Failure{policy}: a reference over 200 bytes.
  BundleRows(VerifiedBundle& bundle, unsigned threads);

  // Values of sealed_columns().
  const Values& sealed() const { return values_; }
  const Request& request() const { return sealed_.the_case.request; }
  std::string reference() const;              // printable, or "-"
  std::string requesting() const;             // agency id, or "-"
  std::vector<std::string> exhibits() const;  // ids of those that can be read
  // Every row, in constant memory but for the persons. `take` is called by one thread at a time, not always
  // by the caller's; the rows of a bundle always come in the same order.
  void each(const TakeRow& take);

 private:
  void exhibit_rows(const TakeRow& take);
  void person_rows(const TakeRow& take);
  void identifier_rows(const TakeRow& take);
  void loss_rows(const TakeRow& take);
  void custody_rows(const TakeRow& take);

  Values describe() const;

  VerifiedBundle& bundle_;
  unsigned threads_;
  SealedCase sealed_;
  Values values_;
};

// Text as the index keeps it: at most `most` bytes, cut at a character; escaped where a database could not
// hold it.
std::string index_text(std::string_view text, std::size_t most = 4000);

// SHA-256 in hex of what follows the sealed bytes: with the seal id it names every byte of a bundle.
std::string tail_sha256(const VerifiedBundle& bundle);

}  // namespace exchange
