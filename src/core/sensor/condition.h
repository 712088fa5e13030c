// `conditions` of a trigger: && and || over dependency names. Private to this folder.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace slipway::sensor {

class Condition {
 public:
  // kInvalid when it does not parse, is nested too deeply or names a dependency that is not in
  // `known`. Empty text: all of `known` together.
  static Result<Condition> parse(std::string_view text, const std::vector<std::string>& known);

  bool holds(const std::set<std::string>& satisfied) const;
  const std::set<std::string>& names() const { return names_; }
  // Whether events are kept until the rest comes (spec events.md, b31): the text has an `&`.
  bool keeps_events() const { return keeps_; }
  const std::string& text() const { return text_; }

 private:
  // In postfix order: a name pushes, "&&" and "||" take two.
  std::vector<std::string> postfix_;
  std::set<std::string> names_;
  std::string text_;
  bool keeps_ = false;

  friend class ConditionParser;
};

}  // namespace slipway::sensor
