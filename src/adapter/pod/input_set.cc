#include "adapter/pod/input_set.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapter/archive/tree.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/disk_blob_store.h"

namespace slipway::adapter {

namespace {

using Role = pod::Container::Role;

void give_tree(const std::string& path, std::pair<uint32_t, uint32_t> owner) {
  if (owner.first == 0 && owner.second == 0) return;
  std::error_code failed;
  if (std::filesystem::is_directory(std::filesystem::symlink_status(path, failed))) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, failed)) {
      (void)!::lchown(entry.path().c_str(), owner.first, owner.second);
    }
  }
  (void)!::lchown(path.c_str(), owner.first, owner.second);
}

// What of `path` is below `folder`, both clean; nullopt when it is elsewhere.
std::optional<std::string> below(const std::string& folder, const std::string& path) {
  if (folder.empty() || folder == path) return folder.empty() ? path : "";
  if (!path.starts_with(folder + "/")) return std::nullopt;
  return path.substr(folder.size() + 1);
}

struct Overlap {
  const pod::Mount* mount = nullptr;
  std::string rest;
};

// The innermost mount that `path` is in.
Result<Overlap> overlap_of(const pod::Container& container, const std::string& path) {
  Overlap found;
  size_t length = 0;
  for (const pod::Mount& mount : container.mounts) {
    TRY_ASSIGN(const std::string folder, clean_entry_path(mount.path));
    auto rest = below(folder, path);
    if (!rest || (found.mount != nullptr && folder.size() < length)) continue;
    length = folder.size();
    found = {&mount, std::move(*rest)};
  }
  return found;
}

// A path of this process for `rest` below the folder `root`, whose parent exists then.
struct Place {
  Fd parent;
  std::string path;
};

Result<Place> place_below(Fd root, const std::string& rest) {
  if (rest.empty()) {
    std::string path = fmt::format("/proc/self/fd/{}/.", root.get());
    return Place{std::move(root), std::move(path)};
  }
  const size_t slash = rest.find_last_of('/');
  const bool direct = slash == std::string::npos;
  TRY_ASSIGN(Fd parent, make_folders_in_root(root.get(), direct ? "" : rest.substr(0, slash)));
  std::string path =
      fmt::format("/proc/self/fd/{}/{}", parent.get(), direct ? rest : rest.substr(slash + 1));
  return Place{std::move(parent), std::move(path)};
}

// Where one artifact goes, and the staged entry to show where it is not there already.
struct Target {
  Place place;
  std::string staged;
};

Result<Target> target_of(const pod::InputArtifact& artifact, const std::string& staged,
                         const ContainerRun& receiver, const VolumeSet& volumes) {
  if (receiver.root() < 0) return Target{{Fd(), receiver.resolve(artifact.path)}, ""};
  TRY_ASSIGN(const std::string path, clean_entry_path(artifact.path));
  TRY_ASSIGN(const Overlap overlap, overlap_of(receiver.plan(), path));
  if (overlap.mount == nullptr) return Target{{Fd(), staged}, staged};
  if (volumes.read_only(*overlap.mount)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("its path {} is in the volume {}, which is mounted read-only at {}",
                             artifact.path, overlap.mount->volume, overlap.mount->path),
                 ""};
  }
  TRY_ASSIGN(Fd volume, volumes.open(*overlap.mount));
  TRY_ASSIGN(Place place, place_below(std::move(volume), overlap.rest));
  return Target{std::move(place), ""};
}

// What stands for an optional artifact that is not there: under Argo the mount's source is made as
// a folder, and scripts (`cd /cache`) rely on it.
Status leave_empty(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, failed))) return {};
  return make_folders(path, 0777);
}

}  // namespace

bool receives_inputs(const pod::PodPlan& plan, const pod::Container& container) {
  if (container.role != Role::kMain) return false;
  const bool has_main =
      std::any_of(plan.containers.begin(), plan.containers.end(), [](const pod::Container& other) {
        return other.role == Role::kMain && other.name == "main";
      });
  return has_main ? container.name == "main" : container.depends_on.empty();
}

Result<InputSet> InputSet::load(const pod::PodPlan& plan, const ContainerRun& receiver,
                                const VolumeSet& volumes, const PodPaths& paths) {
  DiskBlobStore store(paths.data_dir + "/artifacts");
  const std::string scratch = paths.pod(plan.id) + "/scratch", staging = paths.pod(plan.id) + "/i";
  TRY(make_folders(scratch, 0700));
  TRY(make_folders(staging));
  InputSet set;
  for (size_t index = 0; index < plan.input_artifacts.size(); ++index) {
    const pod::InputArtifact& artifact = plan.input_artifacts[index];
    const Status loaded = [&]() -> Status {
      TRY_ASSIGN(const Target target,
                 target_of(artifact, fmt::format("{}/{}", staging, index), receiver, volumes));
      const std::string& path = target.place.path;
      const Status status = load_artifact(artifact, path, scratch, store);
      if (!status.ok() && !(artifact.optional && status.error().code == ErrorCode::kNotFound)) {
        return status;
      }
      if (!status.ok()) TRY(leave_empty(path));
      give_tree(path, receiver.owner());
      if (target.staged.empty()) return {};
      Fd source(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (!source) return system_error("cannot open " + path);
      set.shown_.push_back({artifact.path, std::move(source)});
      return {};
    }();
    if (!loaded.ok()) {
      return Error{loaded.error().code,
                   fmt::format("input artifact `{}`: {}", artifact.name, loaded.error().text()),
                   ""};
    }
  }
  return set;
}

}  // namespace slipway::adapter
