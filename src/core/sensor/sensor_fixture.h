// What the sensor's tests share.
#pragma once

#include <gtest/gtest.h>

#include "core/sensor/sensor.h"

namespace slipway::sensor::fixture {

inline json::value parse(std::string_view text) {
  const Result<json::value> parsed = parse_json(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : json::value();
}

inline manifest::Resource sensor(std::string_view spec) {
  return {manifest::Kind::kSensor,
          {{"metadata", {{"name", "sn"}, {"namespace", "ci"}}}, {"spec", parse(spec)}}};
}

inline Event event(std::string_view data, std::string subject = "pr", std::string id = "e1",
                   Time time = Time::from_seconds(1'700'000'000)) {
  return {EventId(std::move(id)), "ci", "gh", "github", std::move(subject), time, parse(data)};
}

inline manifest::Catalog catalog() {
  manifest::Catalog out;
  out.put({manifest::Kind::kConfigMap,
           {{"metadata", {{"name", "wf"}, {"namespace", "ci"}}},
            {"data", {{"wf.json", R"({"kind":"Workflow","metadata":{"generateName":"c-"}})"}}}}});
  out.put({manifest::Kind::kSecret,
           {{"metadata", {{"name", "s"}, {"namespace", "ci"}}},
            {"stringData", {{"user", "u\n"}, {"pass", "p"}}}}});
  return out;
}

inline const Time kNow = Time::from_seconds(1'700'000'001);

inline Evaluation offer(const manifest::Resource& resource, const Event& to,
                        const Memory& memory = {}) {
  return evaluate(resource, memory, to, catalog(), kNow);
}

// A sensor with one dependency "d" that has `filters` (a JSON object's members), and a log trigger.
inline manifest::Resource filtering(std::string_view dependency_members) {
  return sensor(R"({"dependencies":[{"name":"d","eventSourceName":"gh","eventName":"pr",)" +
                std::string(dependency_members) +
                R"(}],"triggers":[{"template":{"name":"t","log":{}}}]})");
}

inline bool passes(std::string_view dependency_members, std::string_view data) {
  const Evaluation out = offer(filtering(dependency_members), event(data));
  EXPECT_EQ(out.verdicts.size(), 1u);
  return out.firings.size() == 1;
}

// Everything the only verdict says.
inline std::string trace(std::string_view dependency_members, std::string_view data) {
  const Evaluation out = offer(filtering(dependency_members), event(data));
  return out.verdicts.empty() ? "" : print_json(to_json(out.verdicts[0]));
}

}  // namespace slipway::sensor::fixture
