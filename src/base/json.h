// JSON values: Boost.JSON's types, and what Go's encoding/json would print.
//
// Objects keep the order in which keys were inserted; print_sorted() gives the order that Go gives
// to maps. Boost's own serializer writes 1.5 as 1.5E0, which no other program expects, so texts
// that leave the process come from here.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway {

namespace json = boost::json;

// Depth and number limits are those of base/limit.h. The error names line and column.
Result<json::value> parse_json(std::string_view text);

struct JsonStyle {
  bool sort_keys = false;    // Go maps are printed in key order; structs are not
  bool escape_html = false;  // Go's encoding/json writes <, > and & as \u00XX
  int indent = 0;            // 0: one compact line
};

// As Go prints it: integers as digits, floats shortest with an exponent only below 1e-6 and from
// 1e21 on, invalid UTF-8 as U+FFFD.
std::string print_json(const json::value& value, JsonStyle style = {});
std::string print_json(const json::object& object, JsonStyle style = {});

// One JSON string literal with its quotes.
std::string quote_json(std::string_view text, bool escape_html = false);

// As Go's strconv.FormatFloat(x, 'f' or 'e', -1, 64) is used by encoding/json.
std::string print_json_number(double number);

// Reading what may be absent: nullptr or the fallback when the key is missing, null or of another
// type.
const json::value* find(const json::object& object, std::string_view key);
const json::object* find_object(const json::object& object, std::string_view key);
const json::array* find_array(const json::object& object, std::string_view key);
// The same, with an empty one that lasts for ever in place of a missing one.
const json::object& object_of(const json::object& object, std::string_view key);
const json::array& list_of(const json::object& object, std::string_view key);
const json::string* find_string(const json::object& object, std::string_view key);
std::string get_string(const json::object& object, std::string_view key,
                       std::string_view fallback = {});
int64_t get_int(const json::object& object, std::string_view key, int64_t fallback = 0);
bool get_bool(const json::object& object, std::string_view key, bool fallback = false);

// Value at a path of keys, e.g. find_path(object, {"metadata", "name"}); nullptr when absent.
const json::value* find_path(const json::object& object,
                             std::initializer_list<std::string_view> path);

// Bytes a value holds on the heap, near enough for limits and memory reports.
size_t approximate_size(const json::value& value);

inline std::string_view view(const json::string& text) { return {text.data(), text.size()}; }
inline std::string str(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace slipway
