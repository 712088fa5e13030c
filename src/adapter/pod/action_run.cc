#include "adapter/pod/action_run.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace slipway::adapter {

struct ActionRun::Connection {
  Fd done{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::string failure;
};

namespace {

using Type = pod::Action::Type;

// Blocks; in a thread of its own.
std::string connect_to(const pod::Action& action, const std::string& host, Duration timeout,
                       bool heed_status) {
  CURL* curl = ::curl_easy_init();
  if (curl == nullptr) return "cannot initialise libcurl";
  const bool http = action.type == Type::kHttp;
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const std::string scheme = http && action.scheme == "HTTPS" ? "https" : "http";
  const std::string path = action.path.starts_with('/') ? action.path : "/" + action.path;
  const std::string url = fmt::format("{}://{}:{}{}", scheme, shown, action.port, http ? path : "");
  curl_slist* headers = nullptr;
  for (const pod::EnvVar& header : action.headers) {
    headers = ::curl_slist_append(headers, (header.name + ": " + header.value).c_str());
  }
  ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.to_milliseconds()));
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);  // as the kubelet
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  ::curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, http ? 0L : 1L);
  ::curl_easy_setopt(curl, CURLOPT_NOBODY, 0L);
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  ::curl_easy_setopt(
      curl, CURLOPT_WRITEFUNCTION,
      +[](char*, size_t size, size_t count, void*) { return size * count; });
  const CURLcode code = ::curl_easy_perform(curl);
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  ::curl_slist_free_all(headers);
  ::curl_easy_cleanup(curl);
  if (code != CURLE_OK) return fmt::format("{}: {}", url, ::curl_easy_strerror(code));
  if (http && heed_status && (status < 200 || status >= 400)) {
    return fmt::format("{}: status {}", url, status);
  }
  return "";
}

std::string command_failure(int wait_status) {
  if (wait_status == 0) return "";
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("the command was ended by signal {}", WTERMSIG(wait_status));
  }
  return fmt::format("the command ended with exit code {}", WEXITSTATUS(wait_status));
}

}  // namespace

ActionRun::ActionRun(EventLoop& loop, const pod::Action& action, Result<ActionPlace> place,
                     Duration timeout, Status status, Done done)
    : loop_(loop), done_(std::move(done)) {
  if (!place.ok()) {
    fail(place.error());
    return;
  }
  if (timeout > Duration{}) {
    timer_ = loop_.after(timeout, [this, timeout] {
      conclude(fmt::format("it was not over after {:g} s", timeout.to_seconds()));
    });
  }
  switch (action.type) {
    case Type::kExec:
      run_command(std::move(*place));
      break;
    case Type::kSleep:
      if (timeout == Duration{} || action.pause < timeout) {
        loop_.cancel(timer_);
        timer_ = loop_.after(action.pause, [this] { conclude(""); });
      }
      break;
    case Type::kHttp:
    case Type::kTcp:
      std::string host = action.host.empty() ? std::move(place->address) : action.host;
      connect(action, host.empty() ? "127.0.0.1" : std::move(host), timeout, status);
      break;
  }
}

// From the loop, as every end.
void ActionRun::fail(const Error& why) {
  loop_.cancel(timer_);
  timer_ = loop_.after({}, [this, text = why.text()] { conclude(text); });
}

ActionRun::~ActionRun() { end(); }

void ActionRun::end() {
  *alive_ = false;
  loop_.cancel(timer_);
  if (pid_ > 0) kill_command();
  pid_ = 0;
  if (connection_) loop_.unwatch(connection_->done.get());
  connection_.reset();
}

// The runtime that started a process inside waits for it, and ends when it does.
void ActionRun::kill_command() {
  const auto worker = read_small_file(pid_file_, 64);
  const pid_t inside = worker.ok() ? std::atoi(worker->c_str()) : 0;
  if (inside <= 0) {
    ::kill(-pid_, SIGKILL);
  } else if (::kill(-inside, SIGKILL) != 0) {
    ::kill(inside, SIGKILL);
  }
}

void ActionRun::run_command(ActionPlace place) {
  pid_file_ = std::move(place.pid_file);
  if (!pid_file_.empty()) ::unlink(pid_file_.c_str());
  Spawn command = std::move(place.command);
  auto program = find_program(command.argv[0], variable(command.env, "PATH"));
  if (!program.ok()) return fail(program.error());
  command.program = std::move(*program);
  auto pid = spawn(command);
  if (!pid.ok()) return fail(pid.error());
  pid_ = *pid;
  loop_.on_child(pid_, [this, alive = alive_](int status) {
    if (!*alive) return;
    pid_ = 0;  // another's by now, perhaps
    conclude(command_failure(status));
  });
}

void ActionRun::connect(const pod::Action& action, std::string host, Duration timeout,
                        Status status) {
  connection_ = std::make_shared<Connection>();
  loop_.watch(connection_->done.get(), EPOLLIN, [this](uint32_t) {
    const auto connection = connection_;  // holds the text
    uint64_t one = 0;
    if (::read(connection->done.get(), &one, sizeof(one)) < 0) return;  // orders the text before us
    conclude(connection->failure);
  });
  const bool heed_status = status == Status::kHeeded;
  std::thread([connection = connection_, action, host = std::move(host), timeout, heed_status] {
    connection->failure = connect_to(action, host, timeout, heed_status);
    const uint64_t one = 1;
    (void)!::write(connection->done.get(), &one, sizeof(one));
  }).detach();
}

void ActionRun::conclude(const std::string& failure) {
  const Done done = std::move(done_);
  end();
  done(failure);  // perhaps the end of this
}

}  // namespace slipway::adapter
