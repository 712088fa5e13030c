#include "adapter/pod/pod_table.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "adapter/archive/tree.h"
#include "adapter/pod/cgroup.h"
#include "adapter/pod/log_writer.h"
#include "adapter/pod/runtime_field.h"
#include "adapter/pod/seccomp_filter.h"
#include "adapter/pod/spawn.h"
#include "adapter/pod/supervisor.h"
#include "adapter/process/complain.h"

namespace slipway::adapter {

namespace {

constexpr size_t kReportBytes = 256u << 20;
constexpr size_t kRemovals = 64;

bool is_final_text(const json::object& report) {
  const auto parsed = pod::report_from_json(report);
  return parsed.ok() && pod::is_final(parsed->phase);
}

void log_failure(const std::string& what, const Status& status) {
  if (!status.ok()) complain("nursery: {}: {}", what, status.error().text());
}

pod::PodReport lost_report(const PodId& id) {
  return pod::final_report(
      id, pod::PodReport::Phase::kError,
      "supervisor lost: the process that ran this pod was killed or the machine was "
      "restarted; what was left of the pod has been ended",
      "SupervisorLost", wall_now());
}

// Ends every process of the pod, wherever it went.
void end_processes(const PodId& id) {
  kill_marked("SLIPWAY_POD=" + id.value);
  log_failure("cannot end the cgroup of pod " + id.value,
              machine_cgroups().destroy(pod_cgroup(id)));
}

}  // namespace

PodTable::PodTable(EventLoop& loop, PodPaths paths, Send send)
    : loop_(loop),
      paths_(std::move(paths)),
      send_(std::move(send)),
      host_reports_(paths_.host_reports()) {
  log_failure("pods", make_turnover_folder(paths_.pods(), 0700));
  log_failure("host", make_turnover_folder(paths_.host(), 0700));
  log_failure("logs", make_turnover_folder(paths_.all_logs(), 0755));
  log_failure("reports", host_reports_.load());
}

void PodTable::adopt_all() {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(paths_.pods(), failed)) {
    const PodId id(entry.path().filename());
    if (::access(paths_.supervisor(id).c_str(), F_OK) == 0) watch_left(id);
  }
  for (const auto& entry : std::filesystem::directory_iterator(paths_.host(), failed)) {
    const PodId id(entry.path().filename());
    if (entry.is_directory(failed) && !host_reports_.contains(id)) end_left_host(id);
  }
}

void PodTable::watch_left(const PodId& id) {
  const auto text = read_small_file(paths_.supervisor(id), 256);
  unsigned long long started = 0;
  int pid = 0;
  if (!text.ok() || std::sscanf(text->c_str(), "%d %llu", &pid, &started) != 2) pid = 0;
  Live& live = live_[id.value];
  if (pid > 0) live.pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!live.pidfd || start_time_of(pid) != started) return on_supervisor_end(id);
  live.pid = pid;
  loop_.watch(live.pidfd.get(), EPOLLIN, [this, id](uint32_t) { on_supervisor_end(id); });
}

void PodTable::end_left_host(const PodId& id) {
  end_processes(id);
  const auto report = lost_report(id);
  log_failure("report", host_reports_.add(id, print_json(pod::to_json(report))));
  mark_logs_complete(paths_.logs(id));
}

void PodTable::start(pod::PodPlan plan, const RuntimeOptions& options, uint64_t client) {
  ended_.clear();
  if (join(plan.id, client)) return;
  if (Status named = check_segment("the pod id", plan.id.value); !named.ok()) {
    return refuse(plan.id, client, named.error());
  }
  StartQueue::Entry entry{std::move(plan), options, {client}};
  if (options.max_running > 0 && running() >= options.max_running) {
    waiting_.push(std::move(entry));
  } else {
    begin(std::move(entry));
  }
}

