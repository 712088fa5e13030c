// The tests' own program is the nursery too, as `slipway` is.
#include <gtest/gtest.h>

#include <string_view>

#include "adapter/pod/nursery.h"

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "nursery") {
    return slipway::adapter::nursery_main({.data_dir = argv[3]});
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
