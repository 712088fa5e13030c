#include "adapter/pod/runtime_field.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

// "limits.memory/1000" → memory in bytes. As Kubernetes does it, what is begun counts whole.
std::string amount_text(std::string_view field, const Capacity& capacity) {
  const size_t slash = field.find('/');
  const int64_t divisor = std::max(1LL, std::atoll(std::string(field.substr(slash + 1)).c_str()));
  const int64_t millis =
      field.starts_with("limits.cpu") ? capacity.cpu_millis : capacity.memory_bytes * 1000;
  return std::to_string((millis + divisor - 1) / divisor);
}

}  // namespace

std::string machine_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  ::inet_pton(AF_INET, "192.0.2.1",
              &address.sin_addr);  // nothing is
                                   // sent: only the
                                   // route is asked
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

Capacity unlimited_capacity(const pod::PodPlan& plan, const RuntimeOptions& options) {
  Capacity capacity{::sysconf(_SC_NPROCESSORS_ONLN) * 1000,
                    int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE)};
  if (plan.runtime != pod::RuntimeKind::kOci) return capacity;
  if (options.default_cpu_limit_millis > 0) capacity.cpu_millis = options.default_cpu_limit_millis;
  if (options.default_memory_limit_bytes > 0) {
    capacity.memory_bytes = options.default_memory_limit_bytes;
  }
  return capacity;
}

void fill_runtime_fields(pod::PodPlan& plan, const std::string& pod_ip, const Capacity& capacity,
                         const std::function<std::string()>& host_ip) {
  const auto value_of = [&](const std::string& field) {
    if (field == "podIP") return pod_ip;
    if (field == "nodeName") return machine_name();
    return field.starts_with("limits.") ? amount_text(field, capacity) : host_ip();
  };
  for (pod::Volume& volume : plan.volumes) {
    for (pod::VolumeFile& file : volume.files) {
      if (!file.runtime_field.empty()) file.content = value_of(file.runtime_field);
    }
  }
  for (pod::Container& container : plan.containers) {
    for (size_t i = 0; i < container.env.size(); ++i) {
      pod::EnvVar& known = container.env[i];
      if (known.runtime_field.empty()) continue;
      known.value = value_of(known.runtime_field);
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
