// The client against a peer that answers as told. That the signature is right is tested with AWS's
// vectors (sign_test.cc) and by servers that check it (tests/e2e/s3_test.py).
#include "adapter/s3/s3_blob_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "adapter/archive/test_folder.h"
#include "adapter/process/test_peer.h"

namespace slipway::adapter {
namespace {

std::string trouble(std::string_view code, std::string_view message = "of the peer") {
  return fmt::format("<Error><Code>{}</Code><Message>{}</Message></Error>", code, message);
}

class S3BlobStoreTest : public ::testing::Test {
 protected:
  // Answers in this order; what is asked beyond them ends as a refusal.
  void plan(std::vector<std::string> answers) { answers_ = std::move(answers); }
  static std::string say(const std::string& status, const std::string& body = "",
                         const std::string& headers = "") {
    return TestHttpServer::answer(status, headers, body);
  }

  S3BlobStore store(json::object more = {}, int64_t part_bytes = 5 << 20) {
    json::object options{{"endpoint", server_.address()},
                         {"bucket", "bucket"},
                         {"insecure", true},
                         {"accessKeySecret", "AK"},
                         {"secretKeySecret", "SK"},
                         {"sessionTokenSecret", "TOKEN"}};
    for (const auto& member : more) options[member.key()] = member.value();
    return S3BlobStore(*read_s3_place(options), {.attempts = 3,
                                                 .first_pause = Duration::milliseconds(1),
                                                 .stall_s = 1,
                                                 .part_bytes = part_bytes});
  }
  std::string file(const std::string& content) {
    std::ofstream(folder_ / "file") << content;
    return folder_ / "file";
  }
  // First lines of the requests.
  std::vector<std::string> asked() {
    std::vector<std::string> lines;
    const std::lock_guard lock(mutex_);
    for (const std::string& head : heads_) lines.push_back(head.substr(0, head.find(" HTTP/")));
    return lines;
  }
  std::string head(size_t index) {
    const std::lock_guard lock(mutex_);
    return heads_.at(index);
  }

