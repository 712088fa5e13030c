// What only the runtime knows of a pod: its own address, and its machine's address, name and size.
#pragma once

#include <functional>
#include <string>

#include "adapter/pod/runtime_options.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// The address that this machine uses towards others; 127.0.0.1 when it knows none.
std::string machine_address();
std::string machine_name();

// What a container may have at most.
struct Capacity {
  int64_t cpu_millis = 0, memory_bytes = 0;
};
// Of one without limits: those that the server gives it, else all that the machine has.
Capacity unlimited_capacity(const pod::PodPlan& plan, const RuntimeOptions& options);

// Gives the variables and files that name a runtime_field their values, and puts these where
// command, args and later variables say $(NAME). `host_ip` is asked for when a variable wants it.
void fill_runtime_fields(pod::PodPlan& plan, const std::string& pod_ip, const Capacity& capacity,
                         const std::function<std::string()>& host_ip);

}  // namespace slipway::adapter
