// Every public example workflow comes to an end in a world where all pods succeed, and says the
// same when its index is thrown away before each pass.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/workflow/act.h"
#include "core/workflow/problem.h"
#include "core/workflow/read.h"
#include "core/workflow/resolve.h"
#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

std::filesystem::path corpus() {
  if (const char* folder = std::getenv("SLIPWAY_CONFORMANCE")) return folder;
  return std::filesystem::path(SLIPWAY_SOURCE_DIR).parent_path() /
         "shared/conformance/argo-workflows/examples";
}

struct Example {
  std::string file;
  json::object object;
};

void load(manifest::Catalog& catalog, std::vector<Example>& workflows) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    const std::string name = std::filesystem::relative(path, corpus()).string();
    for (manifest::Document& document : manifest::parse(text.str(), name).documents) {
      manifest::Resource& resource = document.resource;
      if (resource.kind == manifest::Kind::kWorkflow) {
        workflows.push_back({name, std::move(resource.object)});
        continue;
      }
      if (manifest::is_namespaced(resource.kind)) {
        resource.object["metadata"].as_object()["namespace"] = "default";
      }
      catalog.put(std::move(resource));
    }
  }
}

// A pod that gives every declared output.
pod::PodReport good_report(const Story& story, const Node& node) {
  auto report = story.report(node, pod::PodReport::Phase::kSucceeded);
  report.result = "1";
  if (node.kill_requested || is_completed(node.phase)) return report;
  const auto resolved = resolve_node(*story.run, node, story.world());
  if (!resolved.ok()) return report;
  if (get_bool(resolved->templ, "daemon") && !node.daemoned) {
    report.phase = pod::PodReport::Phase::kReady;
    report.pod_ip = "10.0.0.1";
  }
  const json::object* outputs = find_object(resolved->templ, "outputs");
  if (outputs == nullptr) return report;
  if (const json::array* list = find_array(*outputs, "parameters")) {
    for (const json::value& item : *list) {
      report.parameters[get_string(item.get_object(), "name")] = "[1]";
    }
  }
  if (const json::array* list = find_array(*outputs, "artifacts")) {
    for (const json::value& item : *list) {
      report.artifacts.push_back({get_string(item.get_object(), "name"), "key", 1});
    }
  }
  return report;
}

// One pod or request a pass; suspended nodes are resumed when nothing else moves.
void play(Story& story) {
  story.pass();
  for (int i = 0; i < 3000 && !story.run->finished(); ++i) {
    Happening happening;
    ActResult acted;
    ReadResult read;
    for (const Want& want : story.run->wants()) {
      const Node* node = story.run->find_node(want.node);
      if (want.kind == Want::Kind::kPod && !(node->daemoned && !node->kill_requested)) {
        happening.reports.push_back(good_report(story, *node));
        break;
      }
      if (want.kind == Want::Kind::kAct) {
        acted.node = want.node;
        acted.object = {{"metadata", json::object{{"name", "made"}}}};
        happening.act = &acted;
        break;
      }
      if (want.kind == Want::Kind::kRead) {
        read.node = want.node;
        read.keys = {"a.pdf", "b.pdf"};
        happening.read = &read;
        break;
      }
      if (want.kind == Want::Kind::kRequest) {
        happening.responses.push_back(
            {.node = want.node, .attempt = want.attempt, .ok = true, .status = 200, .body = "{}"});
        break;
      }
      if (want.kind == Want::Kind::kClaim) {
        Delta gone;
        gone.uid = story.run->uid();
        gone.status["persistentVolumeClaims"] = nullptr;
        std::vector<WantChange> changes;
        story.run->apply(gone, changes);
        break;
      }
    }
    story.now = story.now + Duration::seconds(1);
    const bool quiet = happening.reports.empty() && happening.responses.empty() &&
                       happening.act == nullptr && happening.read == nullptr;
    if (quiet && story.run->next_wake()) story.now = std::max(story.now, *story.run->next_wake());
    if (!story.pass(happening) && quiet) {
      story.pass({.operations = {SetNode{"", "", "", {{"message", "m"}}}, Resume{}}});
    }
  }
}

TEST(AdvanceConformance, EveryExampleComesToAnEnd) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  manifest::Catalog catalog;
  std::vector<Example> workflows;
  load(catalog, workflows);
  ASSERT_GT(workflows.size(), 150u);
  size_t succeeded = 0, unsupported = 0;
  for (const Example& example : workflows) {
    for (const Problem& problem : find_problems(example.object, catalog, {})) {
      if (problem.kind != Problem::Kind::kUnsupported) continue;
      ++unsupported;
      break;
    }
    std::string first;
    for (const bool forget : {false, true}) {
      Story story;
      story.catalog = catalog;
      story.forget_index = forget;
      story.submit(print_json(example.object));
      play(story);
      EXPECT_TRUE(is_completed(story.run->phase()))
          << example.file << " stays " << story.workflow_phase() << ": "
          << print_json(story.run->to_object(), {.indent = 1}).substr(0, 6000);
      const std::string all = print_json(story.run->to_object(), {.sort_keys = true});
      if (!forget) first = all;
      EXPECT_EQ(all == first, true) << example.file << " differs without its index";
      if (!forget && story.run->phase() == Phase::kSucceeded) ++succeeded;
    }
  }
  // The others want what this world does not give: a coin's face, a list, a database, a site.
  EXPECT_LT(unsupported, workflows.size() / 5);
  EXPECT_GT(succeeded, (workflows.size() - unsupported) * 8 / 10);
}

}  // namespace
}  // namespace slipway::workflow