  TestFolder folder_;
  std::mutex mutex_;
  std::vector<std::string> answers_, heads_;  // guarded by mutex_ once a request has been sent
  TestHttpServer server_{[this](const std::string& head) {
    const std::lock_guard lock(mutex_);
    heads_.push_back(head);
    return heads_.size() <= answers_.size() ? answers_[heads_.size() - 1]
                                            : say("400 Bad Request", trouble("NotPlanned"));
  }};
};

TEST_F(S3BlobStoreTest, AFileIsPutWithItsDigestAndTheToken) {
  plan({say("200 OK")});
  const Status put = store().put_file("a b/c", file("hello"));
  ASSERT_TRUE(put.ok()) << put.error().text();
  EXPECT_EQ(asked(), std::vector<std::string>{"PUT /bucket/a%20b/c"});
  EXPECT_NE(head(0).find("x-amz-content-sha256: "
                         "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\r\n"),
            std::string::npos);
  EXPECT_NE(head(0).find("x-amz-security-token: TOKEN\r\n"), std::string::npos);
  EXPECT_NE(head(0).find("Content-Length: 5\r\n"), std::string::npos);
}

TEST_F(S3BlobStoreTest, WhatMayPassIsTriedAgain) {
  plan({say("503 Slow Down", trouble("SlowDown")), say("500 Oops"), say("200 OK", "content")});
  const Status got = store().get_file("k", folder_ / "out");
  ASSERT_TRUE(got.ok()) << got.error().text();
  EXPECT_EQ(content_of(folder_ / "out"), "content");
}

TEST_F(S3BlobStoreTest, NothingOfABrokenAttemptStays) {
  const std::string cut =
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nmuch longer than the "
      "rest";
  plan({cut, say("200 OK", "whole")});
  ASSERT_TRUE(store().get_file("k", folder_ / "out").ok());
  EXPECT_EQ(content_of(folder_ / "out"), "whole");
}

TEST_F(S3BlobStoreTest, TheLastRefusalIsTheError) {
  plan({say("503 Slow Down", trouble("SlowDown", "Please reduce your request rate.")),
        say("503 Slow Down", trouble("SlowDown", "Please reduce your request rate.")),
        say("503 Slow Down", trouble("SlowDown", "Please reduce your request rate."))});
  const Status put = store().put_file("k", file("x"));
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(put.error().message,
            "PUT s3://bucket/k at " + server_.address() +
                ": 503 SlowDown: Please reduce your request rate. (tried 3 times)");
}

TEST_F(S3BlobStoreTest, AStallIsTimedOut) {
  plan({"", say("200 OK", "late")});
  ASSERT_TRUE(store().get_file("k", folder_ / "out").ok());
  EXPECT_EQ(content_of(folder_ / "out"), "late");
  EXPECT_EQ(asked().size(), 2u);
}

TEST_F(S3BlobStoreTest, WhatCanNotPassIsSaidAtOnceWithTheWayOut) {
  const std::vector<std::tuple<std::string, std::string, ErrorCode, std::string>> cases = {
      {"403 Forbidden", "AccessDenied", ErrorCode::kUnauthorized, "its policy has to allow it"},
      {"403 Forbidden", "SignatureDoesNotMatch", ErrorCode::kUnauthorized, "secretKeySecret"},
      {"403 Forbidden", "InvalidAccessKeyId", ErrorCode::kUnauthorized, "accessKeySecret"},
      {"400 Bad Request", "ExpiredToken", ErrorCode::kInvalid, "sessionTokenSecret has expired"},
      {"403 Forbidden", "RequestTimeTooSkewed", ErrorCode::kUnauthorized, "clock"},
      {"404 Not Found", "NoSuchBucket", ErrorCode::kInvalid, "createBucketIfNotPresent"},
      {"404 Not Found", "NoSuchKey", ErrorCode::kNotFound, "NoSuchKey"},
  };
  std::vector<std::string> answers;
  for (const auto& [status, code, expected, words] : cases) {
    answers.push_back(say(status, trouble(code)));
  }
  plan(answers);
  S3BlobStore one = store();
  for (const auto& [status, code, expected, words] : cases) {
    const Status got = one.get_file("k", folder_ / "out");
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().code, expected) << got.error().message;
    EXPECT_NE(got.error().message.find(words), std::string::npos) << got.error().message;
  }
  EXPECT_EQ(asked().size(), cases.size());  // none of them twice
}

TEST_F(S3BlobStoreTest, ABucketIsMadeWhenItIsMissingAndMayBe) {
  plan({say("404 Not Found", trouble("NoSuchBucket")),
        say("409 Conflict", trouble("BucketAlreadyOwnedByYou")), say("200 OK")});
  S3BlobStore making = store({{"createBucketIfNotPresent", json::object{{"objectLocking", true}}}});
  const Status put = making.put_file("k", file("x"));
  ASSERT_TRUE(put.ok()) << put.error().text();
  EXPECT_EQ(asked(), (std::vector<std::string>{"PUT /bucket/k", "PUT /bucket", "PUT /bucket/k"}));
  EXPECT_NE(head(1).find("x-amz-bucket-object-lock-enabled: true\r\n"), std::string::npos);
}

TEST_F(S3BlobStoreTest, TheRegionIsLearnedFromTheRefusal) {
  plan({say("400 Bad Request",
            "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m"
            "</Message><Region>eu-west-9</Region></Error>"),
        say("200 OK")});
  ASSERT_TRUE(store().put_file("k", file("x")).ok());
  EXPECT_NE(head(0).find("/us-east-1/s3/aws4_request"), std::string::npos);
  EXPECT_NE(head(1).find("/eu-west-9/s3/aws4_request"), std::string::npos);
  // A region that was chosen is kept, and the refusal said.
  plan({answers_[0], answers_[1], answers_[0]});
  EXPECT_FALSE(store({{"region", "eu-west-1"}}).put_file("k", file("x")).ok());
}

TEST_F(S3BlobStoreTest, LargeFilesGoInParts) {
  const std::string etag = "ETag: \"e\"\r\n";
  plan({say("200 OK", "<R><UploadId>id&amp;1</UploadId></R>"), say("200 OK", "", etag),
        say("200 OK", "", etag), say("200 OK", "", etag), say("200 OK", "<R></R>")});
  const Status put = store({}, 4).put_file("k", file("0123456789"));
  ASSERT_TRUE(put.ok()) << put.error().text();
  EXPECT_EQ(asked(),
            (std::vector<std::string>{
                "POST /bucket/k?uploads=", "PUT /bucket/k?partNumber=1&uploadId=id%261",
                "PUT /bucket/k?partNumber=2&uploadId=id%261",
                "PUT /bucket/k?partNumber=3&uploadId=id%261", "POST /bucket/k?uploadId=id%261"}));
  EXPECT_NE(head(3).find("Content-Length: 2\r\n"), std::string::npos);
}

TEST_F(S3BlobStoreTest, PartsAreGivenUpWhenOneFails) {
  plan({say("200 OK", "<R><UploadId>u</UploadId></R>"),
        say("403 Forbidden", trouble("QuotaExceeded")), say("204 No Content")});
  const Status put = store({}, 4).put_file("k", file("0123456789"));
  ASSERT_FALSE(put.ok());
  EXPECT_NE(put.error().message.find("the bucket is full"), std::string::npos);
  EXPECT_EQ(asked().back(), "DELETE /bucket/k?uploadId=u");
}

// S3 begins its answer to the last request before it knows how that ends.
TEST_F(S3BlobStoreTest, A200WithAnErrorInItIsNoSuccess) {
  const std::string begun = say("200 OK", "<R><UploadId>u</UploadId></R>");
  const std::string part = say("200 OK", "", "ETag: \"e\"\r\n");
  const std::string failed = say("200 OK", trouble("InternalError"));
  plan({begun, part, part, failed, say("200 OK", "<R></R>")});
  ASSERT_TRUE(store({}, 4).put_file("k", file("01234567")).ok());
  EXPECT_EQ(asked().size(), 5u);
}

TEST_F(S3BlobStoreTest, AListingIsReadPageByPage) {
  plan({say("200 OK",
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t/1"
            "</NextContinuationToken><Contents><Key>p/b</Key><Size>2</Size></Contents>"
            "</ListBucketResult>"),
        say("200 OK",
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/a</Key>"
            "<Size>1</Size></Contents></ListBucketResult>")});
  const auto listed = store().list("p/");
  ASSERT_TRUE(listed.ok()) << listed.error().text();
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[0].key, "p/a");
  EXPECT_EQ(asked(), (std::vector<std::string>{
                         "GET /bucket?list-type=2&prefix=p%2F",
                         "GET /bucket?continuation-token=t%2F1&list-type=2&prefix=p%2F"}));
}

