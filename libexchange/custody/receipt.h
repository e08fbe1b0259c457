// Receipts: the receiver of a bundle says what it got and what its checks said. A signed text,
// "valise-receipt/v1", with the endorsement of its signer; docs/format.md, "Custody texts".
//
// It carries what ETSI EN 319 522 asks of evidence of delivery: what, from whom it is, by whom received,
// when, the verdict, and a place in an append-only log.
#pragma once
#include "libexchange/bundle/verify.h"
#include "libexchange/custody/log.h"

namespace exchange {

struct Receipt {
  enum class State { received, ingested, refused };
  std::optional<Hash> seal, bundle;  // as far as they could be read
  std::optional<Hash> file;          // SHA-256 of the whole file, where no seal could be read
  std::string checked = "nothing";   // contents, seal, nothing
  Code verdict = Code::ok;           // its class; ok only when the contents were checked
  State state = State::received;     // refused: exactly when `verdict` is not ok
  std::string reason = "-";          // of a refusal: one line, 1 .. 1,000 bytes
  Instant received, time;            // when it came; when this was signed
  Address receiver;
  std::string log = "-";  // origin of the receiver's custody log; "-": it has none yet
  std::uint64_t log_size = 0;
  Hash log_root{};                     // all zero without a log
  std::optional<std::uint64_t> event;  // the index there of the event that records the bundle
  VerifierKey signer;
  Hash endorsement{};

  std::string text() const;
  static Receipt parse(std::string_view text);  // strict; Failure{malformed}
};
std::string_view name_of(Receipt::State state);
Hash receipt_id(const SignedStatement& statement);  // SHA-256 of its text

// What a verdict makes of a receipt: all but the log's part and the signer.
Receipt receipt_for(const Verdict& verdict);

// Signs as `signer`, as of the log's checkpoint. Failure{trust}: the key may not give receipts.
SignedStatement make_receipt(const Home& home, const Signer& signer, Receipt receipt, const CustodyLog& log);

// Signature and chain (usage custody), and that the receiver is the signer.
StatementCheck check_receipt(const Home& home, const SignedStatement& statement, const Receipt& receipt,
                             Instant now);

}  // namespace exchange
