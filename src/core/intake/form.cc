#include "core/intake/form.h"

#include <map>

namespace slipway::intake {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return Error{ErrorCode::kInvalid,
                     "invalid URL escape \"" + std::string(text.substr(i, 3)) + "\""};
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (pair.find(';') != std::string_view::npos) {
      return Error{ErrorCode::kInvalid, "invalid semicolon separator in form data"};
    }
    if (fields.size() == kFormFields) {
      return Error{ErrorCode::kLimit,
                   "the form has more than " + std::to_string(kFormFields) + " fields"};
    }
    const size_t equals = std::min(pair.find('='), pair.size());
    TRY_ASSIGN(std::string name, unescape(pair.substr(0, equals)));
    TRY_ASSIGN(std::string value, unescape(pair.substr(std::min(equals + 1, pair.size()))));
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

json::object form_to_json(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::map<std::string, json::array> sorted;
  for (const auto& [name, value] : fields) sorted[name].emplace_back(value);
  json::object out;
  for (auto& [name, values] : sorted) out[name] = std::move(values);
  return out;
}

}  // namespace slipway::intake
