// Rules over the whole case: what each type of request needs, handling, and the safeguards.
#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/tables.h"

namespace exchange {

namespace {

class RequestCheck {
 public:
  RequestCheck(const Case& the_case, Problems& problems)
      : case_(the_case), r_(the_case.request), problems_(problems) {}

  void check() {
    check_type();
    check_intelligence();
    check_safeguards();
    check_victims();
    check_retention();
    if (r_.urgency != "routine" && (r_.urgency_reason.empty() || !from_rfc3339(r_.needed_by)))
      broken("urgency", "request.urgency", r_.urgency, "has no reason, or no time by which it is needed",
             "add urgency_reason and needed_by = \"2026-06-10T00:00:00+07:00\"");
    if (!r_.confidentiality.empty() && r_.confidentiality != "standard" && r_.confidentiality_reason.empty())
      broken("confidentiality", "request.confidentiality", r_.confidentiality, "has no reason",
             "add confidentiality_reason");
  }

 private:
  void broken(std::string_view rule_id, const char* key, const std::string& value, std::string why,
              std::string remedy) {
    problems_.broken(rule_id, {Problem::Level::refuse, "case.toml", 0, key, value, std::move(why),
                               std::move(remedy), nullptr});
  }
  bool anybody(Role role) const {
    return std::ranges::any_of(case_.persons, [role](const auto& p) { return p.second.role == role; });
  }

  void check_type() {
    if (r_.type == "preservation") {
      const auto& p = r_.preserve;
      if (!p || p->data.empty() || p->custodian.empty() || p->necessity.empty() || !p->mla_will_follow ||
          !(from_date(p->expires) || from_rfc3339(p->expires)))
        broken("preservation", "request.preserve", "", "does not say everything a preservation needs",
               "add [request.preserve] with data, custodian, location, necessity, mla_will_follow = true and "
               "expires "
               "= \"2026-08-01\" (60 days from now is usual)");
    }
    if (r_.type == "freeze_assets" && case_.complete_losses == 0)
      broken("freeze", "request.type", r_.type,
             "no row of losses.csv has accounts, amount, currency and time",
             "a bank acts on these within minutes: fill from_account, to_account, amount, currency and time");
    if (r_.type == "locate_person" && case_.persons.empty())
      broken("locate", "request.type", r_.type, "persons.csv names nobody",
             "add the person who is to be found");
    if (r_.type == "victim_return" && !anybody(Role::victim))
      broken("victim-return", "request.type", r_.type, "persons.csv names no victim",
             "add the person, with role victim and an audience");
    if (r_.type == "reply" &&
        std::ranges::none_of(r_.related, [](const Related& x) { return !x.seal.empty(); }))
      broken("reply", "related", "", "does not name the seal of the request that it answers",
             "add [[related]] with seal = the 64 digits that valise verify shows");
    if ((r_.type == "spontaneous" || r_.channel == "spontaneous") && r_.handling_code.empty())
      broken("spontaneous", "handling.code", "", "is missing", "use one of: " + joined(handling_codes()));
  }

  void check_intelligence() {
    if (!r_.is_intelligence()) return;
    if (r_.evidential_use == "yes" && r_.evidential_consent_ref.empty())
      broken("intelligence-is-not-evidence", "request.evidential_use", "yes",
             "says that material of a police channel is evidence, without consent",
             "write evidential_use = \"no\" or \"with_consent\", or give evidential_consent_ref");
    if (r_.handling_code.empty())
      broken("handling-code", "handling.code", "", "is missing", "use one of: " + joined(handling_codes()));
    if (r_.channel == "fiu" && r_.onward != "prohibited" && r_.onward_consent_ref.empty())
      broken("fiu-onward", "onward.policy", r_.onward, "allows onward transfer of what an FIU gave",
             "write policy = \"prohibited\", or give the FIU's consent as consent_ref");
  }

