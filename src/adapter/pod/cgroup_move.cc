#include "adapter/pod/cgroup_move.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "adapter/archive/fd.h"

namespace slipway::adapter {
namespace {

// Where a line of /proc/self/cgroup, "ID:CONTROLLERS:PATH", says that this process is.
std::string folder_of(const std::string& line) {
  const size_t first = line.find(':'), second = line.find(':', first + 1);
  if (second == std::string::npos) return "";
  std::string controllers = line.substr(first + 1, second - first - 1);
  if (controllers.starts_with("name=")) controllers.erase(0, 5);
  const std::string root = "/sys/fs/cgroup";
  return (controllers.empty() ? root : root + "/" + controllers) + line.substr(second + 1);
}

void move_to_where_it_is() {
  const auto text = read_small_file("/proc/self/cgroup", 64u << 10);
  if (!text.ok()) return;
  for (size_t at = 0; at < text->size();) {
    const size_t end = std::min(text->find('\n', at), text->size());
    const std::string procs = folder_of(text->substr(at, end - at)) + "/cgroup.procs";
    const Fd file(::open(procs.c_str(), O_WRONLY | O_CLOEXEC));
    if (file && ::write(file.get(), "0", 1) == 1) return;
    at = end + 1;
  }
}

}  // namespace

void begin_cgroup_moves() { std::thread(move_to_where_it_is).detach(); }

}  // namespace slipway::adapter
