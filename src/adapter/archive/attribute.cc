#include "adapter/archive/attribute.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <string_view>

namespace slipway::adapter {
namespace {

bool is_root() { return ::geteuid() == 0; }

// trusted.overlay.* would let a layer steer the mount (redirects into other folders); security.ima,
// selinux and the like belong to the machine.
bool keeps_xattr(std::string_view name) {
  if (name.starts_with("user.overlay.")) return false;
  return name.starts_with("user.") || (name == "security.capability" && is_root());
}

Status apply_xattrs(const std::string& path, const std::string& shown, ::archive_entry* entry) {
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    if (name == nullptr || !keeps_xattr(name)) continue;
    // user.* is refused by the kernel on links and devices, and by some file systems altogether.
    if (::lsetxattr(path.c_str(), name, value, size, 0) != 0 && errno != EPERM &&
        errno != ENOTSUP) {
      return system_error(fmt::format("cannot set the attribute {} of {}", name, shown));
    }
  }
  return {};
}

}  // namespace

Status apply_attributes(int folder, const std::string& name, ::archive_entry* entry, UnpackAs as) {
  const bool layer = as == UnpackAs::kLayer;
  const bool link = archive_entry_filetype(entry) == AE_IFLNK;
  if (layer && is_root() &&
      ::fchownat(folder, name.c_str(), static_cast<uid_t>(archive_entry_uid(entry)),
                 static_cast<gid_t>(archive_entry_gid(entry)), AT_SYMLINK_NOFOLLOW) != 0) {
    return system_error("cannot set the owner of " + name);
  }
  // The entry was just made by us in a folder only we write to, so this path is what we made.
  const std::string path = fmt::format("/proc/self/fd/{}/{}", folder, name);
  if (!link) {
    const mode_t mask = layer ? 07777 : 01777;
    const mode_t mode = static_cast<mode_t>(archive_entry_mode(entry)) & mask;
    if (::fchmodat(folder, name.c_str(), mode, 0) != 0) {
      return system_error("cannot set the mode of " + name);
    }
  }
  if (layer) TRY(apply_xattrs(path, name, entry));
  if (archive_entry_mtime_is_set(entry) != 0) {
    const struct timespec mtime = {archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
    const struct timespec times[2] = {mtime, mtime};
    if (::utimensat(folder, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
      return system_error("cannot set the time of " + name);
    }
  }
  return {};
}

Status make_opaque(int fd) {
  const char* name = is_root() ? "trusted.overlay.opaque" : "user.overlay.opaque";
  if (::fsetxattr(fd, name, "y", 1, 0) != 0) {
    return system_error(fmt::format("cannot set {}", name));
  }
  return {};
}

}  // namespace slipway::adapter
