// A container of a host pod: a process in the pod's working directory.
#pragma once

#include "adapter/pod/container_run.h"
#include "adapter/pod/pod_paths.h"

namespace slipway::adapter {

class PlainContainer : public ContainerRun {
 public:
  // `folder`: the pod's working directory.
  PlainContainer(EventLoop& loop, const pod::PodPlan& pod, const pod::Container& plan,
                 const PodPaths& paths, size_t log_limit_bytes, std::string folder);

  Status prepare() override;
  std::string resolve(const std::string& path) const override;
  std::vector<std::string> exec_words(const std::vector<std::string>& command) const override {
    return command;
  }

 private:
  Status launch(const OutputCapture::Ends& ends) override;
  void signal_process(int signal) override;
  void clean_up() override;

  const pod::PodPlan& pod_;
  std::string folder_;
};

}  // namespace slipway::adapter
