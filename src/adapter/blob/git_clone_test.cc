#include "adapter/blob/git_clone.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "adapter/archive/test_folder.h"
#include "adapter/process/program.h"
#include "adapter/process/test_peer.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

std::string shell(const std::string& script) {
  const auto end = run_program({{"sh", "-ec", script}, {}});
  EXPECT_TRUE(end.ok() && end->exit_code == 0) << script << (end.ok() ? end->err : "");
  return end.ok() ? end->out.substr(0, end->out.find_last_not_of('\n') + 1) : "";
}

// A variable of this process, as it was before when this goes.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

// A repository with two commits on main, a branch and a tag, served by git's own daemon.
class GitCloneTest : public ::testing::Test {
 protected:
  void SetUp() override {
    repo_ = folder_ / "served/ride";
    const std::string git = "git -C '" + repo_ + "' -c user.name=t -c user.email=t@example.com ";
    first_ =
        shell("git init -q -b main '" + repo_ + "'; cd '" + repo_ + "'; echo one > file; " + git +
              "add file; " + git + "commit -qm one; " + git + "tag v1; echo two > file; " + git +
              "commit -qam two; " + git + "checkout -qb feature; echo three > file; " + git +
              "commit -qam three; " + git + "checkout -q main; " + git + "rev-parse v1");
    port_ = free_port();
    daemon_ = std::make_unique<BackgroundProgram>(std::vector<std::string>{
        "git", "daemon", "--export-all", "--reuseaddr", "--listen=127.0.0.1",
        "--port=" + std::to_string(port_), "--base-path=" + (folder_ / "served")});
    ASSERT_TRUE(await_port(port_));
    shell("git -C '" + repo_ + "' config uploadpack.allowAnySHA1InWant true");
  }

  json::object options(json::object more = {}) {
    json::object all = {{"repo", "git://127.0.0.1:" + std::to_string(port_) + "/ride"}};
    for (const auto& field : more) all[field.key()] = field.value();
    return all;
  }
  Status clone(const json::object& options) {
    fs::remove_all(target_);
    return clone_git(options, target_, folder_ / "scratch");
  }

  TestFolder folder_;
  std::string repo_, first_;
  std::string target_ = folder_ / "clone";
  int port_ = 0;
  std::unique_ptr<BackgroundProgram> daemon_;
};

TEST_F(GitCloneTest, ChecksOutWhatIsAsked) {
  const std::pair<json::object, std::string> cases[] = {
      {{}, "two"},
      {{{"revision", "v1"}}, "one"},
      {{{"revision", first_}}, "one"},
      {{{"revision", first_}, {"depth", 1}}, "one"},
      {{{"revision", "feature"}}, "three"},
      {{{"revision", "feature"}, {"depth", 1}, {"singleBranch", true}, {"branch", "main"}},
       "three"},
      {{{"branch", "feature"}, {"singleBranch", true}}, "three"},
      {{{"branch", "feature"}, {"depth", 1}}, "three"},
      {{{"fetch", json::array{"refs/heads/feature:refs/heads/other"}}, {"revision", "other"}},
       "three"},
  };
  for (const auto& [more, content] : cases) {
    const Status status = clone(options(more));
    ASSERT_TRUE(status.ok()) << print_json(more) << status.error().text();
    EXPECT_EQ(content_of(target_ + "/file"), content + "\n") << print_json(more);
  }
  ASSERT_TRUE(clone(options({{"depth", 1}, {"singleBranch", true}})).ok());
  EXPECT_EQ(shell("git -C '" + target_ + "' rev-list --all --count"), "1");
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
}

