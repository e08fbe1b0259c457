// HTML that cannot be broken out of: names of tags and attributes are literals of the program, everything
// else is text and escaped. The page is well-formed XML as well.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace exchange::report {

// Only what the compiler has seen.
class Literal {
 public:
  consteval Literal(const char* text) : text_(text) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

struct Attribute {
  Literal name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

// One page in the making. Elements close in the order in which C++ ends their lives.
class Html {
 public:
  class Element {
   public:
    Element(Html& page, Literal tag, Attributes attributes);
    ~Element();
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

   private:
    Html& page_;
    Literal tag_;
  };

  [[nodiscard]] Element element(Literal tag, Attributes attributes = {}) { return {*this, tag, attributes}; }
  // An element that holds but text.
  void leaf(Literal tag, Attributes attributes, std::string_view text);
  void leaf(Literal tag, std::string_view text) { leaf(tag, {}, text); }
  void empty(Literal tag, Attributes attributes = {});  // meta, input …
  // Control characters, bidi controls and invalid UTF-8 are shown as \u{202E}, as on a terminal.
  void text(std::string_view text);
  // The name of a person or place: isolated, so that it turns nothing around it, in its own direction.
  void name(std::string_view text) { leaf("bdi", {{"dir", "auto"}}, text); }
  // Ours, as it is: a style sheet. May not hold '<' or '&'.
  void verbatim(Literal literal) { out_ += literal.text(); }

  std::string take() { return std::move(out_); }

 private:
  void start(Literal tag, Attributes attributes, std::string_view end);
  std::string out_;
};

// A whole document around `body`: doctype, head with our style sheet, no outside resource, no script, and a
// policy that forbids both.
struct Frame {
  std::string title, language;
  bool right_to_left = false;
};
template <class Body>
std::string document(const Frame& frame, Body body);

// What document() puts around.
void begin_head(Html& page, const Frame& frame);
extern const Literal kDoctype;

template <class Body>
std::string document(const Frame& frame, Body body) {
  Html page;
  page.verbatim(kDoctype);
  {
    const auto html = page.element("html", {{"xmlns", "http://www.w3.org/1999/xhtml"},
                                            {"lang", frame.language},
                                            {"dir", frame.right_to_left ? "rtl" : "ltr"}});
    begin_head(page, frame);
    const auto whole = page.element("body");
    body(page);
  }
  return page.take();
}

}  // namespace exchange::report
