// Trees of files as the kernel shows them; and the kernel's own v2 where it lets us mount it.
#include "adapter/pod/cgroup.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapter/archive/fd.h"
#include "adapter/pod/bundle.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

class CgroupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/slipway-cgroup-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  std::string get(const std::string& path) {
    const auto text = read_small_file(root_ + path, 1 << 16);
    return text.ok() ? *text : "<none>";
  }
  std::string root_;
};

TEST_F(CgroupTest, AUnifiedTreeIsOneHierarchy) {
  put("/cgroup.controllers", "cpu memory pids\n");
  fs::create_directories(root_ + "/slipway");
  const CgroupTree tree(root_);
  EXPECT_TRUE(tree.unified());
  EXPECT_EQ(tree.hierarchies(), std::vector<std::string>{root_});
  put("/slipway/p/main/memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n");
  EXPECT_EQ(tree.out_of_memory_kills("/slipway/p/main"), 2);
  EXPECT_EQ(tree.out_of_memory_kills("/slipway/p/other"), 0);
}

TEST_F(CgroupTest, AHybridTreeHasOneForEachController) {
  put("/memory/cgroup.procs", "");
  put("/cpu,cpuacct/cgroup.procs", "");
  put("/unified/cgroup.controllers", "");
  fs::create_directory_symlink("cpu,cpuacct", root_ + "/cpu");
  const CgroupTree tree(root_);
  EXPECT_FALSE(tree.unified());
  EXPECT_EQ(tree.hierarchies().size(), 3u);
  put("/memory/slipway/p/main/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  EXPECT_EQ(tree.out_of_memory_kills("/slipway/p/main"), 1);
}

TEST_F(CgroupTest, AGroupWithoutProcessesIsNotKilledAndGoes) {
  put("/cgroup.controllers", "");
  put("/slipway/p/main/cgroup.procs", "");
  put("/slipway/p/cgroup.kill", "");
  const CgroupTree tree(root_);
  EXPECT_TRUE(tree.kill("/slipway/p").ok());
  EXPECT_EQ(get("/slipway/p/cgroup.kill"), "");
  EXPECT_TRUE(tree.kill("/slipway/none").ok());
  fs::create_directories(root_ + "/slipway/q/main");
  EXPECT_TRUE(tree.destroy("/slipway/q").ok());
  EXPECT_FALSE(fs::exists(root_ + "/slipway/q"));
  EXPECT_TRUE(tree.destroy("/slipway/q").ok());
}

TEST_F(CgroupTest, LimitsAreGivenInTheFormThatRuntimesTurnIntoV2) {
  pod::PodPlan plan;
  plan.containers = {{.name = "main"}};
  BundleFacts facts{.unified_cgroup = true, .pids_limit = 77};
  facts.resources = {
      .cpu_limit_millis = 1500, .cpu_request_millis = 500, .memory_limit_bytes = 64 << 20};
  const json::object bundle = make_bundle(plan, plan.containers[0], facts);
  const json::value* given = find_path(bundle, {"linux", "resources"});
  ASSERT_NE(given, nullptr);
  const json::object& limits = given->get_object();
  EXPECT_EQ(limits.at("cpu").at("quota"), 150'000);  // cpu.max: 150000 100000
  EXPECT_EQ(limits.at("cpu").at("period"), 100'000);
  EXPECT_EQ(limits.at("cpu").at("shares"), 512);         // cpu.weight
  EXPECT_EQ(limits.at("memory").at("limit"), 64 << 20);  // memory.max
  EXPECT_EQ(limits.at("memory").at("swap"), 64 << 20);   // memory.swap.max: 0
  EXPECT_EQ(limits.at("pids").at("limit"), 77);          // pids.max
  EXPECT_NE(print_json(bundle).find(R"({"type":"cgroup"})"), std::string::npos);
}

// The kernel's v2 in a mount name space of a child's own; its exit code is what went wrong.
int end_processes_of(const std::string& root) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("none", root.c_str(), "cgroup2", 0, nullptr) != 0) {
    return 77;
  }
  const CgroupTree tree(root);
  const std::string group = "/slipway-test-" + std::to_string(::getpid());
  fs::create_directories(root + group + "/main/below");
  if (!tree.unified() || !fs::exists(root + group + "/cgroup.kill")) return 77;
  std::vector<pid_t> children;
  for (const char* below : {"/main", "/main/below"}) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;) ::pause();
    }
    std::ofstream(root + group + below + "/cgroup.procs") << child << std::flush;
    children.push_back(child);
  }
  // Their parent sees their end only after this: a zombie is in no group's list.
  if (!tree.destroy(group).ok()) return 1;
  if (fs::exists(root + group)) return 2;
  for (const pid_t child : children) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child || !WIFSIGNALED(status)) return 3;
  }
  return 0;
}

TEST_F(CgroupTest, TheKernelsV2EndsAGroupAtOnce) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(end_processes_of(root_));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "cgroup2 can not be mounted here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace slipway::adapter
