// Sorting, grouping and the extremes. `_x_by` takes the keys of all elements as its argument.
#include <algorithm>

#include "core/expr/jq/builtin.h"

namespace slipway::expr::jq {
namespace {

struct Keyed {
  Value key, value;
};

Result<std::vector<Keyed>> keyed(const Call& call) {
  const Items* values = call.input.if_array();
  const Value& by = call.arguments.empty() ? call.input : call.arguments[0];
  const Items* keys = by.if_array();
  if (values == nullptr || keys == nullptr) return call.refuse();
  if (values->size() != keys->size()) return call.because(invalid("length mismatch"));
  std::vector<Keyed> items;
  items.reserve(values->size());
  for (size_t i = 0; i < values->size(); ++i) items.push_back({(*keys)[i], (*values)[i]});
  return items;
}

// A merge sort from the bottom up: unlike std::stable_sort it is safe with an order that is none,
// as that of NaN, or of a comparison that ran out of fuel.
Result<std::vector<Keyed>> sorted(const Call& call) {
  TRY_ASSIGN(std::vector<Keyed> items, keyed(call));
  std::vector<Keyed> other(items.size());
  for (size_t width = 1; width < items.size(); width *= 2) {
    for (size_t from = 0; from < items.size(); from += 2 * width) {
      const size_t middle = std::min(from + width, items.size());
      const size_t end = std::min(from + 2 * width, items.size());
      size_t left = from, right = middle;
      for (size_t to = from; to < end; ++to) {
        const bool take_right =
            left == middle ||
            (right < end && compare(items[right].key, items[left].key, call.budget()) < 0);
        other[to] = std::move(items[take_right ? right++ : left++]);
      }
    }
    if (call.budget().exhausted()) return call.budget().error();
    items.swap(other);
  }
  return items;
}

Result<Value> sort(const Call& call) {
  TRY_ASSIGN(std::vector<Keyed> items, sorted(call));
  Items out;
  for (Keyed& item : items) out.push_back(std::move(item.value));
  return make_array(std::move(out), call.budget());
}

Result<Value> group(const Call& call) {
  TRY_ASSIGN(std::vector<Keyed> items, sorted(call));
  std::vector<Items> groups;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == 0 || compare(items[i - 1].key, items[i].key, call.budget()) != 0) {
      groups.emplace_back();
    }
    groups.back().push_back(items[i].value);
  }
  Items out;
  for (Items& one : groups) {
    TRY_ASSIGN(Value made, make_array(std::move(one), call.budget()));
    out.push_back(std::move(made));
  }
  return make_array(std::move(out), call.budget());
}

Result<Value> unique(const Call& call) {
  TRY_ASSIGN(std::vector<Keyed> items, sorted(call));
  Items out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i == 0 || compare(items[i - 1].key, items[i].key, call.budget()) != 0) {
      out.push_back(items[i].value);
    }
  }
  return make_array(std::move(out), call.budget());
}

// Of equals the first least and the last greatest.
template <bool least>
Result<Value> extreme(const Call& call) {
  TRY_ASSIGN(const std::vector<Keyed> items, keyed(call));
  const Keyed* best = nullptr;
  for (const Keyed& item : items) {
    if (best == nullptr || (compare(best->key, item.key, call.budget()) > 0) == least) {
      best = &item;
    }
  }
  if (call.budget().exhausted()) return call.budget().error();
  return best != nullptr ? best->value : Value();
}

constexpr Native kNatives[] = {
    {"sort", 0, sort},
    {"_sort_by", 1, sort},
    {"_group_by", 1, group},
    {"unique", 0, unique},
    {"_unique_by", 1, unique},
    {"min", 0, extreme<true>},
    {"_min_by", 1, extreme<true>},
    {"max", 0, extreme<false>},
    {"_max_by", 1, extreme<false>},
};

}  // namespace

std::span<const Native> sort_natives() { return kNatives; }

}  // namespace slipway::expr::jq
