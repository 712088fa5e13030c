#include "adapter/pod/mount_point_layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "adapter/archive/fd.h"
#include "adapter/pod/pod_paths.h"

namespace slipway::adapter {
namespace {

// Images of whole distributions have /var/run as a link to /run; a folder of ours would be hidden
// by it, and what is mounted goes to /run.
bool var_run_is_link(const std::vector<std::string>& layers) {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    struct stat info {};
    if (::lstat((*layer + "/var/run").c_str(), &info) == 0) return S_ISLNK(info.st_mode);
  }
  return false;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Status make_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return file ? Status() : system_error("cannot make " + path);
}

}  // namespace

Result<std::string> mount_point_layer(const std::string& folder,
                                      const std::vector<std::string>& layers) {
  const bool link = var_run_is_link(layers);
  const std::string layer = folder + (link ? "/run" : "/var-run");
  const std::string last = layer + (link ? "/run/argo" : "/var/run/argo");
  if (exists(last)) return layer;
  for (const char* name : {"/proc", "/dev", "/sys", "/etc"}) TRY(make_folders(layer + name));
  for (const char* name : {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}) {
    TRY(make_file(layer + name));
  }
  TRY(make_folders(last));
  return layer;
}

}  // namespace slipway::adapter
