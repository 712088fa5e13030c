// Go's regular expressions are RE2; this bounds what compiling one may cost.
#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway::expr {

using Regex = std::shared_ptr<const RE2>;

// kInvalid with RE2's own text.
Result<Regex> compile_regex(std::string_view pattern);

// The patterns of one run of an expression, each compiled once: a filter tries one pattern on
// thousands of names.
class Regexes {
 public:
  // `spend` is asked for the fuel (size_t to Status) that a pattern costs which is not there yet;
  // its error is passed on. kInvalid as compile_regex().
  template <class Spend>
  Result<Regex> compile(std::string_view pattern, Spend&& spend) {
    if (const auto found = kept_.find(pattern); found != kept_.end()) return found->second;
    TRY(spend(kFuel + 20 * pattern.size()));
    TRY_ASSIGN(Regex made, compile_regex(pattern));
    TRY(spend(static_cast<size_t>(made->ProgramSize())));
    if (kept_.size() >= kKept) kept_.clear();
    kept_.emplace(pattern, made);
    return made;
  }
  Result<Regex> compile(std::string_view pattern) {
    return compile(pattern, [](size_t) { return Status(); });
  }

 private:
  static constexpr size_t kFuel = 1'000, kKept = 64;
  std::map<std::string, Regex, std::less<>> kept_;
};

}  // namespace slipway::expr
