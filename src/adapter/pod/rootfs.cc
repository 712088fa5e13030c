#include "adapter/pod/rootfs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/archive/tree.h"
#include "adapter/pod/pod_paths.h"

namespace slipway::adapter {

namespace {

std::string fd_path(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

Result<Fd> open_path(const std::string& path) {
  Fd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) return system_error("cannot open " + path);
  return fd;
}

std::pair<std::string, std::string> parent_and_name(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

Result<Fd> make_target(int root, const std::string& path, bool folder) {
  if (folder) {
    TRY(make_folders_in_root(root, path));
  } else if (!open_in_root(root, path, O_PATH).ok()) {
    const auto [parent, name] = parent_and_name(path);
    TRY_ASSIGN(const Fd inside, make_folders_in_root(root, parent));
    const Fd file(::openat(inside.get(), name.c_str(),
                           O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644));
    if (!file) return system_error("cannot make the mount point " + path);
  }
  return open_in_root(root, path, O_PATH);
}

}  // namespace

Status mount_rootfs(const std::vector<std::string>& layers, const std::string& upper,
                    const std::string& target) {
  TRY(make_folders(upper + "/u"));
  TRY(make_folders(upper + "/w"));
  TRY(make_folders(target));
  // Descriptors instead of paths: short, and free of the characters that mount options know.
  std::vector<Fd> held;
  std::string lower;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    TRY_ASSIGN(Fd fd, open_path(*layer));
    lower += (lower.empty() ? "" : ":") + fd_path(fd.get());
    held.push_back(std::move(fd));
  }
  TRY_ASSIGN(const Fd writable, open_path(upper + "/u"));
  TRY_ASSIGN(const Fd work, open_path(upper + "/w"));
  std::string options = fmt::format("lowerdir={},upperdir={},workdir={}", lower,
                                    fd_path(writable.get()), fd_path(work.get()));
  if (options.size() > 4000) {
    return Error{ErrorCode::kLimit, fmt::format("the image has {} layers", layers.size()), ""};
  }
  // Nothing in a container's root outlives it, so nothing need be synced when it is unmounted.
  const std::string fast = options + ",volatile";
  if (::mount("overlay", target.c_str(), "overlay", 0, fast.c_str()) == 0 ||
      ::mount("overlay", target.c_str(), "overlay", 0, options.c_str()) == 0) {
    return {};
  }
  return system_error("cannot mount the layers of the image with overlayfs");
}

Status mount_memory(const std::string& target, int64_t size_bytes, unsigned mode) {
  TRY(make_folders(target));
  std::string options = fmt::format("mode={:o}", mode);
  if (size_bytes > 0) options += fmt::format(",size={}", size_bytes);
  if (::mount("tmpfs", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    return system_error("cannot mount a tmpfs at " + target);
  }
  return {};
}

Status bind_below(int root, const std::string& path, int source, bool read_only) {
  struct stat info {};
  if (::fstat(source, &info) != 0) return system_error("cannot look at the source of " + path);
  TRY_ASSIGN(const Fd target, make_target(root, path, S_ISDIR(info.st_mode)));
  const Fd tree(
      ::open_tree(source, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!tree) return system_error("cannot take the mount for " + path);
  if (read_only) {
    struct mount_attr attributes {};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (::mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                        sizeof(attributes)) != 0) {
      return system_error("cannot make the mount at " + path + " read-only");
    }
  }
  if (::move_mount(tree.get(), "", target.get(), "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0) {
    return system_error("cannot mount at " + path);
  }
  return {};
}

}  // namespace slipway::adapter
