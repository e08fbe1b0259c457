// The request that travels with the evidence: case.toml as a plain struct.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace exchange {

struct LegalBasis {
  std::string instrument, article, citation;
  std::string text() const;  // "untoc art. 18, 27": for people
  bool operator==(const LegalBasis&) const = default;
};

// An authority. case.toml gives its id alone, or a table.
struct Party {
  std::string id;  // agency id, or AGENCY/NAME
  std::string name, name_latin, country, central_authority, contact;
  std::string person, function;  // in charge
  bool operator==(const Party&) const = default;
};

struct Offence {
  std::string name, law, text, iccs;
  std::string penalty;           // fine, imprisonment, life, death; empty: not said
  std::string years;             // of imprisonment
  std::string dual_criminality;  // met, not_required, doubtful, unknown
  bool operator==(const Offence&) const = default;
};

// Budapest Convention art. 29(2).
struct Preservation {
  std::string data, custodian, location, necessity, expires;
  bool mla_will_follow = false;
  bool operator==(const Preservation&) const = default;
};

struct Assurance {  // that a death sentence is not sought or carried out
  std::string file, issuer, date;
  bool operator==(const Assurance&) const = default;
};

// An earlier bundle, request or notice.
struct Related {
  std::string seal, reference, notice_type, notice_no;
  bool operator==(const Related&) const = default;
};

struct Request {
  std::string reference, title, language;
  std::string type = "evidence", channel, evidential_use, evidential_consent_ref;
  Party requesting;
  std::vector<Party> requested;
  std::string stage, case_number, court;
  std::vector<LegalBasis> legal_basis;
  std::string purpose, facts, procedure, translation;
  std::vector<std::string> assistance_sought, undertakings;
  std::vector<Offence> offences;
  std::string death_penalty;  // not_applicable, assured, not_assured
  Assurance assurance;
  std::string political, ne_bis_in_idem;  // yes, no; who said so and why stands beside
  std::string urgency, urgency_reason, needed_by, oral_request_at;
  std::string confidentiality, confidentiality_reason;
  std::optional<Preservation> preserve;
  std::string tlp = "AMBER+STRICT", level, handling_code, handling_text;
  std::string review_on, delete_after, retention_basis;
  std::string onward = "prohibited";
  std::vector<std::string> onward_agencies;
  std::string onward_consent_ref;
  std::string controller, lawful_basis;
  std::vector<std::string> special_categories;
  std::vector<Related> related;

  bool is_intelligence() const;  // came by a channel whose material is no evidence without consent
  bool is_coercive() const;      // asks for search, freezing or surrender
  bool operator==(const Request&) const = default;
};

}  // namespace exchange
