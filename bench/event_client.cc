// How long after an idle server is sent an event the first process of what it starts runs.
//   event_client PORT PATH BODY FIFO COUNT
//
// Each event is signed, with a delivery of its own, on one kept connection; the step is bench_stamp
// writing to FIFO. Prints the milliseconds from before the request is sent to the stamp: p50 p99.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/hmac.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr useconds_t kIdle = 20'000;  // for what the last event started to end

long long now_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::string hex_hmac(const std::string& body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), "secret", 6, reinterpret_cast<const unsigned char*>(body.data()), body.size(),
       digest, &length);
  std::string text;
  char two[3];
  for (unsigned i = 0; i < length; ++i) {
    std::snprintf(two, sizeof two, "%02x", digest[i]);
    text += two;
  }
  return text;
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("connect");
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

void send_all(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0) throw std::runtime_error("send");
    done += static_cast<size_t>(count);
  }
}

void read_answer(int fd) {
  std::string answer;
  for (char buffer[4096];;) {
    const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) throw std::runtime_error("recv");
    answer.append(buffer, static_cast<size_t>(count));
    const size_t head = answer.find("\r\n\r\n");
    const size_t field = answer.find("Content-Length: ");
    if (head == answer.npos) continue;
    const size_t body = field < head ? std::strtoul(answer.c_str() + field + 16, nullptr, 10) : 0;
    if (answer.size() < head + 4 + body) continue;
    if (answer.compare(9, 1, "2") != 0) throw std::runtime_error(answer);
    return;
  }
}

long long read_stamp(int fifo) {
  std::string line;
  for (char one = 0; one != '\n';) {
    if (read(fifo, &one, 1) != 1) throw std::runtime_error("fifo");
    line += one;
  }
  return std::stoll(line);
}

std::vector<double> measure(int port, const std::string& path, const std::string& body, int fifo,
                            int count) {
  const std::string signature = hex_hmac(body);
  const int server = connect_to(port);
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const std::string request =
        "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
        "X-GitHub-Event: pull_request\r\nX-GitHub-Delivery: " + std::to_string(now_ns()) +
        "\r\nX-Hub-Signature-256: sha256=" + signature +
        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    const long long sent = now_ns();
    send_all(server, request);
    read_answer(server);
    took.push_back(static_cast<double>(read_stamp(fifo) - sent) / 1e6);
    usleep(kIdle);
  }
  close(server);
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return 2;
  std::ifstream file(argv[3], std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  const int fifo = open(argv[4], O_RDWR | O_CLOEXEC);
  try {
    std::vector<double> took = measure(std::atoi(argv[1]), argv[2], body, fifo, std::atoi(argv[5]));
    std::sort(took.begin(), took.end());
    std::printf("%.3f %.3f\n", took[took.size() / 2], took[took.size() * 99 / 100]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "event_client: %s\n", error.what());
    return 1;
  }
  return 0;
}
