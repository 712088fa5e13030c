#include "adapter/pod/log_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/archive/tree.h"
#include "adapter/pod/log_times.h"

namespace slipway::adapter {

std::vector<std::string> LogFiles::containers(const PodId& pod) {
  std::vector<std::string> names;
  if (!check_segment("the pod id", pod.value).ok()) return names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(paths_.logs(pod), failed)) {
    if (entry.path().extension() == ".log") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<port::LogChunk> LogFiles::read(const PodId& pod, const std::string& container,
                                      uint64_t offset, size_t max_bytes) {
  TRY(check_segment("the pod id", pod.value));
  TRY(check_segment("the container", container));
  const std::string path = paths_.log(pod, container);
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("pod {} has no log of a container `{}`", pod.value, container), ""};
  }
  if (!file) return system_error("cannot read the log " + path);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return system_error("cannot read the log " + path);
  // Taken before the bytes: what is written after this look is read next time.
  const auto size = static_cast<uint64_t>(info.st_size);
  port::LogChunk chunk{.next_offset = std::min(offset, size)};
  if (offset < size) {
    chunk.bytes.resize(std::min<uint64_t>(size - offset, max_bytes));
    const ssize_t count =
        ::pread(file.get(), chunk.bytes.data(), chunk.bytes.size(), static_cast<off_t>(offset));
    if (count < 0) return system_error("cannot read the log " + path);
    chunk.bytes.resize(static_cast<size_t>(count));
    chunk.next_offset = offset + static_cast<uint64_t>(count);
  }
  chunk.complete = (info.st_mode & S_IWUSR) == 0 && chunk.next_offset >= size;
  return chunk;
}

Result<std::vector<port::LogTime>> LogFiles::times(const PodId& pod, const std::string& container,
                                                   uint64_t from, uint64_t to) {
  TRY(check_segment("the pod id", pod.value));
  TRY(check_segment("the container", container));
  return read_log_times(paths_.log_times(pod, container), from, to);
}

Status LogFiles::remove(const PodId& pod) {
  TRY(check_segment("the pod id", pod.value));
  return remove_tree(paths_.logs(pod));
}

}  // namespace slipway::adapter
