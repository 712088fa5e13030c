#include <algorithm>

#include "core/expr/exprlang/builtin.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr::lang {
namespace {

Result<std::vector<Value>> items(std::string_view function, const Value& value, Context& context) {
  if (!value.is_array()) {
    return bad_argument("invalid argument for " + std::string(function) + ": want a list", value);
  }
  TRY(context.fuel.spend(value.size()));
  return value.expanded().owned_items();
}

Status want_map(std::string_view function, const Value& value) {
  if (value.is_map()) return {};
  return bad_argument("invalid argument for " + std::string(function) + ": want a map", value);
}

Result<Value> len(Arguments args, Context& context) {
  if (const auto* text = args[0].if_string()) {
    TRY(context.fuel.spend_text(text->size()));
    return Value(static_cast<int64_t>(count_runes(*text)));
  }
  if (args[0].is_array() || args[0].is_map()) return Value(static_cast<int64_t>(args[0].size()));
  return bad_argument("invalid argument for len", args[0]);
}

Result<Value> first(Arguments args, Context&) {
  if (!args[0].is_array()) return bad_argument("invalid argument for first: want a list", args[0]);
  return args[0].size() > 0 ? args[0].item(0) : Value();
}

Result<Value> last(Arguments args, Context&) {
  if (!args[0].is_array()) return bad_argument("invalid argument for last: want a list", args[0]);
  return args[0].size() > 0 ? args[0].item(args[0].size() - 1) : Value();
}

Result<Value> get(Arguments args, Context&) {
  if (args[0].is_map() && args[1].if_string() != nullptr) {
    return args[0].member(*args[1].if_string());
  }
  if (args[0].is_array() && args[1].if_int() != nullptr) {
    const auto size = static_cast<int64_t>(args[0].size());
    const int64_t index = *args[1].if_int() < 0 ? size + *args[1].if_int() : *args[1].if_int();
    return index >= 0 && index < size ? args[0].item(static_cast<size_t>(index)) : Value();
  }
  return Value();
}

Result<Value> take(Arguments args, Context& context) {
  TRY_ASSIGN(std::vector<Value> all, items("take", args[0], context));
  if (args[1].if_int() == nullptr) return bad_argument("take wants an integer", args[1]);
  const int64_t count = *args[1].if_int();
  if (count < 0) return bad_argument("take wants a count of zero or more", args[1]);
  if (static_cast<uint64_t>(count) < all.size()) all.resize(static_cast<size_t>(count));
  return make_array(std::move(all), context.fuel);
}

Result<Value> keys(Arguments args, Context& context) {
  TRY(want_map("keys", args[0]));
  std::vector<Value> out;
  TRY(args[0].each_member([&](const std::string& key, const Value&) -> Status {
    out.emplace_back(key);
    return context.fuel.spend_text(key.size());
  }));
  return make_array(std::move(out), context.fuel);
}

Result<Value> values(Arguments args, Context& context) {
  TRY(want_map("values", args[0]));
  std::vector<Value> out;
  TRY(args[0].each_member([&](const std::string&, const Value& value) -> Status {
    out.push_back(value);
    return context.fuel.spend();
  }));
  return make_array(std::move(out), context.fuel);
}

Result<Value> to_pairs(Arguments args, Context& context) {
  TRY(want_map("toPairs", args[0]));
  std::vector<Value> out;
  TRY(args[0].each_member([&](const std::string& key, const Value& value) -> Status {
    TRY_ASSIGN(Value pair, make_array({Value(key), value}, context.fuel));
    out.push_back(std::move(pair));
    return {};
  }));
  return make_array(std::move(out), context.fuel);
}

Result<Value> from_pairs(Arguments args, Context& context) {
  TRY_ASSIGN(const std::vector<Value> pairs, items("fromPairs", args[0], context));
  std::map<std::string, Value, std::less<>> members;
  for (const Value& pair : pairs) {
    if (!pair.is_array() || pair.size() != 2) {
      return bad_argument("fromPairs wants a list of [key, value]", pair);
    }
    TRY_ASSIGN(std::string key, go_print(pair.item(0), context.fuel));
    members.insert_or_assign(std::move(key), pair.item(1));
  }
  return make_map(std::move(members), context.fuel);
}

Result<Value> reverse(Arguments args, Context& context) {
  TRY_ASSIGN(std::vector<Value> all, items("reverse", args[0], context));
  std::reverse(all.begin(), all.end());
  return make_array(std::move(all), context.fuel);
}

Result<Value> concat(Arguments args, Context& context) {
  std::vector<Value> out;
  for (const Value& arg : args) {
    TRY_ASSIGN(const std::vector<Value> all, items("concat", arg, context));
    out.insert(out.end(), all.begin(), all.end());
  }
  return make_array(std::move(out), context.fuel);
}

Status flatten_into(const Value& list, std::vector<Value>& out, Context& context) {
  for (size_t i = 0; i < list.size(); ++i) {
    TRY(context.fuel.spend());
    Value item = list.item(i);
    if (item.is_array()) {
      TRY(flatten_into(item, out, context));
    } else {
      out.push_back(std::move(item));
    }
  }
  return {};
}

Result<Value> flatten(Arguments args, Context& context) {
  TRY(items("flatten", args[0], context));
  std::vector<Value> out;
  TRY(flatten_into(args[0], out, context));
  return make_array(std::move(out), context.fuel);
}

Result<Value> uniq(Arguments args, Context& context) {
  TRY_ASSIGN(const std::vector<Value> all, items("uniq", args[0], context));
  std::vector<Value> out;
  for (const Value& item : all) {
    bool seen = false;
    for (size_t i = 0; i < out.size() && !seen; ++i) {
      TRY_ASSIGN(seen, equal(out[i], item, context.fuel));
    }
    if (!seen) out.push_back(item);
  }
  return make_array(std::move(out), context.fuel);
}

Result<Value> sort(Arguments args, Context& context) {
  TRY_ASSIGN(const std::vector<Value> all, items("sort", args[0], context));
  bool descending = false;
  if (args.size() > 1) {
    TRY_ASSIGN(descending, is_descending(args[1]));
  }
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& item : all) keyed.emplace_back(item, item);
  return sort_items(std::move(keyed), descending, context);
}

