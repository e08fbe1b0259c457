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

// docs/guide-liaison.md, "The columns of exhibits.csv".
constexpr std::array<std::string_view, 30> kColumns = {"id",
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
                                                       "note",
                                                       "local_ref",
                                                       "parent",
                                                       "derivation",
                                                       "provided_by",
                                                       "consent_ref",
                                                       "seizure_authority",
                                                       "power_state",
                                                       "radio_isolated",
                                                       "lock_state",
                                                       "acquisition_method",
                                                       "acquisition_version",
                                                       "write_blocker",
                                                       "examiner",
                                                       "acquired_at",
                                                       "clock_offset_s",
                                                       "hash_note",
                                                       "errors",
                                                       "special_category"};

constexpr std::array<std::string_view, 10> kTypes = {
    "evidence", "preservation", "spontaneous",         "locate_person", "freeze_assets",
    "service",  "interview",    "extradition_support", "victim_return", "reply"};

constexpr std::array<std::string_view, 10> kChannels = {
    "mla", "police_to_police", "interpol_i247", "aseanapol",   "h24_7",
    "fiu", "consular",         "joint_team",    "spontaneous", "court_disclosure"};

constexpr std::array<std::string_view, 6> kStages = {"inquiry", "investigation", "prosecution",
                                                     "trial",   "sentence",      "asset"};

constexpr std::array<std::string_view, 5> kRoles = {"undetermined", "victim", "suspect", "witness",
                                                    "injured_party"};

constexpr std::array<std::string_view, 7> kDerivations = {
    "original", "forensic_image", "extraction", "export", "working_copy", "redaction", "translation"};

constexpr std::array<std::string_view, 11> kMethods = {
    "manual",        "logical", "filesystem", "physical_jtag", "chip_off",          "cloud_legal",
    "cloud_consent", "imaging", "live",       "memory",        "export_by_provider"};

constexpr std::array<std::string_view, 6> kCodes = {"H0", "H1", "H2", "H3", "P", "C"};

constexpr std::array<std::string_view, 3> kOnward = {"prohibited", "with_consent", "list"};

constexpr std::array<std::string_view, 3> kLossStates = {"reported", "frozen", "returned"};

}  // namespace

std::span<const std::string_view> exhibit_kinds() { return kKinds; }
std::span<const std::string_view> instruments() { return kInstruments; }
std::span<const std::string_view> tlp_marks() { return kTlp; }
std::span<const std::string_view> exhibit_columns() { return kColumns; }

std::span<const std::string_view> request_types() { return kTypes; }
std::span<const std::string_view> channels() { return kChannels; }
std::span<const std::string_view> stages() { return kStages; }
std::span<const std::string_view> person_roles() { return kRoles; }
std::span<const std::string_view> derivations() { return kDerivations; }
std::span<const std::string_view> acquisition_methods() { return kMethods; }
std::span<const std::string_view> handling_codes() { return kCodes; }
std::span<const std::string_view> onward_rules() { return kOnward; }
std::span<const std::string_view> loss_states() { return kLossStates; }

bool contains(std::span<const std::string_view> table, std::string_view word) {
  return std::ranges::find(table, word) != table.end();
}

std::string joined(std::span<const std::string_view> table) {
  std::string out;
  for (const std::string_view word : table) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

}  // namespace exchange
