#include "adapter/pod/host_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapter/pod/argo_folder.h"
#include "adapter/pod/outcome.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {

bool is_plain_process(const pod::PodPlan& plan) {
  if (plan.runtime != pod::RuntimeKind::kHost || plan.containers.size() != 1) return false;
  const pod::Container& only = plan.containers[0];
  return only.role == pod::Container::Role::kMain && only.mounts.empty() && !only.readiness &&
         !only.startup && !only.liveness && !only.post_start && !only.pre_stop &&
         only.stop_signal.empty() && !only.tty && only.tries <= 1 && !plan.daemon &&
         plan.input_artifacts.empty() && plan.output_artifacts.empty() &&
         plan.output_parameters.empty() && !plan.log_location && !pauses(plan);
}

std::vector<std::string> host_environment(const pod::PodPlan& plan,
                                          const pod::Container& container) {
  static const std::vector<std::string> login = [] {
    std::vector<std::string> words;
    for (const char* name : {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ",
                             "TMPDIR", "SSH_AUTH_SOCK", "http_proxy", "https_proxy", "no_proxy",
                             "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"}) {
      if (const char* value = ::getenv(name)) words.push_back(fmt::format("{}={}", name, value));
    }
    if (::getenv("PATH") == nullptr) words.push_back(fmt::format("PATH={}", kDefaultPath));
    return words;
  }();
  std::vector<std::string> env = login;
  for (const pod::EnvVar& item : container.env) {
    const std::string head = item.name + "=";
    std::erase_if(env, [&](const std::string& word) { return word.starts_with(head); });
    env.push_back(head + item.value);
  }
  env.push_back("SLIPWAY_POD=" + plan.id.value);
  return env;
}

std::vector<std::string> command_words(const pod::Container& container, const std::string& script) {
  std::vector<std::string> words = container.command;
  if (container.script_source) words.push_back(script);
  words.insert(words.end(), container.args.begin(), container.args.end());
  return words;
}

HostProcess::HostProcess(EventLoop& loop, const PodPaths& paths, const RuntimeOptions& options,
                         pod::PodPlan plan, Report report)
    : loop_(loop),
      paths_(paths),
      quiet_start_(options.quiet_start),
      plan_(std::move(plan)),
      report_(std::move(report)),
      output_(loop, paths.log(plan_.id, plan_.containers[0].name), options.log_limit_bytes,
              plan_.capture_result) {}

HostProcess::~HostProcess() {
  for (const auto& timer : {running_timer_, kill_timer_, deadline_timer_}) loop_.cancel(timer);
}

Result<pid_t> HostProcess::spawn_process() {
  const pod::Container& main = plan_.containers[0];
  const std::string folder = paths_.host(plan_.id);
  const std::string script = folder + "/script";
  if (main.script_source) {
    const Fd file(::open(script.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));
    if (!file) return system_error("cannot write the script " + script);
    TRY(write_all(file.get(), main.script_source->data(), main.script_source->size(), script));
  }
  Spawn request{.argv = command_words(main, script),
                .env = host_environment(plan_, main),
                .cwd = main.working_dir.empty() ? folder : main.working_dir};
  if (request.argv.empty()) {
    return Error{ErrorCode::kInvalid,
                 "the host runtime needs `command`: there is no image to take one from", ""};
  }
  TRY_ASSIGN(request.program, find_program(request.argv[0], variable(request.env, "PATH")));
  TRY_ASSIGN(const OutputCapture::Ends ends, output_.open(main.stdin));
  request.in = ends.in.get();
  request.out = ends.out.get();
  request.err = ends.err.get();
  return spawn(request);
}

void HostProcess::start() {
  started_at_ = wall_now();
  auto pid = spawn_process();
  if (!pid.ok()) {
    // As Argo's emissary ends when it can not start the command (spec rule 30).
    return fail(
        pod::PodReport::Phase::kFailed,
        fmt::format("{}: Error (exit code 64): {}", plan_.containers[0].name, pid.error().text()));
  }
  pid_ = *pid;
  loop_.on_child(pid_, [this](int status) { on_end(status); });
  running_timer_ = loop_.after(quiet_start_, [this] {
    pod::PodReport report{.id = plan_.id, .phase = pod::PodReport::Phase::kRunning};
    report.at = report.started_at = started_at_;
    report.containers = {running_container(plan_.containers[0].name, started_at_)};
    report_(report);
  });
  if (plan_.active_deadline) {
    deadline_timer_ = loop_.after(*plan_.active_deadline, [this] {
      deadline_passed_ = true;
      stop();
    });
  }
}

void HostProcess::signal_all(int signal) {
  if (pid_ > 0) ::kill(-pid_, signal);
}

void HostProcess::stop() {
  signal_all(SIGTERM);
  loop_.cancel(kill_timer_);
  kill_timer_ = loop_.after(plan_.grace, [this] { signal_all(SIGKILL); });
}

void HostProcess::kill_now() { signal_all(SIGKILL); }

void HostProcess::on_end(int status) {
  signal_all(SIGKILL);  // what the step left in its process group
  output_.finish();
  pod::PodReport report{.id = plan_.id};
  report.at = report.finished_at = wall_now();
  report.started_at = started_at_;
  report.containers = {running_container(plan_.containers[0].name, started_at_)};
  end_container(report.containers[0], status, false, report.at);
  if (plan_.capture_result) report.result = output_.take_result();
  conclude(report, plan_,
           {.deadline_passed = deadline_passed_, .log_trouble = output_.log().trouble()});
  report_(report);
}

void HostProcess::fail(pod::PodReport::Phase phase, const std::string& message) {
  pod::PodReport report{.id = plan_.id, .phase = phase, .message = message};
  report.at = report.finished_at = wall_now();
  report.started_at = started_at_;
  report.exit_code = 64;
  report_(report);
}

}  // namespace slipway::adapter
