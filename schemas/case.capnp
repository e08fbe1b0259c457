@0xe83b0f5a6c1d2947;
# The request that travels with the evidence, as programs read it. People edit it as case.toml; the rows of persons,
# identifiers, losses and custody travel as the sheets themselves (docs/architecture.md says why).
#
# All text is UTF-8; an empty text is "not said". Words of closed lists stand as in docs/guide-liaison.md.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("exchange::schema");

struct Request {
  reference @0 :Text;             # XA-EXPOL-2026-000042
  title @1 :Text;
  language @2 :Text;              # BCP 47
  type @3 :Text;                  # evidence, preservation, freeze_assets …
  channel @4 :Text;               # mla, police_to_police …
  evidentialUse @5 :Text;         # yes, no, with_consent
  evidentialConsentRef @6 :Text;
  requesting @7 :Party;
  requested @8 :List(Party);      # in the views of partial recipients: themselves only
  stage @9 :Text;                 # of the proceeding
  caseNumber @10 :Text;
  court @11 :Text;
  legalBasis @12 :List(LegalBasis);
  purpose @13 :Text;
  facts @14 :Text;
  procedure @15 :Text;
  translation @16 :Text;
  assistanceSought @17 :List(Text);
  undertakings @18 :List(Text);
  offences @19 :List(Offence);
  deathPenalty @20 :Text;         # not_applicable, assured, not_assured
  assuranceFile @21 :Text;
  assuranceIssuer @22 :Text;
  assuranceDate @23 :Text;
  political @24 :Text;            # yes, no
  neBisInIdem @25 :Text;          # yes, no
  urgency @26 :Text;              # routine, urgent, emergency
  urgencyReason @27 :Text;
  neededBy @28 :Text;             # RFC 3339
  oralRequestAt @29 :Text;
  confidentiality @30 :Text;
  confidentialityReason @31 :Text;
  preserve @32 :Preservation;     # null unless a preservation is asked for
  tlp @33 :Text;                  # TLP 2.0
  level @34 :Text;                # a mark of another scheme, never converted
  handlingCode @35 :Text;         # H0 .. H3, P, C
  handlingText @36 :Text;
  reviewOn @37 :Text;             # dates
  deleteAfter @38 :Text;
  retentionBasis @39 :Text;
  onward @40 :Text;               # prohibited, with_consent, list
  onwardAgencies @41 :List(Text);
  onwardConsentRef @42 :Text;
  controller @43 :Text;           # of the personal data
  lawfulBasis @44 :Text;
  specialCategories @45 :List(Text);
  related @46 :List(Related);
}

struct Party {
  id @0 :Text;                    # agency id, or AGENCY/NAME
  name @1 :Text;                  # in its own script
  nameLatin @2 :Text;
  country @3 :Text;               # ISO 3166-1 alpha-2
  centralAuthority @4 :Text;
  contact @5 :Text;
  person @6 :Text;                # in charge
  function @7 :Text;
}

struct LegalBasis {
  instrument @0 :Text;
  article @1 :Text;
  citation @2 :Text;
}

struct Offence {
  name @0 :Text;
  law @1 :Text;
  text @2 :Text;
  iccs @3 :Text;                  # UNODC classification of crime
  penalty @4 :Text;               # fine, imprisonment, life, death
  years @5 :Text;
  dualCriminality @6 :Text;       # met, not_required, doubtful, unknown
}

struct Preservation {
  # Budapest Convention, article 29(2).
  data @0 :Text;
  custodian @1 :Text;
  location @2 :Text;
  necessity @3 :Text;
  expires @4 :Text;
  mlaWillFollow @5 :Bool;
}

struct Related {
  seal @0 :Text;                  # 64 hex digits
  reference @1 :Text;
  noticeType @2 :Text;
  noticeNo @3 :Text;
}