  void check_safeguards() {
    const bool death =
        std::ranges::any_of(r_.offences, [](const Offence& o) { return o.penalty == "death"; });
    const bool assured =
        r_.death_penalty == "assured" && !r_.assurance.file.empty() && !r_.assurance.issuer.empty();
    if ((death || r_.death_penalty == "not_assured") && !assured)
      broken("death-penalty", "request.death_penalty", r_.death_penalty,
             "an offence carries death, and there is no assurance",
             "get the assurance, put its file into the case and name it: death_penalty = \"assured\" and "
             "[request.assurance] with file, issuer and date");
    if (assured) {
      std::error_code error;
      if (!case_.folder.empty() && !std::filesystem::exists(case_.folder / r_.assurance.file, error))
        broken("death-penalty", "request.assurance.file", r_.assurance.file, "is not in the case folder",
               "put the assurance's file there");
    }
    if (r_.is_coercive())
      for (const Offence& o : r_.offences)
        if (o.dual_criminality.empty() || o.dual_criminality == "unknown" || o.dual_criminality == "doubtful")
          broken("dual-criminality", "request.offences", o.name, "may be no offence in the requested state",
                 "settle it first: dual_criminality = \"met\" or \"not_required\"");
    if (r_.political == "yes" || r_.ne_bis_in_idem == "yes")
      broken("grounds-for-refusal", r_.political == "yes" ? "request.political" : "request.ne_bis_in_idem",
             "yes", "is a ground for refusal", "this request may not be sent");
    if (r_.political.empty())
      broken("political", "request.political", "", "was not answered",
             "add [request.political] with answer = \"no\", by and reason");
    if (r_.ne_bis_in_idem.empty())
      broken("ne-bis-in-idem", "request.ne_bis_in_idem", "", "was not answered",
             "add [request.ne_bis_in_idem] with answer = \"no\", by and reason");
  }

  void check_victims() {
    if ((r_.tlp == "RED" || r_.tlp == "AMBER+STRICT") && r_.onward == "list")
      broken("tlp-onward", "onward.policy", r_.onward, "allows onward transfer that " + r_.tlp + " forbids",
             "write policy = \"prohibited\" or \"with_consent\", or mark the case AMBER");
    if (case_.has_victims() && (r_.tlp == "GREEN" || r_.tlp == "CLEAR"))
      broken("tlp-victims", "handling.tlp", r_.tlp, "is too open for a case with victims",
             "use AMBER+STRICT, or RED");
  }

  void check_retention() {
    const auto date = [](const std::string& text) { return from_date(text.substr(0, 10)); };
    const auto review = date(r_.review_on), deletion = date(r_.delete_after);
    constexpr std::int64_t year = 366 * 86400;
    const std::int64_t today = now().seconds;
    if (r_.review_on.empty() && r_.delete_after.empty())  // the policy's default: docs/guide-liaison.md
      broken("retention-said", "retention", "",
             "is missing: review after one year, deletion after five, half of that "
             "with victims or minors",
             "add [retention] with review_on and delete_after");
    else if (!review || !deletion)
      broken("retention", review ? "retention.delete_after" : "retention.review_on",
             review ? r_.delete_after : r_.review_on, "is not a date",
             "write [retention] with review_on = \"2027-05-31\" and delete_after = \"2031-05-31\"");
    else if (review->seconds > today + 5 * year || *deletion < *review)
      broken("retention", "retention.review_on", r_.review_on,
             "is over five years ahead, or after the deletion",
             "review within five years, and before deletion");
    else if ((case_.has_victims() || case_.has_minors()) && review->seconds > today + year)
      broken("retention-protected", "retention.review_on", r_.review_on,
             "is over a year ahead in a case with victims or minors", "review within one year");
  }

  const Case& case_;
  const Request& r_;
  Problems& problems_;
};

}  // namespace

void check_request(const Case& the_case, Problems& problems) { RequestCheck(the_case, problems).check(); }

}  // namespace exchange
