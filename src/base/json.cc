#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/json_block.h"
#include "base/limit.h"
#include "base/utf8.h"

namespace slipway {
namespace {

// What is copied as it stands: printable ASCII that no JSON or HTML reader takes for anything else.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x80; ++c) plain[c] = true;
  for (const unsigned char c : {'"', '\\', '<', '>', '&'}) plain[c] = false;
  return plain;
}();

void append_escaped(std::string& out, char c, bool escape_html) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default: {
      const bool html = escape_html && (c == '<' || c == '>' || c == '&');
      if (static_cast<unsigned char>(c) < 0x20 || html) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        out += c;
      }
    }
  }
}

void append_sequence(std::string& out, std::string_view sequence) {
  // U+2028 and U+2029 end a line in JavaScript; Go always escapes them.
  if (sequence == "\xe2\x80\xa8") {
    out += "\\u2028";
  } else if (sequence == "\xe2\x80\xa9") {
    out += "\\u2029";
  } else {
    out += sequence;
  }
}

void append_quoted(std::string& out, std::string_view text, bool escape_html) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && kPlain[static_cast<unsigned char>(text[end])]) ++end;
    out.append(text, i, end - i);
    i = end;
    if (i == text.size()) break;
    const size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      out += "\\ufffd";
    } else if (length == 1) {
      append_escaped(out, text[i], escape_html);
    } else {
      append_sequence(out, text.substr(i, length));
    }
    i += std::max<size_t>(length, 1);
  }
  out += '"';
}

class Printer {
 public:
  explicit Printer(JsonStyle style) : style_(style) {}

  void value(const json::value& v) {
    switch (v.kind()) {
      case json::kind::null:
        out += "null";
        break;
      case json::kind::bool_:
        out += v.get_bool() ? "true" : "false";
        break;
      case json::kind::int64:
        fmt::format_to(std::back_inserter(out), "{}", v.get_int64());
        break;
      case json::kind::uint64:
        fmt::format_to(std::back_inserter(out), "{}", v.get_uint64());
        break;
      case json::kind::double_:
        out += print_json_number(v.get_double());
        break;
      case json::kind::string:
        append_quoted(out, view(v.get_string()), style_.escape_html);
        break;
      case json::kind::array:
        array(v.get_array());
        break;
      case json::kind::object:
        object(v.get_object());
        break;
    }
  }

  void object(const json::object& o) {
    if (o.empty()) {
      out += "{}";
      return;
    }
    out += '{';
    ++depth_;
    if (style_.sort_keys) {
      std::vector<const json::key_value_pair*> members;
      members.reserve(o.size());
      for (const auto& one : o) members.push_back(&one);
      std::sort(members.begin(), members.end(),
                [](const auto* a, const auto* b) { return a->key() < b->key(); });
      for (const auto* one : members) member(*one, one == members.front());
    } else {
      for (const auto& one : o) member(one, &one == o.begin());
    }
    --depth_;
    newline();
    out += '}';
  }

  std::string out;

 private:
  void member(const json::key_value_pair& one, bool first) {
    if (!first) out += ',';
    newline();
    append_quoted(out, one.key(), style_.escape_html);
    out += style_.indent > 0 ? ": " : ":";
    value(one.value());
  }

  void array(const json::array& a) {
    if (a.empty()) {
      out += "[]";
      return;
    }
    out += '[';
    ++depth_;
    bool first = true;
    for (const auto& element : a) {
      if (!first) out += ',';
      first = false;
      newline();
      value(element);
    }
    --depth_;
    newline();
    out += ']';
  }

  void newline() {
    if (style_.indent == 0) return;
    out += '\n';
    out.append(static_cast<size_t>(style_.indent * depth_), ' ');
  }

  JsonStyle style_;
  int depth_ = 0;
};

