#include "adapter/pod/output_capture.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>

#include "base/limit.h"

namespace slipway::adapter {

OutputCapture::OutputCapture(EventLoop& loop, std::string log_path, size_t log_limit_bytes,
                             bool keep_result)
    : loop_(loop),
      log_(std::move(log_path), log_limit_bytes),
      tail_(limit::kResultBytes + 1),
      keep_result_(keep_result) {}

OutputCapture::~OutputCapture() {
  for (const Fd* pipe : {&out_, &err_}) {
    if (*pipe) loop_.unwatch(pipe->get());
  }
}

Result<OutputCapture::Ends> OutputCapture::open(bool stdin) {
  Ends ends;
  if (stdin) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe");
    ends.in = Fd(pipe[0]);
    in_ = Fd(pipe[1]);
  }
  TRY_ASSIGN(ends.out, open_pipe(out_, true));
  TRY_ASSIGN(ends.err, open_pipe(err_, false));
  return ends;
}

Result<Fd> OutputCapture::open_pipe(Fd& ours, bool is_stdout) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe");
  ours = Fd(pipe[0]);
  watch(ours, is_stdout);
  return Fd(pipe[1]);
}

void OutputCapture::attach(Fd terminal) {
  if (out_) loop_.unwatch(out_.get());
  out_ = std::move(terminal);
  watch(out_, true);
}

void OutputCapture::watch(Fd& ours, bool is_stdout) {
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  loop_.watch(ours.get(), EPOLLIN, [this, &ours, is_stdout](uint32_t) {
    if (pump(ours, is_stdout) == Pumped::kEnd) {
      loop_.unwatch(ours.get());
      ours = Fd();
    }
  });
}

OutputCapture::Pumped OutputCapture::pump(Fd& pipe, bool is_stdout) {
  static std::array<char, 65536> buffer;
  for (int rounds = 0; rounds < 16; ++rounds) {  // others want their turn
    const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return Pumped::kMore;
    if (count < 0 && errno == EAGAIN) return Pumped::kDry;
    if (count <= 0) return Pumped::kEnd;  // EIO: nobody holds the terminal any more
    const std::string_view bytes(buffer.data(), static_cast<size_t>(count));
    log_.write(bytes, wall_now());
    copy(bytes, is_stdout);
    if (is_stdout && keep_result_) tail_.append(bytes);
  }
  return Pumped::kMore;
}

void OutputCapture::copy_to(Fd stdout_only, Fd combined) {
  stdout_copy_ = std::move(stdout_only);
  combined_copy_ = std::move(combined);
}

// One that the disk refuses goes no further: a gap inside would be worse.
void OutputCapture::copy(std::string_view bytes, bool is_stdout) {
  for (Fd* to : {&stdout_copy_, &combined_copy_}) {
    if (!*to || (to == &stdout_copy_ && !is_stdout)) continue;
    const Status written =
        write_all(to->get(), bytes.data(), bytes.size(), "the copy of what it printed");
    if (written.ok()) continue;
    copy_trouble_ = written.error().text();
    *to = Fd();
  }
}

std::string OutputCapture::trouble() const {
  const std::string of_log = log_.trouble();
  return of_log.empty() ? copy_trouble_ : of_log;
}

void OutputCapture::finish() {
  drain();
  log_.finish();
}

void OutputCapture::next_try() {
  drain();
  tail_ = Tail(limit::kResultBytes + 1);
}

void OutputCapture::drain() {
  in_ = Fd();
  for (Fd* pipe : {&out_, &err_}) {
    if (!*pipe) continue;
    loop_.unwatch(pipe->get());
    // A pipe holds at most a mebibyte; a grandchild that goes on writing does not keep us.
    for (int rounds = 0; rounds < 4 && pump(*pipe, pipe == &out_) == Pumped::kMore; ++rounds) {
    }
    *pipe = Fd();
  }
}

std::string OutputCapture::take_result() { return result_of(tail_.take()); }

}  // namespace slipway::adapter
