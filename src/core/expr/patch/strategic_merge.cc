// Strategic merge. Kubernetes takes merge keys from its types' struct tags; here they follow from
// the names of the fields, which are unambiguous in pod specs and workflow specs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/expr/patch/patch.h"

namespace slipway::expr {
namespace {

struct MergeList {
  std::string_view field;
  std::string_view key;  // "metadata.name" is a path; empty: a list of plain values
};

constexpr std::array kLists = std::to_array<MergeList>({
    {"artifacts", "name"},
    {"conditions", "type"},
    {"containers", "name"},
    {"env", "name"},
    {"ephemeralContainers", "name"},
    {"finalizers", ""},
    {"hostAliases", "ip"},
    {"imagePullSecrets", "name"},
    {"initContainers", "name"},
    {"ownerReferences", "uid"},
    {"parameters", "name"},
    {"podIPs", "ip"},
    {"ports", "containerPort"},
    {"resourceClaims", "name"},
    {"schedulingGates", "name"},
    {"secrets", "name"},
    {"sidecars", "name"},
    {"tasks", "name"},
    {"templates", "name"},
    {"topologySpreadConstraints", "topologyKey"},
    {"volumeClaimTemplates", "metadata.name"},
    {"volumeDevices", "devicePath"},
    {"volumeMounts", "mountPath"},
    {"volumes", "name"},
});

const MergeList* find_list(std::string_view field) {
  const auto* found = std::find_if(kLists.begin(), kLists.end(),
                                   [&](const MergeList& list) { return list.field == field; });
  return found != kLists.end() ? found : nullptr;
}

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kOrder = "$setElementOrder/";
constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";

Error invalid(std::string_view what) {
  return Error{ErrorCode::kInvalid, fmt::format("strategic merge patch: {}", what), ""};
}

const json::value* key_of(const json::value& element, std::string_view key) {
  const json::object* object = element.if_object();
  for (size_t dot = key.find('.'); object != nullptr && dot != key.npos; dot = key.find('.')) {
    object = find_object(*object, key.substr(0, dot));
    key.remove_prefix(dot + 1);
  }
  return object != nullptr ? find(*object, key) : nullptr;
}

json::value* find_element(json::array& list, std::string_view key, const json::value& wanted) {
  for (json::value& element : list) {
    const json::value* found = key_of(element, key);
    if (found != nullptr && *found == wanted) return &element;
  }
  return nullptr;
}

Result<std::string> directive(const json::object& object) {
  const json::value* found = object.if_contains(kDirective);
  if (found == nullptr) return std::string();
  if (!found->is_string()) return invalid("$patch must be a string");
  const std::string text = str(found->get_string());
  if (text == "replace" || text == "delete" || text == "merge") return text;
  return invalid(fmt::format("unknown $patch '{}': want replace, delete or merge", text));
}

Result<json::value> merge(json::value target, const json::value& patch);
Status merge_object(json::object& target, const json::object& patch);

// A part of the patch that meets nothing in the target: without directives and nulls.
Result<json::value> fresh(const json::value& patch) {
  if (patch.is_object()) return merge(json::object(), patch);
  return patch;
}

void remove_values(json::array& list, const json::array& values) {
  const auto listed = [&](const json::value& item) {
    return std::find(values.begin(), values.end(), item) != values.end();
  };
  list.erase(std::remove_if(list.begin(), list.end(), listed), list.end());
}

Status merge_plain_list(json::array& target, const json::array& patch) {
  for (const json::value& item : patch) {
    if (std::find(target.begin(), target.end(), item) == target.end()) target.push_back(item);
  }
  return {};
}

Status merge_keyed_list(json::array& target, const json::array& patch, const MergeList& list) {
  for (const json::value& item : patch) {  // {$patch: replace} makes the rest the whole list
    const json::object* object = item.if_object();
    if (object == nullptr) {
      return invalid(fmt::format("an element of {} is not a map", list.field));
    }
    TRY_ASSIGN(const std::string wanted, directive(*object));
    if (wanted == "replace" && key_of(item, list.key) == nullptr) target.clear();
  }
  for (const json::value& item : patch) {
    const json::value* key = key_of(item, list.key);
    TRY_ASSIGN(const std::string wanted, directive(item.get_object()));
    if (key == nullptr) {
      if (wanted == "replace") continue;
      return invalid(fmt::format("an element of {} has no {}, which says what it is merged with",
                                 list.field, list.key));
    }
    json::value* existing = find_element(target, list.key, *key);
    if (wanted == "delete") {
      if (existing != nullptr) target.erase(target.begin() + (existing - target.data()));
    } else if (existing == nullptr) {
      TRY_ASSIGN(json::value added, fresh(item));
      target.push_back(std::move(added));
    } else {
      TRY_ASSIGN(*existing, merge(std::move(*existing), item));
    }
  }
  return {};
}

// Elements named in `order` come in its order, after those that it does not name.
void sort_by(json::array& list, const json::array& order, std::string_view key) {
  const auto rank = [&](const json::value& element) -> std::ptrdiff_t {
    for (size_t i = 0; i < order.size(); ++i) {
      if (key.empty()) {
        if (order[i] == element) return static_cast<std::ptrdiff_t>(i);
        continue;
      }
      const json::value* wanted = key_of(order[i], key);
      const json::value* found = key_of(element, key);
      if (wanted != nullptr && found != nullptr && *wanted == *found) {
        return static_cast<std::ptrdiff_t>(i);
      }
    }
    return -1;
  };
  std::vector<std::pair<std::ptrdiff_t, json::value>> ranked;
  for (json::value& element : list) {
    const auto at = rank(element);
    ranked.emplace_back(at, std::move(element));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  list.clear();
  for (auto& [at, element] : ranked) list.push_back(std::move(element));
}

Status merge_member(json::object& target, std::string_view field, const json::value& change) {
  json::value* existing = target.if_contains(field);
  if (change.is_null()) {
    target.erase(field);
    return {};
  }
  const MergeList* list = find_list(field);
  if (list != nullptr && change.is_array()) {
    if (existing == nullptr || !existing->is_array()) existing = &(target[field] = json::array());
    if (list->key.empty()) return merge_plain_list(existing->get_array(), change.get_array());
    const json::array& elements = change.get_array();
    const bool plain = std::none_of(elements.begin(), elements.end(),
                                    [](const json::value& element) { return element.is_object(); });
    if (plain && !elements.empty()) {  // another field of the same name, such as a list of texts
      *existing = change;
      return {};
    }
    return merge_keyed_list(existing->get_array(), elements, *list);
  }
  if (existing == nullptr) {
    TRY_ASSIGN(target[field], fresh(change));
    return {};
  }
  TRY_ASSIGN(*existing, merge(std::move(*existing), change));
  return {};
}

// $retainKeys: only these members stay, as for a volume that changes its kind.
Status retain(json::object& target, const json::value& keys) {
  if (!keys.is_array()) return invalid("$retainKeys must be a list");
  std::vector<std::string> doomed;
  for (const auto& member : target) {
    const auto& kept = keys.get_array();
    const bool stays = std::any_of(kept.begin(), kept.end(), [&](const json::value& key) {
      return key.is_string() && view(key.get_string()) == std::string_view(member.key());
    });
    if (!stays) doomed.emplace_back(member.key());
  }
  for (const std::string& key : doomed) target.erase(key);
  return {};
}

Status apply_list_directive(json::object& target, std::string_view field,
                            const json::value& change) {
  const bool deletes = field.starts_with(kDelete);
  if (!change.is_array()) return invalid(fmt::format("{} must be a list", field));
  field.remove_prefix(deletes ? kDelete.size() : kOrder.size());
  json::value* list = target.if_contains(field);
  if (list == nullptr || !list->is_array()) return {};
  if (deletes) {
    remove_values(list->get_array(), change.get_array());
  } else {
    const MergeList* known = find_list(field);
    sort_by(list->get_array(), change.get_array(), known != nullptr ? known->key : "");
  }
  return {};
}

Status merge_object(json::object& target, const json::object& patch) {
  if (const json::value* keys = patch.if_contains(kRetainKeys)) TRY(retain(target, *keys));
  for (const auto& change : patch) {
    const std::string_view field = change.key();
    if (field == kDirective || field == kRetainKeys || field.starts_with(kOrder) ||
        field.starts_with(kDelete)) {
      continue;
    }
    TRY(merge_member(target, field, change.value()));
  }
  for (const std::string_view prefix : {kDelete, kOrder}) {  // orders look at the merged lists
    for (const auto& change : patch) {
      const std::string_view field = change.key();
      if (field.starts_with(prefix)) TRY(apply_list_directive(target, field, change.value()));
    }
  }
  return {};
}

Result<json::value> merge(json::value target, const json::value& patch) {
  const json::object* changes = patch.if_object();
  if (changes == nullptr) return patch;
  TRY_ASSIGN(const std::string wanted, directive(*changes));
  if (wanted == "delete") return json::value(json::object());
  if (wanted == "replace" || !target.is_object()) target = json::object();
  TRY(merge_object(target.get_object(), *changes));
  return target;
}

}  // namespace

Result<json::value> strategic_merge(json::value target, const json::value& patch) {
  if (!patch.is_object()) return invalid("want a map");
  return merge(std::move(target), patch);
}

}  // namespace slipway::expr
