#include <fmt/format.h>

#include <limits>

#include "core/expr/golang/golang.h"

namespace slipway::expr {
namespace {

using Wide = unsigned __int128;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error invalid(std::string_view text) {
  return Error{ErrorCode::kInvalid,
               fmt::format("{} is not a quantity: want a number with an optional suffix, such as "
                           "500m, 1.5, 2k, 1Gi or 1e3",
                           go_quote(text)),
               ""};
}

struct Scale {
  int decimal = 0;  // power of ten
  int binary = 0;   // power of 1024
};

bool suffix_scale(std::string_view suffix, Scale& scale) {
  constexpr std::string_view kDecimal[] = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  constexpr std::string_view kBinary[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  for (int i = 0; i < 10; ++i) {
    if (suffix == kDecimal[i]) return scale = {(i - 3) * 3, 0}, true;
  }
  for (int i = 1; i < 7; ++i) {
    if (suffix == kBinary[i]) return scale = {0, i}, true;
  }
  if (suffix[0] != 'e' && suffix[0] != 'E') return false;
  suffix.remove_prefix(1);
  const bool negative = suffix.starts_with('-');
  if (negative || suffix.starts_with('+')) suffix.remove_prefix(1);
  if (suffix.empty() || suffix.size() > 3) return false;
  int exponent = 0;
  for (const char c : suffix) {
    if (!is_digit(c)) return false;
    exponent = exponent * 10 + (c - '0');
  }
  scale = {negative ? -exponent : exponent, 0};
  return true;
}

// Digits as an integer of at most 24 places, the power of ten that is left, and whether a non-zero
// digit was cut.
struct Mantissa {
  Wide value = 0;
  int exponent = 0;
  bool cut = false;
};

Mantissa mantissa(std::string_view number) {
  Mantissa m;
  bool fraction = false;
  int places = 0;
  for (const char c : number) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    if (places >= 24) {
      m.cut |= c != '0';
      m.exponent += fraction ? 0 : 1;
      continue;
    }
    m.value = m.value * 10 + static_cast<unsigned>(c - '0');
    places += m.value > 0 ? 1 : 0;
    m.exponent -= fraction ? 1 : 0;
  }
  return m;
}

}  // namespace

Result<int64_t> parse_quantity_millis(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  size_t length = 0;
  size_t digits = 0;
  bool dot = false;
  for (; length < rest.size(); ++length) {
    if (is_digit(rest[length])) {
      ++digits;
    } else if (rest[length] == '.' && !dot) {
      dot = true;
    } else {
      break;
    }
  }
  Scale scale;
  if (digits == 0 || !suffix_scale(rest.substr(length), scale)) return invalid(text);

  Mantissa m = mantissa(rest.substr(0, length));
  int exponent = m.exponent + scale.decimal + 3;
  Wide value = m.value;
  const Wide ceiling = static_cast<Wide>(kMax);
  const auto saturated = [&] { return negative ? -kMax : kMax; };
  if (value == 0) return 0;
  // Multiply by 1024 before dividing by ten, and divide early only what is far too large anyway.
  for (int i = 0; i < scale.binary; ++i) {
    while (value > (~Wide{0} >> 12)) {
      if (exponent >= 0) return saturated();
      m.cut |= value % 10 != 0;
      value /= 10;
      ++exponent;
    }
    value *= 1024;
  }
  for (; exponent > 0; --exponent) {
    if (value > ceiling) return saturated();
    value *= 10;
  }
  for (; exponent < 0 && value > 0; ++exponent) {
    m.cut |= value % 10 != 0;
    value /= 10;
  }
  if (m.cut && !negative) ++value;  // up, also for what is less than a thousandth
  if (value > ceiling) return saturated();
  return negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
}

}  // namespace slipway::expr
