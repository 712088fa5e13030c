#include "cli/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "cli/print.h"

namespace slipway::cli {
namespace {

std::string_view mark(std::string_view phase) {
  if (phase == "Succeeded") return "✔";
  if (phase == "Failed" || phase == "Error") return "✖";
  if (phase == "Running") return "●";
  if (phase == "Skipped" || phase == "Omitted") return "○";
  return "◷";
}

}  // namespace

std::string phase_of(const json::object& workflow) {
  const json::value* phase = find_path(workflow, {"status", "phase"});
  return phase != nullptr && phase->is_string() ? str(phase->get_string()) : "";
}

bool has_ended(const json::object& workflow) {
  const std::string phase = phase_of(workflow);
  const json::value* finished = find_path(workflow, {"status", "finishedAt"});
  return (phase == "Succeeded" || phase == "Failed" || phase == "Error") && finished != nullptr;
}

int exit_code(const json::object& workflow) {
  return phase_of(workflow) == "Succeeded" ? kOk : kFailed;
}

void ProgressPrinter::show(const json::object& workflow) {
  const json::value* nodes = find_path(workflow, {"status", "nodes"});
  if (nodes == nullptr || !nodes->is_object()) return;
  std::vector<const json::object*> changed;
  for (const auto& member : nodes->get_object()) {
    const json::object* node = member.value().if_object();
    if (node == nullptr) continue;
    const std::string type = get_string(*node, "type");
    if (type == "StepGroup" || type == "Retry" || type == "TaskGroup") continue;
    if (shows_ && !shows_(*node)) continue;
    const std::string now = get_string(*node, "phase") + "\n" + get_string(*node, "message");
    std::string& before = shown_[std::string(member.key())];
    if (before == now) continue;
    before = now;
    if (!now.starts_with("Pending\n") || now.size() > 8) changed.push_back(node);
  }
  std::stable_sort(changed.begin(), changed.end(), [](const auto* a, const auto* b) {
    return get_string(*a, "startedAt") < get_string(*b, "startedAt");
  });
  for (const json::object* node : changed) {
    const std::string phase = get_string(*node, "phase");
    const std::string message = get_string(*node, "message");
    const std::string finished = get_string(*node, "finishedAt");
    fmt::print(out_, "{} {:9}  {}{}{}\n", mark(phase), phase, get_string(*node, "name"),
               finished.empty() ? "" : "  " + elapsed(get_string(*node, "startedAt"), finished),
               message.empty() ? "" : "  " + message);
  }
  std::fflush(out_);
}

Result<json::object> follow(const Client& client, const std::string& ns, const std::string& name,
                            const std::function<void(const json::object&)>& show) {
  json::object last;
  const std::string one = "/api/v1/workflows/" + encode_url(ns) + "/" + encode_url(name);
  // A watch of a name that does not exist would wait for ever.
  TRY_ASSIGN(json::value now, client.call("GET", one));
  last = now.get_object();
  show(last);
  // What was asked for may be the alias @latest.
  const std::string path = "/api/v1/workflow-events/" + encode_url(ns) +
                           "?listOptions.fieldSelector=metadata.name%3D" +
                           encode_url(get_string(object_of(last, "metadata"), "name"));
  bool deleted = false;
  while (!has_ended(last)) {
    TRY(client.stream(path, [&](const json::object& change) {
      deleted = get_string(change, "type") == "DELETED";
      const json::object* object = find_object(change, "object");
      if (deleted || object == nullptr) return !deleted;
      last = *object;
      show(last);
      return !has_ended(last);
    }));
    if (deleted)
      return Error{ErrorCode::kNotFound, "the workflow was deleted before it ended", name};
  }
  return last;
}

}  // namespace slipway::cli
