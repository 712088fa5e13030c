// Which fields are acted on. The table in support.cc is the one place to edit when a feature starts
// to work; lint, apply, submit and docs/compat.md read it.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace slipway::manifest {

enum class Support {
  kActedOn,
  kNoEffect,  // accepted; nothing is done for it here, and the reason says why that is right
  kRefused,   // not done, and needed: what uses it is refused with the reason
  kServer,    // written by the server; in a manifest it says nothing
};

struct FieldSupport {
  Support support = Support::kActedOn;
  std::string_view reason = {};  // a clause, e.g. "locks live in Slipway's own journal"
  // "medium=Memory": beside a member with this value it is acted on after all.
  std::string_view unless = {};
};
struct NamedSupport {
  std::string_view name;
  FieldSupport support;
};

// Of a field of the schema type `type` ("w.Template").
FieldSupport support_of(std::string_view type, std::string_view field);

// Of keys of a map that is such a field; of those that are not named the field's own holds.
std::vector<NamedSupport> entries_in_support(std::string_view type, std::string_view field);

// Each (type, field) that the table names; the type may be "*", the field too, and a key of a map
// is "field.key".
std::vector<std::pair<std::string_view, std::string_view>> named_in_support();

// Fields that the published schemas call required and that Argo does without, because Go's zero
// value stands for them.
bool is_optional_in_practice(std::string_view type, std::string_view field);

}  // namespace slipway::manifest
