#include "adapter/process/complain.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace slipway::adapter {
namespace {

TEST(Complain, AFullDiskIsNoReasonToEnd) {
  const int kept = ::dup(STDERR_FILENO);
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  ::dup2(full, STDERR_FILENO);
  complain("{} of {}", 1, 2);
  ::dup2(kept, STDERR_FILENO);
  ::close(full);
  ::close(kept);
}

}  // namespace
}  // namespace slipway::adapter
