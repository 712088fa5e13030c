#include "adapter/pod/pod_mounts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapter/archive/fd.h"
#include "adapter/pod/network.h"
#include "adapter/pod/resolve_path.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;
using pod::Volume;

Status make_folder(const std::string& path, unsigned mode) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return Error{ErrorCode::kIo, failed.message(), path};
  if (chmod(path.c_str(), mode) != 0) return system_error(path);
  return {};
}

Status write_volume_files(const Volume& volume, const std::string& folder) {
  for (const pod::VolumeFile& file : volume.files) {
    const fs::path path = fs::path(folder) / file.path;
    TRY(make_folder(path.parent_path().string(), 0755));
    TRY(write_file(path.string(), file.content, file.mode));
  }
  return {};
}

Status check_host_path(const Volume& volume) {
  std::error_code failed;
  const fs::file_status status = fs::status(volume.host_path, failed);
  const std::string& type = volume.host_path_type;
  if (type == "DirectoryOrCreate" && !fs::exists(status))
    return make_folder(volume.host_path, 0755);
  if (type == "FileOrCreate" && !fs::exists(status)) return write_file(volume.host_path, "");
  const bool fits = type.empty()                    ? fs::exists(status)
                    : type.starts_with("Directory") ? fs::is_directory(status)
                    : type.starts_with("File")      ? fs::is_regular_file(status)
                    : type == "Socket"              ? fs::is_socket(status)
                    : type == "CharDevice"          ? fs::is_character_file(status)
                                                    : fs::is_block_file(status);
  if (fits) return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("hostPath type check failed: {} is not a {}", volume.host_path,
                           type.empty() ? "file or folder that exists" : type),
               "volume " + volume.name};
}

void give_to_group(const std::string& folder, int64_t group) {
  std::error_code failed;
  const auto own = [&](const std::string& path) {
    // What can not be given stays as it is: the same as Kubernetes does on foreign file systems.
    if (lchown(path.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(group)) == 0) {
      fs::permissions(path, fs::perms::group_read | fs::perms::group_write,
                      fs::perm_options::add | fs::perm_options::nofollow, failed);
    }
  };
  own(folder);
  chmod(folder.c_str(), 02775);
  for (const auto& entry : fs::recursive_directory_iterator(folder, failed))
    own(entry.path().string());
}

Status make_volume(const Volume& volume, const std::string& path) {
  switch (volume.type) {
    case Volume::Type::kEmptyDir:
    case Volume::Type::kClaim:
      return make_folder(path, 0777);
    case Volume::Type::kMemory: {
      TRY(make_folder(path, 0777));
      const std::string size = volume.size_limit_bytes > 0
                                   ? fmt::format("mode=1777,size={}", volume.size_limit_bytes)
                                   : "mode=1777";
      if (mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) != 0) {
        return system_error("mount tmpfs for volume " + volume.name);
      }
      return {};
    }
    case Volume::Type::kFiles:
      TRY(make_folder(path, 0755));
      return write_volume_files(volume, path);
    case Volume::Type::kHostPath:
      return check_host_path(volume);
  }
  return {};
}

const Volume* find_volume(const pod::PodPlan& plan, const std::string& name) {
  for (const Volume& volume : plan.volumes) {
    if (volume.name == name) return &volume;
  }
  return nullptr;
}

}  // namespace

Status make_volumes(const pod::PodPlan& plan, const PodFiles& files,
                    const RuntimeOptions& options) {
  std::optional<int64_t> group;
  for (const pod::Container& container : plan.containers) {
    if (container.security.fs_group) group = container.security.fs_group;
  }
  for (const Volume& volume : plan.volumes) {
    TRY_ASSIGN(const std::string path, volume_path(plan, volume.name, files, options));
    TRY(make_volume(volume, path));
    if (group && volume.type != Volume::Type::kHostPath) give_to_group(path, *group);
  }
  return {};
}

Result<std::string> volume_path(const pod::PodPlan& plan, const std::string& name,
                                const PodFiles& files, const RuntimeOptions& options) {
  const Volume* volume = find_volume(plan, name);
  if (volume == nullptr) {
    return Error{ErrorCode::kInvalid, "there is no volume " + name + " in this pod", ""};
  }
  if (volume->type == Volume::Type::kHostPath) return volume->host_path;
  if (volume->type != Volume::Type::kClaim) return files.volume(name);
  const size_t slash = volume->claim.find('/');
  if (slash == std::string::npos || !is_safe_name(volume->claim.substr(0, slash)) ||
      !is_safe_name(volume->claim.substr(slash + 1))) {
    return Error{ErrorCode::kInvalid, "'" + volume->claim + "' is no claim's name",
                 "volume " + name};
  }
  return options.data_dir + "/claims/" + volume->claim;
}

