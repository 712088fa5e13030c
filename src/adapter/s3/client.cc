#include "adapter/s3/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <thread>

namespace slipway::adapter {
namespace {

constexpr Duration kLongestPause = Duration::seconds(30);

// What to do about S3's codes; of the documentation's list, those that a person can mend.
struct Hint {
  std::string_view code, text;
};
constexpr Hint kHints[] = {
    {"NoSuchBucket", "make the bucket, or say createBucketIfNotPresent: {}"},
    {"AccessDenied", "the access key may not do this there; its policy has to allow it"},
    {"AllAccessDisabled", "the account is closed or has not paid"},
    {"InvalidAccessKeyId", "accessKeySecret holds a key that the service does not know"},
    {"SignatureDoesNotMatch", "secretKeySecret does not belong to accessKeySecret"},
    {"AuthorizationHeaderMalformed", "region is not the bucket's"},
    {"PermanentRedirect", "region or endpoint is not the bucket's"},
    {"InvalidToken", "sessionTokenSecret does not belong to the access key"},
    {"ExpiredToken", "sessionTokenSecret has expired"},
    {"RequestTimeTooSkewed", "this machine's clock is wrong"},
    {"InvalidBucketName", "bucket has 3 to 63 of a-z, 0-9, \".\" and \"-\""},
    {"EntityTooLarge", "the file is larger than the service takes"},
    {"QuotaExceeded", "the bucket is full"},
    {"XMinioStorageFull", "the service's disk is full"},
};

std::string_view hint_for(std::string_view code) {
  for (const Hint& hint : kHints) {
    if (hint.code == code) return hint.text;
  }
  return {};
}

bool is_transient(int status, std::string_view code) {
  static constexpr std::string_view kCodes[] = {
      "InternalError",        "RequestTimeout",   "Throttling", "ThrottlingException",
      "RequestLimitExceeded", "RequestThrottled", "SlowDown",   "ServiceUnavailable",
      "OperationAborted"};
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504 ||
         std::find(std::begin(kCodes), std::end(kCodes), code) != std::end(kCodes);
}

ErrorCode code_of(int status, std::string_view code) {
  if (is_transient(status, code)) return ErrorCode::kUnavailable;
  if (status == 404 && code != "NoSuchBucket") return ErrorCode::kNotFound;
  if (status == 401 || status == 403) return ErrorCode::kUnauthorized;
  return ErrorCode::kInvalid;
}

// A quarter more or less, so that those who were refused together do not come back together.
Duration blurred(Duration pause) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  const double factor = std::uniform_real_distribution<double>(0.75, 1.25)(random);
  return Duration{static_cast<int64_t>(static_cast<double>(pause.ns) * factor)};
}

Duration asked_pause(const S3Reply& reply) {
  const std::string_view text = reply.header("retry-after");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return Duration::seconds(seconds);
}

Error refusal(const S3Place& place, const S3Call& call, const S3Reply& reply,
              const S3Trouble& trouble) {
  std::string text = fmt::format("{} {}: {}", call.method, describe(place, call.key), reply.status);
  if (!trouble.code.empty()) text += " " + trouble.code;
  if (!trouble.message.empty()) text += ": " + trouble.message;
  if (trouble.code.empty() && !reply.body.empty()) text += ": " + reply.body.substr(0, 200);
  if (const auto hint = hint_for(trouble.code); !hint.empty()) text += fmt::format(" ({})", hint);
  return {code_of(reply.status, trouble.code), std::move(text), {}};
}

}  // namespace

// The service names the bucket's region to whoever signed for another; only a region that nobody
// chose is changed.
bool S3Client::learn_region(const S3Reply& reply, const std::optional<S3Trouble>& trouble) {
  if (!place_.region.empty()) return false;
  if (reply.status != 301 && reply.status != 307 && reply.status != 400 && reply.status != 403) {
    return false;
  }
  std::string region(reply.header("x-amz-bucket-region"));
  if (region.empty() && trouble) region = trouble->region;
  if (region.empty()) return false;
  place_.region = std::move(region);
  return true;
}

Result<S3Reply> S3Client::call(const S3Call& call) {
  Duration pause = limits_.first_pause;
  for (int attempt = 1;; ++attempt) {
    auto reply = wire_.exchange(place_, call);
    Error error;
    Duration asked;
    if (reply.ok()) {
      const bool taken = reply->status >= 200 && reply->status < 300;
      // The end of an upload in parts may fail after its 200.
      const auto trouble =
          taken && call.method != "POST" ? std::nullopt : read_trouble(reply->body);
      if (taken && !trouble) return reply;
      if (learn_region(*reply, trouble)) continue;
      failure_ = trouble ? trouble->code : "";
      error = refusal(place_, call, *reply, trouble.value_or(S3Trouble{}));
      asked = asked_pause(*reply);
    } else {
      failure_.clear();
      error = reply.error();
      error.message =
          fmt::format("{} {}: {}", call.method, describe(place_, call.key), error.message);
    }
    const bool again = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
    if (!again) return error;
    if (attempt >= limits_.attempts) {
      error.message += fmt::format(" (tried {} times)", attempt);
      return error;
    }
    const Duration wait = std::min(kLongestPause, std::max(asked, blurred(pause)));
    std::this_thread::sleep_for(std::chrono::nanoseconds(wait.ns));
    pause = pause + pause;
  }
}

Status S3Client::create_bucket() {
  S3Call request{.method = "PUT", .key = ""};
  if (place_.object_locking) {
    request.headers.emplace_back("x-amz-bucket-object-lock-enabled", "true");
  }
  // us-east-1 is what a bucket without a constraint is in, and may not be named.
  if (!place_.region.empty() && place_.region != "us-east-1") {
    request.body = fmt::format(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
        escape_xml(place_.region));
  }
  const auto made = call(request);
  if (made.ok() || failure_ == "BucketAlreadyOwnedByYou" || failure_ == "BucketAlreadyExists") {
    return {};
  }
  return made.error();
}

}  // namespace slipway::adapter
