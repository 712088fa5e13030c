// What stands beside a workflow's templates: its name, podGC.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/workflow/plan_context.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

constexpr size_t kNameBytes = 63;

void check_choice(const json::object& holder, std::string_view key, const std::string& place,
                  std::initializer_list<std::string_view> known, Problems& problems) {
  const std::string given = get_string(holder, key);
  if (given.empty() || std::find(known.begin(), known.end(), given) != known.end()) return;
  problems.add(fmt::format("{}.{} unknown strategy '{}'; it is one of {}", place, key, given,
                           fmt::join(known, ", ")));
}

void check_label_selector(const json::object& selector, const std::string& place,
                          Problems& problems) {
  for (const json::value& item : list_of(selector, "matchExpressions")) {
    if (!item.is_object()) continue;
    const std::string how = get_string(item.get_object(), "operator");
    const bool values = !list_of(item.get_object(), "values").empty();
    const bool of_values = how == "In" || how == "NotIn";
    if (!of_values && how != "Exists" && how != "DoesNotExist") {
      problems.add(
          fmt::format("{} invalid: operator \"{}\" is none of In, NotIn, Exists, "
                      "DoesNotExist",
                      place, how));
    } else if (of_values != values) {
      problems.add(fmt::format("{} invalid: operator {} {}", place, how,
                               of_values ? "needs values" : "takes no values"));
    }
  }
}

}  // namespace

void check_spec(const json::object& workflow, const Subject& subject, Problems& problems) {
  const std::string name = get_string(object_of(workflow, "metadata"), "name");
  if (name.size() > kNameBytes) {
    problems.add(
        fmt::format("metadata.name must not be more than {} characters long (currently {})",
                    kNameBytes, name.size()));
  }
  const json::object& pod_gc = object_of(subject.spec, "podGC");
  check_choice(pod_gc, "strategy", "spec.podGC",
               {"OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"},
               problems);
  check_label_selector(object_of(pod_gc, "labelSelector"), "spec.podGC.labelSelector", problems);
  check_choice(object_of(subject.spec, "volumeClaimGC"), "strategy", "spec.volumeClaimGC",
               {"OnWorkflowCompletion", "OnWorkflowSuccess"}, problems);
  check_choice(object_of(subject.spec, "artifactGC"), "strategy", "spec.artifactGC",
               {"OnWorkflowCompletion", "OnWorkflowDeletion", "Never"}, problems);
}

}  // namespace slipway::workflow
