#include "core/sensor/sensor_fixture.h"

namespace slipway::sensor {
namespace {

using namespace fixture;

manifest::Resource with_conditions(std::string_view conditions, std::string_view more = "") {
  return sensor(R"({"dependencies":[
    {"name":"d1","eventSourceName":"gh","eventName":"one"},
    {"name":"d2","eventSourceName":"gh","eventName":"two"},
    {"name":"d3","eventSourceName":"gh","eventName":"three"}],
    "triggers":[{"template":{"name":"t","conditions":")" +
                std::string(conditions) + "\"" + std::string(more) + R"(,"log":{}}}]})");
}

// Offers events by subject; gives the ids of each firing, e.g. "1,2;3".
std::string play(const manifest::Resource& resource, const std::vector<std::string>& subjects) {
  Memory memory;
  std::string out;
  int id = 0;
  for (const std::string& subject : subjects) {
    const Event now = event("{}", subject, std::to_string(++id));
    Evaluation result = offer(resource, now, memory);
    if (result.memory) {
      // What is journaled must come back the same.
      const Result<Memory> read = memory_from_json(to_json(*result.memory));
      EXPECT_TRUE(read.ok() && *read == *result.memory);
      memory = *result.memory;
    }
    for (const Firing& firing : result.firings) {
      if (!out.empty()) out += ";";
      for (const EventId& event : firing.events) {
        out += (out.empty() || out.back() == ';' ? "" : ",") + event.value;
      }
    }
  }
  return out;
}

TEST(Conditions, OrFiresAtOnce) {
  EXPECT_EQ(play(with_conditions("d1 || d2"), {"one", "three", "two"}), "1;3");
}

TEST(Conditions, AndWaitsAndForgets) {
  EXPECT_EQ(play(with_conditions("d1 && d2"), {"one", "two", "two", "one"}), "1,2;4,3");
  EXPECT_EQ(play(with_conditions("d1 && d2"), {"one", "one", "two"}), "2,3");
  EXPECT_EQ(play(with_conditions("(d1 && d2) || d3"), {"one", "two", "two", "three", "one"}),
            "1,2;3,4");
  EXPECT_EQ(play(with_conditions(""), {"one", "two", "three"}), "1,2,3");
}

TEST(Conditions, MistakesFailTheTrigger) {
  for (const auto bad : {"d1 &&", "nope", "(d1", "d1 d2", "!d1", "d1 & d2"}) {
    const Evaluation out = offer(with_conditions(bad), event("{}", "one"));
    ASSERT_EQ(out.verdicts.size(), 1u) << bad;
    EXPECT_EQ(out.verdicts[0].outcome, Verdict::Outcome::kFailed);
  }
  EXPECT_FALSE(
      offer(with_conditions(std::string(5'000, '(')), event("{}", "one")).verdicts.empty());
}

TEST(Conditions, WaitingIsExplained) {
  const Evaluation out = offer(with_conditions("d1 && d2"), event("{}", "one"));
  ASSERT_EQ(out.verdicts.size(), 1u);
  EXPECT_EQ(out.verdicts[0].outcome, Verdict::Outcome::kWaiting);
  EXPECT_EQ(out.verdicts[0].steps.back().expected, "d1 && d2");
  EXPECT_EQ(out.verdicts[0].steps.back().actual, "d1");
}

TEST(Conditions, EditingDropsWhatWasKept) {
  const Evaluation first = offer(with_conditions("d1 && d2"), event("{}", "one"));
  ASSERT_TRUE(first.memory);
  EXPECT_EQ(offer(with_conditions("d1 && d2"), event("{}", "two"), *first.memory).firings.size(),
            1u);
  EXPECT_EQ(offer(with_conditions("(d1 && d2)"), event("{}", "two"), *first.memory).firings.size(),
            0u);
}

TEST(Conditions, ResetByCron) {
  const auto resource =
      with_conditions("d1 && d2", R"(,"conditionsReset":[{"byTime":{"cron":"0 * * * *"}}])");
  const auto fires_after = [&](int64_t seconds) {
    const Time start = Time::from_seconds(1'700'000'000);  // 22:13:20
    const Evaluation first = evaluate(resource, {}, event("{}", "one", "1", start), {}, start);
    const Time later = start + Duration::seconds(seconds);
    return evaluate(resource, *first.memory, event("{}", "two", "2", later), {}, later)
               .firings.size() == 1;
  };
  EXPECT_TRUE(fires_after(600));
  EXPECT_FALSE(fires_after(3'600));
}

TEST(Evaluate, OtherEventsGiveNothing) {
  EXPECT_TRUE(offer(with_conditions("d1"), event("{}", "other")).verdicts.empty());
  Event elsewhere = event("{}", "one");
  elsewhere.ns = "other";
  EXPECT_TRUE(offer(with_conditions("d1"), elsewhere).verdicts.empty());
}

TEST(Evaluate, WrongSensorsFailInWords) {
  const auto failed = [](std::string_view triggers) {
    const Evaluation out = offer(
        sensor(
            R"({"dependencies":[{"name":"d","eventSourceName":"gh","eventName":"pr"}],"triggers":[)" +
            std::string(triggers) + "]}"),
        event("{}"));
    EXPECT_TRUE(out.firings.empty());
    return out.verdicts.empty() || out.verdicts[0].steps.empty()
               ? ""
               : out.verdicts[0].steps.back().message;
  };
  EXPECT_EQ(failed(R"({"template":{"name":"t","slack":{}}})"),
            "trigger type slack is not supported yet");
  EXPECT_NE(failed(R"({"template":{"name":"t"}})").find("names no type"), std::string::npos);
  EXPECT_NE(failed(R"({})"), "");
  EXPECT_NE(failed(R"({"template":{"name":"t","k8s":{"source":{"git":{}}}}})").find("git"),
            std::string::npos);
  EXPECT_NE(failed(R"({"template":{"name":"t","k8s":{"operation":"watch","source":{}}}})")
                .find("none of create, update, patch and delete"),
            std::string::npos);
  EXPECT_TRUE(offer(sensor(R"({"dependencies":5,"triggers":"x"})"), event("{}")).verdicts.empty());
  EXPECT_TRUE(offer(sensor(R"({"dependencies":[1,null]})"), event("{}")).verdicts.empty());
}

TEST(Memory, RefusesWhatItDidNotWrite) {
  for (const auto text : {"{}", R"({"kept":{"t":5}})", R"({"kept":{"t":{"d":{}}}})"}) {
    EXPECT_FALSE(memory_from_json(parse(text).get_object()).ok()) << text;
  }
}

}  // namespace
}  // namespace slipway::sensor
