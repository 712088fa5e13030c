#include "base/random.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace slipway {
namespace {

TEST(Random, TheSameSeedGivesTheSameNames) {
  Random a(7), b(7), c(8);
  EXPECT_EQ(random_uuid(a), random_uuid(b));
  EXPECT_NE(random_uuid(a), random_uuid(c));
  EXPECT_EQ(random_suffix(a).size(), 5u);
  EXPECT_EQ(random_hex32(a).size(), 32u);
}

TEST(Random, UuidIsVersionFour) {
  Random random(1);
  const std::string uuid = random_uuid(random);
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
}

TEST(Hash, IsFnv1a) {
  EXPECT_EQ(fnv1a32(""), 2166136261u);
  EXPECT_EQ(fnv1a32("a"), 0xe40c292cu);
}

}  // namespace
}  // namespace slipway
