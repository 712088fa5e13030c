// For the tests of this folder: a runtime over a temporary data directory, and a waiting inbox for
// its reports.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/image/image_store.h"
#include "adapter/pod/local_pod_runtime.h"
#include "adapter/pod/log_files.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

class Inbox {
 public:
  void put(pod::PodReport report) {
    const std::lock_guard lock(mutex_);
    reports_[report.id.value].push_back(std::move(report));
    changed_.notify_all();
  }
  // The first report that `wanted` accepts or that is final; kGone when none comes in time.
  template <class Wanted>
  pod::PodReport wait(const PodId& id, Wanted wanted, int seconds = 20) {
    std::unique_lock lock(mutex_);
    pod::PodReport found{.id = id, .phase = pod::PodReport::Phase::kGone, .message = "no report"};
    const auto look = [&] {
      for (const auto& report : reports_[id.value]) {
        if (!wanted(report) && !pod::is_final(report.phase)) continue;
        found = report;
        return true;
      }
      return false;
    };
    changed_.wait_for(lock, std::chrono::seconds(seconds), look);
    return found;
  }
  pod::PodReport end(const PodId& id) {
    return wait(id, [](const pod::PodReport& report) { return pod::is_final(report.phase); });
  }
  pod::PodReport running(const PodId& id) {
    return wait(id, [](const pod::PodReport& report) {
      return report.phase == pod::PodReport::Phase::kRunning;
    });
  }
  size_t count(const PodId& id) {
    const std::lock_guard lock(mutex_);
    return reports_[id.value].size();
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    reports_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::vector<pod::PodReport>> reports_;
};

class PodTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/var/tmp/slipway-pod-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    options_.data_dir = folder_;
    options_.idle_exit = Duration::milliseconds(200);
    if (const char* name = ::getenv("SLIPWAY_TEST_OCI_RUNTIME")) options_.oci_runtime = name;
    options_.nursery_program = std::filesystem::read_symlink("/proc/self/exe");
    connect();
  }
  void TearDown() override {
    for (const PodId& id : runtime_->list()) runtime_->remove(id);
    EXPECT_TRUE(wait_for([this] { return runtime_->list().empty(); })) << "pods are not removed";
    runtime_.reset();
    // An idle nursery goes by itself; its socket with it.
    EXPECT_TRUE(wait_for([this] {
      return !std::filesystem::exists(folder_ + "/run/nursery.sock");
    })) << "the nursery does not end";
    std::filesystem::remove_all(folder_);
  }
  void connect() {
    runtime_.reset();
    runtime_ = std::make_unique<LocalPodRuntime>(
        options_, [this](pod::PodReport report) { inbox_.put(std::move(report)); });
  }
  template <class Condition>
  static bool wait_for(Condition condition, int seconds = 15) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      ::usleep(2000);
    }
    return true;
  }
  static pod::PodPlan shell(const std::string& id, const std::string& script,
                            pod::RuntimeKind kind) {
    pod::PodPlan plan;
    plan.id = PodId(id);
    plan.pod_name = "pod-" + id;
    plan.ns = "default";
    plan.runtime = kind;
    pod::Container main{.name = "main", .image = "test/busybox:1"};
    main.pull_policy = pod::PullPolicy::kIfNotPresent;
    main.command = {"sh", "-c", script};
    plan.containers = {main};
    return plan;
  }
  pod::PodReport run(const pod::PodPlan& plan) {
    runtime_->start(plan);
    return inbox_.end(plan.id);
  }
  std::string log_of(const std::string& id, const std::string& container = "main") {
    auto chunk = LogFiles(folder_).read(PodId(id), container, 0, 64u << 20);
    return chunk.ok() ? chunk->bytes : "<" + chunk.error().text() + ">";
  }
  static std::string read_file(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  pid_t nursery_pid() const {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string words = read_file(entry.path().string() + "/cmdline");
      if (words.find("nursery") != std::string::npos && words.find(folder_) != std::string::npos) {
        return std::atoi(entry.path().filename().c_str());
      }
    }
    return 0;
  }

  std::string folder_;
  RuntimeOptions options_;
  Inbox inbox_;
  std::unique_ptr<LocalPodRuntime> runtime_;
};

using Phase = pod::PodReport::Phase;

}  // namespace slipway::adapter
