#include "libexchange/store/name_search.h"

#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <memory>
#include <unordered_map>

#include "libexchange/base/failure.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxName = 1000;  // characters that are looked at

// ICU's objects, one set a thread: they are costly to make, and not all may be shared.
class Folder {
 public:
  Folder() {
    UErrorCode error = U_ZERO_ERROR;
    nfkd_ = icu::Normalizer2::getNFKDInstance(error);
    collator_.reset(icu::Collator::createInstance(icu::Locale::getRoot(), error));
    latin_.reset(
        icu::Transliterator::createInstance("Latin-ASCII; Hiragana-Katakana", UTRANS_FORWARD, error));
    ensure(U_SUCCESS(error), "ICU has its root collation and transliterators");
    collator_->setStrength(icu::Collator::PRIMARY);
    collator_->setAttribute(UCOL_ALTERNATE_HANDLING, UCOL_SHIFTED, error);
    collator_->setMaxVariable(UCOL_REORDER_CODE_SYMBOL, error);  // '+' goes like '-'
    ensure(U_SUCCESS(error), "ICU's collation takes these settings");
  }

  std::string fold(std::string_view name) {
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString text = icu::UnicodeString::fromUTF8(icu::StringPiece(
        name.data(), static_cast<std::int32_t>(std::min<std::size_t>(name.size(), 4 * kMaxName))));
    latin_->transliterate(text);
    text = nfkd_->normalize(text.foldCase(), error);
    icu::UnicodeString kept;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
      if (const UChar32 c = text.char32At(i); !ignored(c)) kept.append(c);
    std::string out;
    kept.toUTF8String(out);
    return out;
  }

 private:
  bool ignored(UChar32 c) {
    const auto [at, is_new] = known_.try_emplace(c, false);
    if (is_new) {
      UErrorCode error = U_ZERO_ERROR;
      at->second = collator_->compare(icu::UnicodeString(c), icu::UnicodeString(), error) == UCOL_EQUAL;
    }
    return at->second;
  }

  const icu::Normalizer2* nfkd_ = nullptr;  // ICU's own
  std::unique_ptr<icu::Collator> collator_;
  std::unique_ptr<icu::Transliterator> latin_;
  std::unordered_map<UChar32, bool> known_;
};

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

std::string folded_name(std::string_view name) {
  thread_local Folder folder;
  return folder.fold(name);
}

std::string ending_of(std::string_view folded) {
  std::size_t end = 0;
  for (std::size_t characters = 0; end < folded.size(); ++end)
    if (begins_character(folded[end]) && ++characters > kEnding) break;
  return std::string(folded.substr(0, end));
}

std::vector<std::string> name_endings(std::string_view folded) {
  std::vector<std::string> endings;
  for (std::size_t i = 0; i < folded.size(); ++i)
    if (begins_character(folded[i])) endings.push_back(ending_of(folded.substr(i)));
  return endings;
}

std::string above_prefix(std::string_view prefix) { return std::string(prefix) + "\xf4\x8f\xbf\xbf"; }

}  // namespace exchange
