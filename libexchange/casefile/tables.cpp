#include "libexchange/casefile/tables.h"

#include <algorithm>
#include <array>

namespace exchange {

namespace {

// Words in the order in which messages list them; of roles the order is that of Role.
constexpr std::array kWords = {
    ListedWord{"exhibit kind", "phone", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "sim", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "card_bank", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "document_id", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "computer", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "disk_image", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "memory", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "usb_media", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "extraction", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "cloud_export", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "call_record", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "cell_site", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "chat_log", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "bank_table", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "photo", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "video", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "audio", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "paper", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "network_gear", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "gsm_gateway", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "crypto_export", "ISO/IEC 27037; NIST SP 800-101r1"},
    ListedWord{"exhibit kind", "other", "house rule"},
    ListedWord{"instrument", "untoc", "UN Convention against Transnational Organized Crime"},
    ListedWord{"instrument", "asean_mlat", "ASEAN MLA Treaty 2004"},
    ListedWord{"instrument", "budapest", "CETS 185"},
    ListedWord{"instrument", "budapest_2ap", "CETS 224"},
    ListedWord{"instrument", "un_cybercrime", "A/RES/79/243"},
    ListedWord{"instrument", "tip_protocol", "UNTOC Protocol on trafficking"},
    ListedWord{"instrument", "actip", "ASEAN Convention on trafficking"},
    ListedWord{"instrument", "mou", "UNTOC art. 27(2)"},
    ListedWord{"instrument", "bilateral_treaty", "UNTOC art. 18(30)"},
    ListedWord{"instrument", "vccr", "Vienna Convention on Consular Relations"},
    ListedWord{"instrument", "domestic_law", "UNTOC art. 18(21)"},
    ListedWord{"instrument", "reciprocity", "UN Model Treaty on MLA"},
    ListedWord{"instrument", "interpol_rpd", "INTERPOL Rules on the Processing of Data"},
    ListedWord{"instrument", "other", "house rule"},
    ListedWord{"tlp", "RED", "FIRST TLP 2.0"},
    ListedWord{"tlp", "AMBER+STRICT", "FIRST TLP 2.0"},
    ListedWord{"tlp", "AMBER", "FIRST TLP 2.0"},
    ListedWord{"tlp", "GREEN", "FIRST TLP 2.0"},
    ListedWord{"tlp", "CLEAR", "FIRST TLP 2.0"},
    ListedWord{"request type", "evidence", "UNTOC art. 18(3)"},
    ListedWord{"request type", "preservation", "Budapest Convention art. 29"},
    ListedWord{"request type", "spontaneous", "UNTOC art. 18(4)"},
    ListedWord{"request type", "locate_person", "UNTOC art. 18(3)(g)"},
    ListedWord{"request type", "freeze_assets", "UNTOC art. 13"},
    ListedWord{"request type", "service", "UNTOC art. 18(3)(b)"},
    ListedWord{"request type", "interview", "UNTOC art. 18(3)(a)"},
    ListedWord{"request type", "extradition_support", "UNTOC art. 16"},
    ListedWord{"request type", "victim_return", "TIP Protocol art. 8"},
    ListedWord{"request type", "reply", "house rule"},
    ListedWord{"channel", "mla", "UNTOC art. 18(13)"},
    ListedWord{"channel", "police_to_police", "UNTOC art. 27"},
    ListedWord{"channel", "interpol_i247", "INTERPOL RPD"},
    ListedWord{"channel", "aseanapol", "ASEANAPOL"},
    ListedWord{"channel", "h24_7", "Budapest Convention art. 35"},
    ListedWord{"channel", "fiu", "Egmont Principles"},
    ListedWord{"channel", "consular", "VCCR art. 5"},
    ListedWord{"channel", "joint_team", "UNTOC art. 19"},
    ListedWord{"channel", "spontaneous", "UNTOC art. 18(4)"},
    ListedWord{"channel", "court_disclosure", "UNTOC art. 18(19)"},
    ListedWord{"stage", "inquiry", "UNTOC art. 18(15)(b)"},
    ListedWord{"stage", "investigation", "UNTOC art. 18(15)(b)"},
    ListedWord{"stage", "prosecution", "UNTOC art. 18(15)(b)"},
    ListedWord{"stage", "trial", "UNTOC art. 18(15)(b)"},
    ListedWord{"stage", "sentence", "UNTOC art. 18(15)(b)"},
    ListedWord{"stage", "asset", "UNTOC art. 18(15)(b)"},
    ListedWord{"role", "undetermined", "INTERPOL RPD art. 44; TIP Protocol art. 3"},
    ListedWord{"role", "victim", "INTERPOL RPD art. 44; TIP Protocol art. 3"},
    ListedWord{"role", "suspect", "INTERPOL RPD art. 44; TIP Protocol art. 3"},
    ListedWord{"role", "witness", "INTERPOL RPD art. 44; TIP Protocol art. 3"},
    ListedWord{"role", "injured_party", "INTERPOL RPD art. 44; TIP Protocol art. 3"},
    ListedWord{"derivation", "original", "ISO/IEC 27037 7.1"},
    ListedWord{"derivation", "forensic_image", "ISO/IEC 27037 7.1"},
    ListedWord{"derivation", "extraction", "ISO/IEC 27037 7.1"},
    ListedWord{"derivation", "export", "ISO/IEC 27037 7.1"},
    ListedWord{"derivation", "working_copy", "ISO/IEC 27037 7.1"},
    ListedWord{"derivation", "redaction", "ISO/IEC 27037 7.1"},
    ListedWord{"derivation", "translation", "ISO/IEC 27037 7.1"},
    ListedWord{"acquisition method", "manual", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "logical", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "filesystem", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "physical_jtag", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "chip_off", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "cloud_legal", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "cloud_consent", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "imaging", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "live", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "memory", "NIST SP 800-101r1 3.3"},
    ListedWord{"acquisition method", "export_by_provider", "NIST SP 800-101r1 3.3"},
    ListedWord{"handling code", "H0", "Europol handling codes"},
    ListedWord{"handling code", "H1", "Europol handling codes"},
    ListedWord{"handling code", "H2", "Europol handling codes"},
    ListedWord{"handling code", "H3", "Europol handling codes"},
    ListedWord{"handling code", "P", "UK 3x5x2"},
    ListedWord{"handling code", "C", "UK 3x5x2"},
    ListedWord{"onward", "prohibited", "UNTOC art. 18(19)"},
    ListedWord{"onward", "with_consent", "UNTOC art. 18(19)"},
    ListedWord{"onward", "list", "UNTOC art. 18(19)"},
    ListedWord{"loss state", "reported", "FATF Rec. 4"},
    ListedWord{"loss state", "frozen", "FATF Rec. 4"},
    ListedWord{"loss state", "returned", "FATF Rec. 4"},
};

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

// The words of one list: rows of it stand together.
template <std::size_t N>
constexpr std::array<std::string_view, N> words_of(std::string_view list) {
  std::array<std::string_view, N> out{};
  std::size_t n = 0;
  for (const ListedWord& row : kWords)
    if (row.list == list) out[n++] = row.word;
  return out;
}

constexpr std::size_t count(std::string_view list) {
  std::size_t n = 0;
  for (const ListedWord& row : kWords) n += row.list == list;
  return n;
}

constexpr auto kExhibitKinds = words_of<count("exhibit kind")>("exhibit kind");
constexpr auto kInstruments = words_of<count("instrument")>("instrument");
constexpr auto kTlpMarks = words_of<count("tlp")>("tlp");
constexpr auto kRequestTypes = words_of<count("request type")>("request type");
constexpr auto kChannels = words_of<count("channel")>("channel");
constexpr auto kStages = words_of<count("stage")>("stage");
constexpr auto kPersonRoles = words_of<count("role")>("role");
constexpr auto kDerivations = words_of<count("derivation")>("derivation");
constexpr auto kAcquisitionMethods = words_of<count("acquisition method")>("acquisition method");
constexpr auto kHandlingCodes = words_of<count("handling code")>("handling code");
constexpr auto kOnwardRules = words_of<count("onward")>("onward");
constexpr auto kLossStates = words_of<count("loss state")>("loss state");

}  // namespace

std::span<const ListedWord> listed_words() { return kWords; }
std::span<const std::string_view> exhibit_columns() { return kColumns; }
std::span<const std::string_view> exhibit_kinds() { return kExhibitKinds; }
std::span<const std::string_view> instruments() { return kInstruments; }
std::span<const std::string_view> tlp_marks() { return kTlpMarks; }
std::span<const std::string_view> request_types() { return kRequestTypes; }
std::span<const std::string_view> channels() { return kChannels; }
std::span<const std::string_view> stages() { return kStages; }
std::span<const std::string_view> person_roles() { return kPersonRoles; }
std::span<const std::string_view> derivations() { return kDerivations; }
std::span<const std::string_view> acquisition_methods() { return kAcquisitionMethods; }
std::span<const std::string_view> handling_codes() { return kHandlingCodes; }
std::span<const std::string_view> onward_rules() { return kOnwardRules; }
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
