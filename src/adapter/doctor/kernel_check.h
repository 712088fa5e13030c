// The kernel's part of the doctor's checks.
#pragma once

#include "adapter/doctor/doctor.h"

namespace slipway::adapter {

Check check_cgroups();
Check check_capabilities();
Check check_namespaces();
Check check_openat2();
Check check_overlay(const std::string& data_dir);
Check check_inotify();

}  // namespace slipway::adapter