constexpr Builtin kTable[] = {
    {"len", 1, 1, len},
    {"first", 1, 1, first},
    {"last", 1, 1, last},
    {"get", 2, 2, get},
    {"take", 2, 2, take},
    {"keys", 1, 1, keys},
    {"values", 1, 1, values},
    {"toPairs", 1, 1, to_pairs},
    {"fromPairs", 1, 1, from_pairs},
    {"reverse", 1, 1, reverse},
    {"concat", 1, kAnyNumber, concat},
    {"flatten", 1, 1, flatten},
    {"uniq", 1, 1, uniq},
    {"sort", 1, 2, sort},
};

}  // namespace

std::span<const Builtin> list_builtins() { return kTable; }

Result<bool> is_descending(const Value& order) {
  const std::string* text = order.if_string();
  if (text != nullptr && (*text == "asc" || *text == "desc")) return *text == "desc";
  return bad_argument(R"(invalid order: want "asc" or "desc")", order);
}

Result<Value> sort_items(std::vector<std::pair<Value, Value>> keyed, bool descending,
                         Context& context) {
  TRY(context.fuel.spend(keyed.size()));
  for (const auto& [key, item] : keyed) {
    // Comparing everything with the first is enough: what compares is of one kind.
    if (!compare(keyed[0].first, key)) {
      return bad_argument("cannot compare " + std::string(keyed[0].first.go_type()) +
                              " with another kind of value while sorting",
                          key);
    }
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    const int order = *compare(a.first, b.first);
    return descending ? order > 0 : order < 0;
  });
  std::vector<Value> out;
  out.reserve(keyed.size());
  for (auto& [key, item] : keyed) out.push_back(std::move(item));
  return make_array(std::move(out), context.fuel);
}

}  // namespace slipway::expr::lang
