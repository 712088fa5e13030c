#include "core/sensor/trigger.h"

#include "core/sensor/sensor_fixture.h"
#include "core/sensor/submit_flags.h"

namespace slipway::sensor {
namespace {

using namespace fixture;

constexpr auto kData = R"({"body":{"n":12345678,"f":1.50,"t":true,"z":null,"o":{"h":"<b>"},
    "s":"text","l":["a"],"title":"Fix $(id);"
}
})";

// Fires the trigger `members` (after its template's name) on kData.
Evaluation fire(std::string_view members, std::string_view outer = "") {
  return offer(sensor(R"({"dependencies":[{"name":"d","eventSourceName":"gh","eventName":"pr"},
      {"name":"absent","eventSourceName":"gh","eventName":"never"}],
      "triggers":[{"template":{"name":"t","conditions":"d || absent",)" +
                      std::string(members) + "}" + std::string(outer) + "}]}"),
               event(kData));
}

template <class T>
T action(const Evaluation& out) {
  EXPECT_EQ(out.firings.size(), 1u)
      << (out.verdicts.empty() ? "" : print_json(to_json(out.verdicts[0])));
  const T* found = out.firings.empty() ? nullptr : std::get_if<T>(&out.firings[0].action);
  EXPECT_NE(found, nullptr);
  return found != nullptr ? *found : T();
}

std::string message(const Evaluation& out) {
  EXPECT_TRUE(out.firings.empty());
  return out.verdicts.empty() ? "" : out.verdicts[0].steps.back().message;
}

// The value that one parameter with this source gives.
std::string value(std::string_view source) {
  const auto out = fire(R"x("k8s":{"source":{"resource":{"kind":"Workflow","metadata":
      {"generateName":"w-"}}},"parameters":[{"src":{"dependencyName":"d",)x" +
                        std::string(source) + R"x(},"dest":"v"}]})x");
  if (out.firings.empty()) return "failed: " + message(out);
  return print_json(action<CreateWorkflow>(out).object.at("v"));
}

TEST(Parameter, TypesOfValues) {
  EXPECT_EQ(value(R"("dataKey":"body.n")"), "\"12345678\"");
  EXPECT_EQ(value(R"("dataKey":"body.n","useRawData":true)"), "12345678");
  EXPECT_EQ(value(R"("dataKey":"body.f")"), "\"1.5\"");
  EXPECT_EQ(value(R"("dataKey":"body.t")"), "\"true\"");
  EXPECT_EQ(value(R"("dataKey":"body.t","useRawData":true)"), "true");
  EXPECT_EQ(value(R"("dataKey":"body.z")"), "\"null\"");
  EXPECT_EQ(value(R"("dataKey":"body.z","useRawData":true)"), "null");
  EXPECT_EQ(value(R"("dataKey":"body.o")"), R"("{\"h\":\"\\u003cb\\u003e\"}")");
  EXPECT_EQ(value(R"("dataKey":"body.o","useRawData":true)"), R"({"h":"<b>"})");
  EXPECT_EQ(value(R"("dataKey":"body.s","useRawData":true)"), "\"text\"");
}

TEST(Parameter, PrecedenceAndDefaults) {
  EXPECT_EQ(value(R"("contextKey":"type")"), "\"github\"");
  EXPECT_EQ(value(R"("contextKey":"type","dataKey":"body.s")"), "\"text\"");
  EXPECT_EQ(value(R"("dataKey":"body.none","value":"dflt")"), "\"dflt\"");
  EXPECT_EQ(value(R"("value":"dflt")"), "\"dflt\"");
  EXPECT_EQ(value(R"("dataTemplate":"{{.Input.body.s}}!","dataKey":"body.n")"), "\"text!\"");
  EXPECT_EQ(value(R"("dataTemplate":"{{.Input.body.none}}","dataKey":"body.n")"), "\"12345678\"");
  EXPECT_EQ(value(R"("dataTemplate":"{{","value":"v")"), "\"v\"");
  EXPECT_EQ(value(R"("dataTemplate":"{{.Input.body.n}}")"), "\"1.2345678e+07\"");
  EXPECT_EQ(value(R"("contextTemplate":"{{.Input.subject}}/{{.Input.source}}")"), "\"pr/gh\"");
  EXPECT_NE(value(R"("dataKey":"body.none")").find("failed: unable to resolve 'd'"),
            std::string::npos);
  EXPECT_NE(value(R"("useRawData":false)").find(R"({\"context\":{\"id\":\"e1\",)"),
            std::string::npos);
}

TEST(K8s, CreatesWorkflowsWithLabelsAndMarks) {
  const auto made = action<CreateWorkflow>(fire(R"("k8s":{"operation":"create","source":{"resource":
      {"kind":"Workflow","metadata":{"generateName":"w-"},"spec":{"arguments":{"parameters":[
      {"name":"title","value":"old: "},{"name":"fixed"}]}}}},"parameters":[
      {"src":{"dependencyName":"d","dataKey":"body.title"},"operation":"append",
       "dest":"spec.arguments.parameters.0.value"},
      {"src":{"dependencyName":"d","value":"c"},"dest":"spec.arguments.parameters.1.value"},
      {"src":{"dependencyName":"absent","dataKey":"x"},"dest":"spec.gone"},
      {"src":{"dependencyName":"absent","dataKey":"x","value":"5"},"dest":"spec.priorityText"}]})"));
  EXPECT_EQ(made.ns, "ci");
  EXPECT_EQ(made.untrusted, std::vector<std::string>{"spec.arguments.parameters.title"});
  EXPECT_EQ(print_json(made.object),
            R"({"kind":"Workflow","metadata":{"generateName":"w-","labels":{)"
            R"("events.argoproj.io/sensor":"sn","events.argoproj.io/trigger":"t",)"
            R"("events.argoproj.io/action-timestamp":"1700000001000"}},"spec":{"arguments":)"
            R"({"parameters":[{"name":"title","value":"old: Fix $(id);"},)"
            R"({"name":"fixed","value":"c"}]},"priorityText":"5"}})");
}

TEST(K8s, SourcesAndTriggerParameters) {
  const auto from_map = action<CreateWorkflow>(
      fire(R"("k8s":{"source":{"configmap":{"name":"wf","key":"wf.json"}}})"));
  EXPECT_EQ(get_string(from_map.object, "kind"), "Workflow");
  const auto inline_made = action<CreateWorkflow>(fire(
      R"("k8s":{"source":{"inline":"kind: Workflow\nmetadata:\n  name: x\n  namespace: other\n"}})"));
  EXPECT_EQ(inline_made.ns, "other");
  const auto outer = action<CreateWorkflow>(
      fire(R"("k8s":{"source":{"resource":{"kind":"Workflow","metadata":{"name":"x"}}}})",
           R"(,"parameters":[{"src":{"dependencyName":"d","dataKey":"body.s"},
              "dest":"k8s.source.resource.spec.entrypoint"}])"));
  EXPECT_EQ(outer.untrusted, std::vector<std::string>{"spec.entrypoint"});
  EXPECT_NE(message(fire(R"("k8s":{"source":{"configmap":{"name":"gone","key":"k"}}})")), "");
  EXPECT_NE(message(fire(R"("k8s":{"source":{"resource":{"kind":"Pod"}}})")).find("Pod"),
            std::string::npos);
  EXPECT_NE(message(fire(R"("k8s":{"source":{"resource":[1]}})")), "");
}

TEST(ArgoWorkflow, SubmitsWithFlags) {
  const auto made = action<CreateWorkflow>(fire(R"("argoWorkflow":{"operation":"submit","source":
      {"resource":{"kind":"Workflow","metadata":{"generateName":"w-"},"spec":{"arguments":
      {"parameters":[{"name":"a","value":"1"}]}}}},
      "args":["-p","a=x=y","--parameter=b=2","--name","given","-l","k=v,k2=v2","--wait","--log",
      "--entrypoint","main","--serviceaccount","sa","--priority","5","-n","prod"]})"));
  EXPECT_EQ(made.ns, "prod");
  const std::string text = print_json(made.object);
  EXPECT_NE(text.find(R"([{"name":"a","value":"x=y"},{"name":"b","value":"2"}])"),
            std::string::npos);
  EXPECT_NE(text.find(R"("name":"given")"), std::string::npos);
  EXPECT_NE(text.find(R"("k2":"v2")"), std::string::npos);
  EXPECT_NE(text.find(R"("priority":5)"), std::string::npos);
}

TEST(ArgoWorkflow, SubmitsFromTemplates) {
  const auto made = action<SubmitFrom>(
      fire(R"("argoWorkflow":{"operation":"submit-from","source":{"resource":
      {"kind":"WorkflowTemplate","metadata":{"name":"build"}}},"args":["-p","m="]})",
           R"(,"parameters":[{"src":{"dependencyName":"d","dataKey":"body.title"},
      "dest":"argoWorkflow.args.1","operation":"append"}])"));
  EXPECT_EQ(made.kind, "WorkflowTemplate");
  EXPECT_EQ(made.name, "build");
  ASSERT_EQ(made.parameters.size(), 1u);
  EXPECT_EQ(made.parameters[0].second, "Fix $(id);");
  EXPECT_EQ(made.untrusted, std::vector<std::string>{"m"});
  EXPECT_EQ(made.labels.size(), 3u);
  const auto by_flag = action<SubmitFrom>(
      fire(R"("argoWorkflow":{"args":["--from","cronwf/nightly","--generate-name=n-"]})"));
  EXPECT_EQ(by_flag.kind, "CronWorkflow");
  EXPECT_EQ(by_flag.generate_name, "n-");
  EXPECT_NE(message(fire(R"("argoWorkflow":{"args":["--from","pod/x"]})")), "");
}

