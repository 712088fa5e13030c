#include "adapter/pod/probe_run.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>

#include "adapter/pod/spawn.h"

extern char** environ;

namespace slipway::adapter {

struct ProbeRun::Attempt {
  Fd done;  // eventfd
  bool passed = false;
  std::string why;
};

namespace {

// Blocks; in a thread of its own. HTTP passes with 200 to 399, TCP with a connection.
std::string connect_to(const pod::Probe& probe, const std::string& host) {
  CURL* curl = ::curl_easy_init();
  if (curl == nullptr) return "cannot initialise libcurl";
  const bool http = probe.type == pod::Probe::Type::kHttp;
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const std::string scheme = http && probe.scheme == "HTTPS" ? "https" : "http";
  const std::string path = probe.path.starts_with('/') ? probe.path : "/" + probe.path;
  const std::string url = fmt::format("{}://{}:{}{}", scheme, shown, probe.port, http ? path : "");
  curl_slist* headers = nullptr;
  for (const pod::EnvVar& header : probe.headers) {
    headers = ::curl_slist_append(headers, (header.name + ": " + header.value).c_str());
  }
  ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(std::max(probe.timeout_s, 1)));
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
  if (http && (status < 200 || status >= 400)) return fmt::format("{}: status {}", url, status);
  return "";
}

}  // namespace

ProbeRun::ProbeRun(EventLoop& loop, ContainerRun& container, const pod::Probe& probe,
                   std::string address)
    : loop_(loop), container_(container), probe_(probe), address_(std::move(address)) {
  const Duration delay = Duration::seconds(probe.initial_delay_s);
  began_at_ = monotonic_now() + delay;
  timer_ = loop_.after(delay, [this] { attempt(); });
}

ProbeRun::~ProbeRun() {
  *alive_ = false;
  loop_.cancel(timer_);
  loop_.cancel(timeout_);
  if (current_) loop_.unwatch(current_->done.get());
}

void ProbeRun::attempt() {
  if (!container_.running()) return;
  if (probe_.type == pod::Probe::Type::kExec) {
    attempt_command();
  } else {
    attempt_connection();
  }
}

void ProbeRun::attempt_command() {
  Spawn request{.argv = container_.exec_words(probe_.command)};
  for (char** word = environ; *word != nullptr; ++word) request.env.emplace_back(*word);
  auto program = find_program(request.argv[0], variable(request.env, "PATH"));
  if (!program.ok()) return conclude(false, program.error().text());
  request.program = *program;
  auto pid = spawn(request);
  if (!pid.ok()) return conclude(false, pid.error().text());
  timeout_ = loop_.after(Duration::seconds(std::max(probe_.timeout_s, 1)),
                         [child = *pid] { ::kill(-child, SIGKILL); });
  loop_.on_child(*pid, [this, alive = alive_](int status) {
    if (!*alive) return;
    loop_.cancel(timeout_);
    conclude(status == 0, fmt::format("the command ended with status {}", status));
  });
}

void ProbeRun::attempt_connection() {
  current_ = std::make_shared<Attempt>();
  current_->done = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  std::string host = probe_.host.empty() ? address_ : probe_.host;
  if (host.empty()) host = "127.0.0.1";
  loop_.watch(current_->done.get(), EPOLLIN, [this](uint32_t) {
    const std::shared_ptr<Attempt> attempt = std::move(current_);
    loop_.unwatch(attempt->done.get());
    conclude(attempt->passed, attempt->why);
  });
  std::thread([attempt = current_, probe = probe_, host] {
    attempt->why = connect_to(probe, host);
    attempt->passed = attempt->why.empty();
    const uint64_t one = 1;
    (void)!::write(attempt->done.get(), &one, sizeof(one));
  }).detach();
}

// Until it passes for the first time it is tried more often than its period says, so that a pod is
// ready when its program is; only one failure in a period counts.
void ProbeRun::conclude(bool passed, const std::string& why) {
  constexpr Duration kEager = Duration::milliseconds(200), kEagerFor = Duration::seconds(10);
  const Duration now = monotonic_now(), period = Duration::seconds(std::max(probe_.period_s, 1));
  if (passed) {
    failures_ = 0;
    if (++passes_ >= std::max(probe_.success_threshold, 1)) state_ = State::kPassing;
  } else {
    passes_ = 0;
    last_failure_ = why;
    if (now - counted_at_ >= period) {
      counted_at_ = now;
      if (++failures_ >= std::max(probe_.failure_threshold, 1)) state_ = State::kFailing;
    }
  }
  const bool eager = state_ != State::kPassing && now - began_at_ < kEagerFor;
  timer_ = loop_.after(eager ? kEager : period, [this] { attempt(); });
}

}  // namespace slipway::adapter
