#include <algorithm>

#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

const json::object& dict_of(const json::value& value) { return value.get_object(); }

Answer dict(Args a) {
  json::object out;
  for (size_t i = 0; i < a.size(); i += 2) {
    out[text_of(a[i])] = i + 1 < a.size() ? a[i + 1] : json::value("");
  }
  return json::value(std::move(out));
}

Answer get(Args a) {
  const json::value* found = dict_of(a[0]).if_contains(view_of(a[1]));
  return found != nullptr ? *found : json::value("");
}

Answer set(Args a) {
  json::object out = dict_of(a[0]);
  out[view_of(a[1])] = a[2];
  return json::value(std::move(out));
}

Answer unset(Args a) {
  json::object out = dict_of(a[0]);
  out.erase(view_of(a[1]));
  return json::value(std::move(out));
}

Answer has_key(Args a) { return json::value(dict_of(a[0]).contains(view_of(a[1]))); }

Answer pluck(Args a) {
  json::array out;
  for (const json::value& value : a.subspan(1)) {
    if (const json::value* found = dict_of(value).if_contains(view_of(a[0]))) out.push_back(*found);
  }
  return json::value(std::move(out));
}

// dig "a" "b" default dict
Answer dig(Args a) {
  const json::value& fallback = a[a.size() - 2];
  const json::value* at = &a.back();
  for (const json::value& key : a.first(a.size() - 2)) {
    if (!key.is_string()) return invalid("keys must be strings");
    const json::object* object = at->if_object();
    at = object != nullptr ? object->if_contains(view_of(key)) : nullptr;
    if (at == nullptr) return fallback;
  }
  return *at;
}

// What `into` lacks or has empty comes from `from`; with `overwrite` all that is not empty does.
void merge_into(json::object& into, const json::object& from, bool overwrite) {
  for (const auto& member : from) {
    json::value& target = into[member.key()];
    if (target.is_object() && member.value().is_object()) {
      merge_into(target.get_object(), member.value().get_object(), overwrite);
    } else if (is_empty(target) || (overwrite && !is_empty(member.value()))) {
      target = member.value();
    }
  }
}

Answer merged(Args a, bool overwrite) {
  json::object out = dict_of(a[0]);
  for (const json::value& from : a.subspan(1)) merge_into(out, dict_of(from), overwrite);
  return json::value(std::move(out));
}

Answer merge(Args a) { return merged(a, false); }
Answer merge_overwrite(Args a) { return merged(a, true); }

std::vector<std::string_view> sorted_keys(const json::object& object) {
  std::vector<std::string_view> keys;
  for (const auto& member : object) keys.push_back(member.key());
  std::sort(keys.begin(), keys.end());
  return keys;
}

Answer keys(Args a) {
  json::array out;
  for (const json::value& value : a) {
    for (const std::string_view key : sorted_keys(dict_of(value))) out.emplace_back(key);
  }
  return json::value(std::move(out));
}

Answer values(Args a) {
  json::array out;
  for (const std::string_view key : sorted_keys(dict_of(a[0]))) {
    out.push_back(dict_of(a[0]).at(key));
  }
  return json::value(std::move(out));
}

Answer pick(Args a) {
  json::object out;
  for (const json::value& key : a.subspan(1)) {
    if (const json::value* found = dict_of(a[0]).if_contains(view_of(key))) {
      out[view_of(key)] = *found;
    }
  }
  return json::value(std::move(out));
}

Answer omit(Args a) {
  json::object out = dict_of(a[0]);
  for (const json::value& key : a.subspan(1)) out.erase(view_of(key));
  return json::value(std::move(out));
}

constexpr Function kTable[] = {
    {"dict", 0, kMany, ".", dict},
    {"dig", 3, kMany, ".", dig},
    {"get", 2, 2, "ds", get},
    {"hasKey", 2, 2, "ds", has_key},
    {"keys", 1, kMany, "d", keys},
    {"merge", 1, kMany, "d", merge},
    {"mergeOverwrite", 1, kMany, "d", merge_overwrite},
    {"mustMerge", 1, kMany, "d", merge},
    {"mustMergeOverwrite", 1, kMany, "d", merge_overwrite},
    {"omit", 1, kMany, "ds", omit},
    {"pick", 1, kMany, "ds", pick},
    {"pluck", 1, kMany, "sd", pluck},
    {"set", 3, 3, "ds.", set},
    {"unset", 2, 2, "ds", unset},
    {"values", 1, 1, "d", values},
};

}  // namespace

std::span<const Function> dict_functions() { return kTable; }

}  // namespace slipway::expr::sprig
