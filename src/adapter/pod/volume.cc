#include "adapter/pod/volume.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/archive/tree.h"
#include "adapter/pod/rootfs.h"

namespace slipway::adapter {

namespace {

using Type = pod::Volume::Type;

Status write_files(const pod::Volume& volume, const std::string& folder,
                   std::optional<int64_t> group) {
  TRY(make_folders(folder));
  TRY_ASSIGN(const Fd root, open_folder(folder));
  for (const pod::VolumeFile& file : volume.files) {
    TRY_ASSIGN(const std::string path, clean_entry_path(file.path));
    const size_t slash = path.find_last_of('/');
    TRY_ASSIGN(
        const Fd parent,
        make_folders_in_root(root.get(), slash == std::string::npos ? "" : path.substr(0, slash)));
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const Fd made(::openat(parent.get(), name.c_str(),
                           O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!made) return system_error("cannot write the file " + file.path);
    TRY(write_all(made.get(), file.content.data(), file.content.size(), file.path));
    mode_t mode = file.mode & 07777;
    if (group) {
      (void)!::fchown(made.get(), 0, static_cast<gid_t>(*group));
      mode |= 0440;
    }
    if (::fchmod(made.get(), mode) != 0) return system_error("cannot set the mode of " + file.path);
  }
  return {};
}

// As Kubernetes does for fsGroup: the group owns all, may read and write, and new files inherit it.
// Other pods may be at work in the same volume.
void give_to_group(int volume, int64_t group) {
  const auto give = [&](int entry, const struct stat& info) -> Status {
    if (S_ISLNK(info.st_mode)) return {};
    if (info.st_gid == group && (info.st_mode & 060) == 060) return {};
    (void)!::fchownat(entry, "", static_cast<uid_t>(-1), static_cast<gid_t>(group), AT_EMPTY_PATH);
    ::chmod(fmt::format("/proc/self/fd/{}", entry).c_str(),
            (info.st_mode & 07777) | 0060 | (S_ISDIR(info.st_mode) ? 02010 : 0));
    return {};
  };
  (void)visit_tree(volume, ".", give);
}

Status make_open_folder(const std::string& folder) {
  if (::access(folder.c_str(), F_OK) == 0) return {};
  TRY(make_folders(folder));
  if (::chmod(folder.c_str(), 0777) != 0) return system_error("cannot open up " + folder);
  return {};
}

Status check_host_path(const pod::Volume& volume) {
  const std::string& type = volume.host_path_type;
  const std::string& path = volume.host_path;
  if (type == "DirectoryOrCreate") return make_folders(path);
  if (type == "FileOrCreate") {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!file) return system_error("cannot make the file " + path);
    return {};
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    // Without a type, Kubernetes makes no check and container runtimes make a folder.
    if (type.empty() && errno == ENOENT) return make_folders(path);
    return system_error("hostPath " + path);
  }
  const mode_t sort = info.st_mode & S_IFMT;
  const bool right =
      type.empty() || (type == "Directory" && sort == S_IFDIR) ||
      (type == "File" && sort == S_IFREG) || (type == "Socket" && sort == S_IFSOCK) ||
      (type == "CharDevice" && sort == S_IFCHR) || (type == "BlockDevice" && sort == S_IFBLK);
  if (right) return {};
  return Error{ErrorCode::kInvalid, fmt::format("hostPath {} is no {}", path, type), ""};
}

Result<std::string> claim_folder(const pod::Volume& volume, const PodPaths& paths) {
  const size_t slash = volume.claim.find('/');
  if (slash == std::string::npos) {
    return Error{ErrorCode::kInvalid, "claim `" + volume.claim + "` has no namespace", ""};
  }
  const std::string ns = volume.claim.substr(0, slash), name = volume.claim.substr(slash + 1);
  TRY(check_segment("the namespace", ns));
  TRY(check_segment("the claim", name));
  return paths.claim(ns, name);
}

// The folder (or file) of this machine that the volume is.
Result<std::string> prepare_one(const pod::Volume& volume, const pod::PodPlan& plan,
                                const PodPaths& paths, const RuntimeOptions& options,
                                const std::string& memory, std::optional<int64_t> group) {
  TRY(check_segment("the volume", volume.name));
  std::string folder;
  switch (volume.type) {
    case Type::kFiles:
      folder = memory + "/" + volume.name;
      TRY(write_files(volume, folder, group));
      return folder;
    case Type::kMemory:
      folder = memory + "/" + volume.name;
      TRY(mount_memory(folder, volume.size_limit_bytes, 01777));
      break;
    case Type::kEmptyDir:
      folder = paths.pod(plan.id) + "/v/" + volume.name;
      TRY(make_open_folder(folder));
      break;
    case Type::kClaim: {
      TRY_ASSIGN(folder, claim_folder(volume, paths));
      TRY(make_open_folder(folder));
      break;
    }
    case Type::kHostPath:
      if (!options.allow_host_path) {
        return Error{ErrorCode::kUnauthorized, "this server does not allow hostPath volumes", ""};
      }
      TRY(check_host_path(volume));
      return volume.host_path;
  }
  if (group) {
    TRY_ASSIGN(const Fd root, open_folder(folder));
    give_to_group(root.get(), *group);
  }
  return folder;
}

// A subPath that is not there yet: as open as the volume itself, as the kubelet makes it.
Status make_sub_path(int root, const std::string& path) {
  struct stat volume {};
  if (::fstat(root, &volume) != 0) return system_error("cannot look at the volume");
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (open_in_root(root, part, O_PATH).ok()) continue;
    TRY_ASSIGN(const Fd made, make_folders_in_root(root, part));
    if (::fchown(made.get(), static_cast<uid_t>(-1), volume.st_gid) != 0 ||
        ::fchmod(made.get(), volume.st_mode & 07777) != 0) {
      return system_error("cannot open up the subPath " + part);
    }
  }
  return {};
}

std::optional<int64_t> group_of(const pod::PodPlan& plan) {
  for (const pod::Container& container : plan.containers) {
    if (container.security.fs_group) return container.security.fs_group;
  }
  return std::nullopt;
}

}  // namespace

