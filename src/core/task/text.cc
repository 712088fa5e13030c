#include "core/task/text.h"

#include <algorithm>

namespace slipway::task {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

unsigned char byte_at(std::string_view text, size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// Length of the well-formed sequence at `at`; 0 when there is none.
size_t sequence_length(std::string_view text, size_t at) {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (text.size() - at < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte_at(text, at + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

// Where the escape sequence that begins at `at` (an ESC) ends.
size_t escape_end(std::string_view text, size_t at) {
  size_t i = at + 1;
  if (i >= text.size()) return i;
  if (text[i] == '[') {  // CSI: parameters, then one final byte
    for (++i; i < text.size(); ++i) {
      if (text[i] >= 0x40 && text[i] <= 0x7e) return i + 1;
      if (byte_at(text, i) < 0x20 || byte_at(text, i) > 0x7e) return i;
    }
    return i;
  }
  if (text[i] == ']' || text[i] == 'P' || text[i] == '_' || text[i] == '^') {  // until BEL or ESC
    for (++i; i < text.size() && text[i] != '\n'; ++i) {
      if (text[i] == '\a') return i + 1;
      if (text[i] == '\x1b') return i + 1 < text.size() && text[i + 1] == '\\' ? i + 2 : i;
    }
    return i;
  }
  while (i < text.size() && text[i] >= 0x20 && text[i] <= 0x2f) ++i;  // e.g. ESC ( B
  return i < text.size() && text[i] >= 0x30 && text[i] <= 0x7e ? i + 1 : i;
}

bool is_c1_control(std::string_view text, size_t at) {
  return byte_at(text, at) == 0xc2 && byte_at(text, at + 1) < 0xa0;
}

// Byte offset of the code point number `characters`.
size_t offset_of(std::string_view text, size_t characters) {
  size_t i = 0;
  while (i < text.size() && characters > 0) {
    ++i;
    while (i < text.size() && (byte_at(text, i) & 0xc0) == 0x80) ++i;
    --characters;
  }
  return i;
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = byte_at(text, i);
    if (c == 0x1b) {
      i = escape_end(text, i);
    } else if (c == '\r') {
      i += i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
      out += '\n';
    } else if (c == '\n' || c == '\t') {
      out += text[i++];
    } else if (c < 0x20 || c == 0x7f) {
      ++i;
    } else if (const size_t length = sequence_length(text, i); length == 0) {
      out += kReplacement;
      ++i;
    } else {
      if (length != 2 || !is_c1_control(text, i)) out += text.substr(i, length);
      i += length;
    }
  }
  return out;
}

std::string clean_line(std::string_view text) {
  std::string line = clean_text(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\t', ' ');
  const size_t first = line.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(' ') - first + 1);
}

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string cut_text(std::string_view text, size_t characters) {
  if (count_characters(text) <= characters) return std::string(text);
  if (characters == 0) return {};
  return std::string(text.substr(0, offset_of(text, characters - 1))).append(kEllipsis);
}

std::string last_lines(std::string_view text, size_t lines, size_t characters) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  size_t begin = text.size(), used = 0;
  for (size_t taken = 0, end = text.size(); taken < lines && end > 0; ++taken) {
    const size_t newline = text.rfind('\n', end - 1);
    const size_t start = newline == text.npos ? 0 : newline + 1;
    used += count_characters(text.substr(start, end - start)) + (taken > 0 ? 1 : 0);
    if (used > characters) break;
    begin = start;
    if (start == 0) break;
    end = start - 1;
  }
  if (begin < text.size() || text.empty() || characters == 0 || lines == 0) {
    return std::string(text.substr(begin));
  }
  const std::string_view line = text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
  const size_t total = count_characters(line);
  return std::string(kEllipsis).append(line.substr(offset_of(line, total - (characters - 1))));
}

}  // namespace slipway::task
