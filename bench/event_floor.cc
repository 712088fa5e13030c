// The floor of event to process: takes a signed event, parses it, forces it to the disk, answers
// 202 and starts one program. Nothing is kept of it and nothing filtered.
//   event_floor LOG PROGRAM [ARG...]     prints its port
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/hmac.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

extern char** environ;

namespace {

int listen_here() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 8) != 0) return -1;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return fd;
}

bool read_request(int fd, std::string& body) {
  std::string request;
  static char buffer[65536];
  for (;;) {
    const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    request.append(buffer, static_cast<size_t>(count));
    const size_t head = request.find("\r\n\r\n");
    if (head == request.npos) continue;
    const size_t length =
        std::strtoul(request.c_str() + request.find("Content-Length: ") + 16, nullptr, 10);
    if (request.size() < head + 4 + length) continue;
    body = request.substr(head + 4);
    return true;
  }
}

bool take(int client, int log, char** program) {
  std::string body;
  if (!read_request(client, body)) return false;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), "secret", 6, reinterpret_cast<const unsigned char*>(body.data()), body.size(),
       digest, &length);
  if (boost::json::parse(body).as_object().empty()) return false;
  if (write(log, body.data(), body.size()) < 0 || fdatasync(log) != 0) return false;
  static constexpr char kAnswer[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  if (send(client, kAnswer, sizeof kAnswer - 1, MSG_NOSIGNAL) <= 0) return false;
  pid_t pid = 0;
  if (posix_spawn(&pid, program[0], nullptr, nullptr, program, environ) != 0) return false;
  return waitpid(pid, nullptr, 0) == pid;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int log = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int listening = listen_here();
  const int client = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
  const int one = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  while (take(client, log, argv + 2)) {
  }
  return 0;
}
