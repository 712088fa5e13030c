#include "app/data_dir.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace slipway::app {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string choose(const std::string& given) {
  if (!given.empty()) return given;
  if (const std::string chosen = environment("SLIPWAY_DATA"); !chosen.empty()) return chosen;
  if (geteuid() == 0) return "/var/lib/slipway";
  if (const std::string xdg = environment("XDG_DATA_HOME"); !xdg.empty()) return xdg + "/slipway";
  return environment("HOME") + "/.local/share/slipway";
}

}  // namespace

std::string data_dir(const std::string& given) {
  std::string path = std::filesystem::absolute(choose(given)).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Status make_data_dir(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) return {};
  std::filesystem::create_directories(path, failed);
  if (!failed) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
  }
  if (failed) {
    return Error{ErrorCode::kIo, "the data directory can not be made: " + failed.message(), path};
  }
  return {};
}

}  // namespace slipway::app
