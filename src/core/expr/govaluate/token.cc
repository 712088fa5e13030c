#include "core/expr/govaluate/token.h"

#include <array>
#include <charconv>
#include <optional>

#include "core/expr/gjson/number.h"
#include "core/expr/golang/calendar.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr::govaluate {
namespace {

constexpr std::array<std::string_view, 3> kPrefixes = {"-", "!", "~"};
constexpr std::array<std::string_view, 11> kModifiers = {"+", "-", "*", "/",  "%", "**",
                                                         "&", "|", "^", ">>", "<<"};
constexpr std::array<std::string_view, 2> kLogicals = {"&&", "||"};
constexpr std::array<std::string_view, 8> kComparators = {
    "==", "!=", ">", ">=", "<", "<=", "=~", "!~"};
constexpr std::array<std::string_view, 3> kTernaries = {"?", ":", "??"};

// String literals in one of these layouts are times (spec events.md, b26).
constexpr std::string_view kTimeLayouts[] = {
    "Mon Jan _2 15:04:05 2006",
    "Mon Jan _2 15:04:05 MST 2006",
    "Mon Jan 02 15:04:05 -0700 2006",
    "3:04PM",
    "2006-01-02T15:04:05Z07:00",
    "2006-01-02T15:04:05.999999999Z07:00",
    "2006-01-02",
    "2006-01-02 15:04",
    "2006-01-02 15:04:05",
    "2006-01-02 15:04:05-07:00",
    "2006-01-02T15Z0700",
    "2006-01-02T15:04Z0700",
    "2006-01-02T15:04:05Z0700",
    "2006-01-02T15:04:05.999999999Z0700",
};

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char32_t c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c >= 0xaa && c != 0xd7 && c != 0xf7 && is_printable(c) && !(c >= 0x2000 && c < 0x2c00) &&
         !(c >= 0x3000 && c < 0x3005) && c != 0xfffd && c < 0x1f000;
}
bool is_quote(char32_t c) { return c == '\'' || c == '"'; }

template <size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    Kind previous = Kind::kStart;
    int depth = 0;
    while (skip_space()) {
      TRY_ASSIGN(Token token, next(previous));
      previous = token.kind;
      if (previous == Kind::kClause) ++depth;
      if (previous == Kind::kClauseClose) --depth;
      tokens.push_back(std::move(token));
    }
    if (depth != 0) return Error{ErrorCode::kInvalid, "Unbalanced parenthesis"};
    return tokens;
  }

 private:
  bool skip_space() {
    while (!rest_.empty() && is_space(peek())) take();
    return !rest_.empty();
  }

  char32_t peek() const { return decode_rune(rest_).code; }
  char32_t take() {
    const Rune rune = decode_rune(rest_);
    rest_.remove_prefix(rune.length);
    return rune.code;
  }

  // Characters while `wanted`, a backslash taking the next one as it is. False: the text ended
  // before one that is not wanted.
  template <class Wanted>
  bool read_while(std::string& out, bool stop_at_space, Wanted wanted) {
    while (!rest_.empty()) {
      const char32_t c = peek();
      if (c == '\\') {
        take();
        if (!rest_.empty()) out += encode_rune(take());
        continue;
      }
      if (stop_at_space && is_space(c)) return true;
      if (!wanted(c)) return true;
      out += encode_rune(take());
    }
    return false;
  }

  Result<Token> next(Kind previous) {
    const char32_t c = peek();
    if (is_digit(c) || c == '.') return number();
    if (c == ',') return take(), Token{Kind::kSeparator, ","};
    if (c == '[') return bracketed();
    if (is_letter(c)) return word();
    if (is_quote(c)) return string();
    if (c == '(') return take(), Token{Kind::kClause, "("};
    if (c == ')') return take(), Token{Kind::kClauseClose, ")"};
    return symbol(previous);
  }

  Result<Token> hex_number() {
    rest_.remove_prefix(2);
    Token token{Kind::kNumeric};
    read_while(token.text, true, is_hex_digit);
    uint64_t number = 0;
    const char* end = token.text.data() + token.text.size();
    const auto [stopped, error] = std::from_chars(token.text.data(), end, number, 16);
    if (error != std::errc{} || stopped != end) {
      return Error{ErrorCode::kInvalid,
                   "Unable to parse hex value '" + token.text + "' to uint64\n"};
    }
    token.number = static_cast<double>(number);
    return token;
  }

  Result<Token> number() {
    if (rest_.starts_with("0x") && rest_.size() > 2) return hex_number();
    Token token{Kind::kNumeric};
    read_while(token.text, true, [](char32_t c) { return is_digit(c) || c == '.'; });
    const std::optional<double> parsed = parse_go_float(token.text);
    if (!parsed) {
      return Error{ErrorCode::kInvalid,
                   "Unable to parse numeric value '" + token.text + "' to float64\n"};
    }
    token.number = *parsed;
    return token;
  }

  Result<Token> bracketed() {
    take();
    Token token{Kind::kVariable};
    if (!read_while(token.text, false, [](char32_t c) { return c != ']'; })) {
      return Error{ErrorCode::kInvalid, "Unclosed parameter bracket"};
    }
    take();
    return token;
  }

  Result<Token> word() {
    Token token{Kind::kVariable};
    read_while(token.text, true,
               [](char32_t c) { return is_letter(c) || is_digit(c) || c == '_'; });
    if (token.text == "true" || token.text == "false") {
      token.kind = Kind::kBoolean;
      token.boolean = token.text == "true";
    } else if (token.text == "in" || token.text == "IN") {
      token = {Kind::kComparator, "in"};
    }
    return token;
  }

  Result<Token> string() {
    take();
    Token token{Kind::kString};
    if (!read_while(token.text, false, [](char32_t c) { return !is_quote(c); })) {
      return Error{ErrorCode::kInvalid, "Unclosed string literal"};
    }
    take();
    for (const std::string_view layout : kTimeLayouts) {
      if (const Result<Moment> moment = go_parse_time(layout, token.text); moment.ok()) {
        token.kind = Kind::kTime;
        token.number = static_cast<double>(moment->time.to_seconds());
        break;
      }
    }
    return token;
  }

  Result<Token> symbol(Kind previous);

  std::string_view rest_;
};

