#include "adapter/pod/log_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/pod/pod_paths.h"
#include "base/limit.h"

namespace slipway::adapter {

LogWriter::LogWriter(std::string path, size_t limit_bytes)
    : path_(std::move(path)),
      times_(path_ + ".times"),
      half_(std::max<size_t>(limit_bytes / 2, 1)) {}

Status LogWriter::open() {
  if (file_) return {};
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  file_ = Fd(::open(path_.c_str(), kFlags, 0644));
  if (!file_ && errno == ENOENT) {
    TRY(make_folders(path_.substr(0, path_.find_last_of('/'))));
    file_ = Fd(::open(path_.c_str(), kFlags, 0644));
  }
  if (!file_) return system_error("cannot write the log " + path_);
  return {};
}

void LogWriter::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      refused_ = true;
      refused_bytes_ += bytes.size();
      return;
    }
    head_bytes_ += static_cast<size_t>(count);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

void LogWriter::write(std::string_view bytes, Time now) {
  if (bytes.empty()) return;
  if (!file_ && (refused_ || !open().ok())) {
    refused_ = true;
    refused_bytes_ += bytes.size();
    return;
  }
  times_.note(head_bytes_ + ring_bytes_, now);
  if (ring_bytes_ == 0 && head_bytes_ < half_) {
    const size_t room = std::min<size_t>(half_ - head_bytes_, bytes.size());
    append(bytes.substr(0, room));
    bytes.remove_prefix(room);
  }
  if (!bytes.empty()) write_ring(bytes);
}

void LogWriter::write_ring(std::string_view bytes) {
  if (!ring_) {
    const std::string path = path_ + ".tail";
    ring_ = Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ::unlink(path.c_str());
  }
  while (!bytes.empty()) {
    const size_t at = ring_bytes_ % half_;
    const size_t part = std::min(bytes.size(), half_ - at);
    if (!ring_ || ::pwrite(ring_.get(), bytes.data(), part, static_cast<off_t>(at)) !=
                      static_cast<ssize_t>(part)) {
      refused_ = true;
      refused_bytes_ += bytes.size();
      return;
    }
    ring_bytes_ += part;
    bytes.remove_prefix(part);
  }
}

uint64_t LogWriter::dropped_bytes() const {
  return refused_bytes_ + (ring_bytes_ > half_ ? ring_bytes_ - half_ : 0);
}

std::string LogWriter::trouble() const {
  if (refused_bytes_ == 0) return "";
  return fmt::format("{} bytes of the log {} are not kept: the disk refused them", refused_bytes_,
                     path_);
}

void LogWriter::join_ring() {
  const bool around = ring_bytes_ > half_;
  const uint64_t start = around ? ring_bytes_ % half_ : 0;
  const auto copy = [this](uint64_t from, uint64_t to) {
    std::string buffer(1u << 20, '\0');
    while (from < to) {
      const ssize_t count =
          ::pread(ring_.get(), buffer.data(), std::min<uint64_t>(buffer.size(), to - from),
                  static_cast<off_t>(from));
      if (count <= 0) return;
      append({buffer.data(), static_cast<size_t>(count)});
      from += static_cast<uint64_t>(count);
    }
  };
  if (around) copy(start, half_);
  copy(0, around ? start : ring_bytes_);
}

void LogWriter::finish() {
  if (!file_) return;
  const uint64_t head = head_bytes_;
  if (dropped_bytes() > 0) {
    append(fmt::format("\n[slipway: {} bytes of this log are not kept{}]\n", dropped_bytes(),
                       refused_ ? ": the disk refused them" : ""));
  }
  if (ring_) {
    const uint64_t overwritten = ring_bytes_ > half_ ? ring_bytes_ - half_ : 0;
    times_.cut(head, head + overwritten, head_bytes_);
    join_ring();
  }
  ::fchmod(file_.get(), 0444);
  file_ = Fd();
  ring_ = Fd();
}

void mark_logs_complete(const std::string& folder) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    ::chmod(entry.path().c_str(), 0444);
  }
}

void Tail::append(std::string_view bytes) {
  if (bytes.size() > limit_) bytes.remove_prefix(bytes.size() - limit_);
  bytes_.append(bytes);
  if (bytes_.size() > 2 * limit_) bytes_.erase(0, bytes_.size() - limit_);
}

std::string Tail::take() {
  if (bytes_.size() > limit_) bytes_.erase(0, bytes_.size() - limit_);
  return std::move(bytes_);
}

}  // namespace slipway::adapter