Error parse_error(std::string_view text, size_t offset, const boost::system::error_code& code) {
  offset = std::min(offset, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n');
  const size_t line_start = text.substr(0, offset).rfind('\n');
  const size_t column = offset - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return Error{
      ErrorCode::kInvalid,
      fmt::format("not valid JSON at line {}, column {}: {}", line, column, code.message()), ""};
}

Result<json::value> parse_into(json::storage_ptr storage, std::string_view text) {
  json::parse_options options;
  options.max_depth = limit::kJsonDepth;
  options.allow_invalid_utf8 = true;
  json::parser parser({}, options);
  parser.reset(std::move(storage));
  boost::system::error_code code;
  // write() reports garbage after the value as an error too.
  const size_t consumed = parser.write(text.data(), text.size(), code);
  if (code) return parse_error(text, consumed, code);
  return parser.release();
}

}  // namespace

Result<json::value> parse_json(std::string_view text) { return parse_into({}, text); }

Result<json::value> parse_json_block(std::string_view text) {
  const size_t about = 4 * text.size() + 1024;
  return parse_into(json::make_shared_resource<json::monotonic_resource>(about), text);
}

std::string print_json(const json::value& value, JsonStyle style) {
  Printer printer(style);
  printer.value(value);
  return std::move(printer.out);
}

std::string print_json(const json::object& object, JsonStyle style) {
  Printer printer(style);
  printer.object(object);
  return std::move(printer.out);
}

std::string quote_json(std::string_view text, bool escape_html) {
  std::string out;
  append_quoted(out, text, escape_html);
  return out;
}

std::string print_json_number(double number) {
  if (!std::isfinite(number)) return "null";
  const double magnitude = std::fabs(number);
  const bool scientific = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
  char buffer[400];
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, number,
                    scientific ? std::chars_format::scientific : std::chars_format::fixed);
  SLIPWAY_ASSERT(code == std::errc{});
  std::string text(buffer, end);
  // Go writes 1e-9 where C++ writes 1e-09.
  const size_t exponent = text.find('e');
  if (exponent != std::string::npos && exponent + 3 < text.size() && text[exponent + 2] == '0') {
    text.erase(exponent + 2, 1);
  }
  return text;
}

const json::value* find(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

const json::object& object_of(const json::object& object, std::string_view key) {
  static const json::object kNone;
  const json::object* found = find_object(object, key);
  return found != nullptr ? *found : kNone;
}

const json::array& list_of(const json::object& object, std::string_view key) {
  static const json::array kNone;
  const json::array* found = find_array(object, key);
  return found != nullptr ? *found : kNone;
}

const json::object* find_object(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

const json::array* find_array(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_array() : nullptr;
}

const json::string* find_string(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_string() : nullptr;
}

std::string get_string(const json::object& object, std::string_view key,
                       std::string_view fallback) {
  const json::string* text = find_string(object, key);
  return text != nullptr ? str(*text) : std::string(fallback);
}

int64_t get_int(const json::object& object, std::string_view key, int64_t fallback) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return fallback;
  boost::system::error_code code;
  const auto number = value->to_number<int64_t>(code);
  return code ? fallback : number;
}

bool get_bool(const json::object& object, std::string_view key, bool fallback) {
  const json::value* value = object.if_contains(key);
  const bool* flag = value != nullptr ? value->if_bool() : nullptr;
  return flag != nullptr ? *flag : fallback;
}

const json::value* find_path(const json::object& object,
                             std::initializer_list<std::string_view> path) {
  const json::object* at = &object;
  const json::value* value = nullptr;
  for (const std::string_view key : path) {
    if (at == nullptr) return nullptr;
    value = find(*at, key);
    if (value == nullptr) return nullptr;
    at = value->if_object();
  }
  return value;
}

size_t approximate_size(const json::value& value) {
  size_t size = sizeof(json::value);
  if (const auto* text = value.if_string()) {
    size += text->size();
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) size += approximate_size(element);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      size += member.key().size() + approximate_size(member.value());
  }
  return size;
}

}  // namespace slipway
