#include "cli/workflow_filter.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/print.h"
#include "core/expr/golang/golang.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kResubmitted = "workflows.argoproj.io/resubmitted-from-workflow";
constexpr std::string_view kCompletedPhases = "Succeeded,Failed,Error";
constexpr std::string_view kRunningPhases = "Pending,Running";

// A Go duration, or whole days: 10m, 3h, 1d.
Result<Time> ago(const std::string& flag, const std::string& text) {
  int64_t days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (error == std::errc{} && std::string_view(end, text.data() + text.size()) == "d") {
    return clock_now() - Duration::seconds(days * 86'400);
  }
  const auto duration = expr::parse_go_duration(text);
  if (duration.ok()) return clock_now() - *duration;
  return Error{ErrorCode::kInvalid,
               fmt::format("{} \"{}\" is no duration such as 10m, 3h or 1d", flag, text), ""};
}

struct Fields {
  std::string name, ns;
};

Result<Fields> read_fields(const std::string& selector) {
  Fields fields;
  for (std::string rest = selector; !rest.empty();) {
    const size_t comma = rest.find(',');
    const std::string term = rest.substr(0, comma);
    rest = comma == rest.npos ? "" : rest.substr(comma + 1);
    const size_t equals = term.find('=');
    const std::string key = term.substr(0, equals);
    const std::string value = equals == term.npos ? "" : term.substr(term.find_last_of('=') + 1);
    if (key == "metadata.name") {
      fields.name = value;
    } else if (key == "metadata.namespace") {
      fields.ns = value;
    } else {
      return Error{ErrorCode::kInvalid,
                   fmt::format("--field-selector knows metadata.name=NAME and "
                               "metadata.namespace=NAMESPACE, not \"{}\"",
                               term),
                   ""};
    }
  }
  return fields;
}

bool fields_match(const Fields& fields, const json::object& workflow) {
  const json::object& metadata = object_of(workflow, "metadata");
  return (fields.name.empty() || fields.name == get_string(metadata, "name")) &&
         (fields.ns.empty() || fields.ns == get_string(metadata, "namespace"));
}

}  // namespace

void WorkflowFilter::define(Options& options) {
  options.flag("-A,--all-namespaces", all_namespaces, "of every namespace");
  options.text("--status", phases, "only these phases, separated by commas");
  options.flag("--completed", completed, "only those that have ended");
  options.flag("--resubmitted", resubmitted, "only those that `resubmit` made");
  options.text("--prefix", prefix, "only names that start so");
  options.text("-l,--selector", selector, "label selector");
  options.text("--field-selector", field_selector, "metadata.name=NAME, metadata.namespace=NS");
  options.text("--older", older, "only those that ended longer ago than this: 10m, 3h, 1d");
}

Status WorkflowFilter::visit(const Client& client, const std::string& ns,
                             const std::function<bool(json::object)>& see) const {
  if (completed && running) {
    return Error{ErrorCode::kInvalid, "--completed and --running exclude each other", ""};
  }
  TRY_ASSIGN(const Fields fields, read_fields(field_selector));
  std::string wanted = phases;
  if (wanted.empty() && completed) wanted = kCompletedPhases;
  if (wanted.empty() && running) wanted = kRunningPhases;
  std::string labels = selector;
  if (resubmitted) labels += fmt::format("{}{}", labels.empty() ? "" : ",", kResubmitted);
  std::string path = all_namespaces ? "/apis/argoproj.io/v1alpha1/workflows?"
                                    : "/api/v1/workflows/" + encode_url(ns) + "?";
  path += fmt::format("limit={}&phase={}&prefix={}&labelSelector={}", page, encode_url(wanted),
                      encode_url(prefix), encode_url(labels));
  if (!older.empty()) {
    TRY_ASSIGN(const Time before, ago("--older", older));
    path += "&finishedBefore=" + encode_url(format_rfc3339(before));
  }
  if (!since.empty()) {
    TRY_ASSIGN(const Time after, ago("--since", since));
    path += "&createdAfter=" + encode_url(format_rfc3339(after));
  }
  for (std::string next; true;) {
    TRY_ASSIGN(json::value reply, client.call("GET", path + "&continue=" + encode_url(next)));
    if (json::value* items = reply.get_object().if_contains("items")) {
      for (json::value& item : items->get_array()) {
        if (!item.is_object() || !fields_match(fields, item.get_object())) continue;
        if (!see(std::move(item.get_object()))) return {};
      }
    }
    next = get_string(object_of(reply.get_object(), "metadata"), "continue");
    if (next.empty()) return {};
  }
}

}  // namespace slipway::cli
