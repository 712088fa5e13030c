// print_yaml: the block style that kubectl prints, except that long lines are not folded.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/manifest/parse.h"
#include "core/manifest/yaml/scalar.h"

namespace slipway::manifest {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// Keys in go-yaml's order: numbers inside them count by value, and letters come last.
bool key_less(std::string_view a, std::string_view b) {
  size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  if (i == a.size() || i == b.size()) return a.size() < b.size();
  if (is_digit(a[i]) && is_digit(b[i])) {
    const auto run = [](std::string_view text, size_t at) {
      size_t end = at;
      while (end < text.size() && is_digit(text[end])) ++end;
      return text.substr(at, end - at);
    };
    const std::string_view x = run(a, i), y = run(b, i);
    // Leading zeros do not lengthen a number; past a common nonzero digit they are digits.
    const bool inside = i > 0 && is_digit(a[i - 1]) && a[i - 1] != '0';
    const auto strip = [&](std::string_view digits) {
      const size_t first = inside ? 0 : std::min(digits.find_first_not_of('0'), digits.size());
      return digits.substr(first);
    };
    const std::string_view p = strip(x), q = strip(y);
    if (p.size() != q.size()) return p.size() < q.size();
    if (p != q) return p < q;
    return x.size() < y.size();
  }
  if (is_letter(a[i]) != is_letter(b[i])) {
    const bool after_digit = i > 0 && is_digit(a[i - 1]);
    return after_digit ? is_letter(a[i]) : is_letter(b[i]);
  }
  return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
}

enum class Style { kPlain, kSingle, kDouble, kLiteral };

// Characters that only double quotes can hold: tabs and other controls, the byte order mark, the
// separators that YAML takes for line breaks, and bytes that are not UTF-8.
bool has_special(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\n') || c == 0x7f) return true;
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return true;
    }
    const std::string_view rest = text.substr(i, 3);
    if (rest == "\xef\xbb\xbf" || rest == "\xe2\x80\xa8" || rest == "\xe2\x80\xa9") return true;
  }
  return false;
}

bool plain_allowed(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...")) return false;
  const char first = text.front();
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(first) != std::string_view::npos) return false;
  const auto blank_after = [&](size_t i) { return i + 1 == text.size() || text[i + 1] == ' '; };
  if ((first == '?' || first == '-' || first == ':') && blank_after(0)) return false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':' && blank_after(i)) return false;
    if (text[i] == '#' && text[i - 1] == ' ') return false;
  }
  return true;
}

Style style_of(std::string_view text, bool key) {
  if (text.empty() || needs_quotes(text) || has_special(text)) return Style::kDouble;
  if (text.find('\n') != std::string_view::npos) {
    const bool blank_lines = text.find(" \n") != std::string_view::npos || text.back() == ' ';
    return key || blank_lines ? Style::kDouble : Style::kLiteral;
  }
  if (text.front() == ' ' || text.back() == ' ') return Style::kSingle;
  return plain_allowed(text) ? Style::kPlain : Style::kSingle;
}

class Printer {
 public:
  std::string out;

  void value(const json::value& v, int indent, bool in_sequence) {
    if (const auto* object = v.if_object(); object != nullptr && !object->empty()) {
      members(*object, indent, in_sequence);
    } else if (const auto* array = v.if_array(); array != nullptr && !array->empty()) {
      items(*array, indent, in_sequence);
    } else if (const auto* text = v.if_string()) {
      string(view(*text), indent, false);
      out += '\n';
    } else {
      out += v.is_object() ? "{}" : v.is_array() ? "[]" : plain(v);
      out += '\n';
    }
  }

 private:
  // A large double needs its exponent: as digits alone it would be read as an integer, or as text.
  // And "-0" would be the integer that has no sign.
  static std::string plain(const json::value& v) {
    if (v.is_double() && v.get_double() == 0 && std::signbit(v.get_double())) return "-0.0";
    const bool large = v.is_double() && std::abs(v.get_double()) >= 1e15;
    if (!large) return print_json(v);
    char text[32];
    const auto end =
        std::to_chars(text, text + sizeof text, v.get_double(), std::chars_format::scientific);
    return std::string(text, end.ptr);
  }

  // `inline_first`: the first line continues a "- ".
  void members(const json::object& object, int indent, bool inline_first) {
    std::vector<const json::key_value_pair*> sorted;
    for (const auto& member : object) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return key_less(a->key(), b->key()); });
    for (const auto* member : sorted) {
      if (!inline_first) out.append(indent, ' ');
      inline_first = false;
      string(member->key(), indent, true);
      out += ':';
      child(member->value(), indent);
    }
  }

  void child(const json::value& v, int indent) {
    const bool object = v.is_object() && !v.get_object().empty();
    const bool array = v.is_array() && !v.get_array().empty();
    out += object || array ? '\n' : ' ';
    // A list inside an object is not indented further.
    value(v, array ? indent : indent + 2, false);
  }

  void items(const json::array& array, int indent, bool inline_first) {
    for (const json::value& item : array) {
      if (!inline_first) out.append(indent, ' ');
      inline_first = false;
      out += "- ";
      value(item, indent + 2, true);
    }
  }

  void string(std::string_view text, int indent, bool key) {
    switch (style_of(text, key)) {
      case Style::kPlain:
        out += text;
        break;
      case Style::kSingle:
        out += '\'';
        for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
        out += '\'';
        break;
      case Style::kDouble:
        double_quoted(text);
        break;
      case Style::kLiteral:
        literal(text, std::max(indent, 2));
        break;
    }
  }

  void literal(std::string_view text, int indent) {
    out += '|';
    if (text.front() == ' ' || text.front() == '\n') out += '2';
    if (text.back() != '\n') {
      out += '-';
    } else if (text.size() == 1 || text[text.size() - 2] == '\n') {
      out += '+';
    }
    if (text.back() == '\n') text.remove_suffix(1);
    for (;;) {
      const size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      out += '\n';
      if (!line.empty()) out.append(indent, ' ').append(line);
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }

  void double_quoted(std::string_view text) {
    out += '"';
    for (size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const std::string_view rest = text.substr(i, 3);
      if (const size_t at = std::string_view("\"\\\n\t\r\0\a\b\v\f\x1b", 11).find(text[i]);
          at != std::string_view::npos) {
        out += '\\';
        out += "\"\\ntr0abvfe"[at];
      } else if (c < 0x20 || c == 0x7f) {
        fmt::format_to(std::back_inserter(out), "\\x{:02X}", c);
      } else if (c == 0xc2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xa0) {
        fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(rest[1]));
        ++i;
      } else if (rest == "\xef\xbb\xbf" || rest == "\xe2\x80\xa8" || rest == "\xe2\x80\xa9") {
        out += rest[0] == '\xef' ? "\\uFEFF" : rest[2] == '\xa8' ? "\\L" : "\\P";
        i += 2;
      } else {
        out += text[i];
      }
    }
    out += '"';
  }
};

}  // namespace

std::string print_yaml(const json::value& value) {
  Printer printer;
  printer.value(value, 0, false);
  return std::move(printer.out);
}

}  // namespace slipway::manifest