TEST_F(GitCloneTest, SaysWhatIsWrong) {
  EXPECT_EQ(clone(options({{"revision", "nowhere"}})).error().code, ErrorCode::kNotFound);
  EXPECT_NE(clone(options({{"revision", "nowhere"}})).error().text().find("nowhere"),
            std::string::npos);
  EXPECT_EQ(clone(options({{"repo", "git://127.0.0.1:" + std::to_string(port_) + "/absent"}}))
                .error()
                .code,
            ErrorCode::kNotFound);
  EXPECT_EQ(clone(options({{"repo", "git://127.0.0.1:" + std::to_string(free_port()) + "/x"}}))
                .error()
                .code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(clone(options({{"submodules", true}})).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(clone(json::object{}).error().code, ErrorCode::kInvalid);
}

TEST_F(GitCloneTest, RunsNoCommandsAndReadsNoHostFiles) {
  const std::string proof = folder_ / "proof";
  for (const std::string& repo :
       {"ext::sh -c touch% " + proof, "--upload-pack=touch " + proof, repo_, "file://" + repo_}) {
    EXPECT_FALSE(clone(options({{"repo", repo}})).ok()) << repo;
  }
  EXPECT_FALSE(clone(options({{"revision", "--orphan"}})).ok());
  EXPECT_FALSE(clone(options({{"fetch", json::array{"--upload-pack=touch " + proof}}})).ok());
  EXPECT_FALSE(fs::exists(proof));
}

TEST_F(GitCloneTest, UsesADeployKeyAndChecksTheHost) {
  const passwd* user = ::getpwuid(::geteuid());
  if (user == nullptr || ::access("/usr/sbin/sshd", X_OK) != 0) GTEST_SKIP() << "needs sshd";
  const int port = free_port();
  shell("cd '" + folder_.path() +
        "'; mkdir -p /run/sshd; for k in host key other; do "
        "ssh-keygen -q -t ed25519 -N '' -f $k; done; cp key.pub allowed");
  std::ofstream(folder_ / "sshd.conf")
      << "ListenAddress 127.0.0.1\nPort " << port << "\nHostKey " << folder_ / "host"
      << "\nAuthorizedKeysFile " << folder_ / "allowed"
      << "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPidFile none\n";
  const BackgroundProgram sshd({"/usr/sbin/sshd", "-D", "-e", "-f", folder_ / "sshd.conf"});
  ASSERT_TRUE(await_port(port));

  const std::string repo =
      std::string("ssh://") + user->pw_name + "@127.0.0.1:" + std::to_string(port) + repo_;
  const std::string known =
      "[127.0.0.1]:" + std::to_string(port) + " " + content_of(folder_ / "host.pub");
  json::object with_key = options({{"repo", repo}, {"sshPrivateKey", content_of(folder_ / "key")}});
  json::object trusting = with_key;
  trusting["insecureIgnoreHostKey"] = true;
  json::object checked = with_key;
  checked["knownHosts"] = known;
  for (const auto& fine : {trusting, checked}) {
    const Status status = clone(fine);
    ASSERT_TRUE(status.ok()) << status.error().text();
    EXPECT_EQ(content_of(target_ + "/file"), "two\n");
  }
  EXPECT_EQ(clone(with_key).error().code, ErrorCode::kUnauthorized) << "unknown host";
  trusting["sshPrivateKey"] = content_of(folder_ / "other");
  EXPECT_EQ(clone(trusting).error().code, ErrorCode::kUnauthorized) << "a key nobody allowed";
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch")) << "no key stays behind";

  // An agent that has the key is this machine's, and not the repository's.
  const std::string socket = folder_ / "agent";
  const BackgroundProgram agent({"ssh-agent", "-D", "-a", socket});
  shell("for i in $(seq 500); do [ -S " + socket + " ] && break; sleep 0.01; done; SSH_AUTH_SOCK=" +
        socket + " ssh-add -q '" + (folder_ / "key") + "'");
  const Variable known_to_ssh("SSH_AUTH_SOCK", socket);
  checked.erase("sshPrivateKey");
  const Status by_agent = clone(checked);
  ASSERT_FALSE(by_agent.ok()) << "the agent's key has opened it";
  EXPECT_EQ(by_agent.error().code, ErrorCode::kUnauthorized);
}

TEST_F(GitCloneTest, GivesNameAndPasswordToTheServerOnly) {
  std::mutex mutex;
  std::string seen;
  TestHttpServer server([&](const std::string& head) {
    const std::lock_guard lock(mutex);
    seen += head;
    return TestHttpServer::answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n",
                                  "");
  });
  const Status status = clone(options({{"repo", "http://" + server.address() + "/x.git"},
                                       {"username", "me"},
                                       {"password", "se'cret"}}));
  EXPECT_EQ(status.error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(status.error().text().find("se'cret"), std::string::npos);
  const std::lock_guard lock(mutex);
  EXPECT_NE(seen.find("Authorization: Basic bWU6c2UnY3JldA=="), std::string::npos) << seen;
}

TEST_F(GitCloneTest, NothingOfThisMachinesUsersTakesPart) {
  const std::string home = folder_ / "home", proof = folder_ / "proof";
  fs::create_directories(home + "/.config/git");
  const std::string helper = "[credential]\n  helper = \"!touch " + proof + "; echo\"\n";
  std::ofstream(home + "/.gitconfig") << helper;
  std::ofstream(home + "/.config/git/config") << helper;
  std::ofstream(home + "/.netrc") << "machine 127.0.0.1 login me password secret\n";
  const Variable variables[] = {{"HOME", home},
                                {"XDG_CONFIG_HOME", home + "/.config"},
                                {"GIT_CONFIG_GLOBAL", home + "/.gitconfig"},
                                {"GIT_CONFIG_SYSTEM", home + "/.gitconfig"},
                                {"GIT_ASKPASS", "touch " + proof},
                                {"GIT_CONFIG_COUNT", "1"},
                                {"GIT_CONFIG_KEY_0", "credential.helper"},
                                {"GIT_CONFIG_VALUE_0", "!touch " + proof + "; echo"}};
  std::mutex mutex;
  std::string seen;
  TestHttpServer server([&](const std::string& head) {
    const std::lock_guard lock(mutex);
    seen += head;
    return TestHttpServer::answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n",
                                  "");
  });
  const Status refused = clone(options({{"repo", "http://" + server.address() + "/x.git"}}));
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized) << refused.error().text();
  EXPECT_FALSE(fs::exists(proof)) << "a credential helper has run";
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen.find("Authorization"), std::string::npos) << seen;
}

TEST_F(GitCloneTest, SshIsToldToUseNoKeysOfThisMachine) {
  const std::string folder = folder_ / "bin", said = folder_ / "said";
  fs::create_directories(folder);
  std::ofstream(folder + "/ssh") << "#!/bin/sh\n(echo \"$@\"; env) > " << said << "\nexit 1\n";
  fs::permissions(folder + "/ssh", fs::perms(0755));
  const Variable path("PATH", folder + ":" + ::getenv("PATH"));
  const Variable agent("SSH_AUTH_SOCK", "/run/agent");
  EXPECT_FALSE(clone(options({{"repo", "ssh://git@127.0.0.1/x"}})).ok());
  const std::string words = content_of(said);
  for (const char* word : {"-F /dev/null", "IdentityFile=none", "IdentitiesOnly=yes",
                           "IdentityAgent=none", "StrictHostKeyChecking=yes"}) {
    EXPECT_NE(words.find(word), std::string::npos) << word << " is not in " << words;
  }
  EXPECT_EQ(words.find("SSH_AUTH_SOCK"), std::string::npos);
}

}  // namespace
}  // namespace slipway::adapter
