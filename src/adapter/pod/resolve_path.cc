#include "adapter/pod/resolve_path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

namespace slipway::adapter {

Result<std::string> resolve_in_root(const std::string& root, const std::string& path) {
  const int base = open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (base < 0) return Error{ErrorCode::kNotFound, std::strerror(errno), root};
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const int file = static_cast<int>(syscall(SYS_openat2, base, path.c_str(), &how, sizeof how));
  const int why = errno;
  close(base);
  if (file < 0) {
    return Error{why == ELOOP ? ErrorCode::kInvalid : ErrorCode::kNotFound, std::strerror(why),
                 path};
  }
  char resolved[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t length = readlink(link.c_str(), resolved, sizeof resolved);
  close(file);
  if (length < 0) return Error{ErrorCode::kNotFound, std::strerror(errno), path};
  return std::string(resolved, static_cast<size_t>(length));
}

}  // namespace slipway::adapter
