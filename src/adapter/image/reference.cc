#include "adapter/image/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "adapter/image/image_store.h"

namespace slipway::adapter {
namespace {

constexpr size_t kRepositoryBytes = 255;
constexpr size_t kTagBytes = 128;

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool word(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

// Lower case letters and digits, parted by ".", one or two "_", or any number of "-".
bool valid_component(std::string_view text) {
  if (text.empty() || !lower_or_digit(text.front()) || !lower_or_digit(text.back())) return false;
  for (size_t i = 0; i < text.size();) {
    if (lower_or_digit(text[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && text[end] == text[i]) ++end;
    const size_t length = end - i;
    const bool separator =
        (text[i] == '.' && length == 1) || (text[i] == '_' && length <= 2) || text[i] == '-';
    if (!separator || end == text.size() || !lower_or_digit(text[end])) return false;
    i = end;
  }
  return true;
}

bool valid_tag(std::string_view text) {
  return !text.empty() && text.size() <= kTagBytes && word(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return word(c) || c == '.' || c == '-'; });
}

bool valid_digest(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  if (!text.starts_with(prefix) || text.size() != prefix.size() + 64) return false;
  return std::all_of(text.begin() + prefix.size(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool valid_registry(std::string_view text) {
  if (text.starts_with("[")) {  // IPv6
    const size_t end = text.find(']');
    return end != std::string_view::npos &&
           std::all_of(text.begin() + 1, text.begin() + static_cast<long>(end),
                       [](char c) { return isxdigit(static_cast<unsigned char>(c)) || c == ':'; });
  }
  return !text.empty() && word(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return word(c) || c == '.' || c == '-' || c == ':';
  });
}

Error bad(const std::string& text, const std::string& why) {
  return {ErrorCode::kInvalid, fmt::format("\"{}\" is not an image reference: {}", text, why)};
}

// The first part is a registry only when it looks like a host.
bool names_registry(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos ||
         std::any_of(first.begin(), first.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string Reference::name() const {
  return repository_name() + (digest.empty() ? ":" + tag : "@" + digest);
}

bool Reference::on_loopback() const {
  if (registry == "[::1]" || registry.starts_with("[::1]:")) return true;
  const std::string host = registry.substr(0, registry.find(':'));
  if (host == "localhost") return true;
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string::npos;
}

Result<Reference> parse_reference(const std::string& text) {
  Reference reference;
  std::string rest = text;
  if (rest.empty()) return bad(text, "it is empty");
  if (const size_t at = rest.find('@'); at != std::string::npos) {
    reference.digest = rest.substr(at + 1);
    rest.resize(at);
    if (!valid_digest(reference.digest)) {
      return bad(text, "after \"@\" comes sha256: and 64 lower case hex digits");
    }
  }
  const size_t slash = rest.rfind('/');
  const size_t colon = rest.find(':', slash == std::string::npos ? 0 : slash);
  if (colon != std::string::npos) {
    reference.tag = rest.substr(colon + 1);
    rest.resize(colon);
    if (!valid_tag(reference.tag)) {
      return bad(text, fmt::format("\"{}\" is not a tag (letters, digits, \"_\", \".\", \"-\"; at "
                                   "most 128)",
                                   reference.tag));
    }
  }
  const size_t first = rest.find('/');
  if (first != std::string::npos && names_registry(rest.substr(0, first))) {
    reference.registry = rest.substr(0, first);
    rest.erase(0, first + 1);
    if (!valid_registry(reference.registry)) return bad(text, "the registry's name is wrong");
  } else {
    reference.registry = "docker.io";
  }
  if (reference.registry == "index.docker.io") reference.registry = "docker.io";
  if (reference.registry == "docker.io" && rest.find('/') == std::string::npos) {
    rest = "library/" + rest;
  }
  if (rest.size() > kRepositoryBytes) return bad(text, "the name is longer than 255 bytes");
  for (size_t start = 0; start <= rest.size();) {
    const size_t end = std::min(rest.find('/', start), rest.size());
    const std::string component = rest.substr(start, end - start);
    if (!valid_component(component)) {
      return bad(text, fmt::format("\"{}\" must be lower case letters and digits, parted by \".\", "
                                   "\"_\" or \"-\"",
                                   component));
    }
    start = end + 1;
  }
  reference.repository = rest;
  if (!reference.digest.empty()) {
    reference.tag.clear();
  } else if (reference.tag.empty()) {
    reference.tag = "latest";
  }
  return reference;
}

Result<std::string> normalise_reference(const std::string& reference) {
  TRY_ASSIGN(const Reference parsed, parse_reference(reference));
  return parsed.name();
}

}  // namespace slipway::adapter
