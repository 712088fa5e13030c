// Functions over arrays.
#include <algorithm>

#include "core/expr/golang/rune.h"
#include "core/expr/jq/builtin.h"
#include "core/expr/jq/number.h"
#include "core/expr/jq/path.h"

namespace slipway::expr::jq {
namespace {

// The elements of an array, or the values of an object in key order.
std::optional<Items> values_of(const Value& value, Budget& budget) {
  if (const Items* items = value.if_array()) {
    budget.spend(items->size() / 8);
    return *items;
  }
  if (value.if_object() == nullptr) return std::nullopt;
  Items items;
  for (const auto& [key, item] : *value.if_object()) items.push_back(item);
  budget.spend(items.size() / 8);
  return items;
}

Result<Value> length(const Call& call) {
  const Value& value = call.input;
  if (value.is_null()) return Value(int64_t{0});
  if (value.is_number()) return find_native("abs", 0)->run(call);
  if (const Items* items = value.if_array()) return Value(static_cast<int64_t>(items->size()));
  if (const Members* object = value.if_object()) {
    return Value(static_cast<int64_t>(object->size()));
  }
  if (value.if_string() == nullptr) return call.refuse();
  call.budget().spend(value.if_string()->size() / 16);
  return Value(static_cast<int64_t>(count_runes(*value.if_string())));
}

Result<Value> add(const Call& call) {
  const auto values = values_of(call.input, call.budget());
  if (!values) return call.refuse();
  Value sum;
  for (const Value& value : *values) {
    if (!call.budget().spend()) return call.budget().error();
    TRY_ASSIGN(sum, apply(Binary::kAdd, std::move(sum), value, call.budget()));
  }
  return sum;
}

Result<Value> reverse(const Call& call) {
  if (call.input.if_array() == nullptr) return call.refuse();
  return make_array(Items(call.input.if_array()->rbegin(), call.input.if_array()->rend()),
                    call.budget());
}

bool flatten(const Items& from, double depth, Items& into, Budget& budget) {
  for (const Value& item : from) {
    if (!budget.spend()) return false;
    if (item.if_array() == nullptr || depth == 0) {
      into.push_back(item);
    } else if (!flatten(*item.if_array(), depth - 1, into, budget)) {
      return false;
    }
  }
  return true;
}

Result<Value> flatten(const Call& call) {
  const auto values = values_of(call.input, call.budget());
  if (!values) return call.arguments.empty() ? call.refuse() : call.refuse(call.input);
  double depth = -1;
  if (!call.arguments.empty()) {
    if (!call.arguments[0].is_number()) return call.refuse(call.arguments[0]);
    depth = call.arguments[0].number();
    if (depth < 0) {
      return invalid("flatten depth should not be negative: " + preview(Value(depth)));
    }
  }
  Items flat;
  if (!flatten(*values, depth, flat, call.budget())) return call.budget().error();
  return make_array(std::move(flat), call.budget());
}

Result<Value> transpose(const Call& call) {
  const Items* rows = call.input.if_array();
  if (rows == nullptr) return call.refuse();
  size_t width = 0;
  for (const Value& row : *rows) {
    if (row.if_array() == nullptr) return call.refuse();
    width = std::max(width, row.if_array()->size());
  }
  if (!call.budget().spend(rows->size() * width) ||
      !call.budget().allocate(rows->size() * width * sizeof(Value))) {
    return call.budget().error();
  }
  std::vector<Items> columns(width, Items(rows->size()));
  for (size_t i = 0; i < rows->size(); ++i) {
    const Items& row = *(*rows)[i].if_array();
    for (size_t j = 0; j < row.size(); ++j) columns[j][i] = row[j];
  }
  Items out;
  for (Items& column : columns) out.emplace_back(std::move(column));
  return make_array(std::move(out), call.budget());
}

enum class Where : uint8_t { kAll, kFirst, kLast };

template <Where where>
Result<Value> indices(const Call& call) {
  const Value& needle = call.arguments[0];
  if (call.input.is_null()) return Value();
  Items found;
  if (const Items* items = call.input.if_array()) {
    found = find_all(*items, needle.if_array() != nullptr ? *needle.if_array() : Items{needle},
                     call.budget());
  } else if (call.input.if_string() == nullptr || needle.if_string() == nullptr) {
    return call.refuse();
  } else if (const std::string& text = *call.input.if_string(), &part = *needle.if_string();
             !part.empty()) {
    size_t runes = 0, counted = 0;
    for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) {
      runes += count_runes(std::string_view(text).substr(counted, at - counted));
      counted = at;
      if (!call.budget().spend()) return call.budget().error();
      found.emplace_back(static_cast<int64_t>(runes));
    }
    call.budget().spend(text.size() / 16);
  }
  if (call.budget().exhausted()) return call.budget().error();
  if (where == Where::kAll) return make_array(std::move(found), call.budget());
  if (found.empty()) return Value();
  return where == Where::kFirst ? found.front() : found.back();
}

Result<Value> join(const Call& call) {
  const auto values = values_of(call.input, call.budget());
  if (!values) return call.refuse();
  const std::string* separator = call.arguments[0].if_string();
  if (values->size() > 1 && separator == nullptr) return call.refuse();
  std::string text;
  for (size_t i = 0; i < values->size(); ++i) {
    const Value& value = (*values)[i];
    if (!call.budget().spend()) return call.budget().error();
    if (i > 0) text += *separator;
    if (value.if_array() != nullptr || value.if_object() != nullptr) {
      return invalid("join cannot be applied to an array including: " + preview_with_type(value));
    }
    if (value.if_string() != nullptr) {
      text += *value.if_string();
    } else if (!value.is_null()) {
      text += print(value, call.budget());
    }
    if (text.size() > kBytes) break;  // make_string refuses it
  }
  return make_string(std::move(text), call.budget());
}

Result<Value> binary_search(const Call& call) {
  const Items* items = call.input.if_array();
  if (items == nullptr) return call.refuse();
  const auto at = std::partition_point(items->begin(), items->end(), [&](const Value& item) {
    return compare(item, call.arguments[0], call.budget()) < 0;
  });
  const auto place = static_cast<int64_t>(at - items->begin());
  const bool found = at != items->end() && compare(*at, call.arguments[0], call.budget()) == 0;
  return Value(found ? place : -place - 1);
}

constexpr Native kNatives[] = {
    {"length", 0, length},
    {"add", 0, add},
    {"reverse", 0, reverse},
    {"flatten", 0, flatten},
    {"flatten", 1, flatten},
    {"transpose", 0, transpose},
    {"indices", 1, indices<Where::kAll>},
    {"index", 1, indices<Where::kFirst>},
    {"rindex", 1, indices<Where::kLast>},
    {"join", 1, join},
    {"bsearch", 1, binary_search},
};

}  // namespace

std::span<const Native> list_natives() { return kNatives; }

}  // namespace slipway::expr::jq
