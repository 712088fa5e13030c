// Functions about words: capitals, initials, wrapping.
#include "core/expr/golang/rune.h"
#include "core/expr/sprig/function.h"
#include "core/expr/sprig/sprig.h"

namespace slipway::expr::sprig {
namespace {

bool is_upper(char32_t c) { return to_lower(c) != c; }
bool is_lower(char32_t c) { return to_upper(c) != c; }
bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_connector(char32_t c) { return c == '-' || c == '_' || is_space(c); }

std::string encode(const std::vector<char32_t>& runes) {
  std::string out;
  for (const char32_t c : runes) out += encode_rune(c);
  return out;
}

// Changes the rune that begins each word, or all the others too.
template <class Change>
Answer at_word_starts(const json::value& value, Change&& change) {
  std::vector<char32_t> runes = to_runes(view_of(value));
  bool start = true;
  for (char32_t& c : runes) {
    if (start) c = change(c);
    start = is_space(c);
  }
  return json::value(encode(runes));
}

Answer title(Args a) {
  return at_word_starts(a[0], [](char32_t c) { return to_upper(c); });
}
Answer untitle(Args a) {
  return at_word_starts(a[0], [](char32_t c) { return to_lower(c); });
}

Answer nospace(Args a) {
  std::string out;
  for (const char32_t c : to_runes(view_of(a[0]))) {
    if (!is_space(c)) out += encode_rune(c);
  }
  return json::value(out);
}

Answer swapcase(Args a) {
  std::vector<char32_t> runes = to_runes(view_of(a[0]));
  for (char32_t& c : runes) c = is_upper(c) ? to_lower(c) : to_upper(c);
  return json::value(encode(runes));
}

Answer initials(Args a) {
  std::string out;
  bool start = true;
  for (const char32_t c : to_runes(view_of(a[0]))) {
    if (start && !is_space(c)) out += encode_rune(c);
    start = is_space(c);
  }
  return json::value(out);
}

// FirstName, HTTPServer, first name → first<with>name, http<with>server, first<with>name.
std::string separated(std::string_view text, char with) {
  const std::vector<char32_t> runes = to_runes(text);
  std::string out;
  for (size_t i = 0; i < runes.size(); ++i) {
    const char32_t c = runes[i];
    if (is_connector(c)) {
      out += with;
      continue;
    }
    if (is_upper(c) && i > 0 && !is_connector(runes[i - 1])) {
      const bool after_word = is_lower(runes[i - 1]) || is_digit(runes[i - 1]);
      const bool before_word = i + 1 < runes.size() && is_lower(runes[i + 1]);
      if (after_word || before_word) out += with;
    }
    out += encode_rune(to_lower(c));
  }
  return out;
}

Answer snakecase(Args a) { return json::value(separated(view_of(a[0]), '_')); }
Answer kebabcase(Args a) { return json::value(separated(view_of(a[0]), '-')); }

Answer camelcase(Args a) {
  std::string out;
  bool start = true;
  for (const char32_t c : to_runes(view_of(a[0]))) {
    if (is_connector(c)) {
      start = true;
      continue;
    }
    out += encode_rune(start ? to_upper(c) : c);
    start = false;
  }
  return json::value(out);
}

// Greedy: words longer than `width` stand alone, or are cut when `cut` is set.
std::string wrapped(std::string_view text, int64_t width, std::string_view newline, bool cut) {
  const size_t limit = static_cast<size_t>(width < 1 ? 1 : width);
  std::string out;
  while (text.size() > limit) {
    if (text[0] == ' ') {
      text.remove_prefix(1);
      continue;
    }
    size_t space = text.rfind(' ', limit);
    if (space == text.npos) {
      space = cut ? text.npos : text.find(' ', limit);
      if (space == text.npos && !cut) break;
    }
    if (space == text.npos) {
      out += text.substr(0, limit);
      text.remove_prefix(limit);
    } else {
      out += text.substr(0, space);
      text.remove_prefix(space + 1);
    }
    out += newline;
  }
  return out + std::string(text);
}

Answer wrap(Args a) { return json::value(wrapped(view_of(a[1]), int_of(a[0]), "\n", false)); }

Answer wrap_with(Args a) {
  if (view_of(a[2]).size() * (view_of(a[1]).size() + 1) > kSprigBytes) return too_large();
  return json::value(wrapped(view_of(a[2]), int_of(a[0]), view_of(a[1]), true));
}

constexpr Function kTable[] = {
    {"camelcase", 1, 1, "s", camelcase}, {"initials", 1, 1, "s", initials},
    {"kebabcase", 1, 1, "s", kebabcase}, {"nospace", 1, 1, "s", nospace},
    {"snakecase", 1, 1, "s", snakecase}, {"swapcase", 1, 1, "s", swapcase},
    {"title", 1, 1, "s", title},         {"untitle", 1, 1, "s", untitle},
    {"wrap", 2, 2, ".s", wrap},          {"wrapWith", 3, 3, ".ss", wrap_with},
};

}  // namespace

std::span<const Function> word_functions() { return kTable; }

}  // namespace slipway::expr::sprig
