// One container as a running program: `crun run`, or a plain process.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapter/archive/fd.h"
#include "adapter/pod/log_writer.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::adapter {

struct Launch {
  std::vector<std::string> command;      // what is executed: crun ..., or the step itself
  std::vector<std::string> environment;  // "NAME=value"; the whole of it
  std::string directory;                 // working directory; empty: ours
  std::string container_id;              // for `crun kill`; empty: a plain process
  std::string oci_runtime, runtime_root;
  std::string log_path;
  uint64_t log_limit = 0;
  bool keep_result = false;
};

// Owned by the supervisor, used on its one thread.
class ContainerRun {
 public:
  // kNotFound when the program does not exist, kIo otherwise.
  static Result<std::unique_ptr<ContainerRun>> start(const Launch& launch);
  ~ContainerRun();

  // Descriptors that become readable when there is something to do; -1 when closed.
  int out() const { return out_.get(); }
  int err() const { return err_.get(); }
  int end() const { return pidfd_.get(); }

  // Takes what there is to read without waiting.
  void drain();
  // Whether it has ended; takes its exit code and finishes its log when it has.
  bool ended();
  bool has_ended() const { return ended_; }
  int exit_code() const { return exit_code_; }  // 128 + signal when a signal ended it

  // To every process of the container. No-op when it has ended.
  void signal(int number);

  const LogWriter& log() const { return log_; }
  bool killed() const { return killed_; }  // we sent SIGKILL

 private:
  explicit ContainerRun(const Launch& launch)
      : launch_(launch), log_(launch.log_path, launch.log_limit, launch.keep_result) {}
  void read_from(Fd& fd, bool is_stdout);

  Launch launch_;
  LogWriter log_;
  Fd out_, err_, pidfd_;
  int pid_ = -1;
  bool ended_ = false, killed_ = false;
  int exit_code_ = -1;
};

}  // namespace slipway::adapter
