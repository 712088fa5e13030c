#include "adapter/s3/place.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::adapter {
namespace {

constexpr std::string_view kAmazon = "s3.amazonaws.com";

Error bad(std::string message) { return {ErrorCode::kInvalid, "s3: " + message, {}}; }

// Secrets written with `echo` end in a line feed.
std::string secret(const json::object& options, std::string_view name) {
  std::string value = get_string(options, name);
  while (!value.empty() && std::isspace(static_cast<unsigned char>(value.back()))) value.pop_back();
  return value;
}

bool has_suffix_domain(std::string_view host, std::string_view domain) {
  return host.ends_with(domain) &&
         (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

// Whether the bucket may be a label of a host name that a wildcard certificate covers.
bool is_label(std::string_view bucket, bool secure) {
  return std::all_of(bucket.begin(), bucket.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c == '.' && !secure);
  });
}

// Services that have given up addressing by path; every other one knows it.
Result<bool> wants_virtual_host(const json::object& options, const S3Place& place) {
  const std::string style = get_string(options, "addressingStyle");
  if (style == "path") return false;
  if (style == "virtual-hosted") return true;
  if (!style.empty()) {
    return bad(fmt::format("addressingStyle is path or virtual-hosted, not \"{}\"", style));
  }
  const std::string_view host =
      std::string_view(place.endpoint).substr(0, place.endpoint.find(':'));
  const bool known = has_suffix_domain(host, "amazonaws.com") ||
                     has_suffix_domain(host, "amazonaws.com.cn") ||
                     has_suffix_domain(host, "aliyuncs.com");
  return known && is_label(place.bucket, place.secure);
}

Result<S3Encryption> read_encryption(const json::object& options, bool secure) {
  S3Encryption encryption;
  const json::object* given = find_object(options, "encryptionOptions");
  if (given == nullptr || !get_bool(*given, "enableEncryption")) return encryption;
  encryption.enabled = true;
  encryption.kms_key_id = get_string(*given, "kmsKeyId");
  encryption.kms_context = get_string(*given, "kmsEncryptionContext");
  encryption.customer_password = get_string(*given, "serverSideCustomerKeySecret");
  if (encryption.customer_password.empty()) return encryption;
  if (!encryption.kms_key_id.empty()) {
    return bad("encryptionOptions has kmsKeyId and serverSideCustomerKeySecret; one of them");
  }
  if (!secure) return bad("serverSideCustomerKeySecret needs https: leave out insecure");
  return encryption;
}

}  // namespace

std::string S3Place::host() const {
  std::string at = endpoint;
  // Amazon's old global name redirects; each region has a name of its own.
  if (at == kAmazon && !region.empty() && region != "us-east-1") {
    at = fmt::format("s3.{}.amazonaws.com", region);
  }
  return virtual_hosted ? bucket + "." + at : at;
}

std::string S3Place::path(std::string_view key) const {
  return virtual_hosted ? fmt::format("/{}", key)
                        : fmt::format("/{}{}{}", bucket, key.empty() ? "" : "/", key);
}

std::string S3Place::url(std::string_view key, const S3Pairs& query) const {
  const std::string words = encode_query(query);
  return fmt::format("{}://{}{}{}{}", secure ? "https" : "http", host(),
                     encode_uri(path(key), true), words.empty() ? "" : "?", words);
}

Result<S3Place> read_s3_place(const json::object& options) {
  S3Place place;
  place.endpoint = get_string(options, "endpoint");
  place.bucket = get_string(options, "bucket");
  if (place.endpoint.empty()) return bad("no endpoint, such as s3.amazonaws.com or minio:9000");
  if (place.bucket.empty()) return bad("no bucket");
  if (place.endpoint.find_first_of("/@?# ") != std::string::npos) {
    return bad(
        fmt::format("endpoint \"{}\" is a host and a port, as in minio:9000; insecure: true "
                    "chooses http",
                    place.endpoint));
  }
  place.secure = !get_bool(options, "insecure");
  place.region = get_string(options, "region");
  place.ca = get_string(options, "caSecret");
  place.credentials = {secret(options, "accessKeySecret"), secret(options, "secretKeySecret"),
                       secret(options, "sessionTokenSecret")};
  if (place.credentials.access_key.empty() || place.credentials.secret_key.empty()) {
    return bad(
        "no credentials: accessKeySecret and secretKeySecret name them (roleARN, useSDKCreds and "
        "a machine's own role are not supported yet)");
  }
  TRY_ASSIGN(place.virtual_hosted, wants_virtual_host(options, place));
  TRY_ASSIGN(place.encryption, read_encryption(options, place.secure));
  if (const json::object* create = find_object(options, "createBucketIfNotPresent")) {
    place.create_bucket = true;
    place.object_locking = get_bool(*create, "objectLocking");
  }
  return place;
}

std::string describe(const S3Place& place, std::string_view key) {
  return fmt::format("s3://{}{}{} at {}", place.bucket, key.empty() ? "" : "/", key,
                     place.endpoint);
}

}  // namespace slipway::adapter
