#include "core/manifest/yaml/quoting.h"

#include <algorithm>
#include <utility>

namespace slipway::manifest {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

struct Header {
  int indent = 0;        // the digit, 0 when there is none
  char chomping = '\0';  // '+', '-' or neither
};

// "| # comment", "|2-", ">+": what follows the indicator, or nullopt when it is no header.
std::optional<Header> parse_header(std::string_view rest) {
  Header header;
  size_t i = 0;
  for (; i < rest.size() && i < 2; ++i) {
    if ((rest[i] == '+' || rest[i] == '-') && header.chomping == '\0') {
      header.chomping = rest[i];
    } else if (rest[i] >= '1' && rest[i] <= '9' && header.indent == 0) {
      header.indent = rest[i] - '0';
    } else {
      break;
    }
  }
  rest.remove_prefix(i);
  const size_t text = rest.find_first_not_of(kBlank);
  if (text == rest.npos || (text > 0 && rest[text] == '#')) return header;
  return std::nullopt;
}

// The header is on the last line before `content_at` that is not blank.
Header find_header(std::string_view before, bool folded) {
  const size_t last = before.find_last_not_of(kBlank);
  if (last == before.npos) return {};
  before = before.substr(0, last + 1);
  const std::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  const char indicator = folded ? '>' : '|';
  for (size_t at = line.find(indicator); at != line.npos; at = line.find(indicator, at + 1)) {
    if (const auto header = parse_header(line.substr(at + 1))) return *header;
  }
  return {};
}

size_t leading_spaces(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

struct Lines {
  std::string_view rest;
  bool broken = false;  // the last line read ended with a line break

  std::string_view next() {
    const size_t end = rest.find('\n');
    broken = end != rest.npos;
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(broken ? end + 1 : rest.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
};

// Spaces before the first line that holds text, or nullopt when none does.
std::optional<size_t> first_indent(Lines lines) {
  while (!lines.rest.empty()) {
    const std::string_view line = lines.next();
    if (line.find_first_not_of(' ') != line.npos) return leading_spaces(line);
  }
  return std::nullopt;
}

}  // namespace

std::string unquote_single(std::string_view source) {
  std::string out;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\'') {
      if (i + 1 == source.size() || source[i + 1] != '\'') break;
      out += source[i++];
    } else if (source[i] == '\n') {
      // Folding: blanks around a line break go, one break is a space, more are one less.
      out.erase(out.find_last_not_of(" \t\r") + 1);
      size_t breaks = 0;
      for (; i < source.size() && kBlank.find(source[i]) != kBlank.npos; ++i) {
        breaks += source[i] == '\n' ? 1 : 0;
      }
      --i;
      out.append(breaks == 1 ? 1 : breaks - 1, breaks == 1 ? ' ' : '\n');
    } else {
      out += source[i];
    }
  }
  return out;
}

std::optional<std::string> read_block_scalar(std::string_view source, const BlockScalar& scalar) {
  const size_t content_at = std::min(scalar.content_at, source.size());
  const Header header = find_header(source.substr(0, content_at), scalar.folded);
  Lines lines{source.substr(content_at)};
  size_t indent = static_cast<size_t>(std::max(scalar.parent_indent, 0) + header.indent);
  if (header.indent == 0) {
    const auto found = first_indent(lines);
    if (!found) return std::string();
    indent = *found;
    if (static_cast<int>(indent) <= scalar.parent_indent) return std::nullopt;
  }
  std::string out;
  size_t blanks = 0;
  bool started = false, spaced = false, broken = false;
  while (!lines.rest.empty()) {
    const std::string_view line = lines.next();
    const size_t spaces = leading_spaces(line);
    if (spaces == line.size() && spaces <= indent) {
      blanks += lines.broken ? 1 : 0;
      continue;
    }
    if (spaces < indent) break;
    const std::string_view text = line.substr(indent);
    const bool was_spaced = std::exchange(spaced, text.front() == ' ' || text.front() == '\t');
    const bool fold = scalar.folded && started && !was_spaced && !spaced;
    if (fold && blanks == 0) out += ' ';
    if (started && !fold) out += '\n';
    out.append(blanks, '\n').append(text);
    blanks = 0;
    started = true;
    broken = lines.broken;
  }
  if (header.chomping != '-' && broken) out += '\n';
  if (header.chomping == '+') out.append(blanks, '\n');
  return out;
}

}  // namespace slipway::manifest
