#include "core/task/response.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/task/text.h"

namespace slipway::task {
namespace {

constexpr int64_t kLongestWaitSeconds = 3600;
constexpr size_t kDetailCharacters = 300;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::string_view header_value(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                   [](char a, char b) { return lower(a) == lower(b); })) {
      return value;
    }
  }
  return {};
}

std::optional<Duration> retry_after(const Headers& headers) {
  const std::string_view text = header_value(headers, "Retry-After");
  int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size() || seconds < 0) {
    return std::nullopt;
  }
  return Duration::seconds(std::min(seconds, kLongestWaitSeconds));
}

TaskVerdict succeeded(std::string message) {
  return {TaskVerdict::Outcome::kSucceeded, std::move(message), {}};
}
TaskVerdict failed(std::string message) {
  return {TaskVerdict::Outcome::kFailed, std::move(message), {}};
}
TaskVerdict retry(std::string message, std::optional<Duration> after) {
  return {TaskVerdict::Outcome::kRetry, std::move(message), after};
}

std::optional<TaskVerdict> judge_temporary(std::string_view provider, int status,
                                           const Headers& headers) {
  if (status == 429) {
    return retry(fmt::format("{} asks to slow down (429)", provider), retry_after(headers));
  }
  if (status == 408 || status == 425 || status >= 500) {
    return retry(fmt::format("{} is in trouble ({})", provider, status), retry_after(headers));
  }
  return std::nullopt;
}

std::string refusal(std::string_view provider, int status, std::string_view detail) {
  const std::string line = cut_text(clean_line(detail), kDetailCharacters);
  return line.empty() ? fmt::format("{} answered {}", provider, status)
                      : fmt::format("{} answered {}: {}", provider, status, line);
}

}  // namespace slipway::task
