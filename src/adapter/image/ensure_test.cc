#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "adapter/archive/tar_builder.h"
#include "adapter/archive/test_folder.h"
#include "adapter/image/image_store.h"
#include "adapter/image/registry.h"
#include "adapter/process/program.h"
#include "adapter/process/test_peer.h"
#include "base/json.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

// Debian's registry on loopback, with a password; images get there by skopeo, as from any user.
class EnsureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto password = run_program({{"htpasswd", "-Bbn", "me", "pass word"}, {}});
    if (!password.ok() || !run_program({{"docker-registry", "--version"}, {}}).ok()) {
      GTEST_SKIP() << "needs docker-registry and apache2-utils";
    }
    port_ = free_port();
    std::ofstream(folder_ / "htpasswd") << password->out;
    std::ofstream(folder_ / "registry.yml")
        << "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: "
        << folder_ / "registry"
        << "}, delete: {enabled: true}}\nhttp: {addr: '127.0.0.1:" << port_
        << "'}\nauth: {htpasswd: {realm: test, path: " << folder_ / "htpasswd"
        << "}}\n";
    registry_ = std::make_unique<BackgroundProgram>(
        std::vector<std::string>{"docker-registry", "serve", folder_ / "registry.yml"});
    ASSERT_TRUE(await_port(port_));
    options_.credentials = {{host(), "me", "pass word"}};
  }

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string reference(const std::string& rest) const { return host() + "/" + rest; }

  // Each argument is a layer: the content of its /etc/motd, or of /etc/<i> for all but the last.
  void publish(const std::string& name, const std::vector<std::string>& layers) {
    json::array ids, files;
    const std::string tar = folder_ / "image.tar";
    TarBuilder archive(tar);
    for (size_t i = 0; i < layers.size(); ++i) {
      const std::string file = i + 1 == layers.size() ? "etc/motd" : "etc/" + std::to_string(i);
      const std::string layer =
          content_of(TarBuilder(folder_ / "layer.tar").file(file, layers[i]).close());
      const auto sum = run_program({{"sha256sum", folder_ / "layer.tar"}, {}});
      const std::string hex = sum->out.substr(0, 64);
      ids.push_back(json::value("sha256:" + hex));
      files.push_back(json::value(hex + ".tar"));
      archive.file(hex + ".tar", layer);
    }
    const json::object config = {{"architecture", "amd64"},
                                 {"os", "linux"},
                                 {"config", {{"Cmd", json::array{"/bin/sh"}}}},
                                 {"rootfs", {{"type", "layers"}, {"diff_ids", ids}}}};
    const json::array manifest = {
        json::object{{"Config", "c.json"}, {"RepoTags", nullptr}, {"Layers", files}}};
    archive.file("c.json", print_json(config))
        .file("manifest.json", print_json(json::value(manifest)));
    archive.close();
    const auto end = run_program(
        {{"skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", "--dest-creds",
          "me:pass word", "docker-archive:" + tar, "docker://" + reference(name)},
         {}});
    ASSERT_TRUE(end.ok() && end->exit_code == 0) << (end.ok() ? end->err : end.error().text());
  }

  std::string motd(const Image& image) { return content_of(image.layers.back() + "/etc/motd"); }

  TestFolder folder_;
  int port_ = 0;
  std::unique_ptr<BackgroundProgram> registry_;
  std::string data_ = folder_ / "data";
  ImageStore store_{data_};
  EnsureOptions options_;
};

TEST_F(EnsureTest, PullsOnceAndThenNeedsNoRegistry) {
  publish("team/app:1", {"base", "one"});
  const auto image = store_.ensure(reference("team/app:1"), options_);
  ASSERT_TRUE(image.ok()) << image.error().text();
  EXPECT_EQ(image->layers.size(), 2u);
  EXPECT_EQ(motd(*image), "one");
  EXPECT_EQ(image->config.cmd, std::vector<std::string>{"/bin/sh"});
  EXPECT_TRUE(fs::is_empty(data_ + "/images/scratch")) << "no login stays behind";
  registry_.reset();
  EXPECT_TRUE(store_.ensure(reference("team/app:1"), options_).ok());
  options_.pull = Pull::kNever;
  EXPECT_TRUE(store_.ensure(reference("team/app:1"), options_).ok());
  EXPECT_EQ(store_.ensure(reference("team/app:2"), options_).error().code, ErrorCode::kNotFound);
  options_.pull = Pull::kAlways;
  EXPECT_EQ(store_.ensure(reference("team/app:1"), options_).error().code, ErrorCode::kUnavailable);
}

