// What a name means where it stands. Bindings are counted from the outside in; the machine keeps
// them as a chain, so a use is "so many up".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expr/jq/tree.h"

namespace slipway::expr::jq {

class Names {
 public:
  enum class What : uint8_t { kVariable, kArgument, kLabel, kFunction };
  struct Name {
    What what;
    std::string name;
    size_t depth;  // a binding's own number, from 1; for a function the bindings around it
    const Function* function = nullptr;
  };
  // Names and bindings end where they began to be visible.
  struct Place {
    size_t names, depth;
  };

  Place place() const { return {names_.size(), depth_}; }
  void leave(Place place) {
    names_.resize(place.names);
    depth_ = place.depth;
  }

  // Hides what became visible since `place`, until show().
  struct Hidden {
    std::vector<Name> names;
    size_t depth;
  };
  Hidden hide(Place place) {
    Hidden hidden{{names_.begin() + static_cast<ptrdiff_t>(place.names), names_.end()}, depth_};
    leave(place);
    return hidden;
  }
  void show(Hidden hidden) {
    names_.insert(names_.end(), hidden.names.begin(), hidden.names.end());
    depth_ = hidden.depth;
  }

  size_t depth() const { return depth_; }
  size_t up(size_t binding) const { return depth_ - binding; }
  // The number of the new binding.
  size_t bind(What what, std::string_view name) {
    names_.push_back({what, std::string(name), ++depth_});
    return depth_;
  }
  size_t bind_unnamed() { return ++depth_; }
  void define(const Function& function) {
    names_.push_back({What::kFunction, function.name, depth_, &function});
  }

  std::vector<std::string> variables_since(Place place) const {
    std::vector<std::string> found;
    for (size_t i = place.names; i < names_.size(); ++i) {
      if (names_[i].what == What::kVariable) found.push_back(names_[i].name);
    }
    return found;
  }
  const Name* find(What what, std::string_view name) const {
    for (auto found = names_.rbegin(); found != names_.rend(); ++found) {
      if (found->what == what && found->name == name) return &*found;
    }
    return nullptr;
  }
  // A function, or an argument when there are no arguments to it.
  const Name* find_filter(std::string_view name, size_t arguments) const {
    for (auto found = names_.rbegin(); found != names_.rend(); ++found) {
      if (found->name != name) continue;
      if (found->what == What::kArgument && arguments == 0) return &*found;
      if (found->what == What::kFunction && found->function->parameters.size() == arguments) {
        return &*found;
      }
    }
    return nullptr;
  }

 private:
  std::vector<Name> names_;
  size_t depth_ = 0;
};

}  // namespace slipway::expr::jq
