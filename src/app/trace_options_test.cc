#include "app/trace_options.h"

#include <gtest/gtest.h>

#include <map>

namespace slipway::app {
namespace {

Result<server::TraceOptions> options_of(const std::string& endpoint,
                                        const std::map<std::string, std::string>& variables) {
  return trace_options(endpoint, [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found != variables.end() ? found->second.c_str() : nullptr;
  });
}

std::string url(const std::string& endpoint, const std::map<std::string, std::string>& variables) {
  return options_of(endpoint, variables)->url;
}

TEST(TraceOptions, TheEndpoint) {
  EXPECT_EQ(url("", {}), "");
  EXPECT_EQ(url("http://c:4318/", {}), "http://c:4318/v1/traces");
  EXPECT_EQ(url("", {{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp"}}),
            "https://c/otlp/v1/traces");
  EXPECT_EQ(url("", {{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c"},
                     {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/as-is"}}),
            "https://t/as-is");
  EXPECT_EQ(url("http://flag", {{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t"}}),
            "http://flag/v1/traces");
  EXPECT_EQ(url("http://flag", {{"OTEL_SDK_DISABLED", "true"}}), "");
  EXPECT_EQ(url("http://flag", {{"OTEL_TRACES_EXPORTER", "none"}}), "");
}

TEST(TraceOptions, HeadersAndResource) {
  const auto options = options_of(
      "http://c", {{"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%2Cb , x-team= ci"},
                   {"OTEL_SERVICE_NAME", "ci-eu"},
                   {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment=prod"}});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->headers, (std::vector<std::pair<std::string, std::string>>{{"api-key", "a,b"},
                                                                                {"x-team", "ci"}}));
  const std::string resource = print_json(options->resource);
  EXPECT_NE(resource.find(R"("service.name","value":{"stringValue":"ci-eu"})"), resource.npos);
  EXPECT_NE(resource.find(R"("deployment.environment","value":{"stringValue":"prod"})"),
            resource.npos);
  EXPECT_EQ(resource.find("other"), resource.npos);
}

TEST(TraceOptions, WhatIsWrongIsNamed) {
  EXPECT_EQ(options_of("collector:4317", {}).error().code, ErrorCode::kInvalid);
  const auto grpc = options_of("http://c", {{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}});
  ASSERT_FALSE(grpc.ok());
  EXPECT_EQ(grpc.error().where, "OTEL_EXPORTER_OTLP_PROTOCOL");
  const auto headers = options_of("http://c", {{"OTEL_EXPORTER_OTLP_HEADERS", "lonely"}});
  ASSERT_FALSE(headers.ok());
  EXPECT_NE(headers.error().text().find("lonely"), std::string::npos);
  EXPECT_FALSE(options_of("http://c", {{"OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"}}).ok());
}

}  // namespace
}  // namespace slipway::app