Result<VolumeSet> VolumeSet::prepare(const pod::PodPlan& plan, const PodPaths& paths,
                                     const RuntimeOptions& options, const std::string& memory) {
  VolumeSet set;
  for (const pod::Volume& volume : plan.volumes) {
    auto path = prepare_one(volume, plan, paths, options, memory, group_of(plan));
    if (!path.ok()) {
      Error error = std::move(path).error();
      error.message = fmt::format("volume {}: {}", volume.name, error.message);
      return error;
    }
    Fd root(::open(path->c_str(), O_PATH | O_CLOEXEC));
    if (!root) return system_error("volume " + volume.name + ": cannot open " + *path);
    set.places_[volume.name] = {std::move(root), volume.type == Type::kFiles};
  }
  return set;
}

Result<Fd> VolumeSet::open(const pod::Mount& mount) const {
  const auto found = places_.find(mount.volume);
  if (found == places_.end()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the mount at {} names volume `{}`, which the pod does not have",
                             mount.path, mount.volume),
                 ""};
  }
  const int root = found->second.root.get();
  if (mount.sub_path.empty()) return Fd(::fcntl(root, F_DUPFD_CLOEXEC, 3));
  TRY_ASSIGN(const std::string part, clean_entry_path(mount.sub_path));
  auto there = open_in_root(root, part, O_PATH);
  if (there.ok() || there.error().code != ErrorCode::kNotFound || found->second.read_only) {
    return there;
  }
  TRY(make_sub_path(root, part));
  return open_in_root(root, part, O_PATH);
}

bool VolumeSet::read_only(const pod::Mount& mount) const {
  const auto found = places_.find(mount.volume);
  return mount.read_only || (found != places_.end() && found->second.read_only);
}

}  // namespace slipway::adapter
