#include "core/expr/exprlang/token.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/expr/golang/rune.h"

namespace slipway::expr::lang {
namespace {

using Kind = Token::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_word_start(c) || is_digit(c); }

constexpr std::string_view kWords[] = {"and",      "or",  "not", "in",   "contains", "startsWith",
                                       "endsWith", "let", "if",  "else", "matches"};

// Longest first.
constexpr std::string_view kSigns[] = {"**", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "..",
                                       "::", "+",  "-",  "*",  "/",  "%",  "^",  "<",  ">",  "!",
                                       "?",  ":",  ".",  ",",  ";",  "|",  "#",  "="};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> run() {
    for (;;) {
      TRY(skip());
      if (at_ >= source_.size()) break;
      TRY(one());
    }
    add(Kind::kEnd, "", source_.size());
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  // Spaces and comments.
  Status skip() {
    for (; at_ < source_.size();) {
      const std::string_view rest = source_.substr(at_);
      if (std::string_view(" \t\r\n\f\v").find(rest[0]) != std::string_view::npos) {
        ++at_;
      } else if (rest.starts_with("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (rest.starts_with("/*")) {
        const size_t end = source_.find("*/", at_ + 2);
        if (end == source_.npos) return fail(at_, "unclosed comment");
        at_ = end + 2;
      } else {
        break;
      }
    }
    return {};
  }

  Status one() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '`') return raw();
    if (is_word_start(c)) return word();
    if (std::string_view("()[]{}").find(c) != std::string_view::npos) {
      add(Kind::kBracket, source_.substr(at_, 1), at_);
      ++at_;
      return {};
    }
    for (const std::string_view sign : kSigns) {
      if (!source_.substr(at_).starts_with(sign)) continue;
      // "a ?.5 : 1" asks, it does not chain.
      if (sign == "?." && is_digit(peek(2))) continue;
      add(Kind::kOperator, sign, at_);
      at_ += sign.size();
      return {};
    }
    return fail(at_, fmt::format("unrecognized character: U+{:04X}",
                                 static_cast<uint32_t>(decode_rune(source_.substr(at_)).code)));
  }

  Status word() {
    const size_t start = at_;
    while (at_ < source_.size() && is_word(source_[at_])) ++at_;
    const std::string_view text = source_.substr(start, at_ - start);
    const bool named = std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
    add(named ? Kind::kOperator : Kind::kIdentifier, text, start);
    return {};
  }

  Status number() {
    const size_t start = at_;
    if (peek() == '0' && std::string_view("xXbBoO").find(peek(1)) != std::string_view::npos &&
        peek(1) != '\0') {
      at_ += 2;
      while (is_hex(peek()) || peek() == '_') ++at_;
    } else {
      const auto digits = [this] {
        while (is_digit(peek()) || peek() == '_') ++at_;
      };
      digits();
      if (peek() == '.' && peek(1) != '.' && !is_word_start(peek(1))) {
        ++at_;
        digits();
      }
      if (peek() == 'e' || peek() == 'E') {
        ++at_;
        if (peek() == '+' || peek() == '-') ++at_;
        digits();
      }
    }
    if (at_ < source_.size() && is_word(peek())) {
      return fail(start,
                  fmt::format("bad number syntax: \"{}\"", source_.substr(start, at_ + 1 - start)));
    }
    std::string text;
    for (const char c : source_.substr(start, at_ - start)) {
      if (c != '_') text += c;
    }
    add(Kind::kNumber, text, start);
    return {};
  }

  Status raw() {
    const size_t start = at_++;
    std::string text;
    for (;; ++at_) {
      if (at_ >= source_.size()) return fail(start, "literal not terminated");
      if (peek() != '`') {
        text += peek();
      } else if (peek(1) == '`') {
        text += '`';
        ++at_;
      } else {
        break;
      }
    }
    ++at_;
    add(Kind::kString, text, start);
    return {};
  }

  Status quoted(char quote) {
    const size_t start = at_++;
    std::string text;
    while (peek() != quote || at_ >= source_.size()) {
      if (at_ >= source_.size() || peek() == '\n') return fail(start, "literal not terminated");
      if (peek() == '\\') {
        TRY(escape(text));
      } else {
        text += source_[at_++];
      }
    }
    ++at_;
    add(Kind::kString, text, start);
    return {};
  }

  Status escape(std::string& text) {
    const size_t start = at_++;
    const char c = peek();
    ++at_;
    constexpr std::string_view kNames = "abfnrtv\\'\"`";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"`";
    if (const size_t i = kNames.find(c); c != '\0' && i != kNames.npos) {
      text += kMeanings[i];
      return {};
    }
    if (c >= '0' && c <= '3') {
      uint32_t code = static_cast<uint32_t>(c - '0');
      for (int i = 0; i < 2; ++i, ++at_) {
        if (peek() < '0' || peek() > '7') return fail(start, "invalid octal escape");
        code = code * 8 + static_cast<uint32_t>(peek() - '0');
      }
      text += static_cast<char>(code);
      return {};
    }
    const int digits = c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0) return fail(start, "unable to unescape string: unknown escape");
    uint32_t code = 0;
    if (c == 'u' && peek() == '{') {
      for (++at_; peek() != '}'; ++at_) {
        if (!is_hex(peek()) || code > 0xfffffff) return fail(start, "invalid unicode escape");
        code = code * 16 + hex(peek());
      }
      ++at_;
    } else {
      for (int i = 0; i < digits; ++i, ++at_) {
        if (!is_hex(peek())) return fail(start, "invalid hexadecimal escape");
        code = code * 16 + hex(peek());
      }
    }
    if (digits == 2) {
      text += static_cast<char>(code);
    } else if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      return fail(start, "escape is not a code point");
    } else {
      text += encode_rune(code);
    }
    return {};
  }

  static uint32_t hex(char c) {
    return static_cast<uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }

  void add(Kind kind, std::string_view text, size_t at) {
    tokens_.push_back({kind, std::string(text), static_cast<uint32_t>(at)});
  }

  Error fail(size_t at, std::string_view what) const {
    return error_at(ErrorCode::kInvalid, source_, at, what);
  }

  std::string_view source_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) { return Lexer(source).run(); }

std::string describe(const Token& token) {
  switch (token.kind) {
    case Kind::kIdentifier:
      return fmt::format("Identifier(\"{}\")", token.text);
    case Kind::kNumber:
      return fmt::format("Number(\"{}\")", token.text);
    case Kind::kString:
      return fmt::format("String(\"{}\")", token.text);
    case Kind::kOperator:
      return fmt::format("Operator(\"{}\")", token.text);
    case Kind::kBracket:
      return fmt::format("Bracket(\"{}\")", token.text);
    case Kind::kEnd:
      return "EOF";
  }
  return "";
}

Error error_at(ErrorCode code, std::string_view source, size_t at, std::string_view what) {
  at = std::min(at, source.size());
  const std::string_view before = source.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t start = newline == before.npos ? 0 : newline + 1;
  const size_t column = count_runes(before.substr(start));
  constexpr size_t kShown = 200;
  std::string message = fmt::format("{} ({}:{})", what, line, column + 1);
  const std::string_view text = source.substr(start, source.find('\n', start) - start);
  if (text.size() <= kShown) {
    message += fmt::format("\n | {}\n | {}^", text, std::string(column, '.'));
  }
  return Error{code, std::move(message), ""};
}

}  // namespace slipway::expr::lang
