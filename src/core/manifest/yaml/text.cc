#include "core/manifest/yaml/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limit.h"
#include "base/utf8.h"

namespace slipway::manifest {
namespace {

Position position_of(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - line_start) + 1};
}

bool is_blank_or_comment(std::string_view line) {
  const size_t start = line.find_first_not_of(" \t\r");
  return start == std::string_view::npos || line[start] == '#';
}

bool is_marker(std::string_view line, std::string_view marker) {
  return line.starts_with(marker) && (line.size() == marker.size() || line[marker.size()] == ' ' ||
                                      line[marker.size()] == '\t' || line[marker.size()] == '\r');
}

}  // namespace

std::optional<TextProblem> check_text(std::string_view& text) {
  if (text.size() > limit::kManifestBytes) {
    return TextProblem{{},
                       "too-large",
                       fmt::format("the text has {} bytes, more than the limit of {} MiB",
                                   text.size(), limit::kManifestBytes >> 20),
                       "split it into several files"};
  }
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return TextProblem{{1, 1}, "encoding", "the text is UTF-16", "save it as UTF-8"};
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '\0') {
      return TextProblem{position_of(text, i), "encoding", "there is a NUL byte in the text",
                         "save it as UTF-8 text"};
    }
    const size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      return TextProblem{
          position_of(text, i), "encoding",
          fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(text[i])),
          "save it as UTF-8"};
    }
    i += length;
  }
  return std::nullopt;
}

std::vector<Section> split_documents(std::string_view text) {
  std::vector<Section> out;
  size_t start = 0;
  int start_line = 1, line_number = 0;
  bool content = false, directives = false;
  const auto close = [&](size_t end) {
    if (content) out.push_back({text.substr(start, end - start), start_line});
  };
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\n')) line.remove_suffix(1);
    ++line_number;
    if (is_marker(line, "---")) {
      // "%YAML" lines belong to the document that the marker opens.
      if (!directives) {
        close(at);
        start = at;
        start_line = line_number;
      }
      directives = false;
      content = !is_blank_or_comment(line.substr(3));
    } else if (!is_blank_or_comment(line) && !is_marker(line, "...")) {
      if (!content && line.starts_with('%')) directives = true;
      if (!directives) content = true;
    }
    at = end;
  }
  close(text.size());
  return out;
}

}  // namespace slipway::manifest
