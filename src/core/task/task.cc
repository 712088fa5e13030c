#include "core/task/task.h"

#include <fmt/format.h>

#include "core/task/provider.h"
#include "core/task/response.h"

namespace slipway::task {

bool is_task(std::string_view name) {
  return name == "slack" || name == "asana" || name == "github";
}

Result<TaskRequest> build_task(std::string_view name, const json::object& arguments,
                               const SecretLookup& secret, std::string_view idempotency_key) {
  const Arguments read(name, arguments, secret);
  if (name == "slack") return build_slack(read, idempotency_key);
  if (name == "asana") return build_asana(read, idempotency_key);
  if (name == "github") return build_github(read, idempotency_key);
  return Error{
      ErrorCode::kUnsupported,
      fmt::format("there is no plugin \"{}\" here; built in are slack, asana and github", name),
      {}};
}

TaskVerdict judge(std::string_view name, int status, const Headers& headers, std::string_view body,
                  Time now) {
  if (status == 204) {
    const std::string_view message = header_value(headers, kNothingToDoHeader);
    if (!message.empty()) return succeeded(std::string(message));
  }
  if (name == "slack") return judge_slack(status, headers, body);
  if (name == "asana") return judge_asana(status, headers, body);
  if (name == "github") return judge_github(status, headers, body, now);
  return failed(fmt::format("there is no plugin \"{}\" here", name));
}

}  // namespace slipway::task
