#include "adapter/pod/log_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/limit.h"

namespace slipway::adapter {
namespace {

constexpr size_t kTailBytes = 1u << 20;

// Keeps the last `limit` bytes of `text` + `bytes`, without copying on every call.
void keep_last(std::string& text, std::string_view bytes, size_t limit) {
  text.append(bytes.size() > limit ? bytes.substr(bytes.size() - limit) : bytes);
  if (text.size() > 2 * limit) text.erase(0, text.size() - limit);
}

}  // namespace

LogWriter::LogWriter(std::string path, uint64_t limit_bytes, bool keep_result)
    : path_(std::move(path)), limit_(limit_bytes), keep_result_(keep_result) {}

LogWriter::~LogWriter() {
  if (file_ >= 0) close(file_);
}

Status LogWriter::open() {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file_ < 0) return Error{ErrorCode::kIo, std::strerror(errno), path_};
  return {};
}

void LogWriter::write(std::string_view bytes, bool is_stdout) {
  // Twice the bound: the cut to exactly 256 KiB is made once, at the end.
  if (is_stdout && keep_result_) keep_last(result_, bytes, limit::kResultBytes + 1);
  const uint64_t room = written_ < limit_ / 2 ? limit_ / 2 - written_ : 0;
  const size_t now = static_cast<size_t>(std::min<uint64_t>(room, bytes.size()));
  put(bytes.substr(0, now));
  written_ += now;
  const std::string_view late = bytes.substr(now);
  if (late.empty()) return;
  dropped_ += late.size();
  keep_last(tail_, late, std::min<size_t>(kTailBytes, static_cast<size_t>(limit_ / 2)));
}

void LogWriter::finish() {
  const size_t bound = std::min<size_t>(kTailBytes, static_cast<size_t>(limit_ / 2));
  if (tail_.size() > bound) tail_.erase(0, tail_.size() - bound);
  if (dropped_ > tail_.size()) {
    put(fmt::format("\n[slipway: {} bytes left out: the log is larger than {}]\n",
                    dropped_ - tail_.size(), limit_));
  }
  put(tail_);
  const int end = ::open((path_ + ".end").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (end >= 0) close(end);
}

std::string LogWriter::result() const {
  std::string text = result_;
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > limit::kResultBytes) text.erase(0, text.size() - limit::kResultBytes);
  return text;
}

void LogWriter::put(std::string_view bytes) {
  while (!bytes.empty() && file_ >= 0) {
    const ssize_t count = ::write(file_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      // A full disk must not stop the container: the log ends here, and the report says so.
      if (problem_.empty()) problem_ = fmt::format("{}: {}", path_, std::strerror(errno));
      return;
    }
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

}  // namespace slipway::adapter
