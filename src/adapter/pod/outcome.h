// What the ends of a pod's containers mean, in Argo's words (spec rule 30). Pure.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

pod::ContainerStatus running_container(const std::string& name, Time started_at);

// Fills in the end from waitpid's status: exit code (128 + signal), reason, times.
void end_container(pod::ContainerStatus& status, int wait_status, bool out_of_memory, Time at);

struct OutcomeFacts {
  bool deadline_passed = false;
  bool stop_asked = false;
  std::string output_error;  // a missing output makes an otherwise good pod kError
  std::string log_trouble;   // said, whatever the end
  // Preparation failed: no container's end counts.
  std::optional<Error> preparation_error;
  std::string preparation_reason;
};

// Sets phase, message, reason and exit_code from `report.containers`, which has the plan's order.
void conclude(pod::PodReport& report, const pod::PodPlan& plan, const OutcomeFacts& facts);

// "main: Error (exit code 1)", with ": <message>" when there is one.
std::string failure_text(const pod::ContainerStatus& status);

}  // namespace slipway::adapter
