#include "core/manifest/schema/compat.h"

#include <fmt/format.h>

#include <set>

namespace slipway::manifest {
namespace {

struct Group {
  std::string_view prefix, title;
};
constexpr Group kGroups[] = {{"w.", "Argo Workflows"}, {"e.", "Argo Events"}, {"k.", "Kubernetes"}};

// The fields of a type by what becomes of them; those with one reason together.
struct Sorted {
  std::string acted_on;
  std::vector<std::pair<FieldSupport, std::string>> others;
};

Sorted sort_fields(const SchemaType& type) {
  Sorted out;
  const auto put = [&](const FieldSupport& found, const std::string& name) {
    std::string* names = &out.acted_on;
    if (found.support != Support::kActedOn) {
      const auto same = std::find_if(out.others.begin(), out.others.end(), [&](const auto& other) {
        return other.first.support == found.support && other.first.reason == found.reason;
      });
      names = same != out.others.end() ? &same->second : &out.others.emplace_back(found, "").second;
    }
    *names += fmt::format("{}`{}`", names->empty() ? "" : " ", name);
  };
  for (const SchemaField& field : type.fields) {
    put(field.support, std::string(field.name));
    for (const NamedSupport& entry : field.entries) {
      put(entry.support, fmt::format("{}.{}", field.name, entry.name));
    }
  }
  return out;
}

std::string_view word(Support support) {
  switch (support) {
    case Support::kActedOn:
      return "supported";
    case Support::kNoEffect:
      return "no effect";
    case Support::kRefused:
      return "**refused**";
    case Support::kServer:
      return "read-only";
  }
  return "";
}

std::string group_text(const Group& group, const std::vector<const SchemaType*>& types) {
  std::string deviations, supported;
  for (const SchemaType* type : types) {
    if (!type->key.starts_with(group.prefix)) continue;
    const Sorted fields = sort_fields(*type);
    for (const auto& [found, names] : fields.others) {
      deviations += fmt::format("| {} | {} | {} | {} |\n", type->name, names, word(found.support),
                                found.reason);
    }
    if (!fields.acted_on.empty()) {
      supported += fmt::format("- {}: {}\n", type->name, fields.acted_on);
    }
  }
  return fmt::format(
      "## {0}\n\n| type | fields | | why |\n|---|---|---|---|\n{1}\nSupported:\n\n{2}\n",
      group.title, deviations, supported);
}

}  // namespace

std::vector<const SchemaType*> reachable_types() {
  std::vector<const SchemaType*> found;
  std::set<std::string_view> seen;
  const auto add = [&](const SchemaType* type) {
    if (type != nullptr && seen.insert(type->key).second) found.push_back(type);
  };
  for (const Kind kind : kAllKinds) add(&type_of(kind));
  for (size_t i = 0; i < found.size(); ++i) {
    for (const SchemaField& field : found[i]->fields) {
      if (field.support.support != Support::kActedOn) continue;
      add(inner_type(field.shape));
    }
  }
  return found;
}

std::string compat_text() {
  const std::vector<const SchemaType*> types = reachable_types();
  std::string out;
  for (const Group& group : kGroups) out += group_text(group, types);
  return out;
}

}  // namespace slipway::manifest
