#include "adapter/http/self_signed.h"

#include <gtest/gtest.h>

namespace slipway::adapter {
namespace {

TEST(SelfSigned, IsGoodForItsAddressesAlone) {
  const auto made = make_self_signed({"kubernetes.default.svc"}, {"10.89.0.1"});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_TRUE(is_certificate_for(made->certificate_pem, "10.89.0.1"));
  EXPECT_FALSE(is_certificate_for(made->certificate_pem, "10.89.0.2"));
  EXPECT_FALSE(is_certificate_for(made->key_pem, "10.89.0.1"));
  EXPECT_FALSE(is_certificate_for("", "10.89.0.1"));
  EXPECT_TRUE(made->key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST(SelfSigned, EachIsAnother) {
  EXPECT_NE(make_self_signed({"a"}, {"127.0.0.1"})->certificate_pem,
            make_self_signed({"a"}, {"127.0.0.1"})->certificate_pem);
}

}  // namespace
}  // namespace slipway::adapter
