// Small decisions about a container's process, apart from running it.
#pragma once

#include <string>
#include <vector>

#include "adapter/image/image_store.h"
#include "adapter/pod/bundle.h"
#include "adapter/pod/image_user.h"
#include "adapter/pod/runtime_options.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// Refuses what this server does not allow, and capabilities that do not exist.
Status check_security(const pod::Container& container, const RuntimeOptions& options);

// Kubernetes' rules for command and args against the image's ENTRYPOINT and CMD; the script's file
// is the command's last word. kInvalid when nothing is left to run.
Result<std::vector<std::string>> process_words(const pod::Container& container,
                                               const ImageConfig& image, const std::string& script);

// The image's variables, HOSTNAME and HOME, then the plan's.
std::vector<std::string> process_environment(const pod::PodPlan& plan,
                                             const pod::Container& container,
                                             const ImageConfig& image, const ContainerUser& user);

// What crun or runc wrote about its failure, in one line.
std::string runtime_complaint(const std::string& log, int wait_status);
bool is_missing_command(const std::string& complaint);

// Every device of /dev but terminals of others, for privileged containers.
std::vector<BundleDevice> machine_devices();

}  // namespace slipway::adapter
