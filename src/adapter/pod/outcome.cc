#include "adapter/pod/outcome.h"

#include <sys/wait.h>

namespace slipway::adapter {

using State = pod::ContainerStatus::State;

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

}  // namespace slipway::adapter
