// A container of a host pod: a process in the pod's working directory.
#pragma once

#include "adapter/pod/container_run.h"

namespace slipway::adapter {

class PlainContainer : public ContainerRun {
 public:
  // `folder`: the pod's working directory.
  PlainContainer(EventLoop& loop, const pod::PodPlan& pod, const pod::Container& plan,
                 std::string address, Output output, std::string folder);

  Status open_root() override;
  Status prepare() override { return open_root(); }
  std::string resolve(const std::string& path) const override;

 private:
  Status launch(const OutputCapture::Ends& ends) override;
  void signal_process(int signal) override;
  void clean_up() override;
  Result<ActionPlace> exec_place(const std::vector<std::string>& command) const override;
  Spawn request(const std::vector<std::string>& command) const;

  const pod::PodPlan& pod_;
  std::string folder_;
};

}  // namespace slipway::adapter
