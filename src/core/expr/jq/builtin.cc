#include "core/expr/jq/builtin.h"

#include <algorithm>

#include "core/expr/jq/parser.h"

namespace slipway::expr::jq {
namespace {

using Table = std::map<std::pair<std::string_view, size_t>, const Native*>;

const Table& table() {
  static const Table made = [] {
    Table all;
    for (const auto& natives :
         {number_natives(), text_natives(), list_natives(), sort_natives(), object_natives(),
          format_natives(), regex_natives(), time_natives(), other_natives()}) {
      for (const Native& native : natives) all[{native.name, native.arguments}] = &native;
    }
    return all;
  }();
  return made;
}

std::string signature(const Call& call) {
  std::string text(call.name.starts_with('_') ? call.name.substr(1) : call.name);
  if (call.arguments.empty()) return text;
  text += '(';
  for (const Value& argument : call.arguments) {
    if (&argument != call.arguments.data()) text += "; ";
    text += preview(argument);
  }
  return text + ")";
}

}  // namespace

Error Call::refuse() const {
  return invalid(signature(*this) + " cannot be applied to: " + preview_with_type(input));
}

Error Call::refuse(const Value& value) const {
  return invalid(std::string(name) + " cannot be applied to: " + preview_with_type(value));
}

Error Call::because(const Error& why) const {
  if (why.code == ErrorCode::kLimit) return why;
  return invalid(signature(*this) + " cannot be applied to " + preview(input) + ": " + why.message);
}

const Native* find_native(std::string_view name, size_t arguments) {
  const auto found = table().find({name, arguments});
  return found != table().end() ? found->second : nullptr;
}

std::vector<std::string> builtin_names() {
  std::vector<std::string> names = prelude_names();
  for (const auto& [key, native] : table()) {
    if (key.first.starts_with('_') || key.first.starts_with('@')) continue;
    names.push_back(std::string(key.first) + "/" + std::to_string(key.second));
  }
  for (const std::string_view name :
       {"empty/0", "error/0", "error/1", "path/1", "getpath/1", "range/1", "range/2", "range/3"}) {
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace slipway::expr::jq
