#include "libexchange/casefile/tables.h"

#include <algorithm>
#include <array>

namespace exchange {

namespace {

constexpr std::array<std::string_view, 22> kKinds = {
    "phone",        "sim",         "card_bank",     "document_id",  "computer",    "disk_image",
    "memory",       "usb_media",   "extraction",    "cloud_export", "call_record", "cell_site",
    "chat_log",     "bank_table",  "photo",         "video",        "audio",       "paper",
    "network_gear", "gsm_gateway", "crypto_export", "other"};

constexpr std::array<std::string_view, 14> kInstruments = {
    "untoc", "asean_mlat",       "budapest", "budapest_2ap", "un_cybercrime", "tip_protocol", "actip",
    "mou",   "bilateral_treaty", "vccr",     "domestic_law", "reciprocity",   "interpol_rpd", "other"};

constexpr std::array<std::string_view, 5> kTlp = {"RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"};

constexpr std::array<std::string_view, 12> kColumns = {"id",
                                                       "path",
                                                       "title",
                                                       "kind",
                                                       "seized_at",
                                                       "seized_place",
                                                       "seized_by",
                                                       "acquisition_tool",
                                                       "acquisition_sha256",
                                                       "handling",
                                                       "audience",
                                                       "note"};

}  // namespace

std::span<const std::string_view> exhibit_kinds() { return kKinds; }
std::span<const std::string_view> instruments() { return kInstruments; }
std::span<const std::string_view> tlp_marks() { return kTlp; }
std::span<const std::string_view> exhibit_columns() { return kColumns; }

bool contains(std::span<const std::string_view> table, std::string_view word) {
  return std::ranges::find(table, word) != table.end();
}

std::string joined(std::span<const std::string_view> table) {
  std::string out;
  for (const std::string_view word : table) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

std::string_view standard_policy_text() {
  return "standard 1\n"
         "refuse without title, reference, legal basis, purpose of 20 characters\n"
         "refuse unknown exhibit kind, TLP mark, instrument\n"
         "refuse acquisition hash mismatch without hash_note\n"
         "refuse files that no exhibit covers unless allowed\n"
         "refuse local times without offset\n"
         "default handling AMBER+STRICT\n"
         "default audience the recipients named\n";
}

}  // namespace exchange
