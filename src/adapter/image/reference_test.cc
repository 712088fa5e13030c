#include "adapter/image/reference.h"

#include <gtest/gtest.h>

#include "adapter/image/image_store.h"

namespace slipway::adapter {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(ReferenceTest, Normalises) {
  const std::pair<std::string, std::string> cases[] = {
      {"busybox", "docker.io/library/busybox:latest"},
      {"busybox:1.36", "docker.io/library/busybox:1.36"},
      {"argoproj/argosay:v2", "docker.io/argoproj/argosay:v2"},
      {"docker.io/busybox", "docker.io/library/busybox:latest"},
      {"index.docker.io/library/busybox", "docker.io/library/busybox:latest"},
      {"localhost/x", "localhost/x:latest"},
      {"localhost:5000/a/b:c", "localhost:5000/a/b:c"},
      {"127.0.0.1:5000/x", "127.0.0.1:5000/x:latest"},
      {"[::1]:5000/x", "[::1]:5000/x:latest"},
      {"ghcr.io/a/b-c__d.e:V_1.0-x", "ghcr.io/a/b-c__d.e:V_1.0-x"},
      {"busybox@" + kDigest, "docker.io/library/busybox@" + kDigest},
      {"busybox:1@" + kDigest, "docker.io/library/busybox@" + kDigest},
  };
  for (const auto& [given, wanted] : cases) {
    const auto name = normalise_reference(given);
    ASSERT_TRUE(name.ok()) << given << ": " << name.error().text();
    EXPECT_EQ(*name, wanted);
    EXPECT_EQ(*normalise_reference(*name), *name) << "it stays what it is";
  }
}

TEST(ReferenceTest, RefusesWhatIsNone) {
  for (const std::string text :
       {"",     " ",      "a b",         "Busybox", "a:",     ":a",         "a/",   "/a",
        "a//b", "a@b",    "a@sha256:12", "a:b:c",   "-a",     "a-",         "a..b", "a___b",
        "../a", "a/../b", "a:-x",        "a\nb",    "--help", "docker://a", "a/:b", "[::1/x"}) {
    const auto name = normalise_reference(text);
    EXPECT_FALSE(name.ok()) << text << " -> " << (name.ok() ? *name : "");
    if (!name.ok()) {
      EXPECT_EQ(name.error().code, ErrorCode::kInvalid);
    }
  }
  EXPECT_FALSE(normalise_reference("a:" + std::string(129, 'x')).ok());
  EXPECT_FALSE(normalise_reference(std::string(256, 'x')).ok());
}

TEST(ReferenceTest, KnowsLoopback) {
  for (const char* text :
       {"localhost:5000/a", "localhost/a", "127.0.0.1/a", "127.9.9.9:1/a", "[::1]:5000/a"}) {
    EXPECT_TRUE(parse_reference(text)->on_loopback()) << text;
  }
  for (const char* text : {"a", "127.0.0.1.example.com/a", "localhost.example.com/a",
                           "10.0.0.1:5000/a", "127.0.0.example:80/a"}) {
    EXPECT_FALSE(parse_reference(text)->on_loopback()) << text;
  }
}

}  // namespace
}  // namespace slipway::adapter
