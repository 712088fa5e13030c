#include "adapter/pod/pod_artifact.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/archive/tree.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/disk_blob_store.h"
#include "base/limit.h"
#include "core/pod/outcome.h"

namespace slipway::adapter {

namespace {

using Role = pod::Container::Role;

std::string scratch_of(const pod::PodPlan& plan, const PodPaths& paths) {
  const std::string folder = paths.pod(plan.id) + "/scratch";
  (void)make_folders(folder, 0700);
  return folder;
}

// Opens `path` as the container sees it; never blocks on a pipe.
Result<Fd> open_file(const ContainerRun& container, const std::string& path) {
  if (container.root() >= 0) {
    return open_in_root(container.root(), path, O_RDONLY | O_NONBLOCK);
  }
  Fd file(::open(container.resolve(path).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) return system_error(path);
  return file;
}

const ContainerRun* main_of(const std::vector<std::unique_ptr<ContainerRun>>& containers) {
  const ContainerRun* found = nullptr;
  for (const auto& container : containers) {
    if (container->plan().role != Role::kMain) continue;
    if (found == nullptr || container->plan().name == "main") found = container.get();
  }
  return found;
}

Result<std::string> read_parameter(const ContainerRun& container,
                                   const pod::OutputParameter& parameter) {
  TRY_ASSIGN(const Fd file, open_file(container, parameter.path));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kInvalid, parameter.path + " is no regular file", ""};
  }
  TRY_ASSIGN(std::string text, read_all(file.get(), limit::kParameterBytes, parameter.path));
  return pod::file_text(std::move(text));
}

void note_failure(SavedOutputs& saved, std::string text) {
  if (saved.failure.empty()) saved.failure = std::move(text);
}

void save_parameters(const pod::PodPlan& plan, const ContainerRun& main, SavedOutputs& outputs) {
  for (const pod::OutputParameter& parameter : plan.output_parameters) {
    auto value = read_parameter(main, parameter);
    if (value.ok()) {
      outputs.parameters[parameter.name] = std::move(*value);
    } else if (parameter.fallback) {
      outputs.parameters[parameter.name] = pod::file_text(*parameter.fallback);
    } else if (value.error().code == ErrorCode::kNotFound) {
      note_failure(outputs,
                   fmt::format("output parameter `{}`: there is no file {} in container {}",
                               parameter.name, parameter.path, main.plan().name));
    } else {
      note_failure(outputs,
                   fmt::format("output parameter `{}`: {}", parameter.name, value.error().text()));
    }
  }
}

}  // namespace

std::string read_text(const ContainerRun& container, const std::string& path, size_t max_bytes) {
  const auto file = open_file(container, path);
  struct stat info {};
  if (!file.ok() || ::fstat(file->get(), &info) != 0 || !S_ISREG(info.st_mode)) return "";
  std::string text(max_bytes, '\0');
  const off_t from = std::max<off_t>(info.st_size - static_cast<off_t>(max_bytes), 0);
  const ssize_t count = ::pread(file->get(), text.data(), text.size(), from);
  text.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

SavedOutputs save_outputs(const pod::PodPlan& plan,
                          const std::vector<std::unique_ptr<ContainerRun>>& containers,
                          const PodPaths& paths) {
  SavedOutputs outputs;
  const ContainerRun* main = main_of(containers);
  if (main == nullptr || !main->launched()) return outputs;
  save_parameters(plan, *main, outputs);
  if (plan.output_artifacts.empty() && !plan.log_location) return outputs;
  DiskBlobStore store(paths.data_dir + "/artifacts");
  const std::string scratch = scratch_of(plan, paths);
  for (const pod::OutputArtifact& artifact : plan.output_artifacts) {
    auto saved =
        save_artifact(artifact, main->root_path(), main->resolve(artifact.path), scratch, store);
    if (saved.ok()) {
      outputs.artifacts.push_back(std::move(*saved));
    } else if (saved.error().code == ErrorCode::kNotFound) {
      if (!artifact.optional) {
        note_failure(outputs, fmt::format("output artifact `{}`: there is no {} in container {}",
                                          artifact.name, artifact.path, main->plan().name));
      }
    } else {
      note_failure(outputs,
                   fmt::format("output artifact `{}`: {}", artifact.name, saved.error().text()));
    }
  }
  for (const auto& container : containers) {
    if (!plan.log_location || container->plan().role != Role::kMain) continue;
    const std::string& name = container->plan().name;
    pod::OutputArtifact log{.name = name + "-logs", .location = *plan.log_location};
    log.location.key += (log.location.key.ends_with('/') ? "" : "/") + name + ".log";
    log.archive = pod::Archive::kNone;
    auto saved = save_artifact(log, "/", paths.log(plan.id, name), scratch, store);
    if (saved.ok()) outputs.artifacts.push_back(std::move(*saved));
    if (!saved.ok() && saved.error().code != ErrorCode::kNotFound) {
      note_failure(outputs, fmt::format("the log of {}: {}", name, saved.error().text()));
    }
  }
  return outputs;
}

}  // namespace slipway::adapter
