// Filters that would run for ever, recurse without end or eat the memory end in an error; on a
// small stack, as a worker thread may have.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>

#include "core/expr/jq/jq.h"

namespace slipway::expr {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStack = 1u << 20;  // their frames are larger
#else
constexpr size_t kStack = 512u << 10;
#endif

void on_small_stack(const std::function<void()>& body) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(
                &thread, &attributes,
                [](void* body) -> void* {
                  (*static_cast<const std::function<void()>*>(body))();
                  return nullptr;
                },
                const_cast<std::function<void()>*>(&body)),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

void expect_limit(std::string_view filter, std::string_view reason) {
  SCOPED_TRACE(std::string(filter));
  const auto result = run_jq(filter, nullptr);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kLimit);
  EXPECT_NE(result.error().message.find(reason), std::string::npos) << result.error().message;
}

TEST(JqHostile, EndlessFiltersRunOutOfSteps) {
  on_small_stack([] {
    for (const std::string_view filter :
         {"[range(1e15)]", "def f: f; f", "[repeat(.)]", "[limit(1e9; repeat(1))]",
          "reduce range(1e12) as $x (0; . + $x)", "last(range(1e12))", "until(false; .)",
          "try (def f: f; f) catch 1", "[range(100000)] - [range(100000)]",
          R"(("a" * 100000) | [match("a*b|a"; "g")] | length)"}) {
      expect_limit(filter, "takes more than 10000000 steps");
    }
  });
}

TEST(JqHostile, EndlessRecursionIsTooDeep) {
  on_small_stack([] {
    for (const std::string_view filter :
         {"def f: 1 + f; f", "def f: f, 1; f", "def f(x): f(x | x); f(.)", "def f: [f]; f",
          "def f: try f; f", "def f: {a: f}; f", "def f: reduce f as $x (0; 1); f",
          "def f: label $x | f | f; f", "def f: . as $x | f | f; f", "def f: f[0]; f",
          "def f: f as [$a] ?// $a | 1; f", "def f: path(f); f", "def f: f // 1; f"}) {
      expect_limit(filter, "recurses too deep");
    }
  });
}

TEST(JqHostile, LargeValuesAreRefused) {
  on_small_stack([] {
    for (const std::string_view filter :
         {R"(reduce range(100) as $x ("x"; . + .))", "reduce range(100) as $x ([1]; . + .)",
          ".[134217727] = 1", R"(("x" * 1e8) as $s | [$s + "a", $s + "b"])"}) {
      expect_limit(filter, "the filter ");
    }
    for (const std::string_view filter :
         {"reduce range(1000) as $x (1; [.])", "reduce range(1000) as $x (1; {a: .})",
          "[recurse([., .])]", R"(setpath([range(100000) | "a"]; 1))"}) {
      expect_limit(filter, "nests values deeper than 512");
    }
    expect_limit("def f: .a | f; path(f)", "follows a path longer than 512");
    expect_limit(R"(setpath([range(500) | {"start": 0, "end": 1}]; [1]))", "32 slices");
  });
}

TEST(JqHostile, DeepSourcesAreRefused) {
  on_small_stack([] {
    for (const std::string_view part :
         {"[", "(", "{a:", "-", "if ", "try ", "reduce ", "\"\\(", ". as [",
          "def f: ", "1 as $x | ", ".[", "1 // ", "label $x | ", ". as {a:"}) {
      std::string source;
      for (int i = 0; i < 20'000; ++i) source += part;
      EXPECT_FALSE(run_jq(source, nullptr).ok()) << part;
    }
    std::string flat = "0";
    for (int i = 0; i < 20'000; ++i) flat += " + 1";
    EXPECT_EQ(run_jq(flat, nullptr).value().at(0).as_int64(), 20'000);
  });
}

TEST(JqHostile, WhatIsDeepButAllowedWorks) {
  on_small_stack([] {
    json::value deep = 1;
    for (int i = 0; i < 500; ++i) deep = json::array{std::move(deep)};
    for (const std::string_view filter :
         {".", "[..] | length", "tojson | fromjson", ". == .", "flatten", "walk(.)",
          "[paths] | length", "tostream", "contains(.)", "[getpath(paths)] | length",
          "[., .] | unique"}) {
      EXPECT_TRUE(run_jq(filter, deep).ok()) << filter << run_jq(filter, deep).error().text();
    }
    EXPECT_EQ(run_jq("def f: if . > 9000 then . else (. + 1 | f) + 1 end; f", 0).value().at(0),
              18002);
    EXPECT_EQ(run_jq("until(. >= 200000; . + 1)", 0).value().at(0), 200'000);
  });
}

}  // namespace
}  // namespace slipway::expr
