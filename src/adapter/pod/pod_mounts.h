// What a pod's containers see as files: volumes, /etc files, the script, input artifacts.
#pragma once

#include <string>
#include <vector>

#include "adapter/pod/oci_spec.h"
#include "adapter/pod/pod_files.h"
#include "base/result.h"

namespace slipway::pod {
struct PodPlan;
struct Container;
}  // namespace slipway::pod

namespace slipway::adapter {

// Makes every volume of the plan. tmpfs mounts are in the caller's mount namespace.
Status make_volumes(const pod::PodPlan& plan, const PodFiles& files, const RuntimeOptions& options);

// Host path of a volume, e.g. the claim's folder.
Result<std::string> volume_path(const pod::PodPlan& plan, const std::string& volume,
                                const PodFiles& files, const RuntimeOptions& options);

// The volume mounts of one container; subPath folders are made and can not lead out of the volume.
Result<std::vector<BindMount>> volume_mounts(const pod::PodPlan& plan,
                                             const pod::Container& container, const PodFiles& files,
                                             const RuntimeOptions& options);

// /etc/hosts, /etc/hostname and /etc/resolv.conf of the pod.
Result<std::vector<BindMount>> etc_mounts(const pod::PodPlan& plan, const PodFiles& files,
                                          const std::string& ip);

// Layers below, a fresh upper folder above; returns the merged folder.
Result<std::string> mount_overlay(const std::vector<std::string>& layers,
                                  const std::string& folder);

// The host path of `path` as a container with these mounts and this root sees it: the deepest mount
// that holds it, and the rest below. First: the folder that bounds it, second: the path below it.
std::pair<std::string, std::string> locate(const std::vector<BindMount>& mounts,
                                           const std::string& root, const std::string& path);

}  // namespace slipway::adapter
