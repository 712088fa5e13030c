#include "app/run_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "app/data_dir.h"

namespace slipway::app {
namespace {

namespace fs = std::filesystem;

void remove(const std::string& folder) {
  std::error_code failed;  // what is left is only litter
  fs::remove_all(folder, failed);
}

void sweep(const std::string& runs) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(runs, failed)) {
    const std::string path = entry.path().string();
    const adapter::Fd lock(open((path + "/lock").c_str(), O_RDWR | O_CLOEXEC));
    if (lock && flock(lock.get(), LOCK_EX | LOCK_NB) == 0) remove(path);
  }
}

}  // namespace

Result<RunDir> RunDir::make(const std::string& data_dir, const std::string& name) {
  const std::string path = data_dir + "/runs/" + name;
  TRY(make_data_dir(path));
  sweep(data_dir + "/runs");
  // It is seen only when it is held.
  const std::string fresh = path + "/lock.new";
  adapter::Fd lock(open(fresh.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || flock(lock.get(), LOCK_EX) != 0) return adapter::system_error("cannot lock " + path);
  if (::rename(fresh.c_str(), (path + "/lock").c_str()) != 0) {
    return adapter::system_error("cannot lock " + path);
  }
  return RunDir(path, std::move(lock));
}

RunDir::~RunDir() {
  if (lock_) remove(path_);
}

void RunDir::keep() {
  unlink((path_ + "/lock").c_str());
  lock_ = adapter::Fd();
}

}  // namespace slipway::app
