// What the ends of a pod's containers mean, in Argo's words, and what its outputs say (spec rules
// 27 and 30).
#pragma once

#include <optional>
#include <string>

#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::pod {

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
void conclude(PodReport& report, const PodPlan& plan, const OutcomeFacts& facts);

// "main: Error (exit code 1)", with ": <message>" when there is one.
std::string failure_text(const ContainerStatus& status);

// An output parameter, from the content of its file: one newline at its end is not part of it.
std::string file_text(std::string content);

// stdout as `outputs.result`: the same, and then the last 256 KiB of it.
std::string result_of(std::string stdout_tail);

}  // namespace slipway::pod
