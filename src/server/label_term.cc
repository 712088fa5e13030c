#include "server/label_term.h"

#include <map>

namespace slipway::server {

std::vector<port::LabelTerm> label_terms(const expr::LabelSelector& selector) {
  using From = expr::LabelSelector::Requirement::Op;
  using To = port::LabelTerm::Op;
  static const std::map<From, To> kOps = {
      {From::kEquals, To::kIn},       {From::kNotEquals, To::kNotIn}, {From::kIn, To::kIn},
      {From::kNotIn, To::kNotIn},     {From::kExists, To::kExists},   {From::kAbsent, To::kAbsent},
      {From::kGreater, To::kGreater}, {From::kLess, To::kLess}};
  std::vector<port::LabelTerm> terms;
  for (const auto& one : selector.requirements()) {
    terms.push_back({kOps.at(one.op), one.key, one.values});
  }
  return terms;
}

bool labels_match(const expr::LabelSelector& selector, const json::object& object) {
  const json::object& labels = object_of(object_of(object, "metadata"), "labels");
  return selector.matches([&](const std::string& key) -> std::optional<std::string> {
    const json::string* value = find_string(labels, key);
    return value != nullptr ? std::optional(str(*value)) : std::nullopt;
  });
}

}  // namespace slipway::server
