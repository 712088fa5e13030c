#include "adapter/pod/runtime_field.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

std::string machine_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  ::inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);  // nothing is sent: only the route is asked
  socklen_t size = sizeof(address);
  char text[INET_ADDRSTRLEN] = {};
  const Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text)) == nullptr) {
    return "127.0.0.1";
  }
  return text;
}

std::string machine_name() {
  char name[65] = {};
  ::gethostname(name, sizeof(name) - 1);
  return name;
}

void fill_runtime_fields(pod::PodPlan& plan, const std::string& pod_ip,
                         const std::function<std::string()>& host_ip) {
  for (pod::Container& container : plan.containers) {
    for (size_t i = 0; i < container.env.size(); ++i) {
      pod::EnvVar& known = container.env[i];
      if (known.runtime_field.empty()) continue;
      known.value = known.runtime_field == "podIP"      ? pod_ip
                    : known.runtime_field == "nodeName" ? machine_name()
                                                        : host_ip();
      const std::string use = "$(" + known.name + ")";
      for (size_t later = i + 1; later < container.env.size(); ++later) {
        replace_all(container.env[later].value, use, known.value);
      }
      for (auto* words : {&container.command, &container.args}) {
        for (std::string& word : *words) replace_all(word, use, known.value);
      }
    }
  }
}

}  // namespace slipway::adapter
