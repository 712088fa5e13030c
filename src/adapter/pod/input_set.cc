#include "adapter/pod/input_set.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "adapter/archive/tree.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/disk_blob_store.h"

namespace slipway::adapter {

namespace {

using Role = pod::Container::Role;

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

// Where one artifact goes. `staged`: to a folder of ours, and from there to where it is seen.
struct Target {
  Fd folder;
  std::string name;  // empty: the folder itself
  bool staged = false;
};

Result<Target> target_below(Fd root, const std::string& rest) {
  if (rest.empty()) return Target{std::move(root), ""};
  const size_t slash = rest.find_last_of('/');
  const bool direct = slash == std::string::npos;
  TRY_ASSIGN(Fd folder, make_folders_in_root(root.get(), direct ? "" : rest.substr(0, slash)));
  return Target{std::move(folder), direct ? rest : rest.substr(slash + 1)};
}

// For a process of this machine's: whoever starts it trusts it with all of that.
Result<Target> target_on_machine(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const size_t slash = path.find_last_of('/');
  const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
  TRY(make_folders(parent));
  TRY_ASSIGN(Fd folder, open_folder(parent));
  return Target{std::move(folder), path.substr(slash + 1)};
}

Result<Target> target_of(const pod::InputArtifact& artifact, const std::string& staging,
                         size_t index, const ContainerRun& receiver, const VolumeSet& volumes) {
  if (receiver.root() < 0) return target_on_machine(receiver.resolve(artifact.path));
  TRY_ASSIGN(const std::string path, clean_entry_path(artifact.path));
  TRY_ASSIGN(const Overlap overlap, overlap_of(receiver.plan(), path));
  if (overlap.mount == nullptr) {
    TRY_ASSIGN(Fd folder, open_folder(staging));
    return Target{std::move(folder), std::to_string(index), true};
  }
  if (volumes.read_only(*overlap.mount)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("its path {} is in the volume {}, which is mounted read-only at {}",
                             artifact.path, overlap.mount->volume, overlap.mount->path),
                 ""};
  }
  TRY_ASSIGN(Fd volume, volumes.open(*overlap.mount));
  return target_below(std::move(volume), overlap.rest);
}

// What stands for an optional artifact that is not there: under Argo the mount's source is made as
// a folder, and scripts (`cd /cache`) rely on it. What is there already stays.
Status leave_empty(const ArtifactPlace& place) {
  if (place.name.empty()) return {};
  if (::mkdirat(place.folder, place.name.c_str(), 0777) != 0) {
    return errno == EEXIST ? Status() : system_error("cannot make the folder " + place.name);
  }
  const Fd made(
      ::openat(place.folder, place.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  const bool given = place.user == 0 && place.group == 0;
  if (!made || (!given && ::fchown(made.get(), place.user, place.group) != 0)) {
    return system_error("cannot give the folder " + place.name + " to its user");
  }
  return {};
}

// To be mounted where the containers see it. A link would lead whoever mounts it to the machine's
// own files.
Result<Fd> open_staged(const ArtifactPlace& place) {
  Fd source(::openat(place.folder, place.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!source || ::fstat(source.get(), &info) != 0) return system_error("cannot open it");
  if (!S_ISLNK(info.st_mode)) return source;
  return Error{ErrorCode::kInvalid, "it is nothing but a symbolic link", ""};
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
                                const VolumeSet& volumes, const PodPaths& paths,
                                std::stop_token stop) {
  DiskBlobStore store(paths.data_dir + "/artifacts");
  const std::string scratch = paths.pod(plan.id) + "/scratch", staging = paths.pod(plan.id) + "/i";
  TRY(make_folders(scratch, 0700));
  TRY(make_folders(staging));
  InputSet set;
  for (size_t index = 0; index < plan.input_artifacts.size(); ++index) {
    const pod::InputArtifact& artifact = plan.input_artifacts[index];
    const Status loaded = [&]() -> Status {
      TRY_ASSIGN(const Target target, target_of(artifact, staging, index, receiver, volumes));
      const auto [user, group] = receiver.owner();
      const ArtifactPlace place{target.folder.get(), target.name, user, group};
      const Status status = load_artifact(artifact, place, scratch, store, stop);
      if (!status.ok() && !(artifact.optional && status.error().code == ErrorCode::kNotFound)) {
        return status;
      }
      if (!status.ok()) TRY(leave_empty(place));
      if (!target.staged) return {};
      TRY_ASSIGN(Fd source, open_staged(place));
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
