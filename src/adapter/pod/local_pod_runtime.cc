#include "adapter/pod/local_pod_runtime.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "adapter/archive/tree.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/nursery_link.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

namespace {

pod::PodReport failed_report(const std::string& id, const Error& why) {
  pod::PodReport report = pod::final_report(PodId(id), pod::PodReport::Phase::kError,
                                            "the local pod runtime does not work: " + why.text(),
                                            "RuntimeUnavailable", wall_now());
  report.started_at = report.at;
  return report;
}

std::string stop_frame(const std::string& id) { return frame({{"verb", "stop"}, {"id", id}}); }

void ring(const Fd& wake) {
  const uint64_t one = 1;
  (void)!::write(wake.get(), &one, sizeof(one));
}

}  // namespace

LocalPodRuntime::LocalPodRuntime(RuntimeOptions options, port::PodReportSink sink)
    : options_(std::move(options)),
      paths_{options_.data_dir},
      sink_(std::move(sink)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  receiver_ = std::thread([this] { receive(); });
}

LocalPodRuntime::~LocalPodRuntime() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  ring(wake_);
  receiver_.join();
}

Status LocalPodRuntime::connect_locked() {
  TRY_ASSIGN(Fd link, connect_nursery(options_));
  link_ = std::make_shared<Fd>(std::move(link));
  ring(wake_);
  return {};
}

// Whole frames only, so under the lock. The nursery reads as fast as it can: this blocks for as
// long as it is busy with something else, which is milliseconds.
Status LocalPodRuntime::send(const std::string& bytes) {
  if (!link_) TRY(connect_locked());
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count =
        ::send(link_->get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    // Lost: the receiver sees the end too, connects anew and repeats what lives.
    if (count < 0) return Error{ErrorCode::kUnavailable, "the nursery is gone", ""};
    done += static_cast<size_t>(count);
  }
  return {};
}

void LocalPodRuntime::start(pod::PodPlan plan) {
  begin(plan.id.value, frame({{"verb", "start"}, {"plan", pod::to_json(plan)}}));
}

void LocalPodRuntime::adopt(const PodId& id) {
  begin(id.value, frame({{"verb", "adopt"}, {"id", id.value}}));
}

void LocalPodRuntime::begin(const std::string& id, std::string bytes) {
  Status sent;
  {
    const std::lock_guard lock(mutex_);
    const bool connected = link_ != nullptr;
    sent = send(bytes);
    if (sent.ok() || connected) {
      live_[id].frame = std::move(bytes);
      return;
    }
  }
  sink_(failed_report(id, sent.error()));
}

void LocalPodRuntime::stop(const PodId& id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = live_.find(id.value); found != live_.end()) found->second.stopped = true;
  (void)send(stop_frame(id.value));
}

void LocalPodRuntime::remove(const PodId& id) {
  const std::lock_guard lock(mutex_);
  live_.erase(id.value);
  (void)send(frame({{"verb", "remove"}, {"id", id.value}}));
}

std::vector<PodId> LocalPodRuntime::list() {
  std::vector<PodId> ids;
  for (const std::string& folder : {paths_.pods(), paths_.host()}) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
      if (entry.is_directory(failed)) ids.emplace_back(entry.path().filename());
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Status LocalPodRuntime::remove_claim(const std::string& ns, const std::string& name) {
  TRY(check_segment("the namespace", ns));
  TRY(check_segment("the claim", name));
  return remove_tree(paths_.claim(ns, name));
}

void LocalPodRuntime::deliver(const json::object& message) {
  const json::object* body = find_object(message, "report");
  if (body == nullptr) return;
  auto report = pod::report_from_json(*body);
  if (!report.ok()) return;  // a neighbouring release may say more than we know
  {
    const std::lock_guard lock(mutex_);
    if (pod::is_final(report->phase)) live_.erase(report->id.value);
  }
  sink_(std::move(*report));
}

// False when the connection has ended.
bool LocalPodRuntime::receive_from(int link) {
  static thread_local FrameReader reader;
  std::array<char, 65536> buffer;
  const ssize_t count = ::recv(link, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count <= 0) {
    reader = FrameReader();
    return false;
  }
  reader.add({buffer.data(), static_cast<size_t>(count)});
  for (;;) {
    auto message = reader.next();
    if (!message.ok()) return false;
    if (!*message) return true;
    deliver(**message);
  }
}

void LocalPodRuntime::fail_all(const Error& why) {
  std::unordered_map<std::string, Live> lost;
  {
    const std::lock_guard lock(mutex_);
    lost.swap(live_);
  }
  for (const auto& [id, _] : lost) sink_(failed_report(id, why));
}

// The connection has ended: again, with every pod that lives. False when that failed.
bool LocalPodRuntime::reconnect() {
  Status status;
  {
    const std::lock_guard lock(mutex_);
    link_.reset();
    if (live_.empty() || closing_) return true;  // the next verb connects
    for (const auto& [id, pod] : live_) {
      status = send(pod.frame);
      if (status.ok() && pod.stopped) status = send(stop_frame(id));
      if (!status.ok()) break;
    }
  }
  if (!status.ok()) fail_all(status.error());
  return status.ok();
}

// What is started for one workflow needs its nursery soon: it comes up beside the journal. A
// failure shows itself to the first verb.
void LocalPodRuntime::connect_early() {
  const std::lock_guard lock(mutex_);
  if (!link_) (void)connect_locked();
}

void LocalPodRuntime::receive() {
  if (options_.end_with_client) connect_early();
  for (int losses = 0;;) {
    std::shared_ptr<Fd> link;
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      link = link_;
    }
    std::array<pollfd, 2> ready{{{wake_.get(), POLLIN, 0}, {link ? link->get() : -1, POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), -1);
    uint64_t count = 0;
    if (ready[0].revents != 0) (void)!::read(wake_.get(), &count, sizeof(count));
    if (ready[1].revents == 0) continue;
    if (receive_from(link->get())) {
      losses = 0;
    } else if (++losses > 5) {
      const auto log = read_small_file(paths_.run() + "/nursery.log", 64u << 10);
      fail_all({ErrorCode::kUnavailable,
                fmt::format("its nursery ends again and again; see {}/nursery.log: {}",
                            paths_.run(), log.ok() ? *log : ""),
                ""});
      reconnect();
    } else {
      reconnect();
    }
  }
}

}  // namespace slipway::adapter
