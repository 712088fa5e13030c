#include "core/manifest/schema/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/assert.h"

namespace slipway::manifest {
namespace {

using Types = std::map<std::string_view, SchemaType>;

SchemaField to_field(std::string_view type, std::string_view word) {
  const size_t colon = word.find(':');
  SLIPWAY_ASSERT(colon != std::string_view::npos);
  const std::string_view name = word.substr(0, colon);
  SchemaField field{name, word.substr(colon + 1), false, support_of(type, name),
                    entries_in_support(type, name)};
  if (field.shape.ends_with('!')) {
    field.required = true;
    field.shape.remove_suffix(1);
  }
  return field;
}

void read_table(std::string_view table, Types& types) {
  SchemaType* current = nullptr;
  bool line_start = true;
  while (!table.empty()) {
    if (table.front() == '\n' || table.front() == ' ') {
      line_start = table.front() == '\n';
      table.remove_prefix(1);
      continue;
    }
    const std::string_view word = table.substr(0, table.find_first_of(" \n"));
    table.remove_prefix(word.size());
    if (line_start) {
      current = &types[word];
      current->key = word;
      current->name = word.substr(2);
    } else {
      SLIPWAY_ASSERT(current != nullptr);
      current->fields.push_back(to_field(current->key, word));
    }
    line_start = false;
  }
}

// Made at the first use and never changed after.
const Types& types() {
  static const Types kTypes = [] {
    Types out;
    for (const std::string_view table : {kWorkflowTable, kEventTable, kKubernetesTable}) {
      read_table(table, out);
    }
    return out;
  }();
  return kTypes;
}

}  // namespace

const SchemaField* SchemaType::find(std::string_view field) const {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), field,
                       [](const SchemaField& f, std::string_view n) { return f.name < n; });
  return found != fields.end() && found->name == field ? &*found : nullptr;
}

const SchemaType* find_type(std::string_view key) {
  const auto found = types().find(key);
  return found != types().end() ? &found->second : nullptr;
}

const SchemaType& type_of(Kind kind) {
  for (const std::string_view prefix : {"w.", "e.", "k."}) {
    if (const SchemaType* type = find_type(fmt::format("{}{}", prefix, to_string(kind)))) {
      return *type;
    }
  }
  SLIPWAY_ASSERT(false);
  return types().begin()->second;
}

const SchemaType* inner_type(std::string_view shape) {
  for (;;) {
    if (shape.starts_with("[]") || shape.starts_with("{}")) {
      shape.remove_prefix(2);
    } else if (shape.starts_with('~')) {
      shape.remove_prefix(1);
    } else {
      return shape.find_first_of("@%") == 0 ? find_type(shape.substr(1)) : nullptr;
    }
  }
}

}  // namespace slipway::manifest
