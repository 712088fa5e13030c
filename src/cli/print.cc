#include "cli/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/time.h"
#include "core/manifest/parse.h"

namespace slipway::cli {
namespace {

std::string name_of(const json::object& object) {
  std::string kind = get_string(object, "kind");
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const json::value* name = find_path(object, {"metadata", "name"});
  return kind + "/" + (name != nullptr && name->is_string() ? str(name->get_string()) : "");
}

int64_t now_seconds() { return clock_now().to_seconds(); }

}  // namespace

Time clock_now() {
  return Time{std::chrono::duration_cast<std::chrono::nanoseconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count()};
}

void define_output(Options& options, std::string& output) {
  options.choice("-o,--output", output, {"json", "yaml", "name", "wide"},
                 "json, yaml, name or wide");
}

bool print_object(const json::object& object, const std::string& output) {
  if (output == "json") {
    fmt::print("{}\n", print_json(object, {.sort_keys = true, .indent = 4}));
  } else if (output == "yaml") {
    fmt::print("{}", manifest::print_yaml(object));
  } else if (output == "name") {
    fmt::print("{}\n", name_of(object));
  } else {
    return false;
  }
  return true;
}

bool print_list(const json::object& list, const std::string& output) {
  if (output != "name") return print_object(list, output);
  if (const json::array* items = find_array(list, "items")) {
    for (const json::value& item : *items) print_object(item.get_object(), output);
  }
  return true;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  // Width in characters, not bytes: status marks are UTF-8.
  const auto width = [](const std::string& text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  };
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string age(const std::string& since) {
  const Result<Time> start = parse_rfc3339(since);
  if (!start.ok()) return "";
  const int64_t seconds = std::max<int64_t>(0, now_seconds() - start->to_seconds());
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (seconds < 7200) return fmt::format("{}m", seconds / 60);
  if (seconds < 2 * 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

std::string elapsed(const std::string& started, const std::string& finished) {
  const Result<Time> start = parse_rfc3339(started);
  if (!start.ok()) return "";
  const Result<Time> end = parse_rfc3339(finished);
  const int64_t seconds =
      std::max<int64_t>(0, (end.ok() ? end->to_seconds() : now_seconds()) - start->to_seconds());
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {}m", seconds / 3600, seconds / 60 % 60);
}

std::string counted(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace slipway::cli
