// slipway-scenario: plays the text scenarios of tests/scenario on the pure engine, on an engine
// that is restarted at every step, and on the server over simulated ports.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/scenario/player.h"

namespace {

namespace fs = std::filesystem;
using namespace slipway;
using namespace slipway::sim::scenario;

struct Arguments {
  bool update = false;
  std::string stage;  // empty: all of them
  std::vector<std::string> paths;
};

int usage() {
  fmt::print(
      stderr,
      "usage: slipway-scenario [--update] [--on engine|engine-restarted|server] PATH...\n"
      "  plays every .txt file below each PATH; --update writes what was got into the files\n"
      "example: slipway-scenario tests/scenario/workflow/rule_13_dag_phase.txt\n");
  return 2;
}

bool parse(int count, char** words, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--update") {
      arguments.update = true;
    } else if (word == "--on" && i + 1 < count) {
      arguments.stage = words[++i];
    } else if (word.starts_with("--")) {
      return false;
    } else {
      arguments.paths.emplace_back(word);
    }
  }
  return !arguments.paths.empty();
}

std::vector<std::string> files_in(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".txt") files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void write_edits(const Script& script, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.line < b.line; });
  std::ofstream out(script.file, std::ios::binary);
  size_t at = 0;
  for (const Edit& edit : edits) {
    const auto first = static_cast<size_t>(edit.line) - 1;
    if (first < at) continue;
    for (; at < first; ++at) out << script.lines[at] << '\n';
    out << edit.text;
    at = first + static_cast<size_t>(edit.lines);
  }
  for (; at < script.lines.size(); ++at) out << script.lines[at] << '\n';
}

// The number of failures, each printed.
size_t play_file(const std::string& file, const Arguments& arguments, size_t& plays) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    fmt::print("{}: can not be read\n", file);
    return 1;
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  in.close();
  const auto script = read_script(file, text);
  const Result<workflow::Settings> settings =
      script.ok() ? read_settings(*script) : Result<workflow::Settings>(script.error());
  if (!settings.ok()) {
    fmt::print("{}\n", settings.error().text());
    return 1;
  }
  size_t failures = 0;
  for (const auto& make : {+[](const workflow::Settings& s) { return make_engine_stage(s, false); },
                           +[](const workflow::Settings& s) { return make_engine_stage(s, true); },
                           +[](const workflow::Settings& s) { return make_server_stage(s); }}) {
    const std::unique_ptr<Stage> stage = make(*settings);
    if (!arguments.stage.empty() && arguments.stage != stage->name()) continue;
    ++plays;
    Played played = Player(*script, *stage).play();
    for (const std::string& failure : played.failures) fmt::print("{}\n", failure);
    failures += played.failures.size();
    if (arguments.update && !played.edits.empty()) {
      write_edits(*script, std::move(played.edits));
      fmt::print("{}: updated; read what changed before you commit it\n", file);
    }
    if (failures > 0) break;  // the other stages would most likely say the same
  }
  return failures;
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!parse(count, words, arguments)) return usage();
  const auto start = std::chrono::steady_clock::now();
  size_t failures = 0, plays = 0;
  const std::vector<std::string> files = files_in(arguments.paths);
  size_t bad = 0;
  for (const std::string& file : files) {
    const size_t found = play_file(file, arguments, plays);
    failures += found;
    bad += found > 0 ? 1 : 0;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} scenarios played {} times in {:.1f} s: {} failed\n", files.size(), plays,
             took.count(), bad);
  return failures > 0 || plays == 0 ? 1 : 0;
}
