// What was packed here, for whom, and what came back. Small text files without anything of the case but its
// reference; docs/custody.md, "Outbox".
//
//   HOME/outbox/SEAL/packed          what, when, to whom: written before the bundle appears
//   HOME/outbox/SEAL/sent-HASH       once for each addressee that it was sent to
//   HOME/outbox/SEAL/receipt-HASH    receipts as they came
#pragma once
#include "libexchange/base/text.h"
#include "libexchange/custody/receipt.h"

namespace exchange {

struct PackedRecord {
  Hash seal{}, bundle{};
  CaseId the_case;
  std::string file = "-";   // name only, printable; "-": a pipe
  std::uint64_t bytes = 0;  // of the bundle
  Instant time;             // of the seal
  std::vector<Address> to;  // in order of --to
  std::string text() const;
  static PackedRecord parse(std::string_view text);  // Failure{malformed}
};

// What is known for one addressee.
struct Delivery {
  Address to;
  std::optional<Instant> sent;
  std::string via;                  // the mailbox it was sent to; empty: not sent by this program
  std::optional<Receipt> receipt;   // the newest
  std::vector<Receipt> superseded;  // the others, oldest first
  bool overdue = false;             // no receipt within the days of config.toml
  // packed, sent, delivered, ingested, refused.
  std::string_view state() const;
};

struct OutboxEntry {
  PackedRecord packed;
  std::vector<Delivery> deliveries;
};

// One thread; every change is one atomic file operation.
class Outbox {
 public:
  explicit Outbox(const Home& home) : home_(&home), folder_(home.folder() / "outbox") {}
  void add(const PackedRecord& record);
  void remove(const Hash& seal);  // the bundle never appeared
  // Failure{usage}: not packed here, or not for this addressee.
  void mark_sent(const Hash& seal, const Address& to, const std::string& via, Instant at);

  struct Accepted {
    Receipt receipt;
    bool already = false;                // it was here
    std::vector<std::string> conflicts;  // one line for each earlier receipt that says otherwise
    std::vector<std::string> warnings;
  };
  // Checks and keeps a receipt. `seal`: for a refusal that names none, the bundle that it is about.
  // Failure{signature}, {trust}, {integrity} as check_receipt(); {policy}: for nothing that was packed here,
  // or by somebody whom it was not addressed to.
  Accepted accept(const SignedStatement& statement, const std::optional<Hash>& seal);

  std::vector<OutboxEntry> list(Instant now) const;  // newest first

 private:
  fs::path folder_of(const Hash& seal) const { return folder_ / to_hex(seal); }
  std::optional<OutboxEntry> read(const fs::path& folder, Instant now) const;

  const Home* home_;
  fs::path folder_;
};

}  // namespace exchange
