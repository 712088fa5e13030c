#include "adapter/pod/image_volume.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapter/archive/tree.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/rootfs.h"
#include "adapter/process/program.h"

namespace slipway::adapter {

namespace {

constexpr Duration kCopyTimeout = Duration::seconds(600);

bool is_mounted(const pod::Container& plan, const std::string& volume) {
  return std::any_of(plan.mounts.begin(), plan.mounts.end(), [&](const pod::Mount& mount) {
    const auto path = clean_entry_path(mount.path);
    return path.ok() && *path == volume;
  });
}

// Owner, mode and content of the image's own folder.
Status copy_content(const Fd& from, const std::string& to) {
  const std::string source = fmt::format("/proc/{}/fd/{}/", ::getpid(), from.get());
  struct stat info {};
  if (::fstat(from.get(), &info) != 0) return system_error("cannot look at " + to);
  if (::chown(to.c_str(), info.st_uid, info.st_gid) != 0 ||
      ::chmod(to.c_str(), info.st_mode & 07777) != 0) {
    return system_error("cannot set the owner of " + to);
  }
  std::error_code failed;
  if (std::filesystem::is_empty(source, failed)) return {};
  TRY_ASSIGN(const ProgramEnd end,
             run_program({.command = {"cp", "-a", source + ".", to}, .timeout = kCopyTimeout}));
  if (end.exit_code == 0) return {};
  return Error{ErrorCode::kIo, "cannot copy the image's content: " + end.err, ""};
}

}  // namespace

Status mount_image_volumes(const ImageConfig& image, const pod::Container& plan, int root,
                           const std::string& store) {
  size_t index = 0;
  for (const std::string& declared : image.volumes) {
    TRY_ASSIGN(const std::string path, clean_entry_path(declared));
    if (path.empty() || is_mounted(plan, path)) continue;
    TRY_ASSIGN(const Fd content, make_folders_in_root(root, path));
    const std::string folder = fmt::format("{}/{}", store, index++);
    TRY(make_folders(folder));
    if (Status copied = copy_content(content, folder); !copied.ok()) {
      return Error{copied.error().code,
                   fmt::format("volume {} of the image: {}", declared, copied.error().message), ""};
    }
    Fd source(::open(folder.c_str(), O_PATH | O_CLOEXEC));
    if (!source) return system_error("cannot open " + folder);
    TRY(bind_below(root, path, source.get(), false));
  }
  return {};
}

}  // namespace slipway::adapter
