#include "core/expr/sprig/function.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/expr/gjson/number.h"

namespace slipway::expr::sprig {
namespace {

int64_t int_of_text(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char c = static_cast<char>(text[1] | 0x20);
    base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
    text.remove_prefix(c == 'x' || c == 'b' || c == 'o' ? 2 : 1);
  }
  uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc{} || end != text.data() + text.size() || value > INT64_MAX) return 0;
  return negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
}

}  // namespace

std::string text_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "<nil>";
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::int64:
      return std::to_string(value.get_int64());
    case json::kind::uint64:
      return std::to_string(value.get_uint64());
    case json::kind::double_:
      return format_go_float(value.get_double());
    case json::kind::string:
      return str(value.get_string());
    case json::kind::array: {
      std::string out = "[";
      for (const auto& item : value.get_array()) {
        if (out.size() > 1) out += ' ';
        out += text_of(item);
      }
      return out + "]";
    }
    case json::kind::object: {
      std::vector<const json::key_value_pair*> members;
      for (const auto& member : value.get_object()) members.push_back(&member);
      std::sort(members.begin(), members.end(),
                [](const auto* a, const auto* b) { return a->key() < b->key(); });
      std::string out = "map[";
      for (const auto* member : members) {
        if (out.size() > 4) out += ' ';
        out += std::string(member->key()) + ":" + text_of(member->value());
      }
      return out + "]";
    }
  }
  return "";
}

int64_t int_of(const json::value& value) {
  if (const auto* i = value.if_int64()) return *i;
  if (const auto* u = value.if_uint64()) return static_cast<int64_t>(*u);
  if (const auto* b = value.if_bool()) return *b ? 1 : 0;
  if (const auto* s = value.if_string()) return int_of_text(view(*s));
  if (const auto* d = value.if_double()) {
    return std::fabs(*d) < 9.2e18 ? static_cast<int64_t>(*d) : 0;
  }
  return 0;
}

double float_of(const json::value& value) {
  if (const auto* s = value.if_string()) return parse_go_float(view(*s)).value_or(0);
  if (const auto* d = value.if_double()) return *d;
  return static_cast<double>(int_of(value));
}

std::string_view view_of(const json::value& text) { return view(text.get_string()); }

bool is_empty(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return true;
    case json::kind::bool_:
      return !value.get_bool();
    case json::kind::int64:
      return value.get_int64() == 0;
    case json::kind::uint64:
      return value.get_uint64() == 0;
    case json::kind::double_:
      return value.get_double() == 0;
    case json::kind::string:
      return value.get_string().empty();
    case json::kind::array:
      return value.get_array().empty();
    case json::kind::object:
      return value.get_object().empty();
  }
  return true;
}

bool same(const json::value& a, const json::value& b) { return a.kind() == b.kind() && a == b; }

Error invalid(std::string_view what) { return Error{ErrorCode::kInvalid, std::string(what), ""}; }

Error too_large() { return Error{ErrorCode::kLimit, "the result is larger than 4 MiB", ""}; }

}  // namespace slipway::expr::sprig
