#include "core/workflow/begin.h"

#include <fmt/format.h>

#include <charconv>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/condition.h"
#include "core/workflow/estimate.h"
#include "core/workflow/finish.h"
#include "core/workflow/globals.h"
#include "core/workflow/invoke.h"
#include "core/workflow/leaf.h"
#include "core/workflow/lock_node.h"
#include "core/workflow/merge.h"
#include "core/workflow/submit.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

Status settle_spec(Pass& pass) {
  const Run& run = pass.draft.run();
  if (find_object(run.status(), "storedWorkflowTemplateSpec") != nullptr) return {};
  TRY_ASSIGN(json::object spec,
             effective_spec(run.spec(), pass.world.catalog, run.ns(), pass.world.settings));
  if (find(run.spec(), "workflowTemplateRef") != nullptr) {
    pass.draft.set_status("storedWorkflowTemplateSpec", spec);
  } else {
    for (const auto& member : spec) pass.draft.set_spec(member.key(), member.value());
  }
  pass.draft.set_effective_spec(std::move(spec));
  return {};
}

std::string joined(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) text += (text.empty() ? "" : "; ") + problem;
  return text;
}

Status set_scopes(Pass& pass) {
  pass.index.globals = std::make_unique<expr::Scope>();
  pass.index.exit_globals = std::make_unique<expr::Scope>(pass.index.globals.get());
  TRY(set_globals(*pass.index.globals, pass.draft, pass.world.catalog));
  set_duration(*pass.index.globals, pass.draft, pass.now());
  return {};
}

json::object metadata_map(const Pass& pass, std::string_view key) {
  const json::value* now = pass.draft.metadata(key);
  return now != nullptr && now->is_object() ? now->get_object() : json::object{};
}

// Kubernetes refuses an object with another one.
Status check_label(std::string_view name, std::string_view value) {
  const auto good_end = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const bool good_inside = std::all_of(value.begin(), value.end(), [&](char c) {
    return good_end(c) || c == '-' || c == '_' || c == '.';
  });
  if (value.empty() ||
      (value.size() <= 63 && good_inside && good_end(value.front()) && good_end(value.back()))) {
    return {};
  }
  return Error{ErrorCode::kInvalid,
               fmt::format("invalid label value \"{}\" for label \"{}\": it may have 63 letters, "
                           "digits, '-', '_' and '.', and begins and ends with a letter or digit",
                           value, name),
               {}};
}

// spec.workflowMetadata, once and before the first node (spec a1).
Status set_workflow_metadata(Pass& pass) {
  const json::object* wanted = find_object(pass.spec(), "workflowMetadata");
  if (wanted == nullptr) return {};
  expr::Scope& scope = *pass.index.globals;
  for (const std::string_view key : {"labels", "annotations"}) {
    const json::object* given = find_object(*wanted, key);
    json::object map = metadata_map(pass, key);
    if (given != nullptr) {
      for (const auto& member : *given) {
        TRY_ASSIGN(const std::string value, expr::substitute(any_string(member.value()), scope));
        if (key == "labels") TRY(check_label(member.key(), value));
        map[member.key()] = value;
        scope.set(fmt::format("workflow.{}.{}", key, std::string_view(member.key())), value);
      }
    }
    if (key == "labels") {
      if (const json::object* from = find_object(*wanted, "labelsFrom")) {
        for (const auto& member : *from) {
          if (!member.value().is_object()) continue;
          const std::string source = get_string(member.value().get_object(), "expression");
          auto value = expr::evaluate(source, expr::nested(scope));
          if (!value.ok() || !value->is_string()) {
            return Error{
                ErrorCode::kInvalid,
                fmt::format("workflowMetadata.labelsFrom.{}: expression '{}' gives no text",
                            std::string_view(member.key()), source),
                {}};
          }
          TRY(check_label(member.key(), view(value->get_string())));
          map[member.key()] = str(value->get_string());
          scope.set(fmt::format("workflow.labels.{}", std::string_view(member.key())),
                    str(value->get_string()));
        }
      }
    }
    if (!map.empty()) pass.draft.set_metadata(key, std::move(map));
  }
  return {};
}

// Claims by the names of rule 65; the runtime makes what does not exist when a pod first mounts it.
void set_claims(Pass& pass) {
  const json::array* written = find_array(pass.spec(), "volumeClaimTemplates");
  if (written == nullptr || written->empty()) return;
  const auto pasted = expr::substitute(json::value(*written), *pass.index.globals);  // rule 80
  const json::array& templates = pasted.ok() ? pasted->get_array() : *written;
  json::array claims;
  for (const json::value& item : templates) {
    const json::value* name =
        item.is_object() ? find_path(item.get_object(), {"metadata", "name"}) : nullptr;
    if (name == nullptr || !name->is_string()) continue;
    json::object claim{
        {"claimName", fmt::format("{}-{}", pass.draft.workflow_name(), view(name->get_string()))}};
    claims.emplace_back(json::object{{"name", *name}, {"persistentVolumeClaim", std::move(claim)}});
  }
  pass.draft.set_status("persistentVolumeClaims", std::move(claims));
}

bool take_workflow_lock(Pass& pass) {
  const json::object* locks = find_object(pass.spec(), "synchronization");
  if (locks == nullptr) return true;
  const auto pasted = expr::substitute(json::value(*locks), *pass.index.globals);
  const LockAnswer answer = take_locks(pass, pasted.ok() ? pasted->get_object() : *locks, NodeId());
  if (!answer.error.empty()) {
    complete_workflow(pass, Phase::kFailed,
                      "Failed to acquire the synchronization lock. " + answer.error);
    return false;
  }
  if (answer.granted) return true;
  pass.draft.set_status("phase", "Pending");
  pass.draft.set_status("message", json::value(answer.message));
  pass.index.at_rest = true;
  return false;
}

