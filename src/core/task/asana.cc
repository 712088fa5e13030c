// Asana: one change to one task (spec ci.md, section 3).
#include <fmt/format.h>

#include <algorithm>

#include "core/task/asana_link.h"
#include "core/task/provider.h"
#include "core/task/response.h"
#include "core/task/text.h"

namespace slipway::task {
namespace {

constexpr std::string_view kNoTask = "no Asana task linked";
constexpr size_t kCommentCharacters = 60'000;

bool is_gid(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The task to change: `task` as a gid or a link, else the first link in `from`; "" when `from`
// holds none.
Result<std::string> find_task(const Arguments& arguments) {
  const std::string task = arguments.text("task");
  if (is_gid(task)) return task;
  if (!task.empty()) {
    const auto linked = find_asana_tasks(task);
    if (linked.size() == 1) return linked.front();
    return arguments.invalid("task", "must be a task's id or its link");
  }
  if (!arguments.given("task") && !arguments.given("from")) {
    return arguments.invalid("task", "is required, or else from: a text that may link to one");
  }
  const auto linked = find_asana_tasks(arguments.text("from"));
  return linked.empty() ? std::string{} : linked.front();
}

struct Change {
  std::string method, path;
  json::object data;
};

Result<std::string> required_gid(const Arguments& arguments, std::string_view key) {
  TRY_ASSIGN(std::string gid, arguments.required(key));
  if (!is_gid(gid)) return arguments.invalid(key, "must be an Asana id (digits)");
  return gid;
}

Result<Change> custom_field(const Arguments& arguments, const std::string& task) {
  TRY_ASSIGN(const std::string field, required_gid(arguments, "customField"));
  TRY_ASSIGN(const std::string value, arguments.required("value"));
  return Change{"PUT", "/tasks/" + task, {{"custom_fields", json::object{{field, value}}}}};
}

Result<Change> plan_change(const Arguments& arguments, const std::string& task) {
  const std::string action = arguments.text("action", "comment");
  if (action == "comment") {
    TRY_ASSIGN(const std::string text, arguments.required("text"));
    return Change{"POST",
                  fmt::format("/tasks/{}/stories", task),
                  {{"text", cut_text(clean_text(text), kCommentCharacters)}}};
  }
  if (action == "complete") return Change{"PUT", "/tasks/" + task, {{"completed", true}}};
  if (action == "reopen") return Change{"PUT", "/tasks/" + task, {{"completed", false}}};
  if (action == "section") {
    TRY_ASSIGN(const std::string section, required_gid(arguments, "section"));
    return Change{"POST", fmt::format("/sections/{}/addTask", section), {{"task", task}}};
  }
  if (action == "customField") return custom_field(arguments, task);
  if (action == "link") {
    TRY_ASSIGN(const std::string url, arguments.required("url"));
    if (!is_web_url(url)) return arguments.invalid("url", "must be an http or https URL");
    return Change{"POST",
                  "/attachments",
                  {{"resource_subtype", "external"},
                   {"parent", task},
                   {"url", url},
                   {"name", cut_text(clean_line(arguments.text("text", url)), 255)}}};
  }
  return arguments.invalid("action",
                           "must be comment, complete, reopen, section, customField or link");
}

std::string message_of(std::string_view body) {
  const Result<json::value> parsed = parse_json(body);
  if (!parsed.ok() || !parsed->is_object()) return std::string(body);
  const json::array* errors = find_array(parsed->get_object(), "errors");
  if (errors == nullptr || errors->empty() || !errors->front().is_object()) return {};
  return get_string(errors->front().get_object(), "message");
}

}  // namespace

Result<TaskRequest> build_asana(const Arguments& arguments, std::string_view idempotency_key) {
  TRY(arguments.check_names({"tokenSecret", "task", "from", "action", "text", "section",
                             "customField", "value", "url", "apiUrl"}));
  TRY_ASSIGN(const std::string base, arguments.base_url("apiUrl", "https://app.asana.com/api/1.0"));
  TRY_ASSIGN(const std::string task, find_task(arguments));
  TRY_ASSIGN(Change change, plan_change(arguments, task));
  TaskRequest request;
  if (task.empty()) {
    request.method.clear();
    request.nothing_to_do = std::string(kNoTask);
    return request;
  }
  TRY_ASSIGN(const std::string token, arguments.secret("tokenSecret"));
  request.method = change.method;
  request.url = base + change.path;
  request.headers = {{"Accept", "application/json"},
                     {"Authorization", "Bearer " + token},
                     {"Content-Type", "application/json"},
                     {"Idempotency-Key", std::string(idempotency_key)}};
  request.body = print_json(json::object{{"data", std::move(change.data)}});
  return request;
}

TaskVerdict judge_asana(int status, const Headers& headers, std::string_view body) {
  if (status >= 200 && status < 300) return succeeded();
  if (status == 403 || status == 404) {  // a task the token can not see is normal
    return succeeded(refusal("left alone: Asana", status, message_of(body)));
  }
  if (auto verdict = judge_temporary("Asana", status, headers)) return *verdict;
  return failed(refusal("Asana", status, message_of(body)));
}

}  // namespace slipway::task
