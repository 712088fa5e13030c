#include "adapter/pod/outcome.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include "base/limit.h"
#include "core/pod/resource_use.h"

namespace slipway::adapter {

namespace {

using Phase = pod::PodReport::Phase;
using Role = pod::Container::Role;
using State = pod::ContainerStatus::State;

const pod::Container* planned(const pod::PodPlan& plan, const std::string& name) {
  for (const pod::Container& container : plan.containers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

const pod::ContainerStatus* first_bad(const pod::PodReport& report, const pod::PodPlan& plan,
                                      Role role) {
  for (const pod::ContainerStatus& status : report.containers) {
    const pod::Container* container = planned(plan, status.name);
    if (container == nullptr || container->role != role) continue;
    if (status.state != State::kTerminated || status.exit_code == 0) continue;
    const bool ended_by_us = status.exit_code == 137 || status.exit_code == 143;
    if (role == Role::kSidecar && ended_by_us && status.reason != "OOMKilled") continue;
    return &status;
  }
  return nullptr;
}

std::string bounded(std::string text) {
  if (text.size() > limit::kMessageBytes) text.resize(limit::kMessageBytes);
  return text;
}

void set_exit_code(pod::PodReport& report, const pod::PodPlan& plan) {
  for (const pod::ContainerStatus& status : report.containers) {
    const pod::Container* container = planned(plan, status.name);
    if (container == nullptr || container->role != Role::kMain) continue;
    if (status.state != State::kTerminated) continue;
    if (!report.exit_code || *report.exit_code == 0 || status.name == "main") {
      report.exit_code = status.exit_code;
    }
    if (status.name == "main") return;
  }
}

}  // namespace

pod::ContainerStatus running_container(const std::string& name, Time started_at) {
  return {.name = name, .state = State::kRunning, .started_at = started_at};
}

void end_container(pod::ContainerStatus& status, int wait_status, bool out_of_memory, Time at) {
  status.state = State::kTerminated;
  status.exit_code =
      WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
  status.reason = status.exit_code == 0 ? "Completed" : "Error";
  if (out_of_memory && status.exit_code != 0) status.reason = "OOMKilled";
  status.ready = false;
  status.finished_at = at;
}

std::string failure_text(const pod::ContainerStatus& status) {
  std::string text = fmt::format("{}: {} (exit code {})", status.name,
                                 status.reason.empty() ? "Error" : status.reason, status.exit_code);
  if (!status.message.empty()) text += ": " + status.message;
  return bounded(text);
}

void conclude(pod::PodReport& report, const pod::PodPlan& plan, const OutcomeFacts& facts) {
  set_exit_code(report, plan);
  report.resources = pod::resources_duration(plan, report.containers);
  if (facts.deadline_passed) {
    report.phase = Phase::kFailed;
    report.reason = "DeadlineExceeded";
    report.message = "Pod was active on the node longer than the specified deadline";
    return;
  }
  if (facts.preparation_error) {
    report.phase = facts.stop_asked ? Phase::kFailed : Phase::kError;
    report.reason = facts.preparation_reason;
    report.message = bounded(facts.preparation_error->text());
    return;
  }
  // A user's init container is not Argo's own `init`: it fails as main does.
  for (const Role role : {Role::kInit, Role::kMain}) {
    if (const auto* bad = first_bad(report, plan, role)) {
      report.phase = Phase::kFailed;
      report.message = failure_text(*bad);
      if (!facts.log_trouble.empty()) report.message += "; " + facts.log_trouble;
      report.reason = bad->reason;
      return;
    }
  }
  if (!facts.output_error.empty()) {
    report.phase = Phase::kError;
    report.message = bounded(facts.output_error);
    report.reason = "OutputError";
    return;
  }
  if (const auto* bad = first_bad(report, plan, Role::kSidecar)) {
    report.phase = Phase::kFailed;
    report.message = failure_text(*bad);
    report.reason = bad->reason;
    return;
  }
  report.phase = Phase::kSucceeded;
  report.message = facts.log_trouble;
  if (plan.daemon && !facts.stop_asked) {
    report.phase = Phase::kFailed;
    report.message = "daemon pod ended by itself with exit code 0";
    report.reason = "DaemonEnded";
  }
}

}  // namespace slipway::adapter