TEST(ArgoWorkflow, OperatesByName) {
  for (const std::string verb : {"suspend", "resume", "retry", "resubmit", "stop", "terminate"}) {
    const auto made = action<Operate>(fire(R"("argoWorkflow":{"operation":")" + verb +
                                           R"(","source":{"resource":{"kind":"Workflow",
        "metadata":{"name":"w"}}},"parameters":[{"src":{"dependencyName":"d","dataKey":"body.s"},
        "dest":"metadata.name"}]})"));
    EXPECT_EQ(made.verb, verb);
    EXPECT_EQ(made.name, "text");
  }
  EXPECT_NE(message(fire(R"("argoWorkflow":{"operation":"stop","source":{"resource":{}}})")), "");
  EXPECT_NE(message(fire(R"("argoWorkflow":{"operation":"dance","source":{"resource":{}}})")), "");
}

TEST(SubmitFlags, RefusesWhatItCanNotDo) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"-p"},
                                             {"-p", "novalue"},
                                             {"x.yaml"},
                                             {"--dry-run"},
                                             {"-f", "file"},
                                             {"--what", "x"},
                                             {"-z"},
                                             {"-l", "a"},
                                             {"--priority", "high"},
                                             {""},
                                             {"-"}}) {
    EXPECT_FALSE(parse_submit_flags(args).ok()) << args[0];
  }
  EXPECT_TRUE(parse_submit_flags({"-pa=b", "-o", "json"}).ok());
}

