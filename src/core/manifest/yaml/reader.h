// libfyaml's events as a tree with positions. The only file that includes libfyaml is reader.cc.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/manifest/yaml/text.h"

namespace slipway::manifest {

// A node is shared by its anchor and every alias to it; there are no cycles.
struct YamlNode {
  enum class Kind { kScalar, kSequence, kMapping };
  Kind kind = Kind::kScalar;
  Position at;
  std::string text;  // of a scalar
  std::string tag;   // empty when none was given
  bool plain = true;
  bool complete = false;  // false while its children are being read
  std::vector<const YamlNode*> items;
  std::vector<std::pair<const YamlNode*, const YamlNode*>> members;
};

struct YamlTree {
  std::deque<YamlNode> nodes;
  const YamlNode* root = nullptr;  // nullptr: nothing but comments
  std::vector<TextProblem> problems;
};

// Reads the one document of a section. Never throws; what is wrong is in `problems`, and `root`
// is then nullptr. Bounded by limit::kJsonDepth and limit::kYamlAliasNodes.
YamlTree read_section(const Section& section);

}  // namespace slipway::manifest
