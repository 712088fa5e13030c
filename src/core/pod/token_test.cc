#include "core/pod/token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/base64.h"
#include "base/json.h"

namespace slipway::pod {
namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

const Identity kPod{"ci", "builder", "wf-build-7", PodId("p1"), WorkflowUid("u"), NodeId("wf-7")};

std::string token(std::string_view audience = kTokenAudience) {
  return sign_token(kPod, audience, kKey, Time::from_seconds(1'700'000'000));
}

json::object part(const std::string& of, int index) {
  std::string text = of;
  for (int i = 0; i < index; ++i) text = text.substr(text.find('.') + 1);
  text = text.substr(0, text.find('.'));
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return parse_json(decode_base64(text).value()).value().get_object();
}

TEST(Token, SaysWhoThePodIs) {
  const auto read = read_token(token(), kTokenAudience, kKey);
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(*read, kPod);
  EXPECT_EQ(read->user(), "system:serviceaccount:ci:builder");
}

TEST(Token, HasTheClaimsOfKubernetes) {
  EXPECT_EQ(print_json(part(token(), 0)), R"({"alg":"HS256","typ":"JWT"})");
  const json::object claims = part(token(), 1);
  EXPECT_EQ(get_string(claims, "sub"), "system:serviceaccount:ci:builder");
  EXPECT_EQ(get_string(object_of(claims, "kubernetes.io"), "namespace"), "ci");
  EXPECT_EQ(get_int(claims, "iat"), 1'700'000'000);
  EXPECT_EQ(print_json(claims.at("aud")), R"(["slipway"])");
}

TEST(Token, RefusesWhatItDidNotSign) {
  const std::string good = token();
  const size_t dot = good.rfind('.');
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), good.substr(0, dot),
        good.substr(0, dot + 1), good + "A", "x" + good,
        good.substr(0, dot - 1) + (good[dot - 1] == 'A' ? "B" : "A") + good.substr(dot)}) {
    const auto read = read_token(bad, kTokenAudience, kKey);
    EXPECT_FALSE(read.ok()) << bad;
    EXPECT_TRUE(read.ok() || read.error().code == ErrorCode::kUnauthorized);
  }
  EXPECT_FALSE(read_token(good, kTokenAudience, "another key").ok());
}

TEST(Token, IsForOneAudience) {
  EXPECT_FALSE(read_token(token("vault"), kTokenAudience, kKey).ok());
  EXPECT_TRUE(read_token(token("vault"), "vault", kKey).ok());
}

// RFC 7515, appendix A.1: header and payload with their own line breaks, and a key of 64 bytes.
TEST(Token, TheSignatureIsThatOfTheRfc) {
  std::string key =
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
  std::ranges::replace(key, '-', '+');
  std::ranges::replace(key, '_', '/');
  key += "==";
  // Not a token of ours: its signature is right, and it says nothing of an audience.
  const auto read = read_token(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
      kTokenAudience, decode_base64(key).value());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, "the token is for another audience");
}

}  // namespace
}  // namespace slipway::pod
