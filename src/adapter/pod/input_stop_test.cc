// A pod that ends while an input artifact is on its way: what transfers it ends too.
#include "adapter/pod/pod_fixture.h"
#include "adapter/process/test_peer.h"

namespace slipway::adapter {
namespace {

class InputStopTest : public PodTest {
 protected:
  ~InputStopTest() override { ::close(listener_); }

  // From a server that takes the connection and then says nothing.
  pod::PodPlan cloning(const std::string& id) {
    auto plan = shell(id, "true", pod::RuntimeKind::kHost);
    pod::InputArtifact repo{.name = "repo", .path = folder_ + "/repo"};
    repo.location.type = pod::ArtifactLocation::Type::kGit;
    repo.location.options = {{"repo", "git://127.0.0.1:" + std::to_string(port_) + "/x"}};
    plan.input_artifacts = {repo};
    return plan;
  }
  Fd connection() { return Fd(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)); }
  static bool anything_of(const std::string& id) {
    const std::string mark = "SLIPWAY_POD=" + id + std::string(1, '\0');
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string path = entry.path().string();
      if (read_file(path + "/environ").find(mark) != std::string::npos) return true;
    }
    return false;
  }

  int port_ = 0;
  int listener_ = listen_on_loopback(&port_);
};

TEST_F(InputStopTest, GitEndsWithThePodThatIsStopped) {
  const auto plan = cloning("git-1");
  runtime_->start(plan);
  const Fd git = connection();
  EXPECT_TRUE(anything_of("git-1"));
  runtime_->stop(plan.id);
  const auto report = inbox_.end(plan.id);
  EXPECT_NE(report.message.find("stopped while input artifacts were loaded"), std::string::npos)
      << report.message;
  EXPECT_TRUE(wait_for([] { return !anything_of("git-1"); }));
}

TEST_F(InputStopTest, GitEndsWithThePodWhoseDeadlineIsOver) {
  auto plan = cloning("git-2");
  plan.active_deadline = Duration::seconds(2);
  runtime_->start(plan);
  const Fd git = connection();
  EXPECT_TRUE(pod::is_final(inbox_.end(plan.id).phase));
  EXPECT_TRUE(wait_for([] { return !anything_of("git-2"); }));
}

}  // namespace
}  // namespace slipway::adapter
