#include "core/expr/jq/token.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr::jq {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    while (tokens_.empty() ||
           (tokens_.back().mark != Mark::kEnd && tokens_.back().mark != Mark::kInvalid)) {
      in_string_ ? string_part() : plain();
    }
    return std::move(tokens_);
  }

 private:
  char at(size_t i) const { return i < source_.size() ? source_[i] : '\0'; }
  char here() const { return at(at_); }
  char after() const { return at(at_ + 1); }

  void emit(Mark mark, size_t from, size_t skip = 0, std::string value = {}) {
    tokens_.push_back(
        {mark, source_.substr(from + skip, at_ - from - skip), std::move(value), line_});
  }
  void refuse(std::string what) { tokens_.push_back({Mark::kInvalid, {}, std::move(what), line_}); }
  void refuse_token(size_t from) {
    refuse("invalid token " + quote_json(source_.substr(from, at_ - from)));
  }

  // A backslash takes the line's end into the comment.
  void skip_comment() {
    while (at_ < source_.size() && here() != '\n' && here() != '\r') {
      if (here() == '\\') {
        ++at_;
        if (here() == '\r' && after() == '\n') ++at_;
      }
      ++at_;
    }
    at_ = std::min(at_, source_.size());
  }

  void skip_space() {
    for (; at_ < source_.size(); ++at_) {
      if (here() == '#') {
        skip_comment();
        if (at_ >= source_.size()) return;
      }
      if (here() == '\n') {
        ++line_;
      } else if (here() != ' ' && here() != '\t' && here() != '\r') {
        return;
      }
    }
  }

  void skip_name() {
    while (is_letter(here()) || is_digit(here())) ++at_;
  }

  // name or module::name
  void skip_module_name() {
    skip_name();
    if (here() == ':' && after() == ':' && is_letter(at(at_ + 2))) {
      at_ += 2;
      skip_name();
    }
  }

  void number() {
    const size_t from = at_;
    while (is_digit(here())) ++at_;
    if (here() == '.') {
      ++at_;
      while (is_digit(here())) ++at_;
      if (here() == '.') return ++at_, refuse_token(from);
    }
    if (here() == 'e' || here() == 'E') {
      ++at_;
      if (here() == '+' || here() == '-') ++at_;
      if (!is_digit(here())) {
        if (is_letter(here())) ++at_;
        return refuse_token(from);
      }
      while (is_digit(here())) ++at_;
    }
    if (is_letter(here())) return ++at_, refuse_token(from);
    emit(Mark::kNumber, from);
  }

  void symbol() {
    constexpr std::array<std::string_view, 17> kLong = {
        "?//", "//=", "..", "|=", "+=", "-=", "*=", "/=", "%=",
        "==",  "!=",  "<=", ">=", "//", "?",  "=",  "<"};
    const size_t from = at_;
    for (const std::string_view candidate : kLong) {
      if (!source_.substr(at_).starts_with(candidate)) continue;
      at_ += candidate.size();
      return emit(Mark::kSymbol, from);
    }
    if (here() == '(') depth_.empty() ? void() : void(++depth_.back());
    at_ += decode_rune(source_.substr(at_)).length;
    emit(Mark::kSymbol, from);
    if (source_[from] != ')' || depth_.empty() || --depth_.back() != 0) return;
    depth_.pop_back();
    in_string_ = true;
  }

  void plain() {
    skip_space();
    const size_t from = at_;
    const char c = here();
    if (at_ >= source_.size()) return emit(Mark::kEnd, from);
    if (is_letter(c)) return skip_module_name(), emit(Mark::kName, from);
    if (is_digit(c)) return number();
    if (c == '.' && is_letter(after())) return ++at_, skip_name(), emit(Mark::kField, from, 1);
    if (c == '.' && is_digit(after())) return number();
    if (c == '$' && is_letter(after())) {
      ++at_;
      return skip_module_name(), emit(Mark::kVariable, from, 1);
    }
    if (c == '@' && (is_letter(after()) || is_digit(after()))) {
      ++at_;
      return skip_name(), emit(Mark::kFormat, from);
    }
    if (c != '"') return symbol();
    ++at_;
    emit(Mark::kOpenQuote, from);
    in_string_ = true;
  }

  std::optional<char32_t> hex4(size_t from) const {
    char32_t code = 0;
    for (size_t i = from; i < from + 4; ++i) {
      const int digit = hex_digit(at(i));
      if (digit < 0) return std::nullopt;
      code = code * 16 + static_cast<char32_t>(digit);
    }
    return code;
  }

  // After the backslash. False when it is no escape.
  bool escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kBytes = "\"\\/\b\f\n\r\t";
    if (here() == 'u') {
      std::optional<char32_t> code = hex4(at_ + 1);
      if (!code) return false;
      at_ += 5;
      if (*code >= 0xd800 && *code < 0xdc00 && here() == '\\' && after() == 'u') {
        const std::optional<char32_t> low = hex4(at_ + 2);
        if (low && *low >= 0xdc00 && *low < 0xe000) {
          code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
          at_ += 6;
        }
      }
      out += encode_rune(*code);
      return true;
    }
    const size_t which = here() == '\0' ? std::string_view::npos : kLetters.find(here());
    if (which == std::string_view::npos) return false;
    out += kBytes[which];
    ++at_;
    return true;
  }

  void refuse_escape(size_t backslash) {
    size_t end = backslash + 2;
    if (at(backslash + 1) == 'u') {
      while (end < backslash + 6 && hex_digit(at(end)) >= 0) ++end;
    }
    refuse("invalid escape sequence \"" + std::string(source_.substr(backslash, end - backslash)) +
           "\" in string literal");
  }

  // One text, then what ended it.
  void string_part() {
    const size_t from = at_;
    std::string text;
    while (at_ < source_.size() && here() != '"' && !(here() == '\\' && after() == '(')) {
      if (here() == '\n') ++line_;
      if (here() != '\\') {
        text += source_[at_++];
        continue;
      }
      const size_t backslash = at_++;
      if (at_ >= source_.size()) break;
      if (!escape(text)) return refuse_escape(backslash);
    }
    if (at_ >= source_.size()) return refuse("unterminated string literal");
    if (at_ > from) emit(Mark::kText, from, 0, std::move(text));
    const size_t mark = at_;
    in_string_ = false;
    if (here() == '"') return ++at_, emit(Mark::kCloseQuote, mark);
    at_ += 2;
    emit(Mark::kOpenHole, mark);
    depth_.push_back(1);
  }

  std::string_view source_;
  size_t at_ = 0, line_ = 1;
  bool in_string_ = false;
  std::vector<size_t> depth_;  // parentheses open in each interpolation
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

bool is_keyword(std::string_view name) {
  constexpr std::array<std::string_view, 21> kKeywords = {
      "and",    "as",    "break",   "catch",  "def",    "elif",    "else",
      "end",    "false", "foreach", "if",     "import", "include", "label",
      "module", "null",  "or",      "reduce", "then",   "true",    "try"};
  return std::binary_search(kKeywords.begin(), kKeywords.end(), name);
}

}  // namespace slipway::expr::jq