TEST_F(EnsureTest, AlwaysFetchesOnlyWhatChanged) {
  publish("app:1", {"base", "one"});
  options_.pull = Pull::kAlways;
  const auto first = store_.ensure(reference("app:1"), options_);
  ASSERT_TRUE(first.ok()) << first.error().text();
  const auto same = store_.ensure(reference("app:1"), options_);
  EXPECT_EQ(same->created_at, first->created_at);
  publish("app:1", {"base", "two"});
  const auto second = store_.ensure(reference("app:1"), options_);
  ASSERT_TRUE(second.ok()) << second.error().text();
  EXPECT_EQ(motd(*second), "two");
  EXPECT_EQ(second->layers[0], first->layers[0]);
  EXPECT_NE(second->digest, first->digest);
  EXPECT_FALSE(fs::exists(first->layers[1])) << "nobody needs it any more";
  // The blobs kept for later transfers take no space.
  for (const auto& blob : fs::directory_iterator(data_ + "/images/blob/sha256")) {
    struct stat info;
    ASSERT_EQ(::stat(blob.path().c_str(), &info), 0);
    EXPECT_LE(info.st_blocks, 8) << blob.path();
  }
}

TEST_F(EnsureTest, LayersHereAreNotFetchedAgain) {
  publish("app:1", {"base", "one"});
  publish("app:2", {"base", "two"});
  ASSERT_TRUE(store_.ensure(reference("app:1"), options_).ok());
  // Without the base's blob at the registry the second pull can only work by not asking for it.
  const auto base = store_.find(reference("app:1"))->layers[0];
  const std::string note = content_of(base + ".json");
  const std::string blob = note.substr(note.find("\"blobs\":[\"") + 10, 64);
  const std::string kept = folder_ / "registry/docker/registry/v2/blobs/sha256/" +
                           blob.substr(0, 2) + "/" + blob + "/data";
  ASSERT_TRUE(fs::remove(kept)) << kept;
  const auto image = store_.ensure(reference("app:2"), options_);
  ASSERT_TRUE(image.ok()) << image.error().text();
  EXPECT_EQ(image->layers[0], base);
  EXPECT_EQ(motd(*image), "two");
}

TEST_F(EnsureTest, ALayerLostOnDiskIsFetchedAgain) {
  publish("app:1", {"base", "one"});
  const auto first = store_.ensure(reference("app:1"), options_);
  ASSERT_TRUE(first.ok());
  fs::remove_all(first->layers[0]);
  const auto again = store_.ensure(reference("app:1"), options_);
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_TRUE(fs::exists(again->layers[0] + "/etc/0"));
}

TEST_F(EnsureTest, ADigestPinsTheImage) {
  publish("app:1", {"one"});
  const auto tagged = store_.ensure(reference("app:1"), options_);
  ASSERT_TRUE(tagged.ok()) << tagged.error().text();
  publish("app:1", {"two"});
  ImageStore other(folder_ / "other");
  const auto pinned = other.ensure(reference("app:1@" + tagged->digest), options_);
  ASSERT_TRUE(pinned.ok()) << pinned.error().text();
  EXPECT_EQ(motd(*pinned), "one");
  EXPECT_EQ(pinned->digest, tagged->digest);
  EXPECT_EQ(other.ensure(reference("app@sha256:" + std::string(64, '0')), options_).error().code,
            ErrorCode::kNotFound);
}

TEST_F(EnsureTest, SaysWhatTheRegistrySaid) {
  publish("app:1", {"one"});
  const auto absent = store_.ensure(reference("app:absent"), options_);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound) << absent.error().text();
  EXPECT_NE(absent.error().text().find("app:absent"), std::string::npos);
  options_.credentials = {{host(), "me", "wrong"}};
  EXPECT_EQ(store_.ensure(reference("app:1"), options_).error().code, ErrorCode::kUnauthorized);
  options_.credentials = {};
  const auto anonymous = store_.ensure(reference("app:1"), options_);
  EXPECT_EQ(anonymous.error().code, ErrorCode::kUnauthorized) << anonymous.error().text();
  options_.insecure_loopback = false;
  EXPECT_EQ(store_.ensure(reference("app:1"), options_).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store_.ensure("Bad", options_).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(fs::is_empty(data_ + "/images/scratch"));
}

