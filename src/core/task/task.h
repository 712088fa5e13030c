// Slipway's built-in tasks: Slack, Asana and GitHub under Argo's plugin template form
// (`plugin: {slack: {...}}`). Pure: a task is a request as data, and a judgement of the response.
// docs/tasks.md describes the arguments.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace slipway::task {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct TaskRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  Duration timeout = Duration::seconds(30);
  // Set when there is nothing to send (no Asana task is linked): the node succeeds with this
  // message, and the members above are empty.
  std::optional<std::string> nothing_to_do;
};

struct TaskVerdict {
  enum class Outcome { kSucceeded, kFailed, kRetry };
  Outcome outcome = Outcome::kSucceeded;
  std::string message;            // for people; empty for a plain success
  std::optional<Duration> after;  // kRetry: as the provider asks; otherwise the caller's backoff
};

// Key `key` of Secret `name`; kNotFound names what is missing.
using SecretLookup =
    std::function<Result<std::string>(std::string_view name, std::string_view key)>;

bool is_task(std::string_view name);  // "slack", "asana", "github"

// kInvalid names the argument that is wrong, missing or unknown; kNotFound the Secret.
// `idempotency_key` is the same for every attempt at the same node.
Result<TaskRequest> build_task(std::string_view name, const json::object& arguments,
                               const SecretLookup& secret, std::string_view idempotency_key);

// The header by which a driver hands back TaskRequest::nothing_to_do as a response with status 204.
inline constexpr std::string_view kNothingToDoHeader = "Slipway-Nothing-To-Do";

// `now` is needed for rate limits that name a point in time.
TaskVerdict judge(std::string_view name, int status, const Headers& headers, std::string_view body,
                  Time now);

}  // namespace slipway::task
