#include "libexchange/casefile/policy.h"

#include <algorithm>
#include <array>

#include "libexchange/base/failure.h"

namespace exchange {

namespace {

constexpr auto off = Rule::Level::off, warn = Rule::Level::warn, refuse = Rule::Level::refuse;

constexpr std::array kRules = {
    // The request.
    Rule{"reference", "a case has a reference", "UNTOC art. 18(15)", refuse, refuse},
    Rule{"reference-form", "the reference is COUNTRY-AGENCY-YEAR-NUMBER", "house rule", warn, refuse},
    Rule{"title", "a case has a title", "house rule", refuse, refuse},
    Rule{"language", "the language is named", "UNTOC art. 18(14)", off, refuse},
    Rule{"legal-basis", "at least one legal basis is named", "UNTOC art. 18(1)", refuse, refuse},
    Rule{"legal-basis-article", "a legal basis names its article or citation", "UNTOC art. 18(15)", warn,
         refuse},
    Rule{"purpose", "the purpose is said in 20 characters or more", "UNTOC art. 18(15)(f)", refuse, refuse},
    Rule{"purpose-length", "the purpose is said in 40 characters or more", "UNTOC art. 18(15)(f)", off,
         refuse},
    Rule{"request-type", "the type of the request is one of the list", "house rule", refuse, refuse},
    Rule{"channel", "the channel is one of the list", "house rule", refuse, refuse},
    Rule{"requesting", "the requesting authority is named", "UNTOC art. 18(15)(a)", warn, refuse},
    Rule{"requested", "the requested authority is named", "UNTOC art. 18(15)(a)", off, refuse},
    Rule{"person-in-charge", "the person in charge is named with their function", "UNTOC art. 18(15)(b)", off,
         warn},
    Rule{"proceeding", "the stage of the proceeding is one of the list", "UNTOC art. 18(15)(b)", warn,
         refuse},
    Rule{"facts", "the facts are summarised, and what links them to what is sought", "UNTOC art. 18(15)(c)",
         warn, refuse},
    Rule{"offences", "an offence is named, with its law", "UNTOC art. 18(15)(b)", warn, refuse},
    Rule{"max-penalty", "an offence has its highest penalty", "ASEAN MLAT art. 5", warn, refuse},
    Rule{"dual-criminality", "coercive assistance rests on an offence in both states", "UNTOC art. 18(9)",
         warn, refuse},
    Rule{"death-penalty", "where death is possible, there is an assurance that it is not carried out",
         "ICCPR art. 6; Model Treaty on Extradition art. 4(d)", refuse, refuse},
    Rule{"political", "the political, military and discrimination question was answered with no",
         "UNTOC art. 18(21); INTERPOL Constitution art. 3", warn, refuse},
    Rule{"ne-bis-in-idem", "the question of an earlier judgment was answered with no", "ICCPR art. 14(7)",
         warn, refuse},
    Rule{"grounds-for-refusal", "neither a political offence nor an earlier judgment stands against it",
         "UNTOC art. 18(21)", refuse, refuse},
    Rule{"urgency", "above routine there is a reason and a date", "UNTOC art. 18(24)", warn, refuse},
    Rule{"confidentiality", "above standard there is a reason", "UNTOC art. 18(20)", warn, refuse},
    Rule{"preservation", "a preservation says what, where, why, until when, and that a request follows",
         "Budapest Convention art. 29(2)", refuse, refuse},
    Rule{"freeze", "a freeze names accounts, amounts and times", "UNTOC art. 13(3)", refuse, refuse},
    Rule{"locate", "a request to locate names whom", "UNTOC art. 18(3)(g)", refuse, refuse},
    Rule{"victim-return", "the return of a victim names the victim", "TIP Protocol art. 8", refuse, refuse},
    Rule{"reply", "a reply names the seal that it answers", "house rule", refuse, refuse},
    Rule{"spontaneous", "spontaneous information has a handling code", "UNTOC art. 18(4), (5)", refuse,
         refuse},
    // Handling.
    Rule{"tlp", "the mark is one of TLP 2.0", "FIRST TLP 2.0", refuse, refuse},
    Rule{"tlp-victims", "a case with victims is never GREEN or CLEAR", "TIP Protocol art. 6(1)", refuse,
         refuse},
    Rule{"tlp-onward", "RED and AMBER+STRICT name no agencies for onward transfer", "FIRST TLP 2.0", refuse,
         refuse},
    Rule{"handling-code", "intelligence has a handling code", "Europol handling codes", warn, refuse},
    Rule{"intelligence-is-not-evidence", "what came by a police channel is evidence only with consent",
         "UNTOC art. 18(19)", refuse, refuse},
    Rule{"fiu-onward", "what an FIU gave goes nowhere without its consent", "Egmont Principles 32, 33",
         refuse, refuse},
    Rule{"retention", "review and deletion are dated, review within five years", "INTERPOL RPD art. 49, 50",
         refuse, refuse},
    Rule{"retention-said", "the case says its retention itself", "INTERPOL RPD art. 49, 50", off, refuse},
    Rule{"retention-protected", "with victims or minors review is within one year", "TIP Protocol art. 6",
         warn, refuse},
    Rule{"onward", "the rule for onward transfer is one of the list", "UNTOC art. 18(19)", refuse, refuse},
    Rule{"data-protection", "the controller is named", "Budapest 2nd Protocol art. 14", off, refuse},
    // Persons.
    Rule{"person-role", "a role is one of the list", "INTERPOL RPD art. 44", refuse, refuse},
    Rule{"victim-audience", "a victim's row names who may read it", "TIP Protocol art. 6(1)", warn, refuse},
    Rule{"minor-unknown", "whether a person is a minor is said", "CRC art. 1; TIP Protocol art. 3(d)", warn,
         refuse},
    Rule{"minor-images", "images of the abuse of minors do not travel in a case",
         "CRC-OPSC art. 3; ICSE channel", refuse, refuse},
    Rule{"privilege", "privileged material travels only with a filter team's note", "UNTOC art. 18(17)",
         refuse, refuse},
    Rule{"card-security", "card security codes, tracks and PINs are never kept", "PCI DSS 3.2", refuse,
         refuse},
    // Exhibits.
    Rule{"seizure", "an exhibit says when, where, by whom and on what authority it was seized",
         "ISO/IEC 27037 7.1", off, refuse},
    Rule{"acquisition", "what is digital says how, with what, by whom and when it was acquired",
         "ISO/IEC 27037 7.1.3", off, refuse},
    Rule{"acquisition-hash", "what is digital has the examiner's SHA-256", "ISO/IEC 27037 7.1.3", off, warn},
    Rule{"device-state", "a phone says whether it was on, isolated and locked", "NIST SP 800-101r1 4", off,
         warn},
    Rule{"title-of-exhibit", "an exhibit has a title", "house rule", warn, refuse},
    // Rows.
    Rule{"identifier-checksum", "an identifier that fails its check is looked at", "docs/guide-liaison.md",
         warn, warn},
    Rule{"identifier-malformed", "an identifier has the form of its type", "docs/guide-liaison.md", warn,
         warn},
    Rule{"amount", "an amount is a plain decimal number", "ISO 20022 amounts", warn, refuse},
    Rule{"missing-row", "what a row names stands in its sheet", "house rule", warn, refuse},
    // What was taken in.
    Rule{"search-purpose", "a search says for which case it is, or why",
         "UNTOC art. 18(19); INTERPOL RPD art. 10", off, refuse},
};

constexpr std::string_view word_for(Rule::Level level) {
  return level == refuse ? "refuse" : level == warn ? "warn" : "off";
}

}  // namespace

std::span<const Rule> rules() { return kRules; }

const Rule& rule(std::string_view id) {
  const auto found = std::ranges::find(kRules, id, &Rule::id);
  ensure(found != kRules.end(), "a rule that is not in the table");
  return *found;
}

std::optional<Policy> Policy::named(std::string_view name) {
  if (name == "standard") return Policy("standard", false);
  if (name == "strict") return Policy("strict", true);
  return std::nullopt;
}

std::string Policy::text() const {
  std::string out = "policy " + std::string(name_) + "\n";
  for (const Rule& r : kRules)
    out += std::string(word_for(level(r))) + " " + std::string(r.id) + ": " + std::string(r.text) + " [" +
           std::string(r.source) + "]\n";
  return out;
}

}  // namespace exchange
