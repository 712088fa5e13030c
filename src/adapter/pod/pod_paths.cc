#include "adapter/pod/pod_paths.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

Status check_segment(const std::string& what, const std::string& name) {
  const bool known = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '_' || c == '-';
  });
  if (known && !name.empty() && name.size() <= 200 && name[0] != '.') return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("{} `{}` is no usable name: 1 to 200 letters, digits, `.`, `_` or `-`, "
                           "not starting with a dot",
                           what, name),
               ""};
}

Status make_folders(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return {};
  if (errno != ENOENT) return system_error("cannot make the folder " + path);
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos || slash == 0) return system_error("cannot make " + path);
  TRY(make_folders(path.substr(0, slash), mode));
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return {};
  return system_error("cannot make the folder " + path);
}

Status make_turnover_folder(const std::string& path, unsigned mode) {
  TRY(make_folders(path, mode));
  const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_error("cannot open the folder " + path);
  int flags = 0;
  // A file system that knows no such flags has no such search either.
  if (::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) != 0) return {};
  flags |= FS_TOPDIR_FL;
  (void)::ioctl(folder.get(), FS_IOC_SETFLAGS, &flags);
  return {};
}

}  // namespace slipway::adapter
