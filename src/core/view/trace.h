// A finished workflow as an OpenTelemetry trace: one span for the workflow and one for each node.
//
// The form is the JSON encoding of OTLP's ExportTraceServiceRequest
// (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding); names and attributes follow the
// CI/CD conventions (opentelemetry.io/docs/specs/semconv/cicd/cicd-spans/). Pure.
#pragma once

#include "base/json.h"
#include "core/workflow/run.h"

namespace slipway::views {

// The trace's id is the workflow's uid, and a span's follows from its node and when that started:
// what is exported twice, because a finished workflow was retried, has the same id.
//
// Returns the spans; a node's parent is the retry or loop that it is an attempt of, else the steps
// or DAG around it.
json::array workflow_spans(const workflow::Run& run);

// What is sent: spans of any number of workflows, and whose they are. `resource` are OTLP
// attributes.
json::object trace_request(json::array resource, json::array spans);

// {"key": ..., "value": {"stringValue": ...}}
json::object trace_attribute(std::string_view key, std::string_view value);

}  // namespace slipway::views
