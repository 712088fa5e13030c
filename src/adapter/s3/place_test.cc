#include "adapter/s3/place.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapter/s3/encryption.h"

namespace slipway::adapter {
namespace {

json::object options(json::object more = {}) {
  json::object made{{"endpoint", "minio:9000"},
                    {"bucket", "ci"},
                    {"insecure", true},
                    {"accessKeySecret", "AK"},
                    {"secretKeySecret", "SK\n"}};
  for (const auto& member : more) made[member.key()] = member.value();
  return made;
}

std::string url_of(json::object more, std::string_view key = "a b/c+d") {
  const auto place = read_s3_place(options(std::move(more)));
  return place.ok() ? place->url(key, {}) : place.error().text();
}

TEST(Place, AddressesByPathOrHost) {
  EXPECT_EQ(url_of({}), "http://minio:9000/ci/a%20b/c%2Bd");
  EXPECT_EQ(url_of({}, ""), "http://minio:9000/ci");
  EXPECT_EQ(url_of({{"addressingStyle", "virtual-hosted"}}), "http://ci.minio:9000/a%20b/c%2Bd");
  EXPECT_EQ(url_of({{"endpoint", "s3.amazonaws.com"}, {"insecure", false}}, "k"),
            "https://ci.s3.amazonaws.com/k");
  EXPECT_EQ(
      url_of({{"endpoint", "s3.amazonaws.com"}, {"insecure", false}, {"region", "eu-west-1"}}, "k"),
      "https://ci.s3.eu-west-1.amazonaws.com/k");
  // No certificate covers a bucket with a dot, and a host with it is not Amazon's.
  EXPECT_EQ(url_of({{"endpoint", "s3.amazonaws.com"}, {"insecure", false}, {"bucket", "a.b"}}, "k"),
            "https://s3.amazonaws.com/a.b/k");
  EXPECT_EQ(url_of({{"endpoint", "notamazonaws.com"}}, "k"), "http://notamazonaws.com/ci/k");
  EXPECT_EQ(url_of({{"endpoint", "s3.amazonaws.com"}, {"addressingStyle", "path"}}, "../k"),
            "http://s3.amazonaws.com/ci/../k");
}

TEST(Place, CredentialsAreTrimmed) {
  const auto place = read_s3_place(options());
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->credentials.access_key, "AK");
  EXPECT_EQ(place->credentials.secret_key, "SK");
}

TEST(Place, WhatIsWrongIsNamed) {
  const auto error = [](json::object more) {
    const auto place = read_s3_place(options(std::move(more)));
    return place.ok() ? std::string("none") : place.error().message;
  };
  EXPECT_NE(error({{"endpoint", ""}}).find("no endpoint"), std::string::npos);
  EXPECT_NE(error({{"bucket", ""}}).find("no bucket"), std::string::npos);
  EXPECT_NE(error({{"endpoint", "http://minio:9000"}}).find("a host and a port"),
            std::string::npos);
  EXPECT_NE(error({{"accessKeySecret", " "}}).find("no credentials"), std::string::npos);
  EXPECT_NE(error({{"addressingStyle", "dns"}}).find("not \"dns\""), std::string::npos);
  const json::object customer{{"enableEncryption", true}, {"serverSideCustomerKeySecret", "pw"}};
  EXPECT_NE(error({{"encryptionOptions", customer}}).find("needs https"), std::string::npos);
}

std::string headers_of(json::object encryption) {
  const auto place =
      read_s3_place(options({{"insecure", false}, {"encryptionOptions", std::move(encryption)}}));
  if (!place.ok()) return place.error().text();
  const auto headers = encryption_headers(*place, "path/to/object.tgz");
  if (!headers.ok()) return headers.error().text();
  std::string text;
  for (const auto& [name, value] : *headers) text += name + "=" + value + "\n";
  return text;
}

TEST(Encryption, WhatIsAskedOfTheService) {
  EXPECT_EQ(headers_of({{"kmsKeyId", "k"}}), "");  // not enabled
  EXPECT_EQ(headers_of({{"enableEncryption", true}}), "x-amz-server-side-encryption=AES256\n");
  EXPECT_EQ(headers_of({{"enableEncryption", true},
                        {"kmsKeyId", "key-1"},
                        {"kmsEncryptionContext", "{\"a\":\"b\"}"}}),
            "x-amz-server-side-encryption=aws:kms\n"
            "x-amz-server-side-encryption-aws-kms-key-id=key-1\n"
            "x-amz-server-side-encryption-context=eyJhIjoiYiJ9\n");
  EXPECT_TRUE(headers_of({{"enableEncryption", true}, {"serverSideCustomerKeySecret", "pw"}})
                  .starts_with("x-amz-server-side-encryption-customer-algorithm=AES256\n"));
}

// The key that golang.org/x/crypto/argon2 IDKey(password, bucket + key, 1, 64*1024, 4, 32) gives,
// which is minio-go's.
TEST(Encryption, ACustomersKeyIsDerivedAsArgosClientDoes) {
  const auto key =
      customer_key("my-secret-password-of-any-length", "examplebucket", "path/to/object.tgz");
  ASSERT_TRUE(key.ok());
  std::string hex;
  for (const char byte : *key) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  EXPECT_EQ(hex, "d89b6762b2f0dccbdc2fb1f3e25c7b24ad1dd78943d08dd998e3270306a467fb");
  EXPECT_FALSE(customer_key("pw", "b", "k").ok());  // Argon2 wants a longer salt
}

}  // namespace
}  // namespace slipway::adapter