void PodTable::begin(StartQueue::Entry entry) {
  const PodId id = entry.plan.id;
  const uint64_t first = entry.clients.front();
  if (is_plain_process(entry.plan)) {
    start_host(std::move(entry.plan), entry.options, first);
  } else {
    start_supervised(std::move(entry.plan), entry.options, first);
  }
  for (size_t i = 1; i < entry.clients.size(); ++i) {
    if (!join(id, entry.clients[i])) repeat_end(id, entry.clients[i]);
  }
}

size_t PodTable::running() const {
  return static_cast<size_t>(
      std::ranges::count_if(live_, [](const auto& entry) { return !entry.second.over; }));
}

void PodTable::start_next() {
  while (!waiting_.empty() && running() < waiting_.front().options.max_running) {
    begin(*waiting_.next());
  }
}

void PodTable::adopt(const PodId& id, uint64_t client) {
  ended_.clear();
  if (join(id, client)) return;
  if (!check_segment("the pod id", id.value).ok()) return tell_gone(id, client);
  if (host_reports_.contains(id)) return repeat_end(id, client);
  if (::access(paths_.host(id).c_str(), F_OK) == 0) {
    end_left_host(id);
    return repeat_end(id, client);
  }
  if (::access(paths_.pod(id).c_str(), F_OK) != 0) return tell_gone(id, client);
  if (::access(paths_.report(id).c_str(), F_OK) != 0) report_lost(id);
  repeat_end(id, client);
}

// Tells the client of a live pod now and from now on; false when there is none.
bool PodTable::join(const PodId& id, uint64_t client) {
  if (waiting_.join(id, client)) return true;
  const auto found = live_.find(id.value);
  if (found == live_.end()) return false;
  Live& live = found->second;
  if (std::find(live.clients.begin(), live.clients.end(), client) == live.clients.end()) {
    live.clients.push_back(client);
  }
  if (!live.last.empty()) tell(live, live.last);
  return true;
}

void PodTable::refuse(const PodId& id, uint64_t client, const Error& why) {
  send_(client, {{"report", pod::to_json(pod::final_report(id, pod::PodReport::Phase::kError,
                                                           why.text(), "", wall_now()))}});
}

void PodTable::tell_gone(const PodId& id, uint64_t client) {
  const pod::PodReport report = pod::final_report(
      id, pod::PodReport::Phase::kGone, "there is no pod " + id.value + " on this machine any more",
      "PodGone", wall_now());
  send_(client, {{"report", pod::to_json(report)}});
}

void PodTable::start_host(pod::PodPlan plan, const RuntimeOptions& options, uint64_t client) {
  const PodId id = plan.id;
  if (host_reports_.contains(id)) return repeat_end(id, client);
  if (::mkdir(paths_.host(id).c_str(), 0755) != 0) {
    if (errno != EEXIST) {
      return refuse(id, client, system_error("cannot make the folder " + paths_.host(id)));
    }
    end_left_host(id);
    return repeat_end(id, client);
  }
  fill_runtime_fields(plan, "127.0.0.1", unlimited_capacity(plan, options), machine_address);
  Live& live = live_[id.value];
  live.clients = {client};
  live.host = std::make_unique<HostProcess>(
      loop_, paths_, options, std::move(plan),
      [this, id](const pod::PodReport& report) { on_host_report(id, report); });
  live.host->start();
}

void PodTable::on_host_report(const PodId& id, const pod::PodReport& report) {
  const auto found = live_.find(id.value);
  if (found == live_.end()) return;
  Live& live = found->second;
  const json::object body = pod::to_json(report);
  for (const uint64_t client : live.clients) send_(client, {{"report", body}});
  std::string text = print_json(body);
  if (!pod::is_final(report.phase)) {
    live.last = std::move(text);
    return;
  }
  const bool removed = live.removed;
  ended_.push_back(std::move(live.host));
  live_.erase(found);
  if (removed) {
    remove_files(id);
  } else {
    const Status saved = host_reports_.add(id, text);
    log_failure("the report of pod " + id.value, saved);
    if (!saved.ok()) save_later();
  }
  start_next();
}

