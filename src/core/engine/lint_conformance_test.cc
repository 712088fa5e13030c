// Every public manifest must be clean of lint's errors, except those that are wrong in themselves,
// and but for what Slipway refuses (docs/compat.md).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/engine/lint.h"
#include "core/manifest/parse.h"

namespace slipway::engine {
namespace {

namespace fs = std::filesystem;

// file (from the corpus folder) → a part of each error that it must have.
const std::map<std::string, std::string> kExpected = {
    // A template that reads inputs which it does not declare.
    {"argo-events/examples/sensors/multi-dependencies.yaml",
     "failed to resolve {{inputs.parameters.message"},
};

fs::path corpus() {
  if (const char* folder = std::getenv("SLIPWAY_CONFORMANCE")) return folder;
  return fs::path(SLIPWAY_SOURCE_DIR).parent_path() / "shared/conformance";
}

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

bool is_manifest(const fs::path& file) {
  return file.extension() == ".yaml" || file.extension() == ".yml" || file.extension() == ".json";
}

TEST(LintConformance, PublicManifestsAreClean) {
  if (!fs::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  size_t files = 0;
  std::set<std::string> seen;
  for (const auto& entry : fs::recursive_directory_iterator(corpus())) {
    if (!is_manifest(entry.path())) continue;
    ++files;
    const std::string name = fs::relative(entry.path(), corpus()).string();
    const manifest::Parsed parsed = manifest::parse(read(entry.path()), name);
    for (const manifest::Diagnostic& found : engine::lint(parsed.documents, {})) {
      if (found.severity != manifest::Severity::kError) continue;
      if (found.rule == "not-supported" || found.rule == "foreign-resource") continue;
      // What they are there to show.
      if (found.rule == "untrusted-in-script") continue;
      const auto expected = kExpected.find(name);
      EXPECT_TRUE(expected != kExpected.end() &&
                  found.message.find(expected->second) != std::string::npos)
          << found.text();
      EXPECT_GT(found.line, 0) << found.text();
      seen.insert(name);
    }
  }
  for (const auto& [name, part] : kExpected) EXPECT_TRUE(seen.contains(name)) << name;
  EXPECT_GT(files, 300u);
}

}  // namespace
}  // namespace slipway::engine
