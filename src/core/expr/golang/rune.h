// Go's runes: UTF-8 in and out, and unicode.IsPrint, IsSpace, IsUpper and friends near enough.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::expr {

struct Rune {
  char32_t code = 0xfffd;
  size_t length = 1;  // bytes; 1 for an invalid byte, which stands for U+FFFD
  bool valid = false;
};

// The rune at the front of `text`, which must not be empty.
Rune decode_rune(std::string_view text);
std::string encode_rune(char32_t code);  // U+FFFD for what is not a code point

std::vector<char32_t> to_runes(std::string_view text);
size_t count_runes(std::string_view text);

// Not for controls, separators other than the ASCII space, surrogates, private use, noncharacters.
bool is_printable(char32_t code);
bool is_space(char32_t code);

// Letters of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic change case; others stay.
char32_t to_upper(char32_t code);
char32_t to_lower(char32_t code);
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

// One rune inside quotes of `delimiter`, escaped as strconv.Quote does.
std::string quote_rune(char32_t code, char delimiter);

// strings.TrimSpace.
std::string_view trim_space(std::string_view text);

}  // namespace slipway::expr