void PodTable::save_later() {
  loop_.after(Duration::seconds(1), [this] {
    if (!host_reports_.save().ok()) save_later();
  });
}

SupervisorStart PodTable::prepare_supervisor(pod::PodPlan plan, const RuntimeOptions& options) {
  SupervisorStart start{.paths = paths_, .options = options, .plan = std::move(plan)};
  start.host = machine_name();
  const std::string here = machine_address();
  start.pod_ip = start.plan.runtime == pod::RuntimeKind::kHost ? "127.0.0.1" : here;
  if (start.plan.runtime == pod::RuntimeKind::kOci) prepare_containers(start, options);
  fill_runtime_fields(start.plan, start.pod_ip, unlimited_capacity(start.plan, options),
                      [&here] { return here; });
  return start;
}

// The seccomp filter, and a network when the pod has one of its own.
void PodTable::prepare_containers(SupervisorStart& start, const RuntimeOptions& options) {
  if (seccomp_filter_.empty()) {
    auto filter = compile_seccomp(default_seccomp_capabilities());
    log_failure("seccomp", filter.ok() ? Status() : Status(filter.error()));
    if (filter.ok()) seccomp_filter_ = std::move(*filter);
  }
  start.seccomp_filter = seccomp_filter_;
  if (!start.plan.host_network) {
    auto network = network_.take(options);
    if (network.ok()) {
      start.network = std::move(*network);
      start.pod_ip = start.network->ip;
    } else {
      start.network_error = network.error();
    }
  }
}

void PodTable::start_supervised(pod::PodPlan plan, const RuntimeOptions& options, uint64_t client) {
  const PodId id = plan.id;
  if (::mkdir(paths_.pod(id).c_str(), 0700) != 0) {
    if (errno != EEXIST) {
      return refuse(id, client, system_error("cannot make the folder " + paths_.pod(id)));
    }
    if (::access(paths_.report(id).c_str(), F_OK) != 0) report_lost(id);
    return repeat_end(id, client);
  }
  SupervisorStart start = prepare_supervisor(std::move(plan), options);
  std::fflush(nullptr);
  // The child hears SIGTERM when it can act on it.
  sigset_t term, before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &before);
  const pid_t pid = ::fork();
  if (pid != 0) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid == 0) ::_exit(supervisor_main(std::move(start)));
  if (pid < 0) {
    pod::PodReport report = lost_report(id);
    report.message = system_error("cannot start the pod's supervisor").text();
    return send_(client, {{"report", pod::to_json(report)}});
  }
  Live& live = live_[id.value];
  live.pid = pid;
  live.clients = {client};
  loop_.on_child(pid, [this, id](int) { on_supervisor_end(id); });
  if (start.network) {
    refill_network(options);
  }
}

// One at a time, and only when there is nothing else to do.
void PodTable::refill_network(const RuntimeOptions& options) {
  loop_.when_idle([this, options] {
    if (network_.fill_one(options)) refill_network(options);
  });
}

void PodTable::tell(Live& live, const std::string& text) {
  const auto body = parse_json(text);
  if (!body.ok() || !body->is_object()) return;
  live.last = text;
  live.over = is_final_text(body->get_object());
  for (const uint64_t client : live.clients) send_(client, {{"report", *body}});
}

void PodTable::repeat_end(const PodId& id, uint64_t client) {
  std::string text;
  if (auto found = host_reports_.find(id)) {
    text = std::move(*found);
  } else if (auto file = read_small_file(paths_.report(id), kReportBytes); file.ok()) {
    text = std::move(*file);
  }
  auto body = parse_json(text);
  if (!body.ok() || !body->is_object() || !is_final_text(body->get_object())) {
    body = json::value(pod::to_json(lost_report(id)));
  }
  send_(client, {{"report", std::move(*body)}});
}

void PodTable::on_report(const PodId& id, const std::string& unwritten) {
  note_report(id, unwritten);
  start_next();
}

