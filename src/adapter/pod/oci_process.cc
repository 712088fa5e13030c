#include "adapter/pod/oci_process.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <filesystem>

#include "adapter/pod/capability.h"
#include "adapter/pod/pod_files.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {

Status check_security(const pod::Container& container, const RuntimeOptions& options) {
  if (container.security.privileged && !options.allow_privileged) {
    return Error{ErrorCode::kUnauthorized,
                 fmt::format("container {} asks for securityContext.privileged, which this server "
                             "does not allow",
                             container.name),
                 ""};
  }
  return check_capabilities(container.security.capabilities);
}

Result<std::vector<std::string>> process_words(const pod::Container& container,
                                               const ImageConfig& image,
                                               const std::string& script) {
  std::vector<std::string> words = container.command.empty() ? image.entrypoint : container.command;
  if (container.script_source) words.push_back(script);
  if (!container.args.empty()) {
    words.insert(words.end(), container.args.begin(), container.args.end());
  } else if (container.command.empty()) {
    words.insert(words.end(), image.cmd.begin(), image.cmd.end());
  }
  if (!words.empty()) return words;
  return Error{ErrorCode::kInvalid,
               fmt::format("container {} has no `command`, and image {} has neither ENTRYPOINT nor "
                           "CMD",
                           container.name, container.image),
               ""};
}

std::vector<std::string> process_environment(const pod::PodPlan& plan,
                                             const pod::Container& container,
                                             const ImageConfig& image, const ContainerUser& user) {
  std::vector<std::string> env;
  const auto set = [&](const std::string& name, const std::string& value) {
    const std::string head = name + "=";
    std::erase_if(env, [&](const std::string& word) { return word.starts_with(head); });
    env.push_back(head + value);
  };
  set("PATH", kDefaultPath);
  set("HOME", user.home);
  set("HOSTNAME", pod_hostname(plan));
  for (const std::string& word : image.env) {
    const size_t equals = word.find('=');
    if (equals != std::string::npos) set(word.substr(0, equals), word.substr(equals + 1));
  }
  for (const pod::EnvVar& item : container.env) set(item.name, item.value);
  return env;
}

std::string runtime_complaint(const std::string& log, int wait_status) {
  std::string line = log;
  while (line.ends_with('\n')) line.pop_back();
  if (const size_t last = line.find_last_of('\n'); last != std::string::npos) {
    line = line.substr(last + 1);
  }
  // crun: "2026-11-23T10:00:00.1Z: what"; runc: time="…" level=error msg="what"
  if (const size_t at = line.find("msg=\""); at != std::string::npos) {
    line = line.substr(at + 5, line.rfind('"') - at - 5);
  } else if (const size_t after = line.find("Z: "); after != std::string::npos && after < 40) {
    line = line.substr(after + 3);
  }
  if (!line.empty()) return line;
  return WIFSIGNALED(wait_status)
             ? fmt::format("the OCI runtime was ended by signal {}", WTERMSIG(wait_status))
             : fmt::format("the OCI runtime ended with code {}", WEXITSTATUS(wait_status));
}

bool is_missing_command(const std::string& complaint) {
  for (const char* words : {"executable file", "not found in $PATH", "exec: ", "open executable"}) {
    if (complaint.find(words) != std::string::npos) return true;
  }
  return false;
}

std::vector<BundleDevice> machine_devices() {
  namespace fs = std::filesystem;
  std::vector<BundleDevice> devices;
  std::error_code failed;
  for (auto at = fs::recursive_directory_iterator("/dev", failed);
       at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const std::string path = at->path();
    if (path == "/dev/pts" || path == "/dev/shm" || path == "/dev/mqueue" ||
        path == "/dev/hugepages") {
      at.disable_recursion_pending();
      continue;
    }
    struct stat info {};
    if (path == "/dev/console" || path == "/dev/ptmx" || ::lstat(path.c_str(), &info) != 0) {
      continue;
    }
    if (!S_ISCHR(info.st_mode) && !S_ISBLK(info.st_mode)) continue;
    devices.push_back({.path = path,
                       .type = S_ISCHR(info.st_mode) ? 'c' : 'b',
                       .major = major(info.st_rdev),
                       .minor = minor(info.st_rdev),
                       .mode = info.st_mode & 07777,
                       .uid = info.st_uid,
                       .gid = info.st_gid});
  }
  return devices;
}

}  // namespace slipway::adapter
