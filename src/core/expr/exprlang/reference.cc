#include "core/expr/exprlang/reference.h"

#include <algorithm>

namespace slipway::expr::lang {
namespace {

class Finder {
 public:
  void walk(const Node& node, bool guarded) {
    switch (node.op) {
      case Op::kName:
      case Op::kMember:
        path(node, guarded);
        return;
      case Op::kCoalesce:
        walk(*node.children[0], true);
        walk(*node.children[1], guarded);
        return;
      case Op::kMethod:
        // sprig.trim(x) reads x only.
        walk_children(node, guarded, is_sprig_root(*node.children[0]) ? 1 : 0);
        return;
      case Op::kLet:
        walk(*node.children[0], guarded);
        locals_.push_back(node.text);
        walk(*node.children[1], guarded);
        locals_.pop_back();
        return;
      default:
        walk_children(node, guarded, 0);
    }
  }

  std::vector<Program::Reference> found;

 private:
  static bool is_sprig_root(const Node& node) {
    return node.op == Op::kName && node.text == "sprig";
  }

  void walk_children(const Node& node, bool guarded, size_t from) {
    for (size_t i = from; i < node.children.size(); ++i) {
      if (node.children[i] != nullptr) walk(*node.children[i], guarded);
    }
  }

  // Members by literal name extend the path; what is inside other brackets is walked by itself.
  void path(const Node& node, bool guarded) {
    std::vector<const Node*> members;
    const Node* root = &node;
    for (; root->op == Op::kMember; root = root->children[0].get()) {
      members.push_back(root);
      guarded |= root->optional;
    }
    std::string name = root->op == Op::kName ? root->text : "";
    bool open = true;
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
      const Node& key = *(*member)->children[1];
      const std::string* text = key.op == Op::kLiteral ? key.literal.if_string() : nullptr;
      if (text == nullptr) {
        open = false;
        walk(key, guarded);
      } else if (open) {
        name += (name.empty() ? "" : ".") + *text;
      }
    }
    if (root->op != Op::kName && root->op != Op::kEnvironment) {
      walk(*root, guarded);
    } else if (!name.empty() && (root->op == Op::kEnvironment || !is_local(root->text))) {
      add(name, guarded);
    }
  }

  bool is_local(std::string_view name) const {
    return std::find(locals_.begin(), locals_.end(), name) != locals_.end();
  }

  void add(const std::string& name, bool guarded) {
    for (Program::Reference& reference : found) {
      if (reference.name != name) continue;
      reference.guarded = reference.guarded && guarded;
      return;
    }
    found.push_back({name, guarded});
  }

  std::vector<std::string_view> locals_;
};

}  // namespace

std::vector<Program::Reference> find_references(const Node& root) {
  Finder finder;
  finder.walk(root, false);
  return std::move(finder.found);
}

}  // namespace slipway::expr::lang
