// What only the runtime knows of a pod: its own address, and its machine's address and name.
#pragma once

#include <functional>
#include <string>

#include "core/pod/plan.h"

namespace slipway::adapter {

// The address that this machine uses towards others; 127.0.0.1 when it knows none.
std::string machine_address();
std::string machine_name();

// Gives the variables that name a runtime_field their values, and puts these where command, args
// and later variables say $(NAME). `host_ip` is asked for when a variable wants it.
void fill_runtime_fields(pod::PodPlan& plan, const std::string& pod_ip,
                         const std::function<std::string()>& host_ip);

}  // namespace slipway::adapter
