#include <algorithm>
#include <set>

#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

const json::array& list_of(const json::value& value) { return value.get_array(); }

Answer list(Args a) { return json::value(json::array(a.begin(), a.end())); }

Answer first(Args a) {
  return list_of(a[0]).empty() ? json::value(nullptr) : list_of(a[0]).front();
}
Answer last(Args a) { return list_of(a[0]).empty() ? json::value(nullptr) : list_of(a[0]).back(); }

Answer rest(Args a) {
  const json::array& all = list_of(a[0]);
  return json::value(all.empty() ? json::array() : json::array(all.begin() + 1, all.end()));
}
Answer initial(Args a) {
  const json::array& all = list_of(a[0]);
  return json::value(all.empty() ? json::array() : json::array(all.begin(), all.end() - 1));
}

Answer append(Args a) {
  json::array out = list_of(a[0]);
  out.push_back(a[1]);
  return json::value(std::move(out));
}
Answer prepend(Args a) {
  json::array out = list_of(a[0]);
  out.insert(out.begin(), a[1]);
  return json::value(std::move(out));
}

Answer concat(Args a) {
  json::array out;
  for (const json::value& part : a) {
    for (const auto& item : list_of(part)) out.push_back(item);
  }
  return json::value(std::move(out));
}

Answer reverse(Args a) {
  json::array out;
  const json::array& all = list_of(a[0]);
  for (size_t i = all.size(); i-- > 0;) out.push_back(all[i]);
  return json::value(std::move(out));
}

// Equal values, and only those, have equal keys.
std::string key_of(const json::value& value) {
  return std::to_string(static_cast<int>(value.kind())) + print_json(value, {.sort_keys = true});
}

Answer uniq(Args a) {
  std::set<std::string> seen;
  json::array out;
  for (const auto& item : list_of(a[0])) {
    if (seen.insert(key_of(item)).second) out.push_back(item);
  }
  return json::value(std::move(out));
}

Answer without(Args a) {
  std::set<std::string> omitted;
  for (const json::value& item : a.subspan(1)) omitted.insert(key_of(item));
  json::array out;
  for (const auto& item : list_of(a[0])) {
    if (!omitted.contains(key_of(item))) out.push_back(item);
  }
  return json::value(std::move(out));
}

Answer has(Args a) {
  if (a[1].is_null()) return json::value(false);
  if (!a[1].is_array()) return invalid("argument 2 must be a list");
  const json::array& all = list_of(a[1]);
  return json::value(std::any_of(all.begin(), all.end(),
                                 [&](const json::value& item) { return same(item, a[0]); }));
}

Answer compact(Args a) {
  json::array out;
  for (const auto& item : list_of(a[0])) {
    if (!is_empty(item)) out.push_back(item);
  }
  return json::value(std::move(out));
}

Answer slice(Args a) {
  const json::array& all = list_of(a[0]);
  const auto size = static_cast<int64_t>(all.size());
  const int64_t from = a.size() > 1 ? int_of(a[1]) : 0;
  const int64_t to = a.size() > 2 ? int_of(a[2]) : size;
  if (from < 0 || to > size || from > to) return invalid("slice bounds out of range");
  return json::value(json::array(all.begin() + from, all.begin() + to));
}

Answer chunk(Args a) {
  const int64_t size = int_of(a[0]);
  if (size < 1) return invalid("the size of a chunk must be 1 or more");
  json::array out;
  for (const auto& item : list_of(a[1])) {
    if (out.empty() || static_cast<int64_t>(out.back().get_array().size()) >= size) {
      out.emplace_back(json::array());
    }
    out.back().get_array().push_back(item);
  }
  return json::value(std::move(out));
}

constexpr Function kTable[] = {
    {"append", 2, 2, "l.", append},
    {"chunk", 2, 2, ".l", chunk},
    {"compact", 1, 1, "l", compact},
    {"concat", 0, kMany, "l", concat},
    {"first", 1, 1, "l", first},
    {"has", 2, 2, ".", has},
    {"initial", 1, 1, "l", initial},
    {"last", 1, 1, "l", last},
    {"list", 0, kMany, ".", list},
    {"mustAppend", 2, 2, "l.", append},
    {"mustChunk", 2, 2, ".l", chunk},
    {"mustCompact", 1, 1, "l", compact},
    {"mustFirst", 1, 1, "l", first},
    {"mustHas", 2, 2, ".", has},
    {"mustInitial", 1, 1, "l", initial},
    {"mustLast", 1, 1, "l", last},
    {"mustPrepend", 2, 2, "l.", prepend},
    {"mustPush", 2, 2, "l.", append},
    {"mustRest", 1, 1, "l", rest},
    {"mustReverse", 1, 1, "l", reverse},
    {"mustSlice", 1, 3, "l.", slice},
    {"mustUniq", 1, 1, "l", uniq},
    {"mustWithout", 1, kMany, "l.", without},
    {"prepend", 2, 2, "l.", prepend},
    {"push", 2, 2, "l.", append},
    {"rest", 1, 1, "l", rest},
    {"reverse", 1, 1, "l", reverse},
    {"slice", 1, 3, "l.", slice},
    {"tuple", 0, kMany, ".", list},
    {"uniq", 1, 1, "l", uniq},
    {"without", 1, kMany, "l.", without},
};

}  // namespace

std::span<const Function> list_functions() { return kTable; }

}  // namespace slipway::expr::sprig
