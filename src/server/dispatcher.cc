#include "server/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "core/task/task.h"
#include "server/sought.h"

namespace slipway::server {
namespace {

using engine::Effect;

port::HttpRequest to_request(workflow::PlannedRequest planned) {
  port::HttpRequest request;
  request.method = std::move(planned.method);
  request.url = std::move(planned.url);
  request.headers = std::move(planned.headers);
  request.body = std::move(planned.body);
  request.timeout = planned.timeout;
  request.insecure_skip_verify = planned.insecure_skip_verify;
  return request;
}

engine::RequestAnswered to_answer(const Effect& effect, Result<port::HttpResponse> response) {
  engine::RequestAnswered answer;
  answer.uid = effect.workflow;
  answer.result.node = effect.node;
  answer.result.attempt = effect.attempt;
  if (response.ok()) {
    answer.result.ok = true;
    answer.result.status = response->status;
    answer.result.headers = std::move(response->headers);
    answer.result.body = std::move(response->body);
  } else {
    const ErrorCode code = response.error().code;
    answer.result.error = response.error().text();
    answer.result.permanent = code != ErrorCode::kUnavailable && code != ErrorCode::kTimeout;
  }
  return answer;
}

}  // namespace

void Dispatcher::adopt(const engine::Engine& engine, Time now) {
  const std::vector<PodId> listed = world_.pods.list();
  const std::set<PodId> existing(listed.begin(), listed.end());
  std::set<PodId> wanted;
  for (const Effect* effect : engine.outstanding().after(0)) {
    if (effect->kind == Effect::Kind::kRemovePod) wanted.insert(effect->pod);  // removed in turn
    if (effect->kind != Effect::Kind::kStartPod) continue;
    wanted.insert(effect->pod);
    if (existing.contains(effect->pod)) {
      starts_.adopt(effect->id);
      world_.pods.adopt(effect->pod);
      continue;
    }
    const workflow::Run* run = engine.find_run(effect->workflow);
    const workflow::Node* node = run != nullptr ? run->find_node(effect->node) : nullptr;
    if (node == nullptr || node->phase != workflow::Phase::kRunning) continue;
    // It ran, and running it again could do its work twice.
    starts_.adopt(effect->id);
    mailbox_->deliver(engine::PodReported{pod::final_report(
        effect->pod, pod::PodReport::Phase::kGone,
        "the pod ran when the server stopped and no longer exists", "PodGone", now)});
  }
  for (const PodId& pod : listed) {
    if (!wanted.contains(pod)) world_.pods.remove(pod);
  }
}

void Dispatcher::dispatch(const engine::Engine& engine, Time now) {
  const engine::EffectSet& outstanding = engine.outstanding();
  starts_.prune(outstanding);
  calls_.prune(outstanding);
  const uint64_t last = outstanding.last_sequence();
  std::vector<const Effect*> removals;
  for (const Effect* effect : outstanding.after(seen_)) {
    if (effect->kind == Effect::Kind::kRemovePod) {
      removals.push_back(effect);
    } else {
      take_in(engine, *effect, now);
    }
  }
  seen_ = last;
  while (const auto id = starts_.next()) {
    if (const Effect* effect = outstanding.find(*id)) {
      start(engine, *effect, now);
    } else {
      starts_.prune(outstanding);
    }
  }
  while (const auto id = calls_.next()) {
    const Effect* effect = outstanding.find(*id);
    if (effect == nullptr) {
      calls_.prune(outstanding);
    } else if (effect->kind == Effect::Kind::kSendRequest) {
      send(engine, *effect, now);
    } else {
      call(engine, *effect);
    }
  }
  // Cleaning up can wait until what others wait for has been started.
  for (const Effect* effect : removals) take_in(engine, *effect, now);
}

void Dispatcher::take_in(const engine::Engine& engine, const Effect& effect, Time now) {
  switch (effect.kind) {
    case Effect::Kind::kStartPod:
      starts_.add(effect);
      break;
    case Effect::Kind::kSendRequest:
    case Effect::Kind::kCallTrigger:
      calls_.add(effect);
      break;
    case Effect::Kind::kStopPod:
      stop(effect, now);
      break;
    case Effect::Kind::kRemovePod:
      world_.pods.remove(effect.pod);
      // Logs that can not be removed are no reason to keep the workflow.
      if (effect.with_logs) static_cast<void>(world_.logs.remove(effect.pod));
      done_.push_back(engine::PodRemoved{effect.pod});
      break;
    case Effect::Kind::kRemoveClaim:
      // A folder that can not be removed stays on the disk; the workflow need not wait for it.
      static_cast<void>(world_.pods.remove_claim(effect.ns, effect.name));
      mailbox_->deliver(engine::ClaimRemoved{effect.ns, effect.name});
      break;
    case Effect::Kind::kReadArtifacts:
      read(engine, effect, now);
      break;
    case Effect::Kind::kRemoveArtifact:
      remove_artifact(engine, effect);
      break;
    case Effect::Kind::kSeekWorkflow:
      mailbox_->deliver(seek(world_.workflows, effect));
      break;
  }
}

void Dispatcher::start(const engine::Engine& engine, const Effect& effect, Time now) {
  auto plan = engine.plan_pod(effect, now);
  if (plan.ok()) {
    world_.pods.start(std::move(plan).value());
    return;
  }
  mailbox_->deliver(engine::PodReported{pod::final_report(effect.pod, pod::PodReport::Phase::kError,
                                                          plan.error().text(), "PlanFailed", now)});
}

void Dispatcher::stop(const Effect& effect, Time now) {
  const EffectId start = engine::start_id(effect.pod);
  if (!starts_.active(start)) {
    // It was never started: nothing runs that could report its end.
    starts_.withdraw(start);
    mailbox_->deliver(
        engine::PodReported{pod::final_report(effect.pod, pod::PodReport::Phase::kFailed,
                                              "stopped before it was started", "Stopped", now)});
    return;
  }
  world_.pods.stop(effect.pod);
}

void Dispatcher::send(const engine::Engine& engine, const Effect& effect, Time now) {
  auto planned = engine.plan_request(effect, now);
  if (!planned.ok()) {
    mailbox_->deliver(to_answer(effect, std::move(planned).error()));
    return;
  }
  if (planned->nothing_to_do) {
    port::HttpResponse response;
    response.status = 204;
    response.headers = {{std::string(task::kNothingToDoHeader), *planned->nothing_to_do}};
    mailbox_->deliver(to_answer(effect, std::move(response)));
    return;
  }
  world_.http.send(to_request(std::move(planned).value()),
                   [mailbox = mailbox_, effect](Result<port::HttpResponse> response) {
                     mailbox->deliver(to_answer(effect, std::move(response)));
                   });
}

void Dispatcher::read(const engine::Engine& engine, const Effect& effect, Time now) {
  engine::ArtifactsRead answer{effect.workflow, {}};
  answer.result.node = effect.node;
  const auto plan = engine.plan_read(effect, now);
  if (!plan.ok()) {
    answer.result.error = plan.error().text();
    mailbox_->deliver(std::move(answer));
  } else if (plan->what == workflow::ReadPlan::What::kFinished) {
    auto finished = read_sought(world_.workflows, plan->sought);
    finished.ok() ? void(answer.result.finished = std::move(*finished))
                  : void(answer.result.error = finished.error().text());
    mailbox_->deliver(std::move(answer));
  } else if (plan->what == workflow::ReadPlan::What::kKeys) {
    world_.artifacts.list(plan->from.location, [mailbox = mailbox_, answer](auto keys) mutable {
      keys.ok() ? void(answer.result.keys = std::move(*keys))
                : void(answer.result.error = keys.error().text());
      mailbox->deliver(std::move(answer));
    });
  } else {
    world_.artifacts.read_text(plan->from, [mailbox = mailbox_, answer](auto text) mutable {
      text.ok() ? void(answer.result.text = std::move(*text))
                : void(answer.result.error = text.error().text());
      mailbox->deliver(std::move(answer));
    });
  }
}

void Dispatcher::remove_artifact(const engine::Engine& engine, const Effect& effect) {
  auto done = [mailbox = mailbox_, tell = world_.tell, address = effect.name](Status removed) {
    std::string error = removed.ok() ? "" : removed.error().text();
    if (!removed.ok() && tell) tell(fmt::format("artifactGC: {}: {}", address, error));
    mailbox->deliver(engine::ArtifactRemoved{address, std::move(error)});
  };
  const auto artifact = engine.plan_removal(effect);
  if (!artifact.ok()) return done(artifact.error());
  world_.artifacts.remove(*artifact, std::move(done));
}

void Dispatcher::call(const engine::Engine& engine, const Effect& effect) {
  const sensor::CallHttp* call = engine.find_trigger_call(effect.id);
  if (call == nullptr) return;
  port::HttpRequest request;
  request.method = call->method;
  request.url = call->url;
  request.headers = call->headers;
  request.body = call->body;
  request.timeout = call->timeout;
  world_.http.send(
      std::move(request), [mailbox = mailbox_, id = effect.id,
                           allowed = call->allowed_status](Result<port::HttpResponse> response) {
        engine::TriggerAnswered answer;
        answer.effect = id;
        if (response.ok()) {
          answer.status = response->status;
          answer.ok = allowed.empty() ||
                      std::find(allowed.begin(), allowed.end(), response->status) != allowed.end();
        } else {
          answer.error = response.error().text();
        }
        mailbox->deliver(std::move(answer));
      });
}

}  // namespace slipway::server
