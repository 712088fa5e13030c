#include "core/view/view.h"

#include <gtest/gtest.h>

#include "core/view/duration.h"
#include "core/view/explain.h"
#include "core/view/tree.h"

namespace slipway::views {
namespace {

TEST(Duration, AsKubectlPrintsAges) {
  const auto age = [](int64_t seconds) { return format_age(Duration::seconds(seconds)); };
  EXPECT_EQ(age(-5), "0s");
  EXPECT_EQ(age(119), "119s");
  EXPECT_EQ(age(120), "2m");
  EXPECT_EQ(age(200), "3m20s");
  EXPECT_EQ(age(600), "10m");
  EXPECT_EQ(age(179 * 60), "179m");
  EXPECT_EQ(age(5 * 3600 + 120), "5h2m");
  EXPECT_EQ(age(30 * 3600), "30h");
  EXPECT_EQ(age(4 * 86400 + 3 * 3600), "4d3h");
  EXPECT_EQ(age(90 * 86400), "90d");
  EXPECT_EQ(age(790LL * 86400), "2y60d");
  EXPECT_EQ(age(4000LL * 86400), "10y");
}

TEST(Duration, AsArgoPrintsThem) {
  EXPECT_EQ(format_short(Duration::milliseconds(999)), "0s");
  EXPECT_EQ(format_short(Duration::seconds(59)), "59s");
  EXPECT_EQ(format_short(Duration::seconds(119)), "1m");
  EXPECT_EQ(format_short(Duration::seconds(90000)), "1d");
  EXPECT_EQ(format_long(Duration::seconds(1)), "1 second");
  EXPECT_EQ(format_long(Duration::seconds(60)), "1 minute 0 seconds");
  EXPECT_EQ(format_long(Duration::seconds(3661)), "1 hour 1 minute");
  const Time at = Time::from_seconds(1'700'000'000);
  EXPECT_EQ(format_timestamp(at, at + Duration::seconds(125)),
            "Tue Nov 14 22:13:20 +0000 (2 minutes ago)");
  EXPECT_EQ(format_timestamp({}, at), "");
}

json::object node(std::string id, std::string type, std::string boundary, json::array children = {},
                  std::string phase = "Succeeded") {
  return {{"id", id},
          {"name", "w." + id},
          {"displayName", id},
          {"type", type},
          {"phase", phase},
          {"boundaryID", boundary},
          {"templateName", "t"},
          {"children", children},
          {"startedAt", "2026-01-01T00:00:00Z"},
          {"finishedAt", "2026-01-01T00:00:06Z"}};
}

json::object workflow_of(std::initializer_list<json::object> list) {
  json::object nodes;
  for (const json::object& n : list) nodes[get_string(n, "id")] = n;
  return {{"metadata", {{"name", "w"}}}, {"status", {{"nodes", std::move(nodes)}}}};
}

// The first column, which holds the tree.
std::string steps_of(const json::object& workflow) {
  std::string out;
  const std::string text = render_tree(workflow, Time{});
  for (size_t at = text.find('\n') + 1; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    const std::string step = line.substr(0, line.find("  t"));
    out += step.substr(0, step.find_last_not_of(' ') + 1) + "\n";
    at = end + 1;
  }
  return out;
}

TEST(Tree, StepsHangOnTheirGroups) {
  const json::object workflow = workflow_of({
      node("w", "Steps", "", {"g0"}),
      node("g0", "StepGroup", "w", {"a"}),
      node("a", "Pod", "w", {"g1"}),
      node("g1", "StepGroup", "w", {"b", "c"}),
      node("b", "Steps", "w", {"bg"}),
      node("c", "Retry", "w", {"c0"}, "Failed"),
      node("c0", "Pod", "w", {}, "Failed"),
      node("bg", "StepGroup", "b", {"d"}),
      node("d", "Pod", "b", {}, "Running"),
  });
  EXPECT_EQ(steps_of(workflow), " ✔ w\n ├───✔ a\n └─┬─✔ b\n   │ └───● d\n   └─✖ c0\n");
}

TEST(Tree, TasksInOrderOfTheirStart) {
  json::object late = node("a", "Pod", "w");
  late["startedAt"] = "2026-01-01T00:01:00Z";
  const json::object workflow = workflow_of({
      node("w", "DAG", ""),
      late,
      node("b", "Retry", "w", {"b0", "b1"}),
      node("b0", "Pod", "w", {}, "Failed"),
      node("b1", "Pod", "w"),
      node("o", "Skipped", "w", {}, "Omitted"),
      node("s", "Suspend", "w", {}, "Running"),
  });
  EXPECT_EQ(steps_of(workflow), " ✔ w\n ├─✔ b\n │ ├─✖ b0\n │ └─✔ b1\n ├─ǁ s\n └─✔ a\n");
}

TEST(Tree, ColumnsAndMessages) {
  json::object main = node("w", "Pod", "", {}, "Failed");
  main["name"] = "w";
  main["message"] = "a\nb\x1b[2J";
  const std::string text = render_tree(workflow_of({main}), Time{});
  EXPECT_EQ(text,
            "STEP  TEMPLATE  PODNAME  DURATION  MESSAGE\n ✖ w  t         w        6s        "
            "a b [2J\n");
  EXPECT_NE(render_tree(workflow_of({main}), Time{}, {.color = true}).find("\x1b[31m✖\x1b[0m w"),
            std::string::npos);
  EXPECT_NE(render_tree(workflow_of({main}), Time{}, {.max_message = 1}).find("  a…\n"),
            std::string::npos);
}

TEST(Tree, SurvivesAnything) {
  EXPECT_EQ(render_tree({}, Time{}), "");
  EXPECT_EQ(render_tree(workflow_of({}), Time{}), "");
  // A cycle of boundaries and one of children.
  const json::object cycle =
      workflow_of({node("w", "Retry", "x", {"x", "w"}), node("x", "Retry", "w", {"w", "nope"}),
                   node("y", "TaskGroup", "y", {"y"})});
  EXPECT_NE(render_tree(cycle, Time{}), "");
  json::object odd = {
      {"metadata", {{"name", 1}}},
      {"status", {{"nodes", {{"a", 1}, {"b", {{"children", {1}}, {"type", "Retry"}}}}}}}};
  EXPECT_NE(render_tree(odd, Time{}), "");
  json::object chain;
  for (int i = 0; i < 5000; ++i) {
    json::object n = node(std::to_string(i), "DAG", i > 0 ? std::to_string(i - 1) : "");
    chain[std::to_string(i)] = std::move(n);
  }
  json::object deep{{"metadata", {{"name", "0"}}}, {"status", {{"nodes", std::move(chain)}}}};
  EXPECT_NE(render_tree(deep, Time{}), "");
}

TEST(Header, NamesWhatIsThere) {
  const json::object workflow = {
      {"metadata",
       {{"name", "w"}, {"namespace", "ci"}, {"creationTimestamp", "2026-01-01T00:00:00Z"}}},
      {"spec", {{"arguments", {{"parameters", {{{"name", "p"}, {"value", 5}}}}}}}},
      {"status",
       {{"phase", "Running"},
        {"startedAt", "2026-01-01T00:00:00Z"},
        {"progress", "1/2"},
        {"resourcesDuration", {{"cpu", 65}, {"memory", 2}}},
        {"conditions", {{{"type", "PodRunning"}, {"status", "True"}}}}}}};
  EXPECT_EQ(render_header(workflow, parse_rfc3339("2026-01-01T00:01:05Z").value()),
            "Name:                w\nNamespace:           ci\nServiceAccount:      unset\n"
            "Status:              Running\nConditions:\n PodRunning          True\n"
            "Created:             Thu Jan 01 00:00:00 +0000 (1 minute ago)\n"
            "Started:             Thu Jan 01 00:00:00 +0000 (1 minute ago)\n"
            "Duration:            1 minute 5 seconds\nProgress:            1/2\n"
            "ResourcesDuration:   1m5s*(1 cpu),2s*(100Mi memory)\n"
            "Parameters:\n  p:                 5\n");
  EXPECT_NE(render_header({}, Time{}).find("Pending"), std::string::npos);
}

TEST(Rows, OfEvents) {
  engine::EventReceived received;
  received.id = EventId("e1");
  received.ns = "ci";
  received.source = "github";
  received.event = "push";
  received.data = {{"a", 1}};
  received.replay_of = "e0";
  received.verdicts = {json::object{{"sensor", "s"}}};
  const port::EventRow row = event_row(received, Time::from_seconds(7));
  EXPECT_EQ(row.status, 200);
  EXPECT_EQ(row.outcome, "replayed");
  EXPECT_EQ(row.message, "replay of e0");
  EXPECT_EQ(row.payload, R"({"a":1})");
  EXPECT_EQ(row.verdicts, R"([{"sensor":"s"}])");
  EXPECT_EQ(row.at, Time::from_seconds(7));
  received.replay_of.clear();
  EXPECT_EQ(event_row(received, {}).outcome, "accepted");
  engine::EventRefused refused;
  refused.status = 400;
  refused.outcome = "refused";
  refused.message = "bad signature";
  EXPECT_EQ(event_row(refused, {}).message, "bad signature");
  EXPECT_EQ(event_row(refused, {}).payload, "");
  EXPECT_EQ(event_row(refused, {}).verdicts, "[]");
}

TEST(Rows, AVerdictTakesInWhatItsCallWasAnswered) {
  port::EventRow row;
  row.verdicts = R"([{"outcome":"fired","call":"trigger/e1/s/t/0"},{"outcome":"fired"}])";
  EXPECT_EQ(print_json(verdicts_of(row)), row.verdicts) << "no answer yet";
  const auto answered = [&](bool ok, const char* message) {
    const port::PutAnswer put =
        answer_of({EffectId("trigger/e1/s/t/0"), ok, message}, Time::from_seconds(7));
    EXPECT_EQ(put.event, EventId("e1"));
    row.answers[put.call] = put.answer;
    return verdicts_of(row);
  };
  EXPECT_EQ(explain(answered(true, "HTTP 204")),
            "  sensor   dependency : fired\n    ✔ answer: HTTP 204 at 1970-01-01T00:00:07Z\n"
            "  sensor   dependency : fired\n");
  EXPECT_EQ(explain(answered(false, "HTTP 500")),
            "  sensor   dependency : failed\n    ✖ answer: HTTP 500 at 1970-01-01T00:00:07Z\n"
            "  sensor   dependency : fired\n");
}

TEST(Rows, SummaryOfAFinishedWorkflow) {
  port::WorkflowRow row;
  row.uid = WorkflowUid("u");
  row.ns = "ci";
  row.name = "w";
  row.phase = "Failed";
  row.message = "m";
  row.created_at = row.started_at = Time::from_seconds(0);
  row.finished_at = Time::from_seconds(5);
  row.labels = {{"a", "b"}};
  EXPECT_EQ(print_json(workflow_summary(row)),
            R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"w",)"
            R"("namespace":"ci","uid":"u","labels":{"a":"b"},)"
            R"("creationTimestamp":"1970-01-01T00:00:00Z"},"status":{"phase":"Failed",)"
            R"("message":"m","finishedAt":"1970-01-01T00:00:05Z"}})");
  row.phase.clear();
  EXPECT_EQ(get_string(*find_object(workflow_summary(row), "status"), "phase"), "Pending");
}

}  // namespace
}  // namespace slipway::views
