#include "core/manifest/parse.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/limit.h"
#include "core/manifest/schema/check.h"
#include "core/manifest/schema/nearest.h"
#include "core/manifest/schema/schema.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

// From a parsed value to a Document, or to the reasons why not.
class Reader {
 public:
  Reader(YamlDocument source, std::string_view file, ParseOptions options, bool coerce)
      : source_(std::move(source)), file_(file), options_(options), coerce_(coerce) {}

  void run(Parsed& parsed) {
    json::object* object = source_.value.if_object();
    if (object == nullptr) {
      report({}, "not-an-object", "a document must be an object with apiVersion, kind and metadata",
             "");
    } else if (const auto kind = read_kind(*object)) {
      check_object(*kind, *object, file_, source_.positions, {options_.strict, coerce_},
                   diagnostics_);
      check_metadata(*kind, *object);
      if (*kind == Kind::kSecret) check_base64(*object, "data");
      if (*kind == Kind::kConfigMap) check_base64(*object, "binaryData");
      if (!has_errors(diagnostics_)) {
        parsed.documents.push_back(
            {{*kind, std::move(*object)}, std::string(file_), std::move(source_.positions)});
      }
    }
    for (Diagnostic& diagnostic : diagnostics_) {
      parsed.diagnostics.push_back(std::move(diagnostic));
    }
  }

 private:
  std::optional<Kind> read_kind(const json::object& object) {
    const json::value* written = find(object, "kind");
    if (written == nullptr || !written->is_string()) {
      report("kind", "missing-field", "the document has no kind",
             "add kind: Workflow, for example");
      return std::nullopt;
    }
    const std::string_view name = view(written->get_string());
    std::vector<std::string_view> names;
    for (const Kind kind : kAllKinds) {
      if (to_string(kind) == name) return check_version(kind, object);
      names.push_back(to_string(kind));
    }
    const std::string_view near = nearest(name, names);
    report("kind", "unknown-kind", fmt::format("Slipway does not know the kind {:?}", name),
           near.empty() ? fmt::format("it knows {}", fmt::join(names, ", "))
                        : fmt::format("did you mean {}?", near));
    return std::nullopt;
  }

  std::optional<Kind> check_version(Kind kind, const json::object& object) {
    const std::string version = get_string(object, "apiVersion");
    if (version == api_version(kind)) return kind;
    report("apiVersion", version.empty() ? "missing-field" : "unknown-version",
           version.empty()
               ? fmt::format("the {} has no apiVersion", to_string(kind))
               : fmt::format("{:?} is not the apiVersion of {}", version, to_string(kind)),
           fmt::format("write apiVersion: {}", api_version(kind)));
    return std::nullopt;
  }

  void check_metadata(Kind kind, const json::object& object) {
    const json::object* metadata = find_object(object, "metadata");
    if (metadata == nullptr) {
      // Where the schema requires it, this has been said.
      if (kind != Kind::kPersistentVolumeClaim) return;
      return report("metadata", "missing-field", "metadata.name is missing", "add it");
    }
    if (!get_string(*metadata, "name").empty()) return;
    if (!get_string(*metadata, "generateName").empty()) return;
    report("metadata", "missing-field", fmt::format("the {} has no name", to_string(kind)),
           kind == Kind::kWorkflow ? "add metadata.name or metadata.generateName"
                                   : "add metadata.name");
  }

  void check_base64(const json::object& object, std::string_view member) {
    const json::object* data = find_object(object, member);
    if (data == nullptr) return;
    for (const auto& [key, value] : *data) {
      const json::string* text = value.if_string();
      if (text == nullptr || decode_base64(view(*text)).ok()) continue;
      const std::string path = member_path(member, key);
      report(path, "not-base64", fmt::format("{} is not base64", path),
             member == "data" ? "encode it with base64, or move it to stringData"
                              : "encode it with base64, or move it to data");
    }
  }

  void report(std::string path, std::string rule, std::string message, std::string fix) {
    Position at;
    for (const std::string_view key : {std::string_view(path), std::string_view("kind")}) {
      const auto found = source_.positions.find(key);
      if (found == source_.positions.end()) continue;
      at = found->second;
      break;
    }
    if (at.line == 0 && !source_.positions.empty()) {
      at = std::min_element(source_.positions.begin(), source_.positions.end(),
                            [](const auto& a, const auto& b) {
                              return std::pair(a.second.line, a.second.column) <
                                     std::pair(b.second.line, b.second.column);
                            })
               ->second;
    }
    diagnostics_.push_back({Severity::kError, std::string(file_), at.line, at.column,
                            std::move(path), std::move(rule), std::move(message), std::move(fix)});
  }

  YamlDocument source_;
  std::string_view file_;
  ParseOptions options_;
  bool coerce_;
  Diagnostics diagnostics_;
};

bool too_deep(const json::value& value, size_t depth = 0) {
  if (depth > limit::kJsonDepth) return true;
  if (const auto* array = value.if_array()) {
    return std::any_of(array->begin(), array->end(),
                       [&](const json::value& item) { return too_deep(item, depth + 1); });
  }
  const auto* object = value.if_object();
  return object != nullptr && std::any_of(object->begin(), object->end(), [&](const auto& member) {
           return too_deep(member.value(), depth + 1);
         });
}

}  // namespace

Parsed parse(std::string_view text, std::string_view file, ParseOptions options) {
  Parsed parsed;
  for (YamlDocument& document : read_yaml(text, file, parsed.diagnostics)) {
    Reader(std::move(document), file, options, true).run(parsed);
  }
  return parsed;
}

Parsed check(json::object object, std::string_view origin, ParseOptions options) {
  Parsed parsed;
  YamlDocument document{std::move(object), {}};
  if (too_deep(document.value)) {
    parsed.diagnostics.push_back(
        {.file = std::string(origin),
         .rule = "too-deep",
         .message = fmt::format("nested deeper than {} levels", limit::kJsonDepth)});
    return parsed;
  }
  Reader(std::move(document), origin, options, false).run(parsed);
  return parsed;
}

}  // namespace slipway::manifest
