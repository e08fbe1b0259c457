// MAC and IP addresses, domain names, web and mail addresses. Nothing is ever fetched or looked up.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <idn2.h>
#include <libpsl.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

using enum IdentifierStatus;

void check_mac(Candidate& c) {
  std::string text = lower(c.text);
  std::erase_if(text, [](char x) { return x == ':' || x == '-' || x == '.'; });
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 6) return c.malformed("has 48 bits, written as 12 hexadecimal digits");
  std::string spelled;
  for (std::size_t i = 0; i < 12; i += 2) spelled += (i ? ":" : "") + text.substr(i, 2);
  c.is(valid, spelled);
  if ((*bytes)[0] & 2) c.note("locally administered: it may be random");
  if (spelled.starts_with("00:00:5e:00:53:")) c.note("documentation range");
}

namespace {

void note_context(Candidate& c) {
  if (!c.hints.has_time) c.note("does not say when: an address alone does not lead to a subscriber");
  if (!c.hints.has_port) c.note("does not say the port: behind carrier-grade NAT it is needed");
}

bool is_private(const in_addr& a) {
  const std::uint32_t v = ntohl(a.s_addr);
  return v >> 24 == 10 || v >> 20 == 0xac1 || v >> 16 == 0xc0a8 || v >> 24 == 127 || v >> 16 == 0xa9fe;
}

void is_ipv4(Candidate& c, const in_addr& a) {
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &a, text, sizeof text);
  c.is(valid, text, text);
  c.id.key = "ipv4:" + std::string(text);
  if (is_private(a)) c.note("private range");
  if (ntohl(a.s_addr) >> 22 == 0x6440 >> 6) c.note("carrier-grade NAT range");
  note_context(c);
}

}  // namespace

void check_ipv4(Candidate& c) {
  in_addr a{};
  if (::inet_pton(AF_INET, c.text.c_str(), &a) != 1)  // refuses leading zeros and short forms
    return c.malformed("has four numbers of 0 to 255 without leading zeros");
  is_ipv4(c, a);
}

void check_ipv6(Candidate& c) {
  in6_addr a{};
  if (::inet_pton(AF_INET6, c.text.c_str(), &a) != 1) return c.malformed("is not an IPv6 address");
  if (IN6_IS_ADDR_V4MAPPED(&a)) {
    in_addr v4{};
    std::copy_n(a.s6_addr + 12, 4, reinterpret_cast<std::uint8_t*>(&v4));
    is_ipv4(c, v4);
    return c.note("an IPv4 address in IPv6 form");
  }
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(AF_INET6, &a, text, sizeof text);
  c.is(valid, text);
  note_context(c);
}

namespace {

// hxxp, [.], (dot): how reports keep links from being followed.
std::string refanged(std::string text) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  };
  if (lower(text.substr(0, 4)) == "hxxp") text.replace(0, 4, "http");
  for (const char* dot : {"[.]", "(.)", "{.}", "[dot]", "(dot)", " dot "}) replace(dot, ".");
  replace("[:]", ":");
  replace("[@]", "@");
  replace("[at]", "@");
  return text;
}

bool mixes_scripts(const std::string& name) {
  static const std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> checker = [] {
    UErrorCode error = U_ZERO_ERROR;
    USpoofChecker* c = uspoof_open(&error);
    uspoof_setRestrictionLevel(c, USPOOF_HIGHLY_RESTRICTIVE);
    uspoof_setChecks(c, USPOOF_RESTRICTION_LEVEL, &error);
    return std::unique_ptr<USpoofChecker, decltype(&uspoof_close)>(c, uspoof_close);
  }();
  UErrorCode error = U_ZERO_ERROR;
  return uspoof_checkUTF8(checker.get(), name.data(), static_cast<std::int32_t>(name.size()), nullptr,
                          &error) != 0;
}

