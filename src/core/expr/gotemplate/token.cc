#include "core/expr/gotemplate/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/expr/golang/rune.h"

namespace slipway::expr::gotemplate {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<char32_t> hex(std::string_view digits) {
  char32_t value = 0;
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && !(lower >= 'a' && lower <= 'f')) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return digits.empty() ? std::nullopt : std::optional<char32_t>(value);
}

// One escape after a backslash; takes it from `rest`. nullopt: Go does not know it.
std::optional<std::string> unescape(std::string_view& rest) {
  constexpr std::string_view kNames = "abfnrtv\\'\"", kValues = "\a\b\f\n\r\t\v\\'\"";
  if (rest.empty()) return std::nullopt;
  const char c = rest.front();
  if (const size_t i = kNames.find(c); i != std::string_view::npos) {
    rest.remove_prefix(1);
    return std::string(1, kValues[i]);
  }
  if (c >= '0' && c <= '7' && rest.size() >= 3) {
    int value = 0;
    for (const char digit : rest.substr(0, 3)) {
      if (digit < '0' || digit > '7') return std::nullopt;
      value = value * 8 + digit - '0';
    }
    rest.remove_prefix(3);
    return value < 256 ? std::optional(std::string(1, static_cast<char>(value))) : std::nullopt;
  }
  const size_t size = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (size == 0 || rest.size() < size + 1) return std::nullopt;
  const std::optional<char32_t> code = hex(rest.substr(1, size));
  if (!code) return std::nullopt;
  rest.remove_prefix(size + 1);
  if (size == 2) return std::string(1, static_cast<char>(*code));
  return encode_rune(*code);
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : rest_(source) {}

  Result<std::vector<Token>> run() {
    bool trim = false;
    while (true) {
      const size_t open = std::min(rest_.find("{{"), rest_.size());
      std::string_view text = rest_.substr(0, open);
      const bool last = open == rest_.size();
      const bool trim_next = !last && opens_trimmed(rest_.substr(open));
      add_text(text, trim, trim_next);
      if (last) return std::move(tokens_);
      take(trim_next ? 3 : 2);
      if (is_comment()) {
        TRY(comment(trim));
      } else {
        TRY(action(trim));
      }
    }
  }

 private:
  static bool opens_trimmed(std::string_view text) {
    return text.size() > 3 && text[2] == '-' && is_blank(text[3]);
  }
  static size_t close_at(std::string_view text) {  // 2 or 4, or 0: no closing here
    if (text.starts_with("}}")) return 2;
    return text.size() > 3 && is_blank(text[0]) && text.substr(1, 3) == "-}}" ? 4 : 0;
  }

  void take(size_t count) {
    line_ += static_cast<int>(std::ranges::count(rest_.substr(0, count), '\n'));
    rest_.remove_prefix(count);
  }

  void add_text(std::string_view text, bool trim_front, bool trim_back) {
    const size_t size = text.size();
    const int line = line_;
    if (trim_front) text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (trim_back) text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
    if (!text.empty()) tokens_.push_back({Kind::kText, std::string(text), line});
    line_ += static_cast<int>(std::ranges::count(rest_.substr(0, size), '\n'));
    rest_.remove_prefix(size);
  }

  bool is_comment() const {
    const std::string_view text =
        rest_.substr(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
    return text.starts_with("/*");
  }

  Status comment(bool& trim) {
    const size_t end = rest_.find("*/");
    if (end == std::string_view::npos) return template_error(line_, "unclosed comment");
    take(end + 2);
    const size_t close = close_at(rest_);
    if (close == 0) return template_error(line_, "comment ends before closing delimiter");
    trim = close == 4;
    take(close);
    return {};
  }

  Status action(bool& trim) {
    add(Kind::kOpen, "");
    while (true) {
      if (rest_.empty()) return template_error(line_, "unclosed action");
      if (const size_t close = close_at(rest_); close > 0) {
        trim = close == 4;
        add(Kind::kClose, "");
        take(close);
        return {};
      }
      if (is_blank(rest_.front())) {
        take(1);
        spaced_ = true;
        continue;
      }
      TRY(token());
      spaced_ = false;
    }
  }

  void add(Kind kind, std::string text) {
    tokens_.push_back({kind, std::move(text), line_, spaced_});
  }

  size_t word_end(size_t from) const {
    while (from < rest_.size() && is_word(rest_[from])) ++from;
    return from;
  }

  Status token() {
    const char c = rest_.front();
    if (c == '"' || c == '\'') return quoted(c);
    if (c == '`') return raw();
    if (c == '.' && !(rest_.size() > 1 && is_digit(rest_[1]))) return field();
    if (c == '$') return word(Kind::kVariable, 1);
    if (is_digit(c) || c == '.' || c == '+' || c == '-') return number();
    if (is_word(c)) return word(Kind::kWord, 0);
    if (rest_.starts_with(":=")) return one(Kind::kDeclare, 2);
    constexpr std::pair<char, Kind> kSingle[] = {{'|', Kind::kPipe},
                                                 {'(', Kind::kLeft},
                                                 {')', Kind::kRight},
                                                 {',', Kind::kComma},
                                                 {'=', Kind::kAssign}};
    for (const auto& [symbol, kind] : kSingle) {
      if (c == symbol) return one(kind, 1);
    }
    return template_error(line_, fmt::format("unexpected \"{}\" in command", c));
  }

  Status one(Kind kind, size_t size) {
    add(kind, "");
    take(size);
    return {};
  }

  Status word(Kind kind, size_t skip) {
    const size_t end = word_end(skip);
    add(kind, std::string(rest_.substr(0, end)));
    take(end);
    return {};
  }

  Status field() {
    const size_t end = word_end(1);
    if (end == 1) return one(Kind::kDot, 1);
    add(Kind::kField, std::string(rest_.substr(1, end - 1)));
    take(end);
    return {};
  }

  Status number() {
    size_t end = 1;
    while (end < rest_.size() &&
           (is_word(rest_[end]) || rest_[end] == '.' ||
            ((rest_[end] == '+' || rest_[end] == '-') && (rest_[end - 1] | 0x20) == 'e'))) {
      ++end;
    }
    add(Kind::kNumber, std::string(rest_.substr(0, end)));
    take(end);
    return {};
  }

  Status raw() {
    const size_t end = rest_.find('`', 1);
    if (end == std::string_view::npos)
      return template_error(line_, "unterminated raw quoted string");
    std::string text(rest_.substr(1, end - 1));
    std::erase(text, '\r');
    add(Kind::kString, std::move(text));
    take(end + 1);
    return {};
  }

  Status quoted(char quote) {
    const bool is_char = quote == '\'';
    std::string_view text = rest_.substr(1);
    std::string value;
    while (!text.empty() && text.front() != quote && text.front() != '\n') {
      const char c = text.front();
      text.remove_prefix(1);
      if (c != '\\') {
        value += c;
        continue;
      }
      const std::optional<std::string> escaped = unescape(text);
      if (!escaped) return template_error(line_, "invalid escape in string");
      value += *escaped;
    }
    if (text.empty() || text.front() != quote) {
      return template_error(
          line_, is_char ? "unterminated character constant" : "unterminated quoted string");
    }
    if (is_char) {
      if (count_runes(value) != 1) return template_error(line_, "malformed character constant");
      add(Kind::kChar, std::to_string(static_cast<uint32_t>(decode_rune(value).code)));
    } else {
      add(Kind::kString, std::move(value));
    }
    take(rest_.size() - text.size() + 1);
    return {};
  }

  std::string_view rest_;
  std::vector<Token> tokens_;
  int line_ = 1;
  bool spaced_ = false;
};

}  // namespace

Error template_error(int line, std::string message, ErrorCode code) {
  return {code, "template: param:" + std::to_string(line) + ": " + std::move(message)};
}

Result<std::vector<Token>> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace slipway::expr::gotemplate
