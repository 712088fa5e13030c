// A JSONPath: steps from a root to the values it selects. Shared by kubectl's templates and by the
// jsonpath() function of expressions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/golang/regex.h"

namespace slipway::expr::jsonpath {

struct Filter;

struct Step {
  enum class Kind {
    kUnion,      // keys and indexes; one of them is the ordinary member or element
    kWildcard,   // every member or element
    kRecursive,  // this value and everything below
    kSlice,
    kFilter,
  } kind = Kind::kUnion;
  struct Choice {
    bool is_index = false;
    std::string key;
    int64_t index = 0;
  };
  std::vector<Choice> choices;
  std::optional<int64_t> from, to, step;
  std::shared_ptr<const Filter> filter;
};

struct Path {
  bool from_root = false;  // begins with $; otherwise with @ or nothing
  std::vector<Step> steps;

  // Whether it can name one value only.
  bool is_single() const;
};

// [?(...)]: a tree of comparisons.
struct Filter {
  enum class Op { kOr, kAnd, kNot, kExists, kCompare } op = Op::kExists;
  std::unique_ptr<Filter> left, right;
  struct Operand {
    std::optional<Path> path;  // otherwise the literal
    json::value literal;
    std::shared_ptr<const RE2> regex;  // of the right side of =~
  };
  Operand a, b;
  std::string comparison;  // == != < <= > >= =~
};

// Reads one path from the front of `text` and cuts it off. kInvalid with the place.
Result<Path> parse_path(std::string_view& text);

// The values that `path` selects, which live in `root`. Missing members select nothing. kLimit
// beyond kMaxSelected values.
Result<std::vector<const json::value*>> select(const Path& path, const json::value& root,
                                               const json::value& current);

inline constexpr size_t kMaxSelected = 100'000;
inline constexpr size_t kMaxFilterDepth = 64;

}  // namespace slipway::expr::jsonpath
