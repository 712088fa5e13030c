#include "adapter/s3/answer.h"

#include <fmt/format.h>

#include <charconv>

namespace slipway::adapter {
namespace {

struct Element {
  std::string_view inside;
  size_t end = 0;  // behind it, in the text searched
};

// The first <name ...>inside</name> at or after `from`; <name/> is empty.
std::optional<Element> find_element(std::string_view xml, std::string_view name, size_t from) {
  const std::string open = fmt::format("<{}", name), close = fmt::format("</{}>", name);
  for (size_t at = xml.find(open, from); at != xml.npos; at = xml.find(open, at + 1)) {
    const size_t after = at + open.size();
    if (after >= xml.size()) return std::nullopt;
    if (xml[after] != '>' && xml[after] != ' ' && xml[after] != '/') continue;  // a longer name
    const size_t tag_end = xml.find('>', after);
    if (tag_end == xml.npos) return std::nullopt;
    if (xml[tag_end - 1] == '/') return Element{{}, tag_end + 1};
    const size_t end = xml.find(close, tag_end);
    if (end == xml.npos) return std::nullopt;
    return Element{xml.substr(tag_end + 1, end - tag_end - 1), end + close.size()};
  }
  return std::nullopt;
}

std::string utf8(uint32_t point) {
  const auto part = [&](int shift, uint32_t lead) {
    return static_cast<char>(lead | ((point >> shift) & 0x3f));
  };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xc0 | (point >> 6)), part(0, 0x80)};
  if (point < 0x10000) {
    return {static_cast<char>(0xe0 | (point >> 12)), part(6, 0x80), part(0, 0x80)};
  }
  return {static_cast<char>(0xf0 | ((point >> 18) & 0x07)), part(12, 0x80), part(6, 0x80),
          part(0, 0x80)};
}

// "&amp;" and the like, "&#10;", "&#xA;"; what is none stays.
std::string decode_entities(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kNamed[] = {
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
  std::string made;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t end = text[i] == '&' ? text.find(';', i) : text.npos;
    if (end == text.npos) {
      made += text[i];
      continue;
    }
    const std::string_view name = text.substr(i + 1, end - i - 1);
    const size_t before = made.size();
    for (const auto& [word, value] : kNamed) {
      if (word == name) made += value;
    }
    if (name.starts_with('#')) {
      const bool hex = name.starts_with("#x");
      const std::string_view digits = name.substr(hex ? 2 : 1);
      uint32_t number = 0;
      const auto [stop, failed] =
          std::from_chars(digits.data(), digits.data() + digits.size(), number, hex ? 16 : 10);
      if (failed == std::errc() && stop == digits.data() + digits.size()) {
        made += utf8(number);
      }
    }
    if (made.size() == before) {
      made += text[i];
    } else {
      i = end;
    }
  }
  return made;
}

}  // namespace

std::optional<std::string> text_of(std::string_view xml, std::string_view name) {
  const auto element = find_element(xml, name, 0);
  if (!element) return std::nullopt;
  return decode_entities(element->inside);
}

std::vector<std::string_view> elements_of(std::string_view xml, std::string_view name) {
  std::vector<std::string_view> found;
  for (auto element = find_element(xml, name, 0); element;
       element = find_element(xml, name, element->end)) {
    found.push_back(element->inside);
  }
  return found;
}

std::string escape_xml(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '&') {
      made += "&amp;";
    } else if (c == '<') {
      made += "&lt;";
    } else if (c == '>') {
      made += "&gt;";
    } else if (c == '"') {
      made += "&quot;";
    } else {
      made += c;
    }
  }
  return made;
}

std::optional<S3Trouble> read_trouble(std::string_view xml) {
  const auto error = find_element(xml, "Error", 0);
  if (!error) return std::nullopt;
  return S3Trouble{text_of(error->inside, "Code").value_or(""),
                   text_of(error->inside, "Message").value_or(""),
                   text_of(error->inside, "Region").value_or("")};
}

Result<S3Listing> read_listing(std::string_view xml) {
  const auto result = find_element(xml, "ListBucketResult", 0);
  if (!result) {
    return Error{ErrorCode::kInvalid,
                 "the answer is no listing: " + std::string(xml.substr(0, 200))};
  }
  S3Listing listing;
  for (const std::string_view object : elements_of(result->inside, "Contents")) {
    const std::string key = text_of(object, "Key").value_or("");
    if (key.empty() || key.ends_with('/')) continue;
    const std::string size = text_of(object, "Size").value_or("");
    port::BlobInfo blob{key, 0};
    const auto [end, failed] =
        std::from_chars(size.data(), size.data() + size.size(), blob.size_bytes);
    if (failed != std::errc()) {
      return Error{ErrorCode::kInvalid, fmt::format("the size of {} is \"{}\"", key, size)};
    }
    listing.blobs.push_back(std::move(blob));
  }
  if (text_of(result->inside, "IsTruncated").value_or("") != "true") return listing;
  listing.next = text_of(result->inside, "NextContinuationToken").value_or("");
  if (listing.next.empty()) {
    return Error{ErrorCode::kInvalid, "the listing goes on but does not say where"};
  }
  return listing;
}

}  // namespace slipway::adapter
