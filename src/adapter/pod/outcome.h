// The end of a process as the status of its container. Pure.
#pragma once

#include <string>

#include "base/time.h"
#include "core/pod/outcome.h"

namespace slipway::adapter {

using pod::conclude;
using pod::OutcomeFacts;

pod::ContainerStatus running_container(const std::string& name, Time started_at);

// Fills in the end from waitpid's status: exit code (128 + signal), reason, times.
void end_container(pod::ContainerStatus& status, int wait_status, bool out_of_memory, Time at);

}  // namespace slipway::adapter
