// What Argo's executor shows to each container of a pod at /var/run/argo: the template, a place for
// the progress file, and ctr/NAME for each container with its `exitcode` once it has ended.
#pragma once

#include <string>

#include "adapter/archive/fd.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

inline constexpr const char* kArgoFolder = "/var/run/argo";

// Makes `folder`, which is writable for every user as the containers may have several.
Status make_argo_folder(const pod::PodPlan& plan, const std::string& folder);

// Into the folder ctr/NAME, opened before anything could put a link there. A container may have
// done anything to it; what can not be written then is not.
void note_exit_code(int container_folder, int exit_code);

}  // namespace slipway::adapter
