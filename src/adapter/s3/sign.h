// AWS Signature Version 4 as S3 reads it: every path segment encoded once, never normalised
// (docs.aws.amazon.com, "Signature Calculations for the Authorization Header"). Pure: the time is
// an argument.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace slipway::adapter {

using S3Pairs = std::vector<std::pair<std::string, std::string>>;  // header or query, in any order

struct S3Credentials {
  std::string access_key, secret_key;
  std::string session_token;  // of temporary credentials; or empty
};

struct S3SigningScope {
  std::string region;
  std::string service = "s3";
};

struct S3Unsigned {
  std::string method;
  std::string path;            // not encoded; begins with "/"
  S3Pairs query;               // not encoded
  S3Pairs headers;             // `host` among them; all of them are signed
  std::string payload_sha256;  // hex digits, or "UNSIGNED-PAYLOAD"
};

inline constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// RFC 3986: all but letters, digits and "-._~" becomes %XX, and "/" unless it is kept.
std::string encode_uri(std::string_view text, bool keep_slash);

// "a=1&b=", sorted and encoded; what is signed is what is to be sent.
std::string encode_query(const S3Pairs& query);

// The headers to send beside those of `request`: x-amz-date, x-amz-security-token (which is signed)
// and Authorization.
S3Pairs sign(const S3Unsigned& request, const S3Credentials& credentials,
             const S3SigningScope& scope, Time now);

}  // namespace slipway::adapter
