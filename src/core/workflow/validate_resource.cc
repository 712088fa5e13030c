// A resource template's action and manifest (workflow/validate/validate.go: validateLeaf).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/manifest/parse.h"
#include "core/workflow/plan_context.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

// Tags outside of quotes are no YAML, and a value takes their place before it is read.
std::string without_tags(std::string_view text) {
  std::string plain;
  for (size_t at = 0; at < text.size();) {
    const size_t open = std::min(text.find("{{", at), text.size());
    plain += text.substr(at, open - at);
    if (open == text.size()) break;
    const size_t close = text.find("}}", open);
    plain += 'x';
    at = close == text.npos ? text.size() : close + 2;
  }
  return plain;
}

void check_source(const json::object& templ, const json::object& resource, const std::string& place,
                  Problems& problems) {
  const std::string manifest = get_string(resource, "manifest");
  const json::object* from = find_object(resource, "manifestFrom");
  if (manifest.empty() && from == nullptr) {
    problems.add(fmt::format("either {0}.manifest or {0}.manifestFrom must be specified", place));
  } else if (!manifest.empty() && from != nullptr) {
    problems.add(place + " shouldn't have both manifest and manifestFrom");
  }
  const std::string artifact =
      from != nullptr ? get_string(object_of(*from, "artifact"), "name") : "";
  if (!artifact.empty() && !names_in(object_of(templ, "inputs"), "artifacts").contains(artifact)) {
    problems.add(
        fmt::format("{}.manifestFrom: the template has no input artifact '{}'", place, artifact));
  }
  const auto parsed = manifest::parse_yaml(without_tags(manifest), "manifest");
  if (!manifest.empty() && !parsed.ok()) {
    problems.add(fmt::format("{}.manifest must be valid YAML: {}", place, parsed.error().message));
  }
}

}  // namespace

void check_resource(const json::object& templ, const std::string& template_place,
                    Problems& problems) {
  constexpr std::array<std::string_view, 6> kActions{"get",    "create",  "apply",
                                                     "delete", "replace", "patch"};
  const std::string place = template_place + ".resource";
  const json::object& resource = object_of(templ, "resource");
  const std::string action = get_string(resource, "action");
  if (!has_tag(action) && std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
    problems.add(fmt::format("{}.action must be one of: {}", place, fmt::join(kActions, ", ")));
  }
  if (action != "delete" && action != "get") check_source(templ, resource, place, problems);
}

}  // namespace slipway::workflow
