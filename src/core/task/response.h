// What the three providers' answers have in common.
#pragma once

#include "core/task/task.h"

namespace slipway::task {

// First header of that name without regard to case; empty when absent.
std::string_view header_value(const Headers& headers, std::string_view name);

// Retry-After in seconds. A date, which none of the providers sends, is nullopt. At most an hour.
std::optional<Duration> retry_after(const Headers& headers);

TaskVerdict succeeded(std::string message = {});
TaskVerdict failed(std::string message);
TaskVerdict retry(std::string message, std::optional<Duration> after = {});

// 408, 425, 429 and 5xx: may work later. nullopt for any other status.
std::optional<TaskVerdict> judge_temporary(std::string_view provider, int status,
                                           const Headers& headers);

// "Slack answered 400: <first part of the body>".
std::string refusal(std::string_view provider, int status, std::string_view detail);

}  // namespace slipway::task
