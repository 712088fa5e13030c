#include "app/pod_api.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "adapter/archive/fd.h"

namespace slipway::app {
namespace {

constexpr const char* kSubnet = "10.89.0.0/16";

class PodApiTest : public testing::Test {
 protected:
  void SetUp() override { folder_ = *adapter::make_scratch_folder(testing::TempDir()); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(PodApiTest, WhatPodsKnowIsTheSameAfterARestart) {
  workflow::PodApi before;
  {
    const auto first = reserve_pod_api(folder_, kSubnet);
    ASSERT_TRUE(first.ok()) << first.error().text();
    before = first->api;
  }
  EXPECT_EQ(before.host, "10.89.0.1");
  EXPECT_GT(before.port, 0);
  const auto again = reserve_pod_api(folder_, kSubnet);
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_EQ(again->api.port, before.port);
  EXPECT_EQ(again->api.token_key, before.token_key);
  EXPECT_EQ(again->api.certificate_pem, before.certificate_pem);
}

TEST_F(PodApiTest, OnlyTheOwnerReadsTheKeys) {
  ASSERT_TRUE(reserve_pod_api(folder_, kSubnet).ok());
  for (const char* name : {"", "/token.key", "/server.key"}) {
    struct stat info {};
    ASSERT_EQ(::stat((folder_ + "/pod-api" + name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 077, 0u) << name;
  }
}

TEST_F(PodApiTest, AnotherSubnetGetsAnotherCertificate) {
  const std::string before = reserve_pod_api(folder_, kSubnet)->api.certificate_pem;
  EXPECT_NE(reserve_pod_api(folder_, "10.90.0.0/16")->api.certificate_pem, before);
}

TEST_F(PodApiTest, AFolderThatCannotBeMadeIsNamed) {
  ASSERT_TRUE(adapter::write_file_atomically(folder_ + "/pod-api", "", 0600).ok());
  const auto reserved = reserve_pod_api(folder_, kSubnet);
  ASSERT_FALSE(reserved.ok());
  EXPECT_NE(reserved.error().text().find(folder_ + "/pod-api"), std::string::npos);
}

TEST(InSubnet, TellsPodsFromOthers) {
  EXPECT_TRUE(is_in_subnet("10.89.0.2", kSubnet));
  EXPECT_TRUE(is_in_subnet("10.89.255.254", kSubnet));
  EXPECT_TRUE(is_in_subnet("::ffff:10.89.1.1", kSubnet));
  EXPECT_FALSE(is_in_subnet("10.90.0.2", kSubnet));
  EXPECT_FALSE(is_in_subnet("127.0.0.1", kSubnet));
  EXPECT_FALSE(is_in_subnet("::1", kSubnet));
  EXPECT_FALSE(is_in_subnet("", kSubnet));
}

}  // namespace
}  // namespace slipway::app