TEST(Http, BuildsTheCall) {
  const auto call = action<CallHttp>(fire(R"("http":{"url":"https://x.test/a","timeout":5,
      "payload":[{"src":{"dependencyName":"d","dataKey":"body.o","useRawData":true},"dest":"o"},
                 {"src":{"dependencyName":"d","dataKey":"body.n"},"dest":"deep.0"},
                 {"src":{"dependencyName":"absent","dataKey":"x"},"dest":"gone"}],
      "headers":{"Content-Type":"application/json","X":"1"},
      "dynamicHeaders":[{"src":{"dependencyName":"d","dataKey":"body.s"},"dest":"X"}],
      "basicAuth":{"username":{"name":"s","key":"user"},"password":{"name":"s","key":"pass"}},
      "secureHeaders":[{"name":"S","valueFrom":{"secretKeyRef":{"name":"s","key":"pass"}}}]})",
                                          R"(,"policy":{"status":{"allow":[200,201]}})"));
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.body, R"({"o":{"h":"\u003cb\u003e"},"deep":["12345678"]})");
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Type", "application/json"},
      {"X", "text"},
      {"S", "p"},
      {"Authorization", "Basic dTpw"}};
  EXPECT_EQ(call.headers, headers);
  EXPECT_EQ(call.timeout, Duration::seconds(5));
  EXPECT_EQ(call.allowed_status, (std::vector<int>{200, 201}));
}

TEST(Http, BodyMayBeOneValueAndUrlAParameter) {
  const auto call = action<CallHttp>(fire(R"("http":{"url":"http://a","method":"PUT",
      "payload":[{"src":{"dependencyName":"d","dataKey":"body.s"}}],
      "parameters":[{"src":{"dependencyName":"d","value":"http://b"},"dest":"url"}]})"));
  EXPECT_EQ(call.url, "http://b");
  EXPECT_EQ(call.body, "text");
  EXPECT_NE(message(fire(R"("http":{"url":"file:///etc/passwd"})")), "");
  EXPECT_NE(message(fire(R"("http":{"url":"http://a","method":"TRACE"})")), "");
  EXPECT_NE(message(fire(R"("http":{"url":"http://a","headers":{"A":"b\r\nX: y"}})")), "");
  EXPECT_NE(message(fire(R"("http":{"url":"http://a","tls":{}})")).find("tls"), std::string::npos);
}

TEST(Verdict, NamesWhatWasMade) {
  const Evaluation out = fire(R"("http":{"url":"https://u:p@x.test/a?token=1"})");
  ASSERT_EQ(out.verdicts.size(), 1u);
  EXPECT_EQ(out.verdicts[0].action, "POST https://x.test/a");
  EXPECT_EQ(out.verdicts[0].outcome, Verdict::Outcome::kFired);
  EXPECT_FALSE(action<WriteLog>(fire(R"("log":{})")).text.empty());
}

}  // namespace
}  // namespace slipway::sensor
