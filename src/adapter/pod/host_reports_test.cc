#include "adapter/pod/host_reports.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

namespace slipway::adapter {
namespace {

// While it lives no file of this process grows beyond `bytes`, as on a full disk.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(HostReports, WhatTheDiskRefusesIsKeptAndTearsNothing) {
  std::string folder = "/tmp/slipway-reports-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string large = "{\"text\":\"" + std::string(2000, 'x') + "\"}";
  {
    HostReports reports(folder + "/reports");
    ASSERT_TRUE(reports.load().ok());
    ASSERT_TRUE(reports.add(PodId("a"), "{\"n\":1}").ok());
    {
      const SmallFiles full(1000);
      EXPECT_FALSE(reports.add(PodId("b"), large).ok());
      EXPECT_FALSE(reports.save().ok());
      EXPECT_TRUE(reports.add(PodId("c"), "{\"n\":3}").ok());
      EXPECT_FALSE(reports.saved());
      EXPECT_EQ(reports.find(PodId("b")), large);
    }
    EXPECT_TRUE(reports.save().ok());
    EXPECT_TRUE(reports.saved());
  }
  HostReports again(folder + "/reports");
  ASSERT_TRUE(again.load().ok());
  EXPECT_EQ(again.find(PodId("a")), "{\"n\":1}");
  EXPECT_EQ(again.find(PodId("b")), large);
  EXPECT_EQ(again.find(PodId("c")), "{\"n\":3}");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace slipway::adapter
