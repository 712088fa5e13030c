#include "adapter/pod/nursery.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "adapter/pod/mount_space.h"
#include "adapter/process/complain.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

namespace {

// Of one client, before others have their turn.
constexpr int kReadsInARow = 16;

}  // namespace

Nursery::Nursery(std::string data_dir, Fd listening, Fd bell)
    : paths_{std::move(data_dir)},
      listening_(std::move(listening)),
      bell_(std::move(bell)),
      pods_(loop_, paths_,
            [this](uint64_t client, const json::object& message) { send(client, message); }) {
  loop_.watch(listening_.get(), EPOLLIN, [this](uint32_t) { accept_client(); });
  loop_.watch(bell_.get(), EPOLLIN, [this](uint32_t) { on_bell(); });
}

void Nursery::run() {
  pods_.adopt_all();
  watch_idleness();
  loop_.run_until([this] { return ended_; });
}

void Nursery::accept_client() {
  const int fd = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  const uint64_t id = next_client_++;
  clients_[id].socket = Fd(fd);
  loop_.watch(fd, EPOLLIN, [this, id](uint32_t events) { on_client(id, events); });
}

void Nursery::on_client(uint64_t id, uint32_t events) {
  if ((events & EPOLLOUT) != 0) flush(id);
  const auto found = clients_.find(id);
  if (found == clients_.end() || (events & ~static_cast<uint32_t>(EPOLLOUT)) == 0) return;
  // A client that is gone has gone before what happens next: its end is read with its last words.
  static std::array<char, 1u << 16> buffer;
  for (int reads = 0; reads < kReadsInARow && clients_.contains(id); ++reads) {
    const ssize_t count = ::recv(found->second.socket.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return drop(id);
    listen_to(id, {buffer.data(), static_cast<size_t>(count)});
  }
}

void Nursery::listen_to(uint64_t id, std::string_view bytes) {
  FrameReader& reader = clients_.at(id).reader;
  reader.add(bytes);
  while (clients_.contains(id)) {
    auto message = reader.next();
    if (!message.ok()) {
      complain("nursery: {}", message.error().text());
      return drop(id);
    }
    if (!*message) return;
    obey(id, **message);
  }
}

void Nursery::obey(uint64_t id, const json::object& message) {
  Client& client = clients_.at(id);
  const std::string verb = get_string(message, "verb");
  const PodId pod(get_string(message, "id"));
  if (verb == "hello") {
    if (const auto* options = find_object(message, "options")) {
      client.options = options_from_json(*options);
    }
    client.options.data_dir = paths_.data_dir;
    idle_exit_ = client.options.idle_exit;
  } else if (verb == "start") {
    const json::object* body = find_object(message, "plan");
    auto plan = pod::plan_from_json(body != nullptr ? *body : json::object());
    if (!plan.ok()) {
      complain("nursery: {}", plan.error().text());
      return drop(id);
    }
    pods_.start(std::move(*plan), client.options, id);
  } else if (verb == "adopt") {
    pods_.adopt(pod, id);
  } else if (verb == "stop") {
    pods_.stop(pod);
  } else if (verb == "remove") {
    pods_.remove(pod);
  }
}

void Nursery::send(uint64_t id, const json::object& message) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  found->second.unsent += frame(message);
  flush(id);
}

void Nursery::flush(uint64_t id) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  const ssize_t count =
      ::send(client.socket.get(), client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
  if (count > 0) client.unsent.erase(0, static_cast<size_t>(count));
  // A lost connection shows itself to on_client.
  if (client.unsent.empty() != client.waits_to_send) return;
  client.waits_to_send = !client.unsent.empty();
  loop_.change(client.socket.get(), client.waits_to_send ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void Nursery::drop(uint64_t id) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  loop_.unwatch(found->second.socket.get());
  const bool end_pods = found->second.options.end_with_client;
  clients_.erase(found);
  pods_.forget_client(id);
  if (end_pods && clients_.empty()) pods_.remove_all();
  watch_idleness();
}

void Nursery::on_bell() {
  static std::array<char, 1u << 18> buffer;
  for (ssize_t count; (count = ::recv(bell_.get(), buffer.data(), buffer.size(), 0)) > 0;) {
    const std::string_view text(buffer.data(), static_cast<size_t>(count));
    const size_t end = text.find('\n');
    pods_.on_report(PodId(std::string(text.substr(0, end))),
                    end == text.npos ? "" : std::string(text.substr(end + 1)));
  }
}

void Nursery::watch_idleness() {
  loop_.cancel(idle_timer_);
  idle_timer_ = loop_.after(idle_exit_, [this] { end_if_idle(); });
}

// Under the lock that clients connect under, so that none is lost.
void Nursery::end_if_idle() {
  if (!clients_.empty() || !pods_.empty()) return watch_idleness();
  const Fd lock(::open((paths_.run() + "/nursery.lock").c_str(), O_RDWR | O_CLOEXEC));
  if (!lock && errno == ENOENT) {  // the data directory was deleted: nobody can come any more
    ended_ = true;
    return;
  }
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return watch_idleness();
  accept_client();
  if (!clients_.empty()) return watch_idleness();
  ::unlink((paths_.run() + "/nursery.sock").c_str());
  ended_ = true;
}

int nursery_main(const NurseryOptions& options) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (::getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    complain(
        "slipway nursery is started by slipway itself, with a listening socket as "
        "its standard input; there is no need to start it by hand");
    return 2;
  }
  Fd listening(::fcntl(0, F_DUPFD_CLOEXEC, 3));
  ::fcntl(listening.get(), F_SETFL, O_NONBLOCK);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, 0);
  if (null > 2) ::close(null);
  ::umask(022);
  ::unsetenv("LD_BIND_NOW");  // for this program only (nursery_link.cc)
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGINT, SIG_IGN);
  if (const Status space = enter_mount_space(); !space.ok()) {
    complain("nursery: {}", space.error().text());  // plain processes work without
  }
  const PodPaths paths{options.data_dir};
  auto bell = bind_bell(paths.run(), "bell.sock");
  if (!bell.ok()) {
    complain("nursery: {}", bell.error().text());
    return 1;
  }
  Nursery(options.data_dir, std::move(listening), Fd(*bell)).run();
  return 0;
}

}  // namespace slipway::adapter
