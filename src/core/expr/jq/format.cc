// The formats: @text, @json, @html, @uri, @csv, @tsv, @sh, @base64, @base32 and their reverses.
#include "base/base64.h"
#include "core/expr/jq/builtin.h"

namespace slipway::expr::jq {
namespace {

using Escape = std::string_view (*)(char);

std::string escaped(std::string_view text, Escape escape) {
  std::string out;
  for (const char c : text) {
    const std::string_view other = escape(c);
    if (other.data() != nullptr) {
      out += other;
    } else {
      out += c;
    }
  }
  return out;
}

// tostring.
Result<std::string> text_of(const Call& call) {
  std::string text = call.input.if_string() != nullptr ? *call.input.if_string()
                                                       : print(call.input, call.budget());
  call.budget().spend(text.size() / 16);
  if (call.budget().exhausted()) return call.budget().error();
  return text;
}

Result<Value> html(const Call& call) {
  TRY_ASSIGN(const std::string text, text_of(call));
  return make_string(escaped(text,
                             [](char c) -> std::string_view {
                               switch (c) {
                                 case '<':
                                   return "&lt;";
                                 case '>':
                                   return "&gt;";
                                 case '&':
                                   return "&amp;";
                                 case '\'':
                                   return "&apos;";
                                 case '"':
                                   return "&quot;";
                                 default:
                                   return {};
                               }
                             }),
                     call.budget());
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

Result<Value> uri(const Call& call) {
  constexpr char kHex[] = "0123456789ABCDEF";
  TRY_ASSIGN(const std::string text, text_of(call));
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return make_string(std::move(out), call.budget());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Result<Value> uri_decoded(const Call& call) {
  TRY_ASSIGN(const std::string text, text_of(call));
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string_view escape = std::string_view(text).substr(i, 3);
    const int first = escape.size() == 3 ? hex_digit(escape[1]) : -1;
    const int second = escape.size() == 3 ? hex_digit(escape[2]) : -1;
    if (first < 0 || second < 0) {
      return call.because(invalid("invalid URL escape " + quote_json(escape)));
    }
    out += static_cast<char>(first * 16 + second);
    i += 2;
  }
  return make_string(std::move(out), call.budget());
}

// One row: strings through `escape` between two `quote`s, other scalars as they print.
Result<Value> row(const Call& call, std::string_view separator, std::string_view quote,
                  Escape escape, bool shell) {
  const Items one = {call.input};
  const Items* items = call.input.if_array();
  if (items == nullptr && shell) items = &one;
  if (items == nullptr) return call.refuse();
  std::string out;
  for (size_t i = 0; i < items->size(); ++i) {
    const Value& item = (*items)[i];
    if (i > 0) out += separator;
    if (item.if_array() != nullptr || item.if_object() != nullptr) {
      return invalid(std::string(call.name) +
                     " cannot format an array including: " + preview_with_type(item));
    }
    if (const std::string* text = item.if_string()) {
      call.budget().spend(1 + text->size() / 16);
      out.append(quote).append(escaped(*text, escape)).append(quote);
    } else if (!item.is_null() || shell) {
      const std::string text = print(item, call.budget());
      if (text != "null" || shell) out += text;
    }
    if (call.budget().exhausted()) return call.budget().error();
  }
  return make_string(std::move(out), call.budget());
}

Result<Value> csv(const Call& call) {
  return row(
      call, ",", "\"",
      [](char c) -> std::string_view {
        return c == '"' ? "\"\"" : (c == '\0' ? "\\0" : std::string_view());
      },
      false);
}

Result<Value> tsv(const Call& call) {
  return row(
      call, "\t", "",
      [](char c) -> std::string_view {
        switch (c) {
          case '\t':
            return "\\t";
          case '\r':
            return "\\r";
          case '\n':
            return "\\n";
          case '\\':
            return "\\\\";
          case '\0':
            return "\\0";
          default:
            return {};
        }
      },
      false);
}

Result<Value> sh(const Call& call) {
  return row(
      call, " ", "'",
      [](char c) -> std::string_view {
        return c == '\'' ? "'\\''" : (c == '\0' ? "\\0" : std::string_view());
      },
      true);
}

Result<Value> base64(const Call& call) {
  TRY_ASSIGN(const std::string text, text_of(call));
  return make_string(encode_base64(text), call.budget());
}

// Padding may be missing, and what follows it does not count.
Result<Value> base64_decoded(const Call& call) {
  TRY_ASSIGN(std::string text, text_of(call));
  text.resize(std::min(text.size(), text.find('=')));
  text.append((4 - text.size() % 4) % 4, '=');
  const auto bytes = decode_base64(text);
  if (!bytes.ok()) return call.because(invalid("illegal base64 data"));
  return make_string(*bytes, call.budget());
}

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

Result<Value> base32(const Call& call) {
  TRY_ASSIGN(const std::string text, text_of(call));
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) out += kBase32[(bits >> (count - 5)) & 31];
  }
  if (count > 0) out += kBase32[(bits << (5 - count)) & 31];
  out.append((8 - out.size() % 8) % 8, '=');
  return make_string(std::move(out), call.budget());
}

Result<Value> base32_decoded(const Call& call) {
  TRY_ASSIGN(const std::string text, text_of(call));
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : std::string_view(text).substr(0, text.find('='))) {
    const size_t digit = kBase32.find(c);
    if (digit == std::string_view::npos) {
      return call.because(invalid("illegal base32 data"));
    }
    bits = (bits << 5) | static_cast<uint32_t>(digit);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count);
  }
  return make_string(std::move(out), call.budget());
}

Result<Value> text(const Call& call) { return find_native("tostring", 0)->run(call); }
Result<Value> json_text(const Call& call) { return find_native("tojson", 0)->run(call); }

Result<Value> format(const Call& call) {
  const std::string* name = call.arguments[0].if_string();
  if (name == nullptr) return call.refuse(call.arguments[0]);
  const Native* native = find_native("@" + *name, 0);
  if (native == nullptr) return invalid("format not defined: @" + *name);
  return native->run({native->name, call.input, {}, call.context});
}

constexpr Native kNatives[] = {
    {"@text", 0, text},        {"@json", 0, json_text},
    {"@html", 0, html},        {"@uri", 0, uri},
    {"@urid", 0, uri_decoded}, {"@csv", 0, csv},
    {"@tsv", 0, tsv},          {"@sh", 0, sh},
    {"@base64", 0, base64},    {"@base64d", 0, base64_decoded},
    {"@base32", 0, base32},    {"@base32d", 0, base32_decoded},
    {"format", 1, format},
};

}  // namespace

std::span<const Native> format_natives() { return kNatives; }

}  // namespace slipway::expr::jq
