// AWS's own vectors: the Signature Version 4 test suite (service "service") and the examples of the
// S3 API reference (examplebucket, 24 May 2013).
#include "adapter/s3/sign.h"

#include <gtest/gtest.h>

#include "adapter/archive/digest.h"

namespace slipway::adapter {
namespace {

const S3Credentials kSuite{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const S3SigningScope kSuiteScope{"us-east-1", "service"};
const S3Credentials kExample{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                             ""};

Time time_of(std::string_view text) { return *parse_rfc3339(text); }

std::string authorization(const S3Pairs& headers) {
  for (const auto& [name, value] : headers) {
    if (name == "Authorization") return value;
  }
  return "none";
}

struct Vector {
  const char* name;
  std::string method, path;
  S3Pairs query, headers;
  std::string body, names, signature;
};

TEST(Sign, TheTestSuite) {
  const std::vector<Vector> vectors = {
      {"get-vanilla",
       "GET",
       "/",
       {},
       {},
       "",
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       {{"Param2", "value2"}, {"Param1", "value1"}},
       {},
       "",
       "host;x-amz-date",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-empty-query-key",
       "GET",
       "/",
       {{"Param1", "value1"}},
       {},
       "",
       "host;x-amz-date",
       "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"get-vanilla-utf8-query",
       "GET",
       "/",
       {{"\u1234", "bar"}},
       {},
       "",
       "host;x-amz-date",
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-utf8",
       "GET",
       "/\u1234",
       {},
       {},
       "",
       "host;x-amz-date",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-space",
       "GET",
       "/example space/",
       {},
       {},
       "",
       "host;x-amz-date",
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-unreserved",
       "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {},
       {},
       "",
       "host;x-amz-date",
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-header-key-duplicate",
       "GET",
       "/",
       {},
       {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
       "",
       "host;my-header1;x-amz-date",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-trim",
       "GET",
       "/",
       {},
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla",
       "POST",
       "/",
       {},
       {},
       "",
       "host;x-amz-date",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       {},
       {{"Content-Type", "application/x-www-form-urlencoded"}},
       "Param1=value1",
       "content-type;host;x-amz-date",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  for (const Vector& vector : vectors) {
    S3Unsigned request{vector.method, vector.path, vector.query, vector.headers,
                       sha256_hex(vector.body)};
    request.headers.emplace_back("Host", "example.amazonaws.com");
    EXPECT_EQ(authorization(sign(request, kSuite, kSuiteScope, time_of("2015-08-30T12:36:00Z"))),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
              "SignedHeaders=" +
                  vector.names + ", Signature=" + vector.signature)
        << vector.name;
  }
}

S3Unsigned example(std::string method, std::string path, S3Pairs query, S3Pairs headers,
                   const std::string& body) {
  S3Unsigned request{std::move(method), std::move(path), std::move(query), std::move(headers),
                     sha256_hex(body)};
  request.headers.emplace_back("host", "examplebucket.s3.amazonaws.com");
  request.headers.emplace_back("x-amz-content-sha256", request.payload_sha256);
  return request;
}

TEST(Sign, TheExamplesOfS3) {
  const std::vector<std::pair<S3Unsigned, std::string>> examples = {
      {example("GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}, ""),
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {example("PUT", "/test$file.text", {},
               {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
               "Welcome to Amazon S3."),
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {example("GET", "/", {{"lifecycle", ""}}, {}, ""),
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {example("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}, ""),
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  for (const auto& [request, signature] : examples) {
    const std::string made =
        authorization(sign(request, kExample, {"us-east-1"}, time_of("2013-05-24T00:00:00Z")));
    EXPECT_TRUE(made.ends_with("Signature=" + signature)) << request.path << ": " << made;
  }
}

// post-sts-header-before of the suite: the token is a header like any other, and signed.
TEST(Sign, ASessionTokenIsSigned) {
  S3Credentials temporary = kSuite;
  temporary.session_token =
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSP"
      "fIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT"
      "7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlz"
      "m8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
  const S3Unsigned request{
      "POST", "/", {}, {{"Host", "example.amazonaws.com"}}, std::string(kEmptySha256)};
  const S3Pairs made = sign(request, temporary, kSuiteScope, time_of("2015-08-30T12:36:00Z"));
  EXPECT_EQ(made.at(1), std::pair(std::string("x-amz-security-token"), temporary.session_token));
  EXPECT_EQ(authorization(made),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date;x-amz-security-token, "
            "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
}

TEST(Sign, TimesAreOfWholeSeconds) {
  const S3Unsigned request{"GET", "/", {}, {{"host", "h"}}, "UNSIGNED-PAYLOAD"};
  const Time late = time_of("2015-08-30T12:36:00Z") + Duration::milliseconds(999);
  EXPECT_EQ(sign(request, kSuite, kSuiteScope, late).at(0).second, "20150830T123600Z");
}

TEST(Sign, WhatIsEncoded) {
  EXPECT_EQ(encode_uri("a b/c+d%=&\xc3\xa9~", true), "a%20b/c%2Bd%25%3D%26%C3%A9~");
  EXPECT_EQ(encode_uri("a/b", false), "a%2Fb");
  EXPECT_EQ(encode_query({{"prefix", "a/b"}, {"list-type", "2"}, {"uploads", ""}}),
            "list-type=2&prefix=a%2Fb&uploads=");
}

}  // namespace
}  // namespace slipway::adapter
