#include "core/workflow/node_selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::workflow {
namespace {

constexpr std::string_view kInputPrefix = "inputs.parameters.";
constexpr std::string_view kInputSuffix = ".value";
constexpr std::array<std::string_view, 7> kKeys{"displayName",         "name",  "id",
                                                "templateName",        "phase", "templateRef.name",
                                                "templateRef.template"};

bool is_input_key(std::string_view key) {
  return key.size() > kInputPrefix.size() + kInputSuffix.size() && key.starts_with(kInputPrefix) &&
         key.ends_with(kInputSuffix);
}

// Splits at commas that no backslash precedes; the backslashes stay.
std::vector<std::string> split_terms(std::string_view text) {
  std::vector<std::string> terms(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      terms.back() += text[i];
      terms.back() += text[++i];
    } else if (text[i] == ',') {
      terms.emplace_back();
    } else {
      terms.back() += text[i];
    }
  }
  return terms;
}

std::string unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

std::string value_of(const json::object& node, const std::string& key) {
  if (const size_t dot = key.find('.'); dot != std::string::npos && !is_input_key(key)) {
    const json::object* reference = find_object(node, "templateRef");
    return reference != nullptr ? get_string(*reference, key.substr(dot + 1)) : std::string{};
  }
  if (key == "templateName" && find_object(node, "templateRef") != nullptr) {
    return value_of(node, "templateRef.template");
  }
  if (!is_input_key(key)) return get_string(node, key);
  const std::string name =
      key.substr(kInputPrefix.size(), key.size() - kInputPrefix.size() - kInputSuffix.size());
  const json::object* inputs = find_object(node, "inputs");
  const json::array* parameters = inputs != nullptr ? find_array(*inputs, "parameters") : nullptr;
  if (parameters == nullptr) return {};
  for (const json::value& item : *parameters) {
    if (item.is_object() && get_string(item.get_object(), "name") == name) {
      return get_string(item.get_object(), "value");
    }
  }
  return {};
}

}  // namespace

Result<NodeSelector> NodeSelector::parse(std::string_view text) {
  NodeSelector selector;
  if (text.empty()) return selector;
  for (const std::string& term : split_terms(text)) {
    const size_t equals = term.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::kInvalid, fmt::format("\"{}\" is not KEY=VALUE or KEY!=VALUE", term),
                   "node field selector"};
    }
    Requirement requirement;
    requirement.equal = term[equals - 1] != '!';
    requirement.key = term.substr(0, requirement.equal ? equals : equals - 1);
    const size_t value = equals + (term.compare(equals, 2, "==") == 0 ? 2 : 1);
    requirement.value = unescape(std::string_view(term).substr(value));
    if (std::find(kKeys.begin(), kKeys.end(), requirement.key) == kKeys.end() &&
        !is_input_key(requirement.key)) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("unknown key \"{}\"; known are {} and inputs.parameters.NAME.value",
                               requirement.key, fmt::join(kKeys, ", ")),
                   "node field selector"};
    }
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool NodeSelector::matches(const json::object& node) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& r) {
    return (value_of(node, r.key) == r.value) == r.equal;
  });
}

bool NodeSelector::matches(const Node& node) const {
  return matches(json::object{
      {"displayName", node.display_name},
      {"name", node.name},
      {"id", node.id.value},
      {"templateName", node.template_name},
      {"phase", to_string(node.phase)},
      {"templateRef", node.template_ref.empty() ? json::value() : json::value(node.template_ref)},
      {"inputs", node.inputs}});
}

}  // namespace slipway::workflow
