#include "core/expr/gotemplate/function.h"

namespace slipway::expr::gotemplate {
namespace {

Error bad(std::string_view name, std::string_view text) {
  return {ErrorCode::kInvalid, "error calling " + std::string(name) + ": " + std::string(text)};
}

enum class Basic { kBool, kInt, kFloat, kString, kNil, kOther };

Basic basic_of(const json::value& value) {
  if (value.is_bool()) return Basic::kBool;
  if (value.is_int64() || value.is_uint64()) return Basic::kInt;
  if (value.is_double()) return Basic::kFloat;
  if (value.is_string()) return Basic::kString;
  return value.is_null() ? Basic::kNil : Basic::kOther;
}

Result<bool> equal(std::string_view name, const json::value& a, const json::value& b) {
  const Basic left = basic_of(a), right = basic_of(b);
  if (left == Basic::kNil || right == Basic::kNil) return left == right;
  if (left == Basic::kOther || right == Basic::kOther) {
    const json::value& odd = left == Basic::kOther ? a : b;
    return bad(name, "non-comparable type " + print(odd) + ": " + std::string(type_name(odd)));
  }
  if (left != right) return bad(name, "incompatible types for comparison");
  return a == b;
}

Result<bool> less(std::string_view name, const json::value& a, const json::value& b) {
  const Basic left = basic_of(a), right = basic_of(b);
  if (left != right) return bad(name, "incompatible types for comparison");
  switch (left) {
    case Basic::kInt:
      return a.to_number<double>() < b.to_number<double>() ||
             (a.is_int64() && b.is_int64() && a.get_int64() < b.get_int64());
    case Basic::kFloat:
      return a.get_double() < b.get_double();
    case Basic::kString:
      return view(a.get_string()) < view(b.get_string());
    default:
      return bad(name, "invalid type for comparison");
  }
}

}  // namespace

Result<bool> compare(std::string_view name, Arguments arguments) {
  if (arguments.size() < 2 || (name != "eq" && arguments.size() > 2)) {
    return bad(name, arguments.size() < 2 ? "missing argument for comparison"
                                          : "too many arguments for comparison");
  }
  const json::value& first = *arguments[0];
  const json::value& second = *arguments[1];
  if (name == "eq") {
    for (const Ref& other : arguments.subspan(1)) {
      TRY_ASSIGN(const bool same, equal(name, first, *other));
      if (same) return true;
    }
    return false;
  }
  if (name == "ne") {
    TRY_ASSIGN(const bool same, equal(name, first, second));
    return !same;
  }
  TRY_ASSIGN(const bool below, less(name, first, second));
  if (name == "lt") return below;
  if (name == "ge") return !below;
  TRY_ASSIGN(const bool same, equal(name, first, second));
  return name == "le" ? below || same : !(below || same);
}

}  // namespace slipway::expr::gotemplate
