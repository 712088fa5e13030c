#include "adapter/pod/pod_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace slipway::adapter {
namespace {

Error io_error(const std::string& path) { return {ErrorCode::kIo, std::strerror(errno), path}; }

}  // namespace

Status write_file(const std::string& path, const std::string& content, unsigned mode) {
  const std::string temporary = path + ".new";
  const int file =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  if (file < 0) return io_error(temporary);
  size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const Error error = io_error(temporary);
      close(file);
      unlink(temporary.c_str());
      return error;
    }
    written += static_cast<size_t>(count);
  }
  fchmod(file, mode);
  close(file);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return io_error(path);
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return Error{ErrorCode::kNotFound, "there is no such file", path};
    return io_error(path);
  }
  std::string content;
  char buffer[65536];
  for (ssize_t count; (count = read(file, buffer, sizeof buffer)) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const Error error = io_error(path);
      close(file);
      return error;
    }
    content.append(buffer, static_cast<size_t>(count));
  }
  close(file);
  return content;
}

bool is_safe_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace slipway::adapter