void set_running(Pass& pass) {
  json::object labels = metadata_map(pass, "labels");
  labels[kLabelPhase] = "Running";
  labels[kLabelCompleted] = "false";
  pass.draft.set_metadata("labels", std::move(labels));
  pass.draft.set_status("phase", "Running");
  pass.draft.set_status("message", nullptr);
  pass.draft.set_status("startedAt", json::value(format_rfc3339(pass.now())));
  if (const Estimate* estimate = pass.world.estimate; estimate != nullptr) {
    if (estimate->workflow_s > 0) pass.draft.set_status("estimatedDuration", estimate->workflow_s);
  }
  pass.draft.set_status("finishedAt", nullptr);
  set_condition(pass.draft, "PodRunning", "False");
}

}  // namespace

bool begin_workflow(Pass& pass) {
  if (!pass.shutdown().empty()) {
    complete_workflow(pass, Phase::kFailed,
                      fmt::format("Stopped with strategy '{}'", pass.shutdown()));
    return false;
  }
  const auto refuse = [&](Phase phase, std::string message) {
    complete_workflow(pass, phase, message);
    return false;
  };
  if (const Status status = settle_spec(pass); !status.ok()) {
    return refuse(Phase::kError, status.error().message);
  }
  const auto problems =
      validate(pass.draft.run().to_object(), pass.world.catalog, pass.world.settings);
  if (!problems.empty()) return refuse(Phase::kFailed, "invalid spec: " + joined(problems));
  if (const Status status = set_scopes(pass); !status.ok()) {
    return refuse(Phase::kFailed, "failed to set global parameters: " + status.error().message);
  }
  if (const Status status = set_workflow_metadata(pass); !status.ok()) {
    return refuse(Phase::kError, status.error().message);
  }
  if (!take_workflow_lock(pass)) return false;
  pass.index.at_rest = false;
  set_claims(pass);
  set_running(pass);
  set_workflow_status(*pass.index.exit_globals, Phase::kRunning);
  build_index(pass);
  return true;
}

namespace {

bool any_metrics(const Pass& pass) {
  const auto has = [](const json::value& templ) {
    return templ.is_object() && find(templ.get_object(), "metrics") != nullptr;
  };
  if (const json::value* defaults = find(pass.spec(), "templateDefaults");
      defaults && has(*defaults)) {
    return true;
  }
  if (const json::array* templates = find_array(pass.spec(), "templates")) {
    if (std::any_of(templates->begin(), templates->end(), has)) return true;
  }
  const json::value* stored = pass.draft.status("storedTemplates");
  if (stored == nullptr || !stored->is_object()) return false;
  const json::object& all = stored->get_object();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return has(one.value()); });
}

}  // namespace

void build_index(Pass& pass) {
  RunIndex& index = pass.index;
  if (index.globals == nullptr) {
    // It was accepted when the workflow began; what is missing by now is simply not known.
    if (!set_scopes(pass).ok()) set_duration(*index.globals, pass.draft, pass.now());
  }
  pass.draft.for_each([&](const Node& node) {
    if (!node.pod_id.empty() && !node.pod_done) index.pods[node.pod_id] = node.id;
    if (node.type == NodeType::kSuspend && !node.fulfilled()) index.suspended.insert(node.id);
    if (node.runs_pod()) {
      const Progress progress = progress_of(node);
      index.progress.done += progress.done;
      index.progress.total += progress.total;
      if (node.phase == Phase::kRunning) ++index.running_pods;
      if (is_active(node)) ++index.active_pods;
    }
    if (is_active(node) && counts_as_child(node) && !node.boundary_id.empty()) {
      ++index.active_children[node.boundary_id];
    }
  });
  if (const std::optional<Time> deadline = pass.deadline()) {
    index.timers.set({NodeId(), Timers::Purpose::kDeadline}, *deadline);
  }
  index.has_metrics = any_metrics(pass);
  if (index.has_metrics) {
    // A restart forgot the gauges that run with them.
    pass.draft.for_each([&](const Node& node) {
      if (!node.fulfilled()) pass.begun.push_back(node.id);
    });
  }
  pass.began = true;
  index.built = true;
  index.root_touched = true;
}

void enter(Pass& pass) {
  Site site;
  site.node_name = pass.draft.workflow_name();
  site.scope = "local/" + pass.draft.workflow_name();
  site.owner = {nullptr, Link::kEntry, 0, -1};
  const json::object holder{{"template", get_string(pass.spec(), "entrypoint")}};
  json::object workflow;
  if (const json::object* given = find_object(pass.spec(), "arguments")) {
    workflow["arguments"] = *given;
  }
  const auto pasted = expr::substitute(json::value(workflow), *pass.index.globals);
  Arguments arguments = arguments_of(pasted.ok() ? pasted->get_object() : workflow);
  for (const json::value& item : arguments.parameters) {
    const std::string name = item.is_object() ? get_string(item.get_object(), "name") : "";
    const auto* value = pass.index.globals->find("workflow.parameters." + name);
    if (value != nullptr && value->untrusted) arguments.untrusted.push_back(name);
  }
  start_node(pass, holder, arguments, site);
}

}  // namespace slipway::workflow
