#include "core/task/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace slipway::task {
namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

}  // namespace

Error Arguments::invalid(std::string_view key, std::string_view what) const {
  return {ErrorCode::kInvalid, fmt::format("argument {}: {}", key, what),
          fmt::format("task {}", task_)};
}

Status Arguments::check_names(std::initializer_list<std::string_view> known) const {
  for (const auto& member : values_) {
    const std::string_view name = member.key();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto nearest = std::min_element(known.begin(), known.end(), [&](auto a, auto b) {
      return edit_distance(name, a) < edit_distance(name, b);
    });
    return invalid(name, fmt::format("is not known; did you mean {}?", *nearest));
  }
  return {};
}

std::string Arguments::text(std::string_view key, std::string_view fallback) const {
  const json::value* value = find(values_, key);
  if (value == nullptr || value->is_object() || value->is_array()) return std::string(fallback);
  std::string text = value->is_string() ? str(value->get_string()) : print_json(*value);
  return text.empty() ? std::string(fallback) : text;
}

Result<std::string> Arguments::required(std::string_view key) const {
  std::string value = text(key);
  if (value.empty()) return invalid(key, "is required");
  return value;
}

bool Arguments::flag(std::string_view key) const { return text(key) == "true"; }

const json::object* Arguments::object(std::string_view key) const {
  return find_object(values_, key);
}

Result<json::array> Arguments::list(std::string_view key) const {
  if (const json::array* list = find_array(values_, key)) return *list;
  const std::string text = trimmed(this->text(key));
  if (text.empty() || text == "null") return json::array{};
  const Result<json::value> parsed = parse_json(text);
  if (!parsed.ok() || !parsed->is_array()) {
    return invalid(key, "must be a list, or a text that holds a JSON list");
  }
  return parsed->get_array();
}

Result<std::string> Arguments::secret(std::string_view key) const {
  const json::object* reference = object(key);
  const std::string name = reference != nullptr ? get_string(*reference, "name") : "";
  const std::string entry = reference != nullptr ? get_string(*reference, "key") : "";
  if (name.empty() || entry.empty()) {
    return invalid(key, "must name a Secret as {name: ..., key: ...}");
  }
  TRY_ASSIGN(const std::string raw, secret_(name, entry));
  std::string value = trimmed(raw);
  const bool printable =
      std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (value.empty() || !printable) {
    return invalid(key, fmt::format("Secret {} key {} is empty or holds characters that no token "
                                    "or URL has",
                                    name, entry));
  }
  return value;
}

Result<std::string> Arguments::base_url(std::string_view key, std::string_view fallback) const {
  std::string url = text(key, fallback);
  while (!url.empty() && url.back() == '/') url.pop_back();
  if (!is_web_url(url)) return invalid(key, "must be an http or https URL");
  return url;
}

bool is_web_url(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c != 0x7f && c != '<' && c != '>' && c != '|' && c != '"' && c != '\\';
  });
}

}  // namespace slipway::task
