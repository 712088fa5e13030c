#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/manifest/parse.h"
#include "core/sensor/sensor_fixture.h"

namespace slipway::sensor {
namespace {

using namespace fixture;

std::string problems(std::string_view spec) {
  std::string out;
  for (const std::string& problem : validate(sensor(spec))) out += problem + "\n";
  return out;
}

std::string with_filter(std::string_view filters) {
  return R"({"dependencies":[{"name":"d","eventSourceName":"s","eventName":"e","filters":)" +
         std::string(filters) + R"(}],"triggers":[{"template":{"name":"t","log":{}}}]})";
}

TEST(Validate, AcceptsAWholeSensor) {
  EXPECT_EQ(problems(R"({"dependencies":[{"name":"d","eventSourceName":"s","eventName":"e",
    "filtersLogicalOperator":"or","filters":{"data":[{"path":"a","type":"string","value":["^x$"]}],
    "time":{"start":"10:00:00","stop":"09:00:00","timezone":"Europe/Zurich"},
    "exprs":[{"expr":"a == 'x' && b > 2","fields":[{"name":"a","path":"a"},{"name":"b","path":"b"}]}],
    "context":{"type":"t"}}}],"triggers":[{"template":{"name":"t","conditions":"d",
    "conditionsReset":[{"byTime":{"cron":"0 0 * * *","timezone":"UTC"}}],
    "k8s":{"operation":"create","source":{"resource":{}},"parameters":[
      {"src":{"dependencyName":"d","dataKey":"a"},"dest":"x"}]}}}]})"),
            "");
}

TEST(Validate, NamesEachProblemAndItsPlace) {
  EXPECT_EQ(problems("{}"), "spec: no event dependencies found\nspec: no triggers found\n");
  const std::string all = problems(R"({"dependencies":[{"name":"d"},
    {"name":"d","eventSourceName":"s","eventName":"e","filtersLogicalOperator":"xor"}],
    "triggers":[{"template":{"name":"t","conditions":"d && q","slack":{}}},
    {"template":{"name":"t","http":{"method":"BREW","payload":[{"src":{}}]}}}, 5,
    {"template":{"name":"u","log":{}},"parameters":[{"src":{"dependencyName":"zz"},"operation":"x"}],
     "dlqTrigger":{}}]})");
  for (const std::string_view text :
       {"spec.dependencies[0]: event dependency must define the eventSourceName",
        "spec.dependencies[1]: the dependency name d is used twice",
        "filtersLogicalOperator \"xor\" is not supported", "there is no dependency \"q\"",
        "trigger type slack is not supported yet", "duplicate trigger name: t",
        "spec.triggers[1].template.http: url is not specified", "only GET, DELETE",
        "payload[0]: parameter dependency name can't be empty",
        "spec.triggers[2]: must be an object", "there is no dependency \"zz\"",
        "parameter destination can't be empty", "parameter operation x is invalid",
        "to use dlqTrigger"}) {
    EXPECT_NE(all.find(text), std::string::npos) << text << "\nin\n" << all;
  }
}

TEST(Validate, ChecksFilters) {
  for (const auto& [filters, text] : std::vector<std::pair<std::string, std::string>>{
           {R"({"data":[{"path":"","type":"string","value":["a"]}]})", "path must not be empty"},
           {R"({"data":[{"path":"a","type":"text","value":["a"]}]})", "type \"text\""},
           {R"({"data":[{"path":"a","type":"string","value":[]}]})", "value must not be empty"},
           {R"({"data":[{"path":"a","type":"string","value":[""]}]})", "empty text"},
           {R"({"data":[{"path":"a","type":"string","value":["("]}]})", "regular expression"},
           {R"({"data":[{"path":"a","type":"number","comparator":"==","value":["1"]}]})",
            "comparator == is not supported"},
           {R"({"data":[{"path":"a","type":"string","comparator":">","value":["1"]}]})",
            "never matches strings"},
           {R"({"exprs":[{"expr":"a == b","fields":[{"name":"a","path":"a"}]}]})",
            "No parameter 'b' found."},
           {R"({"exprs":[{"expr":"","fields":[]}]})", "expr and fields must not be empty"},
           {R"({"context":{}})", "no fields are given"},
           {R"({"time":{"start":"1:00:00","stop":"02:00:00"}})", "HH:MM:SS"},
           {R"({"time":{"start":"01:00:00","stop":"01:00:00"}})", "stop is equal to start"},
           {R"({"time":{"start":"01:00:00","stop":"02:00:00","timezone":"X/Y"}})", "timezone"}}) {
    EXPECT_NE(problems(with_filter(filters)).find(text), std::string::npos)
        << filters << "\n"
        << problems(with_filter(filters));
  }
}

// Argo Events' own examples, where they are at hand: only what Slipway does not do yet is reported.
TEST(Validate, PublicExamples) {
  const char* set = std::getenv("SLIPWAY_CONFORMANCE");
  const std::filesystem::path folder =
      std::filesystem::path(set != nullptr ? set : SLIPWAY_SOURCE_DIR "/../shared/conformance") /
      "argo-events/examples/sensors";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  size_t sensors = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const manifest::Parsed parsed =
        manifest::parse(text.str(), entry.path().string(), {.strict = false});
    for (const manifest::Document& document : parsed.documents) {
      if (document.resource.kind != manifest::Kind::kSensor) continue;
      ++sensors;
      for (const std::string& problem : validate(document.resource)) {
        EXPECT_NE(problem.find("not supported yet"), std::string::npos)
            << entry.path() << ": " << problem;
      }
    }
  }
  EXPECT_GE(sensors, 70u);
}

}  // namespace
}  // namespace slipway::sensor
