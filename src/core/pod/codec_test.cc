#include "core/pod/codec.h"

#include <gtest/gtest.h>

#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::pod {
namespace {

Container full_container() {
  Container c;
  c.name = "main";
  c.role = Container::Role::kSidecar;
  c.image = "mariadb:10";
  c.pull_policy = PullPolicy::kNever;
  c.command = {"sh", "-c"};
  c.args = {"echo é\n", ""};
  c.working_dir = "/w";
  c.env = {{"A", "1"}, {"EMPTY", ""}};
  c.mounts = {{"v", "/data", "sub/x", true}};
  c.mirrors_main = true;
  c.security.run_as_user = 0;
  c.security.supplemental_groups = {5, 6};
  c.security.allow_privilege_escalation = false;
  c.security.capabilities = {{"ALL"}, {"NET_RAW"}};
  c.resources = {100, 50, 1 << 30, 1 << 20};
  c.readiness = Probe{
      .action = {.type = Action::Type::kHttp, .path = "", .headers = {{"H", "v"}}, .port = 80},
      .period_s = 0,
      .grace = Duration{}};
  c.startup = Probe{};
  c.pre_stop = Action{.type = Action::Type::kSleep, .pause = Duration::seconds(3)};
  c.stop_signal = "SIGINT";
  c.kill_command = {"quit", "%d"};
  c.depends_on = {"a"};
  c.stdin = true;
  c.script_source = "";
  return c;
}

PodPlan full_plan() {
  PodPlan plan;
  plan.id = PodId("p1");
  plan.workflow_uid = WorkflowUid("u");
  plan.node_id = NodeId("n");
  plan.ns = "ci";
  plan.runtime = RuntimeKind::kHost;
  plan.labels = {{"a", "b"}};
  plan.containers = {full_container()};
  plan.volumes = {{.name = "s",
                   .type = Volume::Type::kFiles,
                   .files = {{"k/y", std::string("\xff\x00\x01", 3), 0400}}},
                  {.name = "m", .type = Volume::Type::kMemory, .size_limit_bytes = 64}};
  plan.input_artifacts = {{.name = "in",
                           .path = "/in",
                           .location = {.type = ArtifactLocation::Type::kRaw, .raw = "\xc3("},
                           .archive = Archive::kTarGzip,
                           .mode = 0,
                           .recurse_mode = true}};
  plan.output_artifacts = {{.name = "out", .archive = Archive::kNone, .compression_level = 0}};
  plan.output_parameters = {{"p", "/p", ""}, {"q", "/q", std::nullopt}};
  plan.capture_result = false;
  plan.log_location = ArtifactLocation{.key = "wf/pod", .options = {{"bucket", "b"}}};
  plan.host_aliases = {{"127.0.0.1", {"a", "b"}}};
  plan.dns.policy = "None";
  plan.pull_credentials = {{"r:5000", "u", "p"}};
  plan.sysctls = {{"net.x", "1"}};
  plan.active_deadline = Duration::seconds(0);
  plan.grace = Duration::seconds(0);
  plan.daemon = true;
  return plan;
}

TEST(PlanCodec, RoundTripKeepsEveryField) {
  const PodPlan plan = full_plan();
  const std::string text = print_json(to_json(plan));
  const PodPlan back = plan_from_json(parse_json(text)->get_object()).value();
  EXPECT_EQ(print_json(to_json(back)), text);

  const Container& c = back.containers.at(0);
  EXPECT_EQ(c.role, Container::Role::kSidecar);
  EXPECT_EQ(c.args, (std::vector<std::string>{"echo é\n", ""}));
  EXPECT_EQ(c.security.run_as_user, 0);
  EXPECT_FALSE(c.security.allow_privilege_escalation);
  EXPECT_EQ(c.readiness->action.path, "");
  EXPECT_EQ(c.readiness->grace, Duration{});
  EXPECT_EQ(c.readiness->period_s, 0);
  EXPECT_EQ(c.startup->period_s, 10);
  EXPECT_FALSE(c.liveness.has_value());
  EXPECT_FALSE(c.post_start.has_value());
  EXPECT_EQ(c.pre_stop->pause, Duration::seconds(3));
  EXPECT_EQ(c.stop_signal, "SIGINT");
  EXPECT_EQ(c.script_source, "");
  EXPECT_EQ(back.volumes[0].files[0].content, std::string("\xff\x00\x01", 3));
  EXPECT_EQ(back.volumes[0].files[0].mode, 0400u);
  EXPECT_EQ(back.input_artifacts[0].location.raw, "\xc3(");
  EXPECT_EQ(back.input_artifacts[0].mode, 0u);
  EXPECT_EQ(back.input_artifacts[0].archive, Archive::kTarGzip);
  EXPECT_EQ(back.output_artifacts[0].archive, Archive::kNone);
  EXPECT_EQ(back.output_artifacts[0].compression_level, 0);
  EXPECT_EQ(back.output_parameters[0].fallback, "");
  EXPECT_FALSE(back.output_parameters[1].fallback.has_value());
  EXPECT_FALSE(back.capture_result);
  EXPECT_EQ(get_string(back.log_location->options, "bucket"), "b");
  EXPECT_EQ(back.active_deadline, Duration::seconds(0));
  EXPECT_EQ(back.grace, Duration::seconds(0));
}

TEST(PlanCodec, DefaultsAreLeftOutAndComeBack) {
  EXPECT_EQ(print_json(to_json(PodPlan{})), "{}");
  const PodPlan plan = plan_from_json({}).value();
  EXPECT_TRUE(plan.capture_result);
  EXPECT_FALSE(plan_from_json({{"inputArtifacts", json::array{json::object{}}}})
                   ->input_artifacts[0]
                   .archive.has_value());
  EXPECT_EQ(plan.grace, Duration::seconds(30));
  EXPECT_EQ(plan.dns.policy, "ClusterFirst");
}

TEST(PlanCodec, WrongTypesAreRefusedAndUnknownMembersIgnored) {
  const auto read = [](std::string_view text) {
    return plan_from_json(parse_json(text)->get_object());
  };
  EXPECT_TRUE(read(R"({"later":[1]})").ok());
  EXPECT_NE(read(R"({"containers":{}})").error().text().find("containers"), std::string::npos);
  EXPECT_FALSE(read(R"({"containers":[{"role":"boss"}]})").ok());
  EXPECT_FALSE(read(R"({"daemon":"yes"})").ok());
  EXPECT_FALSE(read(R"({"id":{"hex":"0"}})").ok());
  EXPECT_FALSE(read(R"({"id":{"hex":"zz"}})").ok());
  EXPECT_FALSE(read(R"({"volumes":[{"files":[{"mode":-1}]}]})").ok());
}

TEST(ReportCodec, RoundTrip) {
  PodReport report;
  report.id = PodId("p");
  report.phase = PodReport::Phase::kFailed;
  report.message = "main: Error (exit code 1)";
  report.at = Time{123};
  report.finished_at = Time::from_seconds(1'700'000'000);
  report.containers = {{.name = "main",
                        .state = ContainerStatus::State::kTerminated,
                        .exit_code = 137,
                        .reason = "OOMKilled"}};
  report.result = "\xff";
  report.exit_code = 0;
  report.parameters = {{"a", ""}, {"b", "x\n"}};
  report.artifacts = {{"main-logs", "k", 1ll << 40}};
  const std::string text = print_json(to_json(report));
  const PodReport back = report_from_json(parse_json(text)->get_object()).value();
  EXPECT_EQ(print_json(to_json(back)), text);
  EXPECT_EQ(back.phase, PodReport::Phase::kFailed);
  EXPECT_EQ(back.result, "\xff");
  EXPECT_EQ(back.exit_code, 0);
  EXPECT_EQ(back.parameters.at("a"), "");
  EXPECT_EQ(back.artifacts[0].size_bytes, 1ll << 40);
  EXPECT_EQ(back.containers[0].exit_code, 137);
}

TEST(ReportCodec, PhasesThatEnd) {
  EXPECT_FALSE(is_final(PodReport::Phase::kReady));
  EXPECT_TRUE(is_final(PodReport::Phase::kSucceeded));
  EXPECT_TRUE(is_final(PodReport::Phase::kGone));
  EXPECT_EQ(to_string(PodReport::Phase::kError), "Error");
}

TEST(TextCodec, OnlyWellFormedUtf8IsPlain) {
  for (const std::string text : {"é", "\U0001F600", ""}) EXPECT_TRUE(encode_text(text).is_string());
  for (const std::string text : {"\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    EXPECT_TRUE(encode_text(text).is_object());
    EXPECT_EQ(decode_text(encode_text(text), "k").value(), text);
  }
}

}  // namespace
}  // namespace slipway::pod
