// What a filter computes with. Strings and containers are shared; whoever holds the only reference
// may change one in place, which keeps reduce and |= linear.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/jq/budget.h"

namespace slipway::expr::jq {

class Value;
struct Array;
struct Object;

// In the order in which jq sorts the types.
enum class Kind : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

class Value {
 public:
  struct Hole {};  // the place of what delpaths takes away, until it is swept

  Value() = default;
  Value(bool b) : data_(b) {}     // NOLINT(implicit)
  Value(int64_t i) : data_(i) {}  // NOLINT(implicit)
  Value(double d) : data_(d) {}   // NOLINT(implicit)
  Value(std::string s)            // NOLINT(implicit)
      : data_(std::make_shared<std::string>(std::move(s))) {}
  explicit Value(std::string_view s) : Value(std::string(s)) {}
  Value(std::vector<Value> items);                           // NOLINT(implicit)
  Value(std::map<std::string, Value, std::less<>> members);  // NOLINT(implicit)
  Value(Hole hole) : data_(hole) {}                          // NOLINT(implicit)
  Value(const char*) = delete;

  Kind kind() const;
  std::string_view type() const;  // "null", "boolean", "number", ...
  bool is_null() const { return data_.index() == 0; }
  bool is_hole() const { return std::holds_alternative<Hole>(data_); }
  bool truthy() const { return !is_null() && (if_bool() == nullptr || *if_bool()); }
  const bool* if_bool() const { return std::get_if<bool>(&data_); }
  const int64_t* if_int() const { return std::get_if<int64_t>(&data_); }
  const double* if_float() const { return std::get_if<double>(&data_); }
  bool is_number() const { return if_int() != nullptr || if_float() != nullptr; }
  // Of a number: as a double, and cut to an integer that fits.
  double number() const;
  int64_t integer() const;
  const std::string* if_string() const;
  const std::vector<Value>* if_array() const;
  const std::map<std::string, Value, std::less<>>* if_object() const;
  size_t depth() const;  // of nesting; 0 for a scalar
  bool holed() const;    // a container with a hole somewhere below

  // Its own copy, for changing; must be of that kind. The depth is kept by the caller: grow().
  std::string& own_string(Budget& budget);
  Array& own_array(Budget& budget);
  Object& own_object(Budget& budget);

  // The same container, or an equal scalar: what keeps a path valid.
  static bool same(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, int64_t, double, std::shared_ptr<std::string>,
               std::shared_ptr<Array>, std::shared_ptr<Object>, Hole>
      data_;
};

using Items = std::vector<Value>;
using Members = std::map<std::string, Value, std::less<>>;

// `depth` never exceeds limit::kJsonDepth, so that destruction cannot overflow the stack.
struct Array {
  Items items;
  size_t depth = 1;
  bool holed = false;  // a hole is somewhere below
  void grow(const Value& item) { depth = std::max(depth, 1 + item.depth()); }
};

struct Object {
  Members members;
  size_t depth = 1;
  bool holed = false;
  void grow(const Value& item) { depth = std::max(depth, 1 + item.depth()); }
};

inline constexpr const char* kTooDeep = "nests values deeper than 512";

// Checked makers: kLimit when the budget or the depth does not allow the value.
Result<Value> make_array(Items items, Budget& budget);
Result<Value> make_object(Members members, Budget& budget);
Result<Value> make_string(std::string text, Budget& budget);
// kLimit for a container that grew too deep.
Result<Value> checked(Value value, Budget& budget);

Result<Value> from_json(const json::value& value, Budget& budget);
// Integral floats become integers, NaN null, infinities the largest finite numbers.
Result<json::value> to_json(const Value& value, Budget& budget);

// jq's order over all values: negative, zero, positive.
int compare(const Value& a, const Value& b, Budget& budget);

// What tojson gives.
std::string print(const Value& value, Budget& budget);
// The text, cut to 30 bytes, as it stands in errors.
std::string preview(const Value& value);
// "null", or "number (5)".
std::string preview_with_type(const Value& value);

Error invalid(std::string message);

}  // namespace slipway::expr::jq
