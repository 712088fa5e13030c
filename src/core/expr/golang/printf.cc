#include <fmt/format.h>

#include <algorithm>

#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr {
namespace {

constexpr int kMaxWidth = 1'000'000;  // Go's own bound

struct Directive {
  bool minus = false, plus = false, sharp = false, space = false, zero = false;
  int width = -1, precision = -1;
  char32_t verb = 0;
};

std::string in_base(uint64_t magnitude, unsigned base, bool upper) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  do {
    text += digits[magnitude % base];
    magnitude /= base;
  } while (magnitude > 0);
  std::reverse(text.begin(), text.end());
  return text;
}

std::string pad(const Directive& d, std::string text) {
  const size_t length = count_runes(text);
  if (d.width < 0 || length >= static_cast<size_t>(d.width)) return text;
  const size_t missing = static_cast<size_t>(d.width) - length;
  if (d.minus) return text + std::string(missing, ' ');
  return std::string(missing, d.zero ? '0' : ' ') + text;
}

std::string integer(const Directive& d, int64_t value, unsigned base) {
  const bool negative = value < 0;
  const uint64_t magnitude =
      negative ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
  const std::string_view sign = negative ? "-" : d.plus ? "+" : d.space ? " " : "";
  std::string digits = in_base(magnitude, base, d.verb == 'X');
  if (d.precision == 0 && value == 0) return pad({.minus = d.minus, .width = d.width}, "");
  int precision = d.precision;
  if (precision < 0 && d.zero && !d.minus && d.width > 0) {
    precision = d.width - static_cast<int>(sign.size());
  }
  if (precision > static_cast<int>(digits.size())) {
    digits.insert(0, static_cast<size_t>(precision) - digits.size(), '0');
  }
  std::string prefix;
  if (d.verb == 'O') prefix = "0o";
  if (d.sharp) {
    if (d.verb == 'b') prefix = "0b";
    if (d.verb == 'o' && digits[0] != '0') prefix = "0";
    if (d.verb == 'x') prefix = "0x";
    if (d.verb == 'X') prefix = "0X";
  }
  Directive spaces = d;
  spaces.zero = false;
  return pad(spaces, std::string(sign) + prefix + digits);
}

std::string unicode(const Directive& d, int64_t value) {
  std::string digits = in_base(static_cast<uint64_t>(value), 16, true);
  const size_t precision = static_cast<size_t>(std::max(d.precision, 4));
  if (digits.size() < precision) digits.insert(0, precision - digits.size(), '0');
  std::string text = "U+" + digits;
  const bool code_point = value >= 0 && value <= 0x10ffff;
  if (d.sharp && code_point && is_printable(static_cast<char32_t>(value))) {
    text += " '" + encode_rune(static_cast<char32_t>(value)) + "'";
  }
  Directive spaces = d;
  spaces.zero = false;
  return pad(spaces, text);
}

std::string one(const Directive& d, int64_t value) {
  const char32_t code = value >= 0 && value <= 0x10ffff ? static_cast<char32_t>(value) : 0xfffd;
  switch (d.verb) {
    case 'd':
    case 'v':
      return integer(d, value, 10);
    case 'b':
      return integer(d, value, 2);
    case 'o':
    case 'O':
      return integer(d, value, 8);
    case 'x':
    case 'X':
      return integer(d, value, 16);
    case 'c':
      return pad(d, encode_rune(code));
    case 'q':
      return pad(d, "'" + quote_rune(code, '\'') + "'");
    case 'U':
      return unicode(d, value);
    case 'T':
      return pad(d, "int");
    default:
      return fmt::format("%!{}(int={})", encode_rune(d.verb), value);
  }
}

// Reads digits at `i`; -1 when there are none, kMaxWidth + 1 when there are too many.
int number(std::string_view text, size_t& i) {
  int value = -1;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    value = std::min(std::max(value, 0) * 10 + (text[i] - '0'), kMaxWidth + 1);
  }
  return value;
}

void flags(std::string_view format, size_t& i, Directive& d) {
  for (; i < format.size(); ++i) {
    switch (format[i]) {
      case '-':
        d.minus = true;
        d.zero = false;
        break;
      case '+':
        d.plus = true;
        break;
      case '#':
        d.sharp = true;
        break;
      case ' ':
        d.space = true;
        break;
      case '0':
        d.zero = !d.minus;
        break;
      default:
        return;
    }
  }
}

Error bad_format(std::string_view format, std::string_view why) {
  return Error{ErrorCode::kInvalid, fmt::format("format {}: {}", go_quote(format), why), ""};
}

}  // namespace

Result<std::string> go_sprintf_int(std::string_view format, int64_t value) {
  std::string out;
  bool used = false;
  for (size_t i = 0; i < format.size();) {
    const size_t percent = std::min(format.find('%', i), format.size());
    out += format.substr(i, percent - i);
    i = percent + 1;
    if (percent == format.size()) break;
    Directive d;
    flags(format, i, d);
    bool again = false;
    if (format.substr(i).starts_with("[1]")) {
      i += 3;
      again = true;
    }
    d.width = number(format, i);
    if (i < format.size() && format[i] == '.') {
      ++i;
      d.precision = std::max(number(format, i), 0);
    }
    if (d.width > kMaxWidth || d.precision > kMaxWidth) {
      return bad_format(format, "width or precision above 1000000");
    }
    if (i >= format.size()) {
      out += "%!(NOVERB)";
      break;
    }
    if (format[i] == '*' || format[i] == '[') {
      return bad_format(format, "'*' and argument indexes need more values than the one there is");
    }
    const Rune verb = decode_rune(format.substr(i));
    i += verb.length;
    d.verb = verb.code;
    if (d.verb == '%') {
      out += '%';
    } else if (used && !again) {
      out += fmt::format("%!{}(MISSING)", encode_rune(d.verb));
    } else {
      out += one(d, value);
      used = true;
    }
    if (out.size() > 4 * static_cast<size_t>(kMaxWidth)) {
      return bad_format(format, "the result is too long");
    }
  }
  if (!used) out += fmt::format("%!(EXTRA int={})", value);
  return out;
}

}  // namespace slipway::expr