const psl_ctx_t* suffixes() {
  static const std::unique_ptr<psl_ctx_t, decltype(&psl_free)> list(psl_latest(nullptr), psl_free);
  return list.get();
}

struct Domain {
  std::string ascii, registrable;
};

// IDNA 2008 to A-labels, RFC 1035 lengths; nothing when it is no domain name.
std::optional<Domain> domain_of(Candidate& c, std::string name) {
  while (!name.empty() && name.back() == '.') name.pop_back();
  char* ascii = nullptr;
  const int error =
      idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(name.c_str()),
                     reinterpret_cast<std::uint8_t**>(&ascii), IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owner(ascii, idn2_free);
  if (error != IDN2_OK || name.find('.') == name.npos) return std::nullopt;
  Domain out{lower(ascii), {}};
  for (const std::string_view label : split(out.ascii, '.'))
    if (label.empty() || label.front() == '-' || label.back() == '-' ||
        label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") != label.npos)
      return std::nullopt;
  if (all_digits(out.ascii.substr(out.ascii.rfind('.') + 1))) return std::nullopt;  // an address, not a name
  if (const char* registrable = psl_registrable_domain(suffixes(), out.ascii.c_str()))
    out.registrable = registrable;
  if (mixes_scripts(name)) c.note("mixes scripts: letters may not be what they look like");
  return out;
}

void add_domain(Candidate& c, const Domain& d) {
  if (!d.registrable.empty() && d.registrable != d.ascii) c.note("registrable domain " + d.registrable);
}

struct Url {
  std::string host, text;
};

// By libcurl's parser (RFC 3986 and what browsers accept).
std::optional<Url> url_of(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle(curl_url(), curl_url_cleanup);
  if (curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) !=
      CURLUE_OK)
    return std::nullopt;
  const auto part = [&](CURLUPart which) {
    char* value = nullptr;
    if (curl_url_get(handle.get(), which, &value, 0) != CURLUE_OK) return std::string();
    const std::unique_ptr<char, decltype(&curl_free)> owner(value, curl_free);
    return std::string(value);
  };
  return Url{part(CURLUPART_HOST), part(CURLUPART_URL)};
}

}  // namespace

void check_domain(Candidate& c) {
  std::string name = refanged(c.text);
  if (name.find("://") != name.npos) {
    const auto url = url_of(name);
    if (!url) return c.malformed("is neither a domain name nor a web address");
    name = url->host;
    c.note("taken out of a web address");
  }
  const auto domain = domain_of(c, lower(name));
  if (!domain) return c.malformed("is not a domain name");
  c.is(valid, domain->ascii);
  add_domain(c, *domain);
}

void check_url(Candidate& c) {
  const auto url = url_of(refanged(c.text));
  if (!url || url->host.empty()) return c.malformed("is not a web address with its scheme");
  c.is(valid, url->text);
  in_addr v4{};
  if (::inet_pton(AF_INET, url->host.c_str(), &v4) == 1) {
    c.id.also.push_back("ipv4:" + url->host);
  } else if (const auto domain = domain_of(c, lower(url->host))) {
    c.id.also.push_back("domain:" + domain->ascii);
    add_domain(c, *domain);
  } else if (!url->host.starts_with("[")) {
    c.malformed("its host is not a domain name");
  }
}

void check_email(Candidate& c) {
  const std::string text = refanged(c.text);
  const std::size_t at = text.find('@');
  if (at == text.npos || at == 0 || at > 64 || text.size() > 254 || text.find('@', at + 1) != text.npos ||
      text.find_first_of(" \t\r\n<>\",;") != text.npos)
    return c.malformed("is not NAME@DOMAIN");
  const auto domain = domain_of(c, lower(text.substr(at + 1)));
  if (!domain) return c.malformed("its domain is not a domain name");
  const std::string local = text.substr(0, at);
  c.is(valid, local + "@" + domain->ascii, lower(local) + "@" + domain->ascii);
  add_domain(c, *domain);
}

}  // namespace exchange
