#include "core/expr/exprlang/builtin.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::expr::lang {
namespace {

using Kind = Closure::Kind;

constexpr Closure kClosures[] = {
    {"all", Kind::kAll},
    {"none", Kind::kNone},
    {"any", Kind::kAny},
    {"one", Kind::kOne},
    {"filter", Kind::kFilter},
    {"map", Kind::kMap},
    {"find", Kind::kFind},
    {"findIndex", Kind::kFindIndex},
    {"findLast", Kind::kFindLast},
    {"findLastIndex", Kind::kFindLastIndex},
    {"count", Kind::kCount, true},
    {"sum", Kind::kSum, true},
    {"groupBy", Kind::kGroupBy},
    {"sortBy", Kind::kSortBy, false, 1},
    {"reduce", Kind::kReduce, false, 1},
};

}  // namespace

const Closure* find_closure(std::string_view name) {
  const auto* found = std::find_if(std::begin(kClosures), std::end(kClosures),
                                   [&](const Closure& closure) { return closure.name == name; });
  return found != std::end(kClosures) ? found : nullptr;
}

const Builtin* find_builtin(std::string_view name) {
  for (const auto table : {list_builtins(), number_builtins(), text_builtins(), time_builtins(),
                           conversion_builtins()}) {
    for (const Builtin& builtin : table) {
      if (builtin.name == name) return &builtin;
    }
  }
  return nullptr;
}

Error bad_argument(std::string_view what, const Value& value) {
  return Error{ErrorCode::kInvalid, fmt::format("{} (got {})", what, value.go_type()), ""};
}

}  // namespace slipway::expr::lang