TEST_F(EnsureTest, SeveralAtOncePullOnce) {
  publish("app:1", {"base", "one"});
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<int64_t> times;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto image = ImageStore(data_).ensure(reference("app:1"), options_);
      const std::lock_guard lock(mutex);
      times.insert(image.ok() ? image->created_at.ns : -1);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(times.size(), 1u);
  EXPECT_FALSE(times.contains(-1));
}

TEST(BadRegistryTest, EachAnswerHasItsCode) {
  TestFolder folder;
  ImageStore store(folder / "data");
  EnsureOptions options;
  options.timeout = Duration::seconds(60);
  const auto code = [&](const std::string& status, const std::string& headers,
                        const std::string& body) {
    TestHttpServer server([=](const std::string& head) {
      if (head.starts_with("GET /v2/ ")) return TestHttpServer::answer("200 OK", "", "{}");
      return TestHttpServer::answer(status, headers, body);
    });
    const auto image = store.ensure(server.address() + "/app:1", options);
    EXPECT_NE(image.error().text().find(server.address() + "/app:1"), std::string::npos);
    return image.error().code;
  };
  const std::string json = "Content-Type: application/json\r\n";
  EXPECT_EQ(code("500 Internal Server Error", "", "it broke"), ErrorCode::kUnavailable);
  EXPECT_EQ(code("401 Unauthorized", json,
                 R"({"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]})"),
            ErrorCode::kUnauthorized);
  EXPECT_EQ(code("403 Forbidden", json,
                 R"({"errors":[{"code":"DENIED","message":"access to the resource is denied"}]})"),
            ErrorCode::kUnauthorized);
  EXPECT_EQ(code("404 Not Found", json,
                 R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})"),
            ErrorCode::kNotFound);
  EXPECT_TRUE(store.list()->empty());
}

// skopeo itself asks again after a 429 and waits in between, too long for a test.
TEST(BadRegistryTest, ItsWordsAreUnderstood) {
  const auto of = [](const std::string& words) {
    return registry_error("app:1",
                          "time=\"x\" level=fatal msg=\"reading manifest: " + words + "\"\n");
  };
  EXPECT_EQ(of("toomanyrequests: You have reached your pull rate limit").code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(of("received unexpected HTTP status: 429 Too Many Requests").code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(of("pinging container registry x: Get \\\"http://x\\\": connection refused").code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(of("write /x: no space left on device").code, ErrorCode::kIo);
  EXPECT_EQ(of("no image found in manifest list for architecture amd64").code,
            ErrorCode::kNotFound);
  EXPECT_EQ(of("unable to retrieve auth token: invalid username/password").code,
            ErrorCode::kUnauthorized);
  EXPECT_NE(of("a \\\"quoted\\\" word").text().find("a \"quoted\" word"), std::string::npos);
}

TEST(BadRegistryTest, AStallEndsAtTheTimeout) {
  TestFolder folder;
  TestHttpServer server([](const std::string&) { return std::string(); });
  ImageStore store(folder / "data");
  EnsureOptions options;
  options.timeout = Duration::milliseconds(500);
  const auto image = store.ensure(server.address() + "/app:1", options);
  EXPECT_EQ(image.error().code, ErrorCode::kTimeout) << image.error().text();
}

TEST(CredentialTest, TheBestFitIsTaken) {
  const std::vector<Credential> all = {{"https://index.docker.io/v1/", "hub", ""},
                                       {"ghcr.io", "host", ""},
                                       {"ghcr.io/team", "path", ""},
                                       {"*.example.com", "glob", ""}};
  const std::pair<const char*, const char*> cases[] = {{"busybox", "hub"},
                                                       {"ghcr.io/other/x", "host"},
                                                       {"ghcr.io/team/x", "path"},
                                                       {"ghcr.io/teamster/x", "host"},
                                                       {"r.example.com/x", "glob"}};
  for (const auto& [reference, user] : cases) {
    const Credential* found = pick_credential(all, *parse_reference(reference));
    ASSERT_NE(found, nullptr) << reference;
    EXPECT_EQ(found->username, user) << reference;
  }
  for (const char* reference : {"quay.io/x", "a.b.example.com/x", "example.com/x"}) {
    EXPECT_EQ(pick_credential(all, *parse_reference(reference)), nullptr) << reference;
  }
}

}  // namespace
}  // namespace slipway::adapter
