#include <cmath>
#include <limits>

#include "base/utf8.h"
#include "core/expr/jq/value.h"

namespace slipway::expr::jq {
namespace {

constexpr double kExact = 9007199254740992.0;

// JSON as jq writes it: everything above ~ and below the space is escaped in ASCII; UTF-8 stays.
void append_quoted(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      const size_t length = utf8_length(text.substr(i));
      out += length == 0 ? std::string_view("\\ufffd") : text.substr(i, length);
      i += std::max<size_t>(length, 1);
      continue;
    }
    if (const size_t named = kNamed.find(text[i]); named != std::string_view::npos) {
      out += '\\';
      out += kLetters[named];
    } else if (byte >= 0x20 && byte <= 0x7e) {
      out += text[i];
    } else {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
    ++i;
  }
  out += '"';
}

void append_float(std::string& out, double number) {
  if (std::isnan(number)) {
    out += "null";
    return;
  }
  constexpr double kMost = std::numeric_limits<double>::max();
  out += print_json_number(std::min(std::max(number, -kMost), kMost));
}

// Stops soon after `most` bytes.
void append(std::string& out, const Value& value, size_t most, Budget* budget) {
  if (out.size() > most || (budget != nullptr && !budget->spend())) return;
  if (const bool* truth = value.if_bool()) {
    out += *truth ? "true" : "false";
  } else if (const int64_t* integer = value.if_int()) {
    out += std::to_string(*integer);
  } else if (const double* number = value.if_float()) {
    append_float(out, *number);
  } else if (const std::string* text = value.if_string()) {
    append_quoted(out, std::string_view(*text).substr(0, most));
  } else if (const Items* items = value.if_array()) {
    char before = '[';
    for (const Value& item : *items) {
      out += before;
      before = ',';
      append(out, item, most, budget);
      if (out.size() > most) return;
    }
    out += items->empty() ? "[]" : "]";
  } else if (const Members* members = value.if_object()) {
    char before = '{';
    for (const auto& [key, item] : *members) {
      out += before;
      before = ',';
      append_quoted(out, std::string_view(key).substr(0, most));
      out += ':';
      append(out, item, most, budget);
      if (out.size() > most) return;
    }
    out += members->empty() ? "{}" : "}";
  } else {
    out += "null";
  }
}

// Reading and writing recurse once a level with small frames; a budget that ran out is seen at the
// end.
Value read(const json::value& value, size_t depth, Budget& budget);

Value read_array(const json::array& array, size_t depth, Budget& budget) {
  if (!budget.allocate(array.size() * sizeof(Value))) return {};
  Items items;
  items.reserve(array.size());
  for (const json::value& item : array) items.push_back(read(item, depth + 1, budget));
  return items;
}

Value read_object(const json::object& object, size_t depth, Budget& budget) {
  Members members;
  for (const auto& member : object) {
    if (!budget.allocate(member.key().size() + 96)) break;
    members.insert_or_assign(std::string(member.key()), read(member.value(), depth + 1, budget));
  }
  return members;
}

Value read_scalar(const json::value& value, Budget& budget) {
  switch (value.kind()) {
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<double>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      budget.allocate(value.get_string().size());
      return str(value.get_string());
    default:
      return {};
  }
}

Value read(const json::value& value, size_t depth, Budget& budget) {
  if (depth > limit::kJsonDepth) budget.refuse(kTooDeep);
  if (!budget.spend()) return {};
  if (value.is_array()) return read_array(value.get_array(), depth, budget);
  if (value.is_object()) return read_object(value.get_object(), depth, budget);
  return read_scalar(value, budget);
}

json::value write(const Value& value, Budget& budget);

json::value write_array(const Items& items, Budget& budget) {
  json::array out;
  out.reserve(items.size());
  for (const Value& item : items) out.push_back(write(item, budget));
  return out;
}

json::value write_object(const Members& members, Budget& budget) {
  json::object out;
  out.reserve(members.size());
  for (const auto& [key, item] : members) out.emplace(key, write(item, budget));
  return out;
}

json::value write_scalar(const Value& value, Budget& budget) {
  if (const bool* truth = value.if_bool()) return *truth;
  if (const int64_t* integer = value.if_int()) return *integer;
  if (const std::string* text = value.if_string()) {
    return budget.allocate(text->size()) ? json::value(json::string(*text)) : json::value();
  }
  const double* number = value.if_float();
  if (number == nullptr || std::isnan(*number)) return nullptr;
  constexpr double kMost = std::numeric_limits<double>::max();
  const double finite = std::min(std::max(*number, -kMost), kMost);
  if (finite == std::floor(finite) && std::fabs(finite) <= kExact) {
    return static_cast<int64_t>(finite);
  }
  return finite;
}

json::value write(const Value& value, Budget& budget) {
  constexpr size_t kCost = 4;  // a value that is shared is made again wherever it stands
  if (!budget.spend(kCost)) return nullptr;
  if (const Items* items = value.if_array()) return write_array(*items, budget);
  if (const Members* members = value.if_object()) return write_object(*members, budget);
  return write_scalar(value, budget);
}

}  // namespace

std::string print(const Value& value, Budget& budget) {
  std::string out;
  append(out, value, kBytes, &budget);
  budget.allocate(out.size());
  return out;
}

std::string preview(const Value& value) {
  constexpr size_t kMost = 30;
  std::string out;
  append(out, value, kMost + 2, nullptr);
  if (out.size() <= kMost) return out;
  std::string_view tail = " ...";
  if (value.if_string() != nullptr) tail = " ...\"";
  if (value.if_array() != nullptr) tail = " ...]";
  if (value.if_object() != nullptr) tail = " ...}";
  size_t keep = kMost - tail.size();
  while (keep > 0 && (static_cast<unsigned char>(out[keep]) & 0xc0) == 0x80) --keep;
  out.resize(keep);
  return out.append(tail);
}

std::string preview_with_type(const Value& value) {
  if (value.is_null()) return "null";
  return std::string(value.type()) + " (" + preview(value) + ")";
}

Result<Value> from_json(const json::value& value, Budget& budget) {
  Value made = read(value, 0, budget);
  if (budget.exhausted()) return budget.error();
  return made;
}

Result<json::value> to_json(const Value& value, Budget& budget) {
  json::value made = write(value, budget);
  if (budget.exhausted()) return budget.error();
  return made;
}

}  // namespace slipway::expr::jq
