#include "adapter/pod/pod_paths.h"

#include <fmt/format.h>
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

}  // namespace slipway::adapter
