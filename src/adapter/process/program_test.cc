#include "adapter/process/program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace slipway::adapter {
namespace {

TEST(ProgramTest, GivesOutputAndExitCode) {
  const auto end = run_program({{"sh", "-c", "echo out; echo err >&2; exit 3"}, {}});
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->out, "out\n");
  EXPECT_EQ(end->err, "err\n");
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(run_program({{"sh", "-c", "kill -9 $$"}, {}})->exit_code, 137);
}

TEST(ProgramTest, AddsToTheEnvironmentAndGivesNoInput) {
  const auto end = run_program({{"sh", "-c", "echo $WORD $HOME; cat"}, {"WORD=x y", "HOME=/h"}});
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->out, "x y /h\n");
}

TEST(ProgramTest, StopsTheWholeGroupWhenTimeIsUp) {
  const auto before = std::chrono::steady_clock::now();
  for (const char* script : {"sleep 60 & sleep 60", "exec >&- 2>&-; sleep 60"}) {
    Program program{{"sh", "-c", script}, {}};
    program.timeout = Duration::milliseconds(100);
    const auto end = run_program(program);
    ASSERT_FALSE(end.ok()) << script;
    EXPECT_EQ(end.error().code, ErrorCode::kTimeout);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
}

TEST(ProgramTest, BoundsTheOutput) {
  Program program{{"sh", "-c", "yes"}, {}};
  program.max_output_bytes = 100'000;
  EXPECT_EQ(run_program(program).error().code, ErrorCode::kLimit);
  const auto noisy = run_program({{"sh", "-c", "yes | head -c 1000000 >&2; echo last >&2"}, {}});
  ASSERT_TRUE(noisy.ok());
  EXPECT_LE(noisy->err.size(), 64u << 10);
  EXPECT_TRUE(noisy->err.ends_with("last\n"));
}

TEST(ProgramTest, AnotherThreadEndsItsGroupAtOnce) {
  const std::string fifo = ::testing::TempDir() + "program-test-" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::stop_source stop;
  std::thread stopper([&] {
    std::ifstream(fifo).get();  // until it runs
    stop.request_stop();
  });
  Program program{{"sh", "-c", "sleep 600 & echo up > " + fifo + "; wait"}, {}};
  program.stop = stop.get_token();
  const auto end = run_program(program);
  stopper.join();
  ::unlink(fifo.c_str());
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code, ErrorCode::kConflict);
  program.command = {"touch", fifo};
  EXPECT_EQ(run_program(program).error().code, ErrorCode::kConflict);
  EXPECT_NE(::access(fifo.c_str(), F_OK), 0) << "it is not started any more";
}

TEST(ProgramTest, GetsOfTheEnvironmentWhatItShall) {
  ::setenv("SLIPWAY_TEST_WORD", "secret", 1);
  Program program{{"/bin/sh", "-c", "echo $SLIPWAY_TEST_WORD$OWN${PATH:+path}"}, {"OWN=own"}};
  EXPECT_EQ(run_program(program)->out, "secretownpath\n");
  program.inherited = {"PATH"};
  EXPECT_EQ(run_program(program)->out, "ownpath\n");
  ::unsetenv("SLIPWAY_TEST_WORD");
}

TEST(ProgramTest, SaysHowToInstallWhatIsMissing) {
  const auto end = run_program({{"no-such-program-here"}, {}});
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code, ErrorCode::kNotFound);
  EXPECT_NE(end.error().text().find("apt-get install no-such-program-here"), std::string::npos);
  EXPECT_FALSE(run_program({{}, {}}).ok());
}

}  // namespace
}  // namespace slipway::adapter
