#include "core/manifest/yaml/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/limit.h"
#include "core/manifest/parse.h"
#include "core/manifest/yaml/reader.h"
#include "core/manifest/yaml/scalar.h"
#include "core/manifest/yaml/text.h"

namespace slipway::manifest {
namespace {

// Beyond this many a value has the position of what is around it; a manifest has some hundreds.
constexpr size_t kPositions = 100'000;

// One tree as a JSON value. Building ends with the first problem.
class Builder {
 public:
  YamlDocument document;
  std::vector<TextProblem> problems;

  void run(const YamlNode& root) { document.value = build(root, {}, 0); }

 private:
  json::value build(const YamlNode& node, const std::string& path, size_t depth) {
    if (!allowed(node, depth)) return nullptr;
    switch (node.kind) {
      case YamlNode::Kind::kScalar:
        return scalar(node);
      case YamlNode::Kind::kSequence: {
        json::array out;
        out.reserve(node.items.size());
        for (size_t i = 0; i < node.items.size() && problems.empty(); ++i) {
          std::string child = item_path(path, i);
          remember(child, node.items[i]->at);
          out.push_back(build(*node.items[i], child, depth + 1));
        }
        return out;
      }
      case YamlNode::Kind::kMapping:
        return mapping(node, path, depth);
    }
    return nullptr;
  }

  bool allowed(const YamlNode& node, size_t depth) {
    if (!problems.empty()) return false;
    if (++count_ > limit::kYamlAliasNodes) {
      problem(
          node.at, "too-large",
          fmt::format("more than {} values once the aliases are expanded", limit::kYamlAliasNodes),
          "use fewer aliases");
    } else if (depth > limit::kJsonDepth) {
      problem(node.at, "too-deep", fmt::format("nested deeper than {} levels", limit::kJsonDepth),
              "");
    }
    return problems.empty();
  }

  json::value mapping(const YamlNode& node, const std::string& path, size_t depth) {
    json::object out;
    std::map<std::string, Position> seen;
    for (const auto& [key_node, value_node] : node.members) {
      if (!problems.empty()) break;
      if (is_merge(*key_node)) continue;
      const std::string key = key_text(*key_node);
      const auto [first, fresh] = seen.emplace(key, key_node->at);
      if (!fresh) {
        problem(key_node->at, "duplicate-key",
                fmt::format("the key {:?} is here twice; the first is at {}:{}", key,
                            first->second.line, first->second.column),
                "remove one of the two");
        break;
      }
      std::string child = member_path(path, key);
      remember(child, key_node->at);
      out[key] = build(*value_node, child, depth + 1);
    }
    for (const auto& [key_node, value_node] : node.members) {
      if (problems.empty() && is_merge(*key_node)) merge(*value_node, path, depth, out);
    }
    return out;
  }

  // Adds the members that `out` does not have; of several sources the first wins.
  void merge(const YamlNode& source, const std::string& path, size_t depth, json::object& out) {
    if (!allowed(source, depth)) return;
    if (source.kind == YamlNode::Kind::kSequence) {
      for (const YamlNode* item : source.items) merge(*item, path, depth + 1, out);
      return;
    }
    if (source.kind != YamlNode::Kind::kMapping) {
      return problem(source.at, "merge-key", "<< wants an object, or a list of objects",
                     "write <<: *anchor");
    }
    for (const auto& [key_node, value_node] : source.members) {
      if (!problems.empty()) return;
      if (is_merge(*key_node)) {
        merge(*value_node, path, depth + 1, out);
        continue;
      }
      const std::string key = key_text(*key_node);
      if (out.contains(key)) continue;
      std::string child = member_path(path, key);
      remember(child, key_node->at);
      out[key] = build(*value_node, child, depth + 1);
    }
  }

  static bool is_merge(const YamlNode& key) {
    return key.kind == YamlNode::Kind::kScalar && key.text == "<<" && key.plain &&
           (key.tag.empty() || key.tag.ends_with("2002:merge"));
  }

