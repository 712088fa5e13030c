// Kubernetes label selectors: "a=b,c!=d,e in (x,y),f notin (z),g,!h", also with > and <.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace slipway::expr {

class LabelSelector {
 public:
  static Result<LabelSelector> parse(std::string_view text);
  // `value` gives a label's value, or nullopt when the object has no such label.
  bool matches(const std::function<std::optional<std::string>(const std::string&)>& value) const;
  bool empty() const { return requirements_.empty(); }

  struct Requirement {
    enum class Op { kEquals, kNotEquals, kIn, kNotIn, kExists, kAbsent, kGreater, kLess } op;
    std::string key;
    std::vector<std::string> values;
  };
  const std::vector<Requirement>& requirements() const { return requirements_; }  // all must hold

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace slipway::expr
