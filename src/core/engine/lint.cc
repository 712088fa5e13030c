#include "core/engine/lint.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/engine/place.h"
#include "core/engine/schedule.h"
#include "core/intake/intake.h"
#include "core/manifest/lint/scene.h"
#include "core/sensor/sensor.h"
#include "core/workflow/problem.h"

namespace slipway::engine {
namespace {

using manifest::Kind;
using manifest::Scene;
using manifest::Severity;
using manifest::SpecView;

// The spec as the object that submit would be given.
json::object as_workflow(const SpecView& view) {
  const bool from_sensor = view.document->resource.kind == Kind::kSensor;
  const bool complete =
      view.kind == Kind::kCronWorkflow || (view.kind == Kind::kWorkflow && !from_sensor);
  // A sensor's trigger fills in arguments, as a submit from a template does.
  return {{"kind", to_string(complete ? Kind::kWorkflow : Kind::kWorkflowTemplate)},
          {"metadata", {{"name", view.name}, {"namespace", view.ns.empty() ? "default" : view.ns}}},
          {"spec", *view.spec}};
}

void lint_workflow(Scene& scene, const SpecView& view, const manifest::Catalog& catalog,
                   const workflow::Settings& settings) {
  for (const workflow::Problem& problem :
       workflow::find_problems(as_workflow(view), catalog, settings)) {
    // lint_references() names these, with the nearest name.
    if (problem.kind == workflow::Problem::Kind::kMissing) continue;
    const bool unsupported = problem.kind == workflow::Problem::Kind::kUnsupported;
    scene.report(view, path_of(*view.spec, view.path, problem.text), Severity::kError,
                 unsupported ? "not-supported" : "invalid-workflow", problem.text, "");
  }
}

// Each text begins with its path and a colon, or with no path at all.
void report_all(Scene& scene, const manifest::Document& document, const std::string& rule,
                std::string_view otherwise, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const std::string_view path = std::string_view(text).substr(0, text.find(':'));
    const bool known = path.starts_with("spec") && document.positions.contains(path);
    const bool unsupported = text.ends_with("is not supported yet");
    scene.report(document, std::string(known ? path : otherwise), Severity::kError,
                 unsupported ? "not-supported" : rule, text, "");
  }
}

void lint_document(Scene& scene, const manifest::Document& document) {
  const manifest::Resource& resource = document.resource;
  switch (resource.kind) {
    case Kind::kSensor:
      return report_all(scene, document, "invalid-sensor", "spec", sensor::validate(resource));
    case Kind::kCronWorkflow:
      return report_all(scene, document, "invalid-schedule", "spec.schedules",
                        schedule_problems(resource));
    case Kind::kEventSource:
      return report_all(scene, document, "invalid-event-source", "spec",
                        intake::routes(resource).problems);
    default:
      return;
  }
}

}  // namespace

manifest::Diagnostics lint(const std::vector<manifest::Document>& documents,
                           const manifest::Catalog& others, const workflow::Settings& settings) {
  manifest::Catalog catalog = others;
  for (const manifest::Document& document : documents) catalog.put(document.resource);
  return manifest::lint(documents, others, [&](Scene& scene) {
    for (const SpecView& view : scene.specs()) {
      if (view.document != nullptr) lint_workflow(scene, view, catalog, settings);
    }
    for (const manifest::Document& document : documents) lint_document(scene, document);
  });
}

}  // namespace slipway::engine
