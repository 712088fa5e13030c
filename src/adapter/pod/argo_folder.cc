#include "adapter/pod/argo_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

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

Status write_template(const pod::PodPlan& plan, const std::string& folder) {
  const std::string* text = find_template(plan);
  if (text == nullptr) return {};
  const std::string path = folder + "/template";
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return system_error("cannot make " + path);
  return write_all(file.get(), text->data(), text->size(), path);
}

}  // namespace

bool pauses(const pod::Container& container, const char* variable) {
  return container.role != pod::Container::Role::kInit &&
         std::any_of(container.env.begin(), container.env.end(), [&](const pod::EnvVar& entry) {
           return entry.name == variable && entry.value == "true";
         });
}

bool pauses(const pod::PodPlan& plan) {
  return std::any_of(plan.containers.begin(), plan.containers.end(), [](const auto& container) {
    return pauses(container, "ARGO_DEBUG_PAUSE_BEFORE") ||
           pauses(container, "ARGO_DEBUG_PAUSE_AFTER");
  });
}

Result<ArgoFolder> ArgoFolder::make(const pod::PodPlan& plan, const PodPaths& paths,
                                    const std::string& run) {
  const bool on_disk = plan.capture_result || plan.log_location || pauses(plan);
  ArgoFolder made;
  made.path_ = on_disk ? paths.pod(plan.id) + "/argo" : run + "/argo";
  TRY(make_open_folder(made.path_));
  TRY(make_open_folder(made.path_ + "/ctr"));
  for (const pod::Container& container : plan.containers) {
    TRY(check_segment("the container", container.name));
    const std::string part = made.path_ + "/ctr/" + container.name;
    TRY(make_open_folder(part));
    Fd folder(::open(part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return system_error("cannot open " + part);
    made.parts_[container.name] = std::move(folder);
  }
  TRY(write_template(plan, made.path_));
  return made;
}

int ArgoFolder::part(const std::string& container) const {
  const auto found = parts_.find(container);
  return found == parts_.end() ? -1 : found->second.get();
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

Result<Fd> open_copy(int container_folder, const char* name) {
  Fd file(::openat(container_folder, name,
                   O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) {
    return system_error(std::string("cannot make the copy ") + name + " of what it prints");
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kInvalid,
                 std::string("the place for the copy ") + name + " of what it prints is taken", ""};
  }
  (void)!::fchmod(file.get(), 0666);
  return file;
}

}  // namespace slipway::adapter