  std::string key_text(const YamlNode& key) {
    if (key.kind != YamlNode::Kind::kScalar) {
      problem(key.at, "syntax", "a key must be a text, not an object or a list",
              "put a value that starts with {{ or [ in quotes");
      return {};
    }
    const json::value value = scalar(key);
    if (value.is_null()) {
      problem(key.at, "syntax", "a key is missing or null", "write the key in quotes");
    }
    return scalar_text(value);
  }

  json::value scalar(const YamlNode& node) {
    if (node.tag.empty()) {
      if (!node.plain) return json::value(node.text);
      json::value value = resolve_plain(node.text);
      if (value.is_double() && !std::isfinite(value.get_double())) {
        problem(node.at, "wrong-type", fmt::format("{} has no place in JSON", node.text),
                "put it in quotes if it is text");
      }
      return value;
    }
    auto value = resolve_tagged(node.tag == "!" ? std::string_view("!") : node.tag, node.text);
    if (value.ok()) return std::move(value).value();
    problem(node.at, "wrong-type", value.error().message, "");
    return nullptr;
  }

  void remember(const std::string& path, Position at) {
    if (document.positions.size() < kPositions) document.positions.insert_or_assign(path, at);
  }

  void problem(Position at, std::string rule, std::string message, std::string fix) {
    if (!problems.empty()) return;
    problems.push_back({at, std::move(rule), std::move(message), std::move(fix)});
  }

  size_t count_ = 0;
};

Diagnostic to_diagnostic(TextProblem problem, std::string_view file) {
  return {Severity::kError,
          std::string(file),
          problem.at.line,
          problem.at.column,
          {},
          std::move(problem.rule),
          std::move(problem.message),
          std::move(problem.fix)};
}

bool is_word(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace

std::string member_path(std::string_view parent, std::string_view key) {
  if (!is_word(key)) return fmt::format("{}[{:?}]", parent, key);
  return parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key);
}

std::string item_path(std::string_view parent, size_t index) {
  return fmt::format("{}[{}]", parent, index);
}

Position find_position(const SourceMap& positions, std::string_view path) {
  for (;;) {
    const auto found = positions.find(path);
    if (found != positions.end()) return found->second;
    const size_t cut = path.find_last_of(".[");
    if (cut == std::string_view::npos) return {};
    path = path.substr(0, cut);
  }
}

std::string scalar_text(const json::value& value) {
  if (value.is_string()) return str(value.get_string());
  return print_json(value);
}

std::vector<YamlDocument> read_yaml(std::string_view text, std::string_view file,
                                    Diagnostics& diagnostics) {
  std::vector<YamlDocument> out;
  if (auto problem = check_text(text)) {
    diagnostics.push_back(to_diagnostic(std::move(*problem), file));
    return out;
  }
  for (const Section& section : split_documents(text)) {
    YamlTree tree = read_section(section);
    Builder builder;
    if (tree.problems.empty() && tree.root != nullptr) builder.run(*tree.root);
    for (auto* problems : {&tree.problems, &builder.problems}) {
      for (TextProblem& problem : *problems) {
        diagnostics.push_back(to_diagnostic(std::move(problem), file));
      }
    }
    if (tree.root != nullptr && builder.problems.empty()) {
      out.push_back(std::move(builder.document));
    }
  }
  return out;
}

Result<json::value> parse_yaml(std::string_view text, std::string_view origin) {
  Diagnostics diagnostics;
  std::vector<YamlDocument> documents = read_yaml(text, origin, diagnostics);
  if (!diagnostics.empty()) {
    const Diagnostic& first = diagnostics.front();
    const bool limit = first.rule == "too-large" || first.rule == "too-deep";
    std::string where =
        first.line > 0 ? fmt::format("{}:{}:{}", first.file, first.line, first.column) : first.file;
    return Error{
        limit ? ErrorCode::kLimit : ErrorCode::kInvalid,
        first.fix.empty() ? first.message : fmt::format("{} ({})", first.message, first.fix),
        std::move(where)};
  }
  if (documents.empty()) return json::value(nullptr);
  if (documents.size() > 1) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("one YAML document is wanted here, there are {}", documents.size()),
                 std::string(origin)};
  }
  return std::move(documents.front().value);
}

}  // namespace slipway::manifest
