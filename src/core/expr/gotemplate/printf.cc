#include <fmt/format.h>

#include <cmath>

#include "core/expr/gjson/number.h"
#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"
#include "core/expr/gotemplate/function.h"

namespace slipway::expr::gotemplate {
namespace {

constexpr int kWidth = 10'000;

struct Verb {
  bool minus = false, plus = false, sharp = false, space = false, zero = false;
  int width = -1, precision = -1;
  char32_t letter = 0;
};

std::string pad(std::string text, const Verb& verb, bool numeric = false) {
  const auto size = static_cast<int>(count_runes(text));
  if (verb.width <= size) return text;
  const auto missing = static_cast<size_t>(verb.width - size);
  if (verb.minus) return text + std::string(missing, ' ');
  if (!verb.zero) return std::string(missing, ' ') + text;
  const size_t sign = numeric && !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.substr(0, sign) + std::string(missing, '0') + text.substr(sign);
}

std::string mismatch(const Verb& verb, const json::value& value) {
  const std::string type =
      value.is_null() ? "<nil>" : std::string(type_name(value)) + "=" + format_go_value(value);
  return "%!" + encode_rune(verb.letter) + "(" + type + ")";
}

std::string with_sign(std::string digits, bool negative, const Verb& verb) {
  if (negative) return "-" + digits;
  if (verb.plus) return "+" + digits;
  return verb.space ? " " + digits : digits;
}

std::string integer(const Verb& verb, const json::value& value) {
  const bool negative = value.is_int64() && value.get_int64() < 0;
  const uint64_t size = value.is_uint64() ? value.get_uint64()
                        : negative        ? uint64_t{0} - static_cast<uint64_t>(value.get_int64())
                                          : static_cast<uint64_t>(value.get_int64());
  std::string digits;
  switch (verb.letter) {
    case 'd':
    case 'v':
      digits = fmt::format("{}", size);
      break;
    case 'x':
      digits = (verb.sharp ? "0x" : "") + fmt::format("{:x}", size);
      break;
    case 'X':
      digits = (verb.sharp ? "0X" : "") + fmt::format("{:X}", size);
      break;
    case 'o':
      digits = (verb.sharp ? "0" : "") + fmt::format("{:o}", size);
      break;
    case 'b':
      digits = fmt::format("{:b}", size);
      break;
    case 'c':
      return pad(encode_rune(static_cast<char32_t>(std::min<uint64_t>(size, 0x110000))), verb);
    case 'q':
      return pad(
          "'" + quote_rune(static_cast<char32_t>(std::min<uint64_t>(size, 0x110000)), '\'') + "'",
          verb);
    case 'U':
      return pad(fmt::format("U+{:04X}", size), verb);
    default:
      return mismatch(verb, value);
  }
  if (verb.precision > static_cast<int>(digits.size())) {
    digits.insert(0, static_cast<size_t>(verb.precision) - digits.size(), '0');
  }
  return pad(with_sign(std::move(digits), negative, verb), verb, true);
}

// fmt writes exponents and shortest digits as Go does, given the precision that Go takes.
std::string real(const Verb& verb, const json::value& value) {
  const double number = value.get_double();
  const double size = std::abs(number);
  const int precision = verb.precision >= 0 ? verb.precision : 6;
  std::string digits;
  switch (verb.letter) {
    case 'v':
    case 'g':
      digits = verb.precision < 0 ? format_go_float(size) : fmt::format("{:.{}g}", size, precision);
      break;
    case 'G':
      digits = fmt::format("{:.{}G}", size, verb.precision < 0 ? 17 : precision);
      break;
    case 'f':
    case 'F':
      digits = fmt::format("{:.{}f}", size, precision);
      break;
    case 'e':
      digits = fmt::format("{:.{}e}", size, precision);
      break;
    case 'E':
      digits = fmt::format("{:.{}E}", size, precision);
      break;
    default:
      return mismatch(verb, value);
  }
  if (number != number || size > 1.7976931348623157e308) digits = format_go_float(size);
  return pad(with_sign(std::move(digits), std::signbit(number), verb), verb, true);
}

std::string hex(std::string_view text, bool upper) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  return out;
}

std::string cut(std::string_view text, int runes) {
  std::string_view rest = text;
  for (int i = 0; i < runes && !rest.empty(); ++i) rest.remove_prefix(decode_rune(rest).length);
  return std::string(text.substr(0, text.size() - rest.size()));
}

std::string string(const Verb& verb, const json::value& value) {
  std::string text = str(value.get_string());
  if (verb.precision >= 0) text = cut(text, verb.precision);
  if (verb.letter == 's' || verb.letter == 'v') return pad(std::move(text), verb);
  if (verb.letter == 'q') return pad(go_quote(text), verb);
  if (verb.letter == 'x' || verb.letter == 'X') return pad(hex(text, verb.letter == 'X'), verb);
  return mismatch(verb, value);
}

std::string format(const Verb& verb, const json::value& value) {
  if (verb.letter == 'T') return pad(std::string(type_name(value)), verb);
  if (verb.letter == 'v' && verb.sharp) return pad(print_json(value), verb);
  if (value.is_null()) return verb.letter == 'v' ? pad("<nil>", verb) : mismatch(verb, value);
  if (value.is_bool()) {
    if (verb.letter != 't' && verb.letter != 'v') return mismatch(verb, value);
    return pad(value.get_bool() ? "true" : "false", verb);
  }
  if (value.is_string()) return string(verb, value);
  if (value.is_double()) return real(verb, value);
  if (value.is_number()) return integer(verb, value);
  if (verb.letter == 'v') return pad(format_go_value(value), verb);
  // Lists and maps: the verb goes to every element.
  std::string out;
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) out += (out.empty() ? "" : " ") + format(verb, item);
    return "[" + out + "]";
  }
  for (const auto& member : value.get_object()) {
    out +=
        (out.empty() ? "" : " ") + std::string(member.key()) + ":" + format(verb, member.value());
  }
  return "map[" + out + "]";
}

