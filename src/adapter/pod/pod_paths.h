// Where pods live below the data directory.
//
//     pods/<id>/report.json   the last report of a supervised pod, replaced by rename
//     pods/<id>/supervisor    its supervisor: pid, start time
//     pods/<id>/c/<n>/{u,w}   writable layers;  pods/<id>/v/<volume>  scratch volumes
//     pods/<id>/argo          what Argo's executor shows, where it is not in memory
//     pods/<id>/i/<n>         input artifacts on their way
//     pods/<id>/run           mount point of a tmpfs that only the supervisor sees: bundles,
//                             Secrets
//     host/<id>               working directory of a plain-process pod;  host/reports: their ends
//     logs/<id>/<container>.log, <container>.log.times (log_times.h)
//     claims/<namespace>/<name>       run/nursery.sock
//     mount-points/           layers below those of images (mount_point_layer.h)
#pragma once

#include <string>

#include "base/id.h"
#include "base/result.h"

namespace slipway::adapter {

struct PodPaths {
  std::string data_dir;

  std::string run() const { return data_dir + "/run"; }
  std::string pods() const { return data_dir + "/pods"; }
  std::string pod(const PodId& id) const { return pods() + "/" + id.value; }
  std::string report(const PodId& id) const { return pod(id) + "/report.json"; }
  std::string supervisor(const PodId& id) const { return pod(id) + "/supervisor"; }
  std::string host() const { return data_dir + "/host"; }
  std::string host(const PodId& id) const { return host() + "/" + id.value; }
  std::string host_reports() const { return host() + "/reports"; }
  std::string all_logs() const { return data_dir + "/logs"; }
  std::string logs(const PodId& id) const { return all_logs() + "/" + id.value; }
  std::string log(const PodId& id, const std::string& container) const {
    return logs(id) + "/" + container + ".log";
  }
  std::string log_times(const PodId& id, const std::string& container) const {
    return log(id, container) + ".times";
  }
  std::string mount_points() const { return data_dir + "/mount-points"; }
  std::string claim(const std::string& ns, const std::string& name) const {
    return data_dir + "/claims/" + ns + "/" + name;
  }
};

// A pod id, container, volume, claim or namespace name that is safe as one path segment and as a
// part of a cgroup's name: 1 to 200 of A-Z a-z 0-9 . _ -, not starting with a dot.
Status check_segment(const std::string& what, const std::string& name);

// Makes the folder and its parents; present is success.
Status make_folders(const std::string& path, unsigned mode = 0755);

// The same for a folder whose entries come and go at a high rate, each with files of its own. Asks
// the file system to keep entries apart (chattr +T, where there is such a thing). ext4 makes a file
// near its folder and passes over, one by one, each inode that was freed there in the last minutes
// (recently_deleted() in fs/ext4/ialloc.c): with a thousand of them, half a millisecond a file.
Status make_turnover_folder(const std::string& path, unsigned mode);

}  // namespace slipway::adapter
