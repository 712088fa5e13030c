#include "base/base64.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Base64, RoundTripsEveryLengthAndByte) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64(encode_base64(bytes)).value(), bytes);
    bytes += static_cast<char>(i * 7);
  }
  EXPECT_EQ(encode_base64("AWS:pw"), "QVdTOnB3");
  EXPECT_EQ(encode_base64("a"), "YQ==");
}

TEST(Base64, AcceptsWrapped) {
  EXPECT_EQ(decode_base64("aGVs\nbG8=\r\n").value(), "hello");
  EXPECT_EQ(decode_base64("Zm\n8=\n").value(), "fo");
  EXPECT_EQ(decode_base64("").value(), "");
}

TEST(Base64, RefusesWhatIsNot) {
  for (const std::string_view bad : {"a", "aGVs!", "YQ==YQ==", "YQ===", "YWI==", "a=b=", "\xff",
                                     "aGVsbG8", "aGVs bG8=", "=", "===="}) {
    EXPECT_FALSE(decode_base64(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace slipway
