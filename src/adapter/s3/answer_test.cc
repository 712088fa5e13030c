#include "adapter/s3/answer.h"

#include <gtest/gtest.h>

namespace slipway::adapter {
namespace {

TEST(Answer, AnErrorWithItsRegion) {
  const auto trouble = read_trouble(
      "<?xml version=\"1.0\"?>\n<Error><Code>AuthorizationHeaderMalformed</Code>"
      "<Message>the region &apos;a&apos; &lt;is&gt; wrong &amp; so on &#x263a;&#33;</Message>"
      "<Region>eu-west-1</Region></Error>");
  ASSERT_TRUE(trouble);
  EXPECT_EQ(trouble->code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(trouble->message, "the region 'a' <is> wrong & so on \u263a!");
  EXPECT_EQ(trouble->region, "eu-west-1");
}

TEST(Answer, WhatIsNoError) {
  EXPECT_FALSE(read_trouble(""));
  EXPECT_FALSE(read_trouble("<html>502 Bad Gateway</html>"));
  EXPECT_FALSE(read_trouble("<ErrorDocument><Key>x</Key></ErrorDocument>"));
  EXPECT_FALSE(read_trouble("<Error><Code>never ends"));
}

TEST(Answer, AListingLeavesOutMarkersOfFolders) {
  const auto listing = read_listing(
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
      "<IsTruncated>true</IsTruncated><Contents><Key>a/</Key><Size>0</Size></Contents>"
      "<Contents><Key>a/x &amp; y</Key><Size>12</Size></Contents>"
      "<NextContinuationToken>t&amp;2</NextContinuationToken></ListBucketResult>");
  ASSERT_TRUE(listing.ok()) << listing.error().text();
  ASSERT_EQ(listing->blobs.size(), 1u);
  EXPECT_EQ(listing->blobs[0].key, "a/x & y");
  EXPECT_EQ(listing->blobs[0].size_bytes, 12);
  EXPECT_EQ(listing->next, "t&2");
}

TEST(Answer, AListingThatCanNotBeTrustedIsRefused) {
  EXPECT_FALSE(read_listing("<html></html>").ok());
  EXPECT_FALSE(
      read_listing("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>").ok());
  EXPECT_FALSE(read_listing("<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents>"
                            "</ListBucketResult>")
                   .ok());
  const auto empty = read_listing("<ListBucketResult/>");
  ASSERT_TRUE(empty.ok());
  EXPECT_TRUE(empty->blobs.empty() && empty->next.empty());
}

TEST(Answer, TextIsEscapedAndNamesAreWhole) {
  EXPECT_EQ(escape_xml("\"<a>\" & b"), "&quot;&lt;a&gt;&quot; &amp; b");
  EXPECT_EQ(text_of("<Keys>1</Keys><Key>2</Key>", "Key"), "2");
  EXPECT_EQ(text_of("<Key>a &amp b &no; c</Key>", "Key"), "a &amp b &no; c");
}

}  // namespace
}  // namespace slipway::adapter