// Bit set of the kinds that may follow a kind.
constexpr uint32_t bit(Kind kind) { return 1u << static_cast<int>(kind); }
template <class... Kinds>
constexpr uint32_t bits(Kinds... kinds) {
  return (bit(kinds) | ...);
}

using enum Kind;
constexpr uint32_t kOperands = bits(kNumeric, kBoolean, kVariable, kString, kTime, kClause);
constexpr uint32_t kAfterValue = bits(kModifier, kComparator, kLogical, kClauseClose, kSeparator);

constexpr uint32_t followers(Kind kind) {
  switch (kind) {
    case kStart:
      return kOperands | bits(kPrefix, kPattern);
    case kClause:
    case kComparator:
      return kOperands | bits(kPrefix, kPattern, kClauseClose);
    case kClauseClose:
      return kAfterValue | kOperands | bits(kPattern, kTernary);
    case kNumeric:
    case kBoolean:
    case kString:
    case kVariable:
      return kAfterValue | bits(kTernary);
    case kTime:
    case kPattern:
      return kAfterValue;
    case kModifier:
      return bits(kPrefix, kNumeric, kVariable, kString, kBoolean, kClause, kClauseClose);
    case kLogical:
      return kOperands | bits(kPrefix, kClauseClose);
    case kPrefix:
      return bits(kNumeric, kBoolean, kVariable, kClause, kClauseClose);
    case kTernary:
      return kOperands | bits(kPrefix, kSeparator);
    case kSeparator:
      return kOperands | bits(kPrefix);
  }
  return 0;
}

Result<Token> Lexer::symbol(Kind previous) {
  std::string text;
  read_while(text, true, [](char32_t c) {
    return !is_digit(c) && !is_letter(c) && c != '(' && c != ')' && !is_quote(c);
  });
  if ((followers(previous) & bit(kPrefix)) != 0 && contains(kPrefixes, text)) {
    return Token{kPrefix, std::move(text)};
  }
  if (contains(kModifiers, text)) return Token{kModifier, std::move(text)};
  if (contains(kLogicals, text)) return Token{kLogical, std::move(text)};
  if (contains(kComparators, text)) return Token{kComparator, std::move(text)};
  if (contains(kTernaries, text)) return Token{kTernary, std::move(text)};
  return Error{ErrorCode::kInvalid, "Invalid token: '" + text + "'"};
}

std::string describe(const Token& token) {
  std::string value = token.text;
  if (token.kind == kStart) value = "<nil>";
  if (token.kind == kNumeric) value = print_value(token.number);
  if (token.kind == kClause) value = "40";  // Go prints the rune's number
  if (token.kind == kClauseClose) value = "41";
  const std::string_view name = token.kind == kStart ? "UNKNOWN" : to_string(token.kind);
  return std::string(name) + " [" + value + "]";
}

}  // namespace

std::string_view to_string(Kind kind) {
  constexpr std::string_view kNames[] = {"UNKNOWN",   "PREFIX",       "NUMERIC",   "BOOLEAN",
                                         "STRING",    "PATTERN",      "TIME",      "VARIABLE",
                                         "SEPARATOR", "COMPARATOR",   "LOGICALOP", "MODIFIER",
                                         "CLAUSE",    "CLAUSE_CLOSE", "TERNARY"};
  return kNames[static_cast<int>(kind)];
}

Result<std::vector<Token>> tokenize(std::string_view expression) { return Lexer(expression).run(); }

Status check_order(const std::vector<Token>& tokens) {
  Token last;
  for (const Token& token : tokens) {
    if ((followers(last.kind) & bit(token.kind)) == 0) {
      if (last.kind == kVariable && token.kind == kClause) {
        return Error{ErrorCode::kInvalid, "Undefined function " + last.text};
      }
      return Error{ErrorCode::kInvalid, "Cannot transition token types from " + describe(last) +
                                            " to " + describe(token)};
    }
    last = token;
  }
  constexpr uint32_t kLast =
      bits(kClauseClose, kNumeric, kBoolean, kString, kTime, kPattern, kVariable);
  if ((kLast & bit(last.kind)) == 0) {
    return Error{ErrorCode::kInvalid, "Unexpected end of expression"};
  }
  return {};
}

}  // namespace slipway::expr::govaluate