Result<std::vector<BindMount>> volume_mounts(const pod::PodPlan& plan,
                                             const pod::Container& container, const PodFiles& files,
                                             const RuntimeOptions& options) {
  std::vector<BindMount> mounts;
  for (const pod::Mount& wanted : container.mounts) {
    TRY_ASSIGN(std::string source, volume_path(plan, wanted.volume, files, options));
    if (!wanted.sub_path.empty()) {
      Result<std::string> below = resolve_in_root(source, wanted.sub_path);
      if (!below.ok() && below.error().code == ErrorCode::kNotFound) {
        const fs::path relative = fs::path(wanted.sub_path).lexically_normal();
        if (relative.is_absolute() || relative.string().starts_with("..")) {
          return Error{ErrorCode::kInvalid, "subPath must stay in its volume: " + wanted.sub_path,
                       wanted.path};
        }
        TRY(make_folder(source + "/" + relative.string(), 0777));
        below = resolve_in_root(source, wanted.sub_path);
      }
      if (!below.ok()) return below.error();
      source = std::move(*below);
    }
    mounts.push_back({std::move(source), wanted.path, wanted.read_only});
  }
  return mounts;
}

Result<std::vector<BindMount>> etc_mounts(const pod::PodPlan& plan, const PodFiles& files,
                                          const std::string& ip) {
  const std::string folder = files.dir + "/etc";
  TRY(make_folder(folder, 0755));
  std::string hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
  if (!ip.empty()) hosts += ip + "\t" + plan.hostname + "\n";
  for (const pod::HostAlias& alias : plan.host_aliases) {
    hosts += alias.ip;
    for (const std::string& name : alias.hostnames) hosts += "\t" + name;
    hosts += "\n";
  }
  std::string resolver = plan.dns.policy == "None" ? "" : host_resolv_conf();
  for (const std::string& server : plan.dns.nameservers) resolver += "nameserver " + server + "\n";
  const auto line = [&](const char* word, const std::vector<std::string>& list) {
    if (list.empty()) return;
    resolver += word;
    for (const std::string& text : list) resolver += " " + text;
    resolver += "\n";
  };
  line("search", plan.dns.searches);
  line("options", plan.dns.options);
  TRY(write_file(folder + "/hosts", hosts));
  TRY(write_file(folder + "/hostname", plan.hostname + "\n"));
  TRY(write_file(folder + "/resolv.conf", resolver));
  return std::vector<BindMount>{{folder + "/hosts", "/etc/hosts", false},
                                {folder + "/hostname", "/etc/hostname", false},
                                {folder + "/resolv.conf", "/etc/resolv.conf", false}};
}

Result<std::string> mount_overlay(const std::vector<std::string>& layers,
                                  const std::string& folder) {
  for (const char* part : {"/upper", "/work", "/merged"}) TRY(make_folder(folder + part, 0755));
  std::string lower;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    lower += (lower.empty() ? "" : ":") + *layer;
  }
  const std::string merged = folder + "/merged";
  const std::string data =
      fmt::format("lowerdir={},upperdir={}/upper,workdir={}/work", lower, folder, folder);
  if (data.size() >= static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    return Error{ErrorCode::kLimit, fmt::format("an image of {} layers is too deep", layers.size()),
                 ""};
  }
  if (mount("overlay", merged.c_str(), "overlay", 0, data.c_str()) != 0) {
    return system_error("mount overlay at " + merged);
  }
  return merged;
}

std::pair<std::string, std::string> locate(const std::vector<BindMount>& mounts,
                                           const std::string& root, const std::string& path) {
  const BindMount* deepest = nullptr;
  for (const BindMount& mount : mounts) {
    std::string target = mount.target;
    while (target.size() > 1 && target.ends_with('/')) target.pop_back();
    const bool holds = path == target || path.starts_with(target + "/");
    if (holds && (deepest == nullptr || target.size() > deepest->target.size())) deepest = &mount;
  }
  if (deepest == nullptr) return {root, path};
  return {deepest->source, path.substr(std::min(path.size(), deepest->target.size()))};
}

}  // namespace slipway::adapter
