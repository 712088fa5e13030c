#include "core/engine/model.h"

#include <fmt/format.h>

#include "core/workflow/submit.h"

namespace slipway::engine {

workflow::World world_of(const Model& model, Time now, uint64_t entropy) {
  return {model.catalog, model.settings, model.locks, now, entropy};
}

const RunSlot* find_slot(const Model& model, std::string_view ns, std::string_view name) {
  const auto at = model.run_names.find(fmt::format("{}/{}", ns, name));
  return at == model.run_names.end() ? nullptr : &model.runs.at(at->second);
}

Decision refuse(ErrorCode code, std::string message) {
  Decision decision;
  decision.reply.message = message;
  decision.reply.error = Error{code, std::move(message), ""};
  return decision;
}

std::vector<PodId> pods_of(const workflow::Run& run) {
  std::vector<PodId> pods;
  for (const auto& [id, node] : run.nodes()) {
    if (!node.pod_id.empty()) pods.push_back(node.pod_id);
  }
  return pods;
}

std::vector<std::string> claims_of(const workflow::Run& run) {
  std::vector<std::string> claims;
  const json::array* volumes = find_array(run.status(), "persistentVolumeClaims");
  if (volumes == nullptr) return claims;
  for (const json::value& volume : *volumes) {
    const json::object* object = volume.if_object();
    const json::value* claim =
        object != nullptr ? find_path(*object, {"persistentVolumeClaim", "claimName"}) : nullptr;
    if (claim != nullptr && claim->is_string()) {
      claims.push_back(fmt::format("{}/{}", run.ns(), view(claim->get_string())));
    }
  }
  return claims;
}

namespace {

bool name_taken(const Model& model, const std::set<std::string>& taken, const std::string& key) {
  return model.run_names.contains(key) || taken.contains(key);
}

std::string joined(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) {
    if (!text.empty()) text += "; ";
    text += problem;
  }
  return text;
}

}  // namespace

Result<Birth> give_birth(const Model& model, Time now, Random& random, json::object workflow,
                         std::string_view ns, const workflow::SubmitOptions& options,
                         const std::set<std::string>& taken, bool lenient) {
  constexpr int kNameTries = 16;  // of five letters each: a collision of all is a full namespace
  for (int attempt = 0; attempt < kNameTries; ++attempt) {
    TRY_ASSIGN(json::object prepared, workflow::prepare(workflow, ns, options, now, random));
    const manifest::Resource resource{manifest::Kind::kWorkflow, std::move(prepared)};
    Birth birth;
    birth.ns = resource.ns().empty() ? std::string(ns) : resource.ns();
    birth.name = resource.name();
    const std::string key = birth.ns + "/" + birth.name;
    if (name_taken(model, taken, key)) {
      const bool generated = options.name.empty() &&
                             manifest::Resource{manifest::Kind::kWorkflow, workflow}.name().empty();
      if (generated) continue;
      return Error{ErrorCode::kAlreadyExists,
                   fmt::format("Workflow {} already exists; choose another name, or use "
                               "generateName",
                               key),
                   ""};
    }
    if (!lenient) {
      const auto problems = workflow::validate(resource.object, model.catalog, model.settings);
      if (!problems.empty()) {
        return Error{ErrorCode::kInvalid, joined(problems), "Workflow " + key};
      }
    }
    birth.uid = WorkflowUid(get_string(resource.metadata(), "uid"));
    birth.event = WorkflowCreated{birth.uid, print_json(resource.object)};
    birth.object = resource.object;
    return birth;
  }
  return Error{ErrorCode::kAlreadyExists,
               fmt::format("no free name was found for the Workflow in namespace {}; use a longer "
                           "generateName",
                           ns),
               ""};
}

}  // namespace slipway::engine
