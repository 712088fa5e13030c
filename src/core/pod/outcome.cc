#include "core/pod/outcome.h"

#include <fmt/format.h>

#include "base/limit.h"
#include "core/pod/resource_use.h"

namespace slipway::pod {
namespace {

using Phase = PodReport::Phase;
using Role = Container::Role;
using State = ContainerStatus::State;

const Container* planned(const PodPlan& plan, const std::string& name) {
  for (const Container& container : plan.containers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

const ContainerStatus* first_bad(const PodReport& report, const PodPlan& plan, Role role) {
  for (const ContainerStatus& status : report.containers) {
    const Container* container = planned(plan, status.name);
    if (container == nullptr || container->role != role) continue;
    if (status.state != State::kTerminated || status.exit_code == 0) continue;
    // Whatever killed it: the executor kills what is left when main has ended.
    const bool killed = status.exit_code == 137 || status.exit_code == 143;
    if (role == Role::kSidecar && (killed || container->restarts)) continue;
    return &status;
  }
  return nullptr;
}

std::string bounded(std::string text) {
  if (text.size() > limit::kMessageBytes) text.resize(limit::kMessageBytes);
  return text;
}

void set_exit_code(PodReport& report, const PodPlan& plan) {
  for (const ContainerStatus& status : report.containers) {
    const Container* container = planned(plan, status.name);
    if (container == nullptr || container->role != Role::kMain) continue;
    if (status.state != State::kTerminated) continue;
    if (!report.exit_code || *report.exit_code == 0 || status.name == "main") {
      report.exit_code = status.exit_code;
    }
    if (status.name == "main") return;
  }
}

}  // namespace

std::string failure_text(const ContainerStatus& status) {
  std::string text = fmt::format("{}: {} (exit code {})", status.name,
                                 status.reason.empty() ? "Error" : status.reason, status.exit_code);
  if (!status.message.empty()) text += ": " + status.message;
  return bounded(text);
}

void conclude(PodReport& report, const PodPlan& plan, const OutcomeFacts& facts) {
  set_exit_code(report, plan);
  report.resources = resources_duration(plan, report.containers);
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

std::string file_text(std::string content) {
  if (content.ends_with('\n')) content.pop_back();
  return content;
}

std::string result_of(std::string stdout_tail) {
  std::string text = file_text(std::move(stdout_tail));
  if (text.size() > limit::kResultBytes) text.erase(0, text.size() - limit::kResultBytes);
  return text;
}

}  // namespace slipway::pod
