#include "libexchange/report/html.h"

#include <algorithm>
#include <array>

#include "libexchange/base/text.h"
#include "libexchange/report/style.h"

namespace exchange::report {

namespace {

void append_escaped(std::string& out, std::string_view raw) {
  for (const char c : printable(raw)) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
}

// White space after these changes no picture: a line each, for those who read the source.
constexpr std::array<std::string_view, 14> kBlocks = {"head",  "header", "section", "article", "footer",
                                                      "table", "tr",     "div",     "p",       "ul",
                                                      "li",    "figure", "svg",     "style"};

}  // namespace

const Literal kDoctype = "<!DOCTYPE html>\n";

Html::Element::Element(Html& page, Literal tag, Attributes attributes) : page_(page), tag_(tag) {
  page_.start(tag, attributes, ">");
}
Html::Element::~Element() {
  page_.out_ += "</";
  page_.out_ += tag_.text();
  page_.out_ += std::ranges::find(kBlocks, tag_.text()) == kBlocks.end() ? ">" : ">\n";
}

void Html::start(Literal tag, Attributes attributes, std::string_view end) {
  out_ += "<";
  out_ += tag.text();
  for (const Attribute& a : attributes) {
    out_ += " ";
    out_ += a.name.text();
    out_ += "=\"";
    append_escaped(out_, a.value);
    out_ += "\"";
  }
  out_ += end;
}

void Html::leaf(Literal tag, Attributes attributes, std::string_view content) {
  const Element whole(*this, tag, attributes);
  text(content);
}
void Html::empty(Literal tag, Attributes attributes) { start(tag, attributes, "/>"); }
void Html::text(std::string_view content) { append_escaped(out_, content); }

void begin_head(Html& page, const Frame& frame) {
  const auto head = page.element("head");
  page.empty("meta", {{"charset", "utf-8"}});
  page.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                      {"content", "default-src 'none'; style-src 'unsafe-inline'"}});
  page.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  page.empty("meta", {{"name", "robots"}, {"content", "noindex, nofollow"}});
  page.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  page.leaf("title", frame.title);
  const auto style = page.element("style");
  page.verbatim(kStyle);
}

}  // namespace exchange::report
