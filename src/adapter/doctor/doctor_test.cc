#include "adapter/doctor/doctor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "adapter/archive/test_folder.h"
#include "adapter/process/test_peer.h"

namespace slipway::adapter {
namespace {

const Check* named(const std::vector<Check>& checks, const std::string& name) {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const Check& check) { return check.name == name; });
  return found == checks.end() ? nullptr : &*found;
}

TEST(DoctorTest, EveryTroubleIsExplained) {
  TestFolder folder;
  const auto checks = check_machine({.data_dir = folder / "data"});
  EXPECT_GE(checks.size(), 14u);
  for (const Check& check : checks) {
    EXPECT_FALSE(check.name.empty());
    EXPECT_FALSE(check.found.empty()) << check.name;
    EXPECT_EQ(check.health == Health::kOk, check.meaning.empty()) << check.name;
    std::cout << to_string(check.health) << "  " << check.name << ": " << check.found << "  "
              << check.meaning << "  " << check.mend << "\n";
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder / "data")) << "it leaves nothing behind";
}

TEST(DoctorTest, ABusyPortIsNamed) {
  TestFolder folder;
  int port = 0;
  const int listener = listen_on_loopback(&port);
  const auto checks =
      check_machine({.data_dir = folder.path(), .ports = {port}, .measure_fsync = false});
  ::close(listener);
  const Check* check = named(checks, "port-" + std::to_string(port));
  ASSERT_NE(check, nullptr);
  EXPECT_EQ(check->health, Health::kWarn);
  EXPECT_NE(check->mend.find(std::to_string(port)), std::string::npos);
  EXPECT_EQ(named(checks, "fsync"), nullptr);
}

TEST(DoctorTest, MissingProgramsComeWithTheirPackages) {
  TestFolder folder;
  const std::string before = ::getenv("PATH") != nullptr ? ::getenv("PATH") : "";
  ::setenv("PATH", folder.path().c_str(), 1);
  const auto checks = check_machine({.data_dir = folder.path(), .measure_fsync = false});
  ::setenv("PATH", before.c_str(), 1);
  EXPECT_EQ(named(checks, "oci-runtime")->health, Health::kFail);
  EXPECT_EQ(named(checks, "oci-runtime")->mend, "apt-get install crun");
  EXPECT_EQ(named(checks, "ssh")->mend, "apt-get install openssh-client");
  EXPECT_EQ(named(checks, "network")->health, Health::kFail);
}

TEST(DoctorTest, ADataDirectoryThatCanNotBeIsAFailure) {
  const auto checks = check_machine({.data_dir = "/proc/slipway"});
  for (const char* name : {"overlayfs", "disk-space", "fsync"}) {
    EXPECT_EQ(named(checks, name)->health, Health::kFail) << name;
  }
}

}  // namespace
}  // namespace slipway::adapter
