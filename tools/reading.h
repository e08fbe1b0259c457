// Shared by the commands that read bundles.
#pragma once
#include "libexchange/bundle/verify.h"
#include "libexchange/casefile/case.h"
#include "tools/command.h"

namespace valise {

// The private keys of this home. Keys under a passphrase are asked for on a terminal or read with
// --passphrase-file; otherwise they are left out with a warning when `optional`.
exchange::KeysAtHand keys_at_hand(const Context& context, bool optional);

// The contract's fields of `verify --json`.
Json verdict_json(const exchange::Verdict& verdict);
std::string verdict_text(const exchange::Verdict& verdict, bool verbose);

// A cell of a row; empty where there is none.
std::string cell_of(const exchange::Row& row, std::string_view column);

// What became of an exhibit's acquisition hash: "none" was recorded, "match", or "explained" by its
// hash_note. Reads the exhibit's file list where a hash was recorded.
std::string hash_status(exchange::Contents& contents, std::size_t stream);

unsigned default_threads();

}  // namespace valise
