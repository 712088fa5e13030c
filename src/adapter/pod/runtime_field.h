// What only the runtime knows of a pod: its own and its machine's address.
#pragma once

#include <functional>
#include <string>

#include "core/pod/plan.h"

namespace slipway::adapter {

// The address that this machine uses towards others; 127.0.0.1 when it knows none.
std::string machine_address();

// Gives the variables that name a runtime_field their values, and puts these where command, args
// and later variables say $(NAME). `host_ip` is asked for when a variable wants it.
void fill_runtime_fields(pod::PodPlan& plan, const std::string& pod_ip,
                         const std::function<std::string()>& host_ip);

}  // namespace slipway::adapter