class Formatter {
 public:
  Formatter(std::string_view text, Arguments arguments) : rest_(text), arguments_(arguments) {}

  Result<std::string> run() {
    while (!rest_.empty()) {
      const size_t percent = std::min(rest_.find('%'), rest_.size());
      out_ += rest_.substr(0, percent);
      rest_.remove_prefix(percent);
      if (!rest_.empty()) directive();
      if (out_.size() > kOutputBytes) {
        return Error{ErrorCode::kLimit,
                     "printf made more than " + std::to_string(kOutputBytes) + " bytes"};
      }
    }
    if (next_ < arguments_.size()) extra();
    return std::move(out_);
  }

 private:
  char32_t peek() const { return rest_.empty() ? 0 : static_cast<unsigned char>(rest_.front()); }

  // A number, or `*` for the next argument; -1: none.
  int number() {
    if (peek() == '*') {
      rest_.remove_prefix(1);
      if (next_ == arguments_.size() || !arguments_[next_]->is_int64()) {
        out_ += "%!(BADWIDTH)";
        return -1;
      }
      return static_cast<int>(std::clamp<int64_t>(arguments_[next_++]->get_int64(), 0, kWidth));
    }
    int value = -1;
    while (peek() >= '0' && peek() <= '9') {
      value = std::min(std::max(value, 0) * 10 + static_cast<int>(peek() - '0'), kWidth);
      rest_.remove_prefix(1);
    }
    return value;
  }

  void directive() {
    rest_.remove_prefix(1);
    Verb verb;
    for (; std::string_view("-+# 0").find(static_cast<char>(peek())) != std::string_view::npos &&
           !rest_.empty();
         rest_.remove_prefix(1)) {
      const char32_t flag = peek();
      verb.minus |= flag == '-';
      verb.plus |= flag == '+';
      verb.sharp |= flag == '#';
      verb.space |= flag == ' ';
      verb.zero |= flag == '0';
    }
    verb.zero &= !verb.minus;
    verb.width = number();
    if (peek() == '.') {
      rest_.remove_prefix(1);
      verb.precision = std::max(number(), 0);
    }
    if (rest_.empty()) return void(out_ += "%!(NOVERB)");
    const Rune rune = decode_rune(rest_);
    verb.letter = rune.code;
    rest_.remove_prefix(rune.length);
    if (verb.letter == '%') {
      out_ += '%';
    } else if (next_ == arguments_.size()) {
      out_ += "%!" + encode_rune(verb.letter) + "(MISSING)";
    } else {
      out_ += format(verb, *arguments_[next_++]);
    }
  }

  void extra() {
    out_ += "%!(EXTRA ";
    for (size_t i = next_; i < arguments_.size(); ++i) {
      const json::value& value = *arguments_[i];
      if (i > next_) out_ += ", ";
      out_ += type_name(value);
      if (!value.is_null()) out_ += "=" + format_go_value(value);
    }
    out_ += ")";
  }

  std::string_view rest_;
  Arguments arguments_;
  size_t next_ = 0;
  std::string out_;
};

}  // namespace

std::string sprint(Arguments arguments, bool line) {
  std::string out;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool words = i > 0 && !arguments[i]->is_string() && !arguments[i - 1]->is_string();
    if (i > 0 && (line || words)) out += ' ';
    out += format_go_value(*arguments[i]);
  }
  return line ? out + "\n" : out;
}

Result<std::string> sprintf(Arguments arguments) {
  if (arguments.empty() || !arguments[0]->is_string()) {
    return Error{ErrorCode::kInvalid, "error calling printf: the format must be a string"};
  }
  return Formatter(view(arguments[0]->get_string()), arguments.subspan(1)).run();
}

}  // namespace slipway::expr::gotemplate
