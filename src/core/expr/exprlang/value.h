// What an expression computes with: JSON's kinds plus integers apart from floats, times and
// durations. Strings and containers are shared and immutable, so copying a value is cheap.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/limit.h"
#include "base/result.h"
#include "base/time.h"
#include "core/expr/golang/calendar.h"

namespace slipway::expr::lang {

class Value;

struct Array {
  std::vector<Value> items;
  size_t depth = 1;  // of nesting; bounded so that destruction never overflows the stack
};

struct Map {
  std::map<std::string, Value, std::less<>> members;
  size_t depth = 1;
};

class Value {
 public:
  Value() = default;
  Value(bool b) : data_(b) {}      // NOLINT(implicit)
  Value(int64_t i) : data_(i) {}   // NOLINT(implicit)
  Value(double d) : data_(d) {}    // NOLINT(implicit)
  Value(Duration d) : data_(d) {}  // NOLINT(implicit)
  Value(Moment m) : data_(m) {}    // NOLINT(implicit)
  Value(std::string s)             // NOLINT(implicit)
      : data_(std::make_shared<const std::string>(std::move(s))) {}
  Value(const char*) = delete;
  explicit Value(std::shared_ptr<const Array> a) : data_(std::move(a)) {}
  explicit Value(std::shared_ptr<const Map> m) : data_(std::move(m)) {}
  // Borrows an array or object, which must outlive the value; copies a scalar.
  static Value borrow(const json::value& value);
  static Value borrow(const json::object& object);

  bool is_nil() const { return data_.index() == 0; }
  const bool* if_bool() const { return std::get_if<bool>(&data_); }
  const int64_t* if_int() const { return std::get_if<int64_t>(&data_); }
  const double* if_float() const { return std::get_if<double>(&data_); }
  bool is_number() const { return if_int() != nullptr || if_float() != nullptr; }
  double number() const {
    return if_int() != nullptr ? static_cast<double>(*if_int()) : *if_float();
  }
  const std::string* if_string() const;
  const Duration* if_duration() const { return std::get_if<Duration>(&data_); }
  const Moment* if_moment() const { return std::get_if<Moment>(&data_); }
  bool is_array() const;
  bool is_map() const;

  size_t size() const;                            // of an array or map
  Value item(size_t index) const;                 // of an array
  const std::vector<Value>& owned_items() const;  // only after expanded()
  bool has(std::string_view key) const;           // of a map
  Value member(std::string_view key) const;       // of a map; nil when absent
  // Calls visit(key, value) for every member of a map, in key order; stops at an error.
  Status each_member(const std::function<Status(const std::string&, const Value&)>& visit) const;
  // One level of a borrowed container made ours.
  Value expanded() const;
  size_t depth() const;  // nesting of what is ours; 0 for scalars and borrowed containers

  // "int", "float64", "string", "map[string]interface {}", ... as Go prints types.
  std::string_view go_type() const;

 private:
  std::variant<std::monostate, bool, int64_t, double, Duration, Moment,
               std::shared_ptr<const std::string>, std::shared_ptr<const Array>,
               std::shared_ptr<const Map>, const json::array*, const json::object*>
      data_;
};

// Fuel of one run: every step, element and 64 bytes of text cost one.
class Fuel {
 public:
  Status spend(size_t amount = 1) {
    if (amount > left_) {
      left_ = 0;
      return Error{ErrorCode::kLimit,
                   "expression takes more than 1000000 steps: make its input smaller", ""};
    }
    left_ -= amount;
    return {};
  }
  Status spend_text(size_t bytes) { return spend(1 + bytes / 64); }

 private:
  size_t left_ = limit::kExpressionFuel;
};

Result<Value> make_array(std::vector<Value> items, Fuel& fuel);
Result<Value> make_map(std::map<std::string, Value, std::less<>> members, Fuel& fuel);
Result<Value> make_string(std::string text, Fuel& fuel);
// A deep copy of `value`; with `floats` every number is a float, as Go decodes JSON.
Result<Value> own(const json::value& value, Fuel& fuel, bool floats);

// Times become RFC 3339 strings, durations Go's text.
Result<json::value> to_json(const Value& value, Fuel& fuel);

// expr-lang's ==: numbers by value, containers deeply, nil only with nil.
Result<bool> equal(const Value& a, const Value& b, Fuel& fuel);
// Negative, zero, positive for two numbers, strings, times or durations; nullopt otherwise.
std::optional<int> compare(const Value& a, const Value& b);

}  // namespace slipway::expr::lang
