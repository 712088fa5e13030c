#include "app/end_signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace slipway::app {
namespace {

TEST(EndSignals, AreHandedOutOneByOne) {
  EndSignals signals;
  kill(getpid(), SIGTERM);
  EXPECT_EQ(signals.wait(), SIGTERM);
  std::thread later([] { kill(getpid(), SIGINT); });
  EXPECT_EQ(signals.wait(), SIGINT);
  later.join();
}

TEST(EndSignals, CancelEndsTheWaitForGood) {
  EndSignals signals;
  std::thread later([&] { signals.cancel(); });
  EXPECT_EQ(signals.wait(), std::nullopt);
  EXPECT_EQ(signals.wait(), std::nullopt);
  later.join();
}

TEST(EndSignals, AnIgnoredOneStaysIgnored) {
  signal(SIGHUP, SIG_IGN);
  {
    EndSignals signals;
    kill(getpid(), SIGHUP);
    kill(getpid(), SIGTERM);
    EXPECT_EQ(signals.wait(), SIGTERM);
  }
  signal(SIGHUP, SIG_DFL);
}

TEST(EndSignals, LetGoEndsTheProcess) {
  const pid_t child = fork();
  if (child == 0) {
    EndSignals signals;
    kill(getpid(), SIGINT);
    static_cast<void>(signals.wait());
    signals.let_go();
    kill(getpid(), SIGINT);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

}  // namespace
}  // namespace slipway::app