void PodTable::note_report(const PodId& id, const std::string& unwritten) {
  const auto found = live_.find(id.value);
  if (found == live_.end() || found->second.host || found->second.over) return;
  std::string text = unwritten;
  if (text.empty()) {
    auto written = read_small_file(paths_.report(id), kReportBytes);
    if (written.ok()) text = std::move(*written);
  }
  if (!text.empty() && text != found->second.last) tell(found->second, text);
}

void PodTable::on_supervisor_end(const PodId& id) {
  const auto found = live_.find(id.value);
  if (found == live_.end()) return;
  if (found->second.pidfd) loop_.unwatch(found->second.pidfd.get());
  note_report(id, "");
  if (!found->second.over) {
    tell(found->second, print_json(pod::to_json(report_lost(id))));
  } else if (::access(paths_.supervisor(id).c_str(), F_OK) == 0) {
    clean_up(id);  // killed between its report and the end of its work
  }
  const bool removed = found->second.removed;
  live_.erase(found);
  if (removed) remove_files(id);
  start_next();
}

pod::PodReport PodTable::report_lost(const PodId& id) {
  const pod::PodReport report = lost_report(id);
  clean_up(id);
  log_failure("the report of pod " + id.value,
              write_file_atomically(paths_.report(id), print_json(pod::to_json(report)), 0600));
  return report;
}

void PodTable::clean_up(const PodId& id) {
  end_processes(id);
  mark_logs_complete(paths_.logs(id));
  for (const char* part : {"/c", "/v", "/work"}) {
    log_failure("cleaning up pod " + id.value, remove_tree(paths_.pod(id) + part));
  }
  ::unlink(paths_.supervisor(id).c_str());
}

void PodTable::stop(const PodId& id) {
  if (const auto waited = waiting_.take(id)) {
    const pod::PodReport report = pod::final_report(
        id, pod::PodReport::Phase::kFailed, "stopped before it was started", "Stopped", wall_now());
    for (const uint64_t client : waited->clients) send_(client, {{"report", pod::to_json(report)}});
    return;
  }
  const auto found = live_.find(id.value);
  if (found == live_.end()) return;
  if (found->second.host) return found->second.host->stop();
  ::kill(found->second.pid, SIGTERM);
}

void PodTable::remove(const PodId& id) {
  ended_.clear();
  if (!check_segment("the pod id", id.value).ok()) return;
  waiting_.take(id);
  const auto found = live_.find(id.value);
  if (found == live_.end()) return remove_later(id);
  found->second.removed = true;   // the rest when its end is seen
  found->second.clients.clear();  // nobody asks any more
  if (found->second.host) return found->second.host->kill_now();
  // After its report it only cleans up, or waits for the disk to take the report.
  ::kill(found->second.pid, found->second.over ? SIGTERM : SIGKILL);
}

void PodTable::remove_all() {
  waiting_.clear();
  std::vector<PodId> ids;
  for (const auto& [id, _] : live_) ids.emplace_back(id);
  for (const PodId& id : ids) remove(id);
}

// What starts next is waited for; files are not.
void PodTable::remove_later(const PodId& id) {
  removals_.push_back(id);
  if (removals_.size() > kRemovals) return remove_oldest();
  loop_.when_idle([this] { remove_oldest(); });
}

void PodTable::remove_oldest() {
  if (removals_.empty()) return;
  const PodId id = std::move(removals_.front());
  removals_.pop_front();
  remove_files(id);
}

void PodTable::remove_files(const PodId& id) {
  host_reports_.remove(id);
  log_failure("removing pod " + id.value, remove_tree(paths_.host(id)));
  log_failure("removing pod " + id.value, remove_tree(paths_.pod(id)));
}

void PodTable::forget_client(uint64_t client) {
  waiting_.forget_client(client);
  for (auto& [_, live] : live_) std::erase(live.clients, client);
}

}  // namespace slipway::adapter
