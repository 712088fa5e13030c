#include "adapter/pod/log_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "adapter/pod/pod_files.h"

namespace slipway::adapter {

namespace fs = std::filesystem;

std::vector<std::string> LogFiles::containers(const PodId& pod) {
  std::vector<std::string> names;
  if (!is_safe_name(pod.value)) return names;
  std::error_code absent;  // no log yet
  for (const auto& entry : fs::directory_iterator(root_ + "/" + pod.value, absent)) {
    if (entry.path().extension() == ".log") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<port::LogChunk> LogFiles::read(const PodId& pod, const std::string& container,
                                      uint64_t offset, size_t max_bytes) {
  if (!is_safe_name(pod.value) || !is_safe_name(container)) {
    return Error{ErrorCode::kNotFound, "there is no such log", pod.value + "/" + container};
  }
  const std::string path = root_ + "/" + pod.value + "/" + container + ".log";
  // Asked before reading: when it is complete now, what is read is all there is.
  std::error_code failed;
  const bool complete = fs::exists(path + ".end", failed);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error{ErrorCode::kNotFound, "there is no such log", path};
  port::LogChunk chunk;
  chunk.bytes.resize(max_bytes);
  ssize_t count = 0;
  do {
    count = pread(file, chunk.bytes.data(), max_bytes, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  const int why = errno;
  close(file);
  if (count < 0) return Error{ErrorCode::kIo, std::strerror(why), path};
  chunk.bytes.resize(static_cast<size_t>(count));
  chunk.next_offset = offset + static_cast<uint64_t>(count);
  chunk.complete = complete && static_cast<size_t>(count) < max_bytes;
  return chunk;
}

Status LogFiles::remove(const PodId& pod) {
  if (!is_safe_name(pod.value)) return {};
  std::error_code failed;
  fs::remove_all(root_ + "/" + pod.value, failed);
  if (failed) return Error{ErrorCode::kIo, failed.message(), root_ + "/" + pod.value};
  return {};
}

}  // namespace slipway::adapter
