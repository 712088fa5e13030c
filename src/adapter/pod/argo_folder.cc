#include "adapter/pod/argo_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace slipway::adapter {
namespace {

Status make_open_folder(const std::string& path) {
  // chmod: the mode of mkdir is less what umask takes.
  if (::mkdir(path.c_str(), 0777) != 0 || ::chmod(path.c_str(), 0777) != 0) {
    return system_error("cannot make " + path);
  }
  return {};
}

const std::string* find_template(const pod::PodPlan& plan) {
  for (const pod::Container& container : plan.containers) {
    for (const pod::EnvVar& variable : container.env) {
      if (variable.name == "ARGO_TEMPLATE" && !variable.value.empty()) return &variable.value;
    }
  }
  return nullptr;
}

}  // namespace

Status make_argo_folder(const pod::PodPlan& plan, const std::string& folder) {
  TRY(make_open_folder(folder));
  TRY(make_open_folder(folder + "/ctr"));
  for (const pod::Container& container : plan.containers) {
    TRY(make_open_folder(folder + "/ctr/" + container.name));
  }
  const std::string* text = find_template(plan);
  if (text == nullptr) return {};
  const std::string path = folder + "/template";
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return system_error("cannot make " + path);
  return write_all(file.get(), text->data(), text->size(), path);
}

void note_exit_code(int container_folder, int exit_code) {
  static constexpr const char* kPart = ".exitcode";
  const std::string text = std::to_string(exit_code);
  ::unlinkat(container_folder, kPart, 0);
  const Fd file(::openat(container_folder, kPart,
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file || !write_all(file.get(), text.data(), text.size(), kPart).ok()) return;
  ::renameat(container_folder, kPart, container_folder, "exitcode");
}

}  // namespace slipway::adapter
