#include "adapter/doctor/doctor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "adapter/archive/fd.h"
#include "adapter/doctor/kernel_check.h"
#include "adapter/process/program.h"

namespace slipway::adapter {
namespace {

constexpr Duration kProgramTimeout = Duration::seconds(5);

// First line of what `command` prints; empty when it is not installed or fails.
std::string first_line(std::vector<std::string> command) {
  Program program{std::move(command), {}, kProgramTimeout};
  const auto end = run_program(program);
  if (!end.ok() || end->exit_code != 0) return "";
  const std::string& text = end->out.empty() ? end->err : end->out;
  return text.substr(0, text.find('\n'));
}

Check check_program(const std::string& name, std::vector<std::string> version, Health without,
                    const std::string& meaning) {
  const std::string program = version.front();
  Check check{name, Health::kOk, first_line(std::move(version)), "", ""};
  if (!check.found.empty()) return check;
  return {name, without, "not installed", meaning, "apt-get install " + package_of(program)};
}

Check check_runtime() {
  Check check{"oci-runtime", Health::kOk, "", "", ""};
  const std::string crun = first_line({"crun", "--version"});
  const std::string runc = first_line({"runc", "--version"});
  check.found = crun + (crun.empty() || runc.empty() ? "" : ", ") + runc;
  if (!crun.empty()) return check;
  check.health = runc.empty() ? Health::kFail : Health::kWarn;
  if (runc.empty()) check.found = "neither crun nor runc";
  check.meaning = runc.empty()
                      ? "pods in containers can not be started (--runtime host still works)"
                      : "containers start about four times slower with runc than with crun";
  check.mend = "apt-get install crun";
  return check;
}

Check check_network() {
  Check check{"network", Health::kOk, "", "", ""};
  const std::string nft = first_line({"nft", "--version"});
  const std::string iptables = first_line({"iptables", "--version"});
  const std::string ip = first_line({"ip", "-V"});
  check.found = fmt::format("{}, {}", nft.empty() ? "no nft" : nft,
                            iptables.empty() ? "no iptables" : iptables);
  if (ip.empty() || (nft.empty() && iptables.empty())) {
    check.health = Health::kFail;
    check.meaning = "pods get no network of their own (hostNetwork still works)";
    check.mend = "apt-get install iproute2 nftables iptables";
    return check;
  }
  // Rules can be read only where they can be written.
  const auto tables = run_program({{"nft", "list", "tables"}, {}, kProgramTimeout});
  const bool rules = nft.empty() || (tables.ok() && tables->exit_code == 0);
  Program bridge{{"ip", "link", "add", "slwdoctor0", "type", "bridge"}, {}, kProgramTimeout};
  const auto made = run_program(bridge);
  const bool works = made.ok() && made->exit_code == 0;
  if (works) (void)run_program({{"ip", "link", "del", "slwdoctor0"}, {}, kProgramTimeout}).ok();
  if (rules && works) return check;
  check.health = Health::kFail;
  const auto& refused = works ? tables : made;
  check.meaning = fmt::format("pods get no network of their own: {}",
                              refused.ok() ? refused->err : refused.error().text());
  while (check.meaning.ends_with('\n')) check.meaning.pop_back();
  check.mend = ::geteuid() == 0 ? "modprobe bridge; in a container: start it with --privileged"
                                : "run as root";
  return check;
}

Check check_port(int port) {
  Check check{fmt::format("port-{}", port), Health::kOk, "free", "", ""};
  const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return check;
  check.health = Health::kWarn;
  check.found = std::strerror(errno);
  check.meaning = "the server can not listen there";
  check.mend = errno == EACCES ? "run as root, or choose a port above 1023"
                               : fmt::format("see who does: ss -ltnp 'sport = :{}'", port);
  return check;
}

Check check_space(const std::string& data_dir) {
  constexpr double kGiB = 1024.0 * 1024 * 1024;
  constexpr double kLow = 10, kTooLow = 1;
  Check check{"disk-space", Health::kOk, "", "", ""};
  struct statvfs info;
  if (::statvfs(data_dir.c_str(), &info) != 0) {
    return {"disk-space", Health::kFail, std::strerror(errno), "the data directory is not usable",
            "choose another --data-dir"};
  }
  const double free =
      static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize) / kGiB;
  check.found = fmt::format("{:.1f} GiB free below {}", free, data_dir);
  if (free >= kLow) return check;
  check.health = free < kTooLow ? Health::kFail : Health::kWarn;
  check.meaning = "images, artifacts and logs will fill it soon";
  check.mend = "slipway image rm NAME, or choose another --data-dir";
  return check;
}

Check check_fsync(const std::string& data_dir) {
  constexpr int kRounds = 11;
  constexpr double kSlowMs = 20;
  Check check{"fsync", Health::kOk, "", "", ""};
  const std::string path = data_dir + "/.doctor-" + random_name();
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) {
    return {"fsync", Health::kFail, std::strerror(errno), "the data directory is not writable",
            "choose another --data-dir, or run as its owner"};
  }
  ::unlink(path.c_str());
  std::vector<double> times;
  const std::string block(4096, 'x');
  for (int i = 0; i < kRounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!write_all(fd.get(), block.data(), block.size(), path).ok() || ::fdatasync(fd.get()) != 0) {
      return {"fsync", Health::kFail, std::strerror(errno), "the disk refuses durable writes", ""};
    }
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
  }
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  check.found = fmt::format("{:.2f} ms", median);
  if (median < kSlowMs) return check;
  check.health = Health::kWarn;
  check.meaning = "each webhook waits that long before it is answered";
  check.mend = "put --data-dir on an SSD";
  return check;
}

Check check_time_zones() {
  Check check{"time-zones", Health::kOk, "tzdata", "", ""};
  if (::access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0) return check;
  return {"time-zones", Health::kWarn, "no zone data",
          "CronWorkflows with a timezone can not be scheduled", "apt-get install tzdata"};
}

}  // namespace

std::string_view to_string(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarn:
      return "warn";
    case Health::kFail:
      return "fail";
  }
  return "";
}

std::vector<Check> check_machine(const DoctorOptions& options) {
  std::vector<Check> checks;
  checks.push_back(check_runtime());
  checks.push_back(check_program("skopeo", {"skopeo", "--version"}, Health::kWarn,
                                 "images can not be pulled from registries (import still works)"));
  checks.push_back(check_program("git", {"git", "--version"}, Health::kWarn,
                                 "git artifacts can not be fetched"));
  checks.push_back(check_program("ssh", {"ssh", "-V"}, Health::kWarn,
                                 "git repositories can not be reached with a deploy key"));
  checks.push_back(check_capabilities());
  checks.push_back(check_cgroups());
  checks.push_back(check_namespaces());
  checks.push_back(check_openat2());
  std::error_code code;
  std::filesystem::create_directories(options.data_dir, code);
  checks.push_back(check_overlay(options.data_dir));
  checks.push_back(check_network());
  for (const int port : options.ports) checks.push_back(check_port(port));
  checks.push_back(check_space(options.data_dir));
  if (options.measure_fsync) checks.push_back(check_fsync(options.data_dir));
  checks.push_back(check_time_zones());
  checks.push_back(check_inotify());
  return checks;
}

}  // namespace slipway::adapter
