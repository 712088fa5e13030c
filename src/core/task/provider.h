// The three providers behind task.h, each in its own file.
#pragma once

#include "core/task/arguments.h"
#include "core/task/task.h"

namespace slipway::task {

Result<TaskRequest> build_slack(const Arguments& arguments, std::string_view idempotency_key);
TaskVerdict judge_slack(int status, const Headers& headers, std::string_view body);

Result<TaskRequest> build_asana(const Arguments& arguments, std::string_view idempotency_key);
TaskVerdict judge_asana(int status, const Headers& headers, std::string_view body);

Result<TaskRequest> build_github(const Arguments& arguments, std::string_view idempotency_key);
TaskVerdict judge_github(int status, const Headers& headers, std::string_view body, Time now);

}  // namespace slipway::task
