#include "adapter/pod/log_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace slipway::adapter {
namespace {

constexpr uint64_t kAll = UINT64_MAX;

class LogWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = *make_scratch_folder(testing::TempDir());
    path_ = folder_ + "/main.log";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string text() const { return *read_small_file(path_, 1u << 20); }
  // "<what came>@<its time in milliseconds>" for each time that is known.
  std::vector<std::string> timed(uint64_t from = 0, uint64_t to = kAll) const {
    const auto times = *read_log_times(path_ + ".times", from, to);
    const std::string all = text();
    std::vector<std::string> parts;
    for (size_t i = 0; i < times.size(); ++i) {
      const uint64_t end = i + 1 < times.size() ? times[i + 1].offset : all.size();
      parts.push_back(all.substr(times[i].offset, end - times[i].offset) + "@" +
                      std::to_string(times[i].time.to_milliseconds()));
    }
    return parts;
  }

  std::string folder_, path_;
};

using Parts = std::vector<std::string>;

TEST_F(LogWriterTest, KeepsWhenBytesCame) {
  LogWriter log(path_, 1000);
  log.write("one\n", Time::from_milliseconds(1000));
  log.write("two\n", Time::from_milliseconds(1009));
  log.write("three\n", Time::from_milliseconds(1010));
  log.write("four\n", Time::from_milliseconds(5000));
  log.finish();
  EXPECT_EQ(text(), "one\ntwo\nthree\nfour\n");
  EXPECT_EQ(timed(), (Parts{"one\ntwo\n@1000", "three\n@1010", "four\n@5000"}));
  EXPECT_EQ(timed(8, 14), (Parts{"three\nfour\n@1010"}));
  EXPECT_EQ(timed(9, 15), (Parts{"three\n@1010", "four\n@5000"}));
  EXPECT_EQ(timed(100), (Parts{"four\n@5000"}));
}

TEST_F(LogWriterTest, AClockThatWasSetBackCountsAtOnce) {
  LogWriter log(path_, 1000);
  log.write("one\n", Time::from_milliseconds(9000));
  log.write("two\n", Time::from_milliseconds(8999));
  log.finish();
  EXPECT_EQ(timed(), (Parts{"one\n@9000", "two\n@8999"}));
}

TEST_F(LogWriterTest, NothingPrintedLeavesNoFiles) {
  LogWriter log(path_, 1000);
  log.finish();
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

// Half of the bound is 8 bytes: "head one" stays, then the ring has the last eight.
TEST_F(LogWriterTest, WhatIsDroppedTakesItsTimesAlong) {
  LogWriter log(path_, 16);
  log.write("head one", Time::from_milliseconds(100));
  log.write("gone gon", Time::from_milliseconds(200));
  log.write("e", Time::from_milliseconds(300));
  log.write("half", Time::from_milliseconds(400));
  log.write("-kept", Time::from_milliseconds(500));
  log.finish();
  const std::string note = "\n[slipway: 10 bytes of this log are not kept]\n";
  EXPECT_EQ(text(), "head one" + note + "alf-kept");
  EXPECT_EQ(timed(), (Parts{"head one" + note + "@100", "alf@400", "-kept@500"}));
}

TEST_F(LogWriterTest, ARingThatWasNotFilledDropsNothing) {
  LogWriter log(path_, 16);
  log.write("head one+", Time::from_milliseconds(100));
  log.write("tail", Time::from_milliseconds(200));
  log.finish();
  EXPECT_EQ(text(), "head one+tail");
  EXPECT_EQ(timed(), (Parts{"head one+@100", "tail@200"}));
}

TEST_F(LogWriterTest, ALogWithoutTimesHasNone) {
  EXPECT_TRUE(read_log_times(path_ + ".times", 0, kAll)->empty());
}

}  // namespace
}  // namespace slipway::adapter
