// Making text from outside fit to be shown: whole UTF-8, no escape codes, within a length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::task {

// Invalid UTF-8 becomes U+FFFD. ANSI escape sequences and control characters other than newline and
// tab are removed; CR LF and a lone CR become a newline.
std::string clean_text(std::string_view text);

// clean_text() on one line: newlines and tabs become spaces, ends are trimmed.
std::string clean_line(std::string_view text);

// Code points of valid UTF-8.
size_t count_characters(std::string_view text);

// The first `characters` code points, the last of them "…" when something was cut off.
std::string cut_text(std::string_view text, size_t characters);

// The last whole lines: at most `lines` of them and at most `characters` code points. A single line
// that is longer is cut at its front. Trailing newlines are dropped. Expects clean_text().
std::string last_lines(std::string_view text, size_t lines, size_t characters);

}  // namespace slipway::task