TEST_F(S3BlobStoreTest, AListingOfWhatWasNotAskedForIsRefused) {
  plan({say("200 OK",
            "<ListBucketResult><Contents><Key>p/a</Key><Size>1</Size></Contents><Contents>"
            "<Key>q</Key><Size>1</Size></Contents></ListBucketResult>")});
  const auto listed = store().list("p/");
  ASSERT_FALSE(listed.ok());
  EXPECT_NE(listed.error().text().find("has the key \"q\""), std::string::npos)
      << listed.error().text();
}

TEST_F(S3BlobStoreTest, APieceOfAnObject) {
  plan({say("206 Partial Content", "<Error>not one</Error>"),
        say("416 Range", trouble("InvalidRange"))});
  S3BlobStore one = store();
  EXPECT_EQ(*one.get("k", 4, 10), "<Error>not one</Error>");
  EXPECT_NE(head(0).find("range: bytes=4-13\r\n"), std::string::npos);
  EXPECT_EQ(*one.get("k", 40, 10), "");
}

TEST_F(S3BlobStoreTest, RemovingWhatIsNotThereIsSuccess) {
  plan({say("404 Not Found", trouble("NoSuchKey")), say("204 No Content"),
        say("403 Forbidden", trouble("AccessDenied"))});
  S3BlobStore one = store();
  EXPECT_TRUE(one.remove("k").ok());
  EXPECT_TRUE(one.remove("k").ok());
  EXPECT_FALSE(one.remove("k").ok());
}

TEST_F(S3BlobStoreTest, AServiceThatIsNotThereIsNamed) {
  const std::string nobody = fmt::format("127.0.0.1:{}", free_port());
  const Status put = store({{"endpoint", nobody}}).put_file("k", file("x"));
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(put.error().message.starts_with("PUT s3://bucket/k at " + nobody + ": "))
      << put.error().message;
}

TEST_F(S3BlobStoreTest, KeysThatAreNoneAreRefusedBeforeAnythingIsSent) {
  EXPECT_FALSE(store().put_file("", file("x")).ok());
  EXPECT_FALSE(store().get_file(std::string(1025, 'k'), folder_ / "out").ok());
  EXPECT_TRUE(asked().empty());
}

}  // namespace
}  // namespace slipway::adapter
