// Workflows handed in by people and programs: submit, retry, resubmit.
#include "core/workflow/submit.h"

#include <fmt/format.h>

#include "core/engine/model.h"

namespace slipway::engine {
namespace {

Decision refuse(Error error) {
  Decision decision;
  decision.reply.message = error.text();
  decision.reply.error = std::move(error);
  return decision;
}

Decision created(const Input& input, Birth birth, bool dry_run) {
  Decision decision;
  decision.reply.workflow = birth.uid;
  decision.reply.name = birth.name;
  decision.reply.object = std::move(birth.object);
  decision.reply.message =
      fmt::format("Workflow {}/{} {}", birth.ns, birth.name, dry_run ? "is valid" : "created");
  if (!dry_run) decision.events.push_back({input.now, std::move(birth.event)});
  return decision;
}

Result<json::object> source_of(const Model& model, const SubmitWorkflow& body) {
  if (body.from_kind.empty()) {
    if (body.workflow.empty()) {
      return Error{ErrorCode::kInvalid, "no workflow was given; name a file or --from", ""};
    }
    return body.workflow;
  }
  const auto kind = manifest::parse_kind(body.from_kind);
  if (!kind) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("'{}' is no kind to submit from; use workflowtemplate, "
                             "clusterworkflowtemplate or cronworkflow",
                             body.from_kind),
                 ""};
  }
  const manifest::Resource* source =
      model.catalog.find(*kind, manifest::is_namespaced(*kind) ? body.ns : "", body.from_name);
  if (source == nullptr) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} {} does not exist in namespace {}; apply it first",
                             manifest::to_string(*kind), body.from_name, body.ns),
                 ""};
  }
  return workflow::from_template(*source, body.ns);
}

}  // namespace

Decision decide_submit(const Model& model, const Input& input, const SubmitWorkflow& body) {
  auto source = source_of(model, body);
  if (!source.ok()) return refuse(std::move(source).error());
  Random random(input.entropy);
  auto birth = give_birth(model, input.now, random, std::move(source).value(), body.ns,
                          body.options, {}, /*lenient=*/false);
  if (!birth.ok()) return refuse(std::move(birth).error());
  return created(input, std::move(birth).value(), body.dry_run);
}

Decision decide_retry(const Model& model, const Input& input, const RetryWorkflow& body) {
  const manifest::Resource finished{manifest::Kind::kWorkflow, body.finished};
  const std::string ns = finished.ns().empty() ? "default" : finished.ns();
  if (find_slot(model, ns, finished.name()) != nullptr) {
    return refuse(
        {ErrorCode::kConflict,
         fmt::format("Workflow {}/{} has not finished; stop it first", ns, finished.name()), ""});
  }
  auto retried = workflow::retry(body.finished, body.options, input.now);
  if (!retried.ok()) return refuse(std::move(retried).error());
  const WorkflowUid uid(get_string(finished.metadata(), "uid"));
  Decision decision;
  decision.reply.workflow = uid;
  decision.reply.name = finished.name();
  decision.reply.message = fmt::format("Workflow {}/{} retried", ns, finished.name());
  decision.reply.object = retried->workflow;
  decision.events.push_back(
      {input.now,
       WorkflowRemoved{uid, std::move(retried->removed_pods), {}, {}, ns, finished.name()}});
  decision.events.push_back({input.now, WorkflowCreated{uid, print_json(retried->workflow)}});
  return decision;
}

Decision decide_resubmit(const Model& model, const Input& input, const ResubmitWorkflow& body) {
  auto again = workflow::resubmit(body.workflow, body.options);
  if (!again.ok()) return refuse(std::move(again).error());
  const manifest::Resource source{manifest::Kind::kWorkflow, body.workflow};
  Random random(input.entropy);
  auto birth = give_birth(model, input.now, random, std::move(again).value(),
                          source.ns().empty() ? "default" : source.ns(), {}, {},
                          /*lenient=*/false);
  if (!birth.ok()) return refuse(std::move(birth).error());
  return created(input, std::move(birth).value(), false);
}

}  // namespace slipway::engine
