// What S3 says in XML: errors, listings, and the ids of uploads in parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "port/blob_store.h"

namespace slipway::adapter {

// The text of the first element `name`, entities decoded; nullopt when there is none.
std::optional<std::string> text_of(std::string_view xml, std::string_view name);
// The insides of every element `name` that is not inside another of them.
std::vector<std::string_view> elements_of(std::string_view xml, std::string_view name);
// For content that goes into XML.
std::string escape_xml(std::string_view text);

// <Error>, as the body of a status or even of a 200. Nothing when it is none.
struct S3Trouble {
  std::string code, message, region;
};
std::optional<S3Trouble> read_trouble(std::string_view xml);

struct S3Listing {
  std::vector<port::BlobInfo> blobs;  // no markers of folders (keys that end in "/")
  std::string next;                   // token of the next page; empty: this was the last
};
Result<S3Listing> read_listing(std::string_view xml);

}  // namespace slipway::adapter
