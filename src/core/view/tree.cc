#include "core/view/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/expr/golang/rune.h"
#include "core/view/duration.h"
#include "core/workflow/node.h"

namespace slipway::views {
namespace {

constexpr size_t kColumns = 5;
constexpr size_t kMaxDepth = 500;

struct Row {
  std::string cells[kColumns];
  std::string_view color;  // of the icon; empty: none
};

std::string_view phase_color(std::string_view phase) {
  if (phase == "Succeeded") return "\x1b[32m";
  if (phase == "Failed" || phase == "Error") return "\x1b[31m";
  if (phase == "Running") return "\x1b[36m";
  return "\x1b[33m";
}

class Tree {
 public:
  Tree(const json::object& workflow, Time now, TreeStyle style) : now_(now), style_(style) {
    const json::object* status = find_object(workflow, "status");
    const json::object* nodes = status != nullptr ? find_object(*status, "nodes") : nullptr;
    const json::object* metadata = find_object(workflow, "metadata");
    if (nodes == nullptr || metadata == nullptr) return;
    name_ = get_string(*metadata, "name");
    for (const auto& [id, value] : *nodes) {
      if (const json::object* node = value.if_object()) nodes_.emplace(id, node);
    }
    collect();
  }

  std::string render() {
    if (nodes_.empty()) return {};
    rows_.push_back({{"STEP", "TEMPLATE", "PODNAME", "DURATION", "MESSAGE"}, {}});
    const std::string exit_id = workflow::node_id(name_, name_ + ".onExit").value;
    if (nodes_.contains(name_)) render_node(name_, " ", " ");
    if (nodes_.contains(exit_id)) {
      rows_.push_back({});
      render_node(exit_id, " ", " ");
    }
    // Hooks of the workflow, and what a later release may add.
    for (const std::string& id : sorted(roots_)) {
      if (id != name_ && id != exit_id) render_node(id, " ", " ");
    }
    return aligned();
  }

 private:
  static std::string type_of(const json::object& node) { return get_string(node, "type"); }

  static bool is_group(const json::object& node) {
    const std::string type = type_of(node);
    return type == "StepGroup" || type == "TaskGroup" || type == "Retry";
  }

  // The nodes that a group shows below itself. Of a group of steps the next group is a child too,
  // and is not one of its steps.
  std::vector<std::string> group_children(const json::object& group) const {
    std::vector<std::string> out;
    const json::array* children = find_array(group, "children");
    if (children == nullptr) return out;
    for (const json::value& item : *children) {
      const json::string* id = item.if_string();
      const auto found = id != nullptr ? nodes_.find(view_of(*id)) : nodes_.end();
      if (found == nodes_.end() || type_of(*found->second) == "StepGroup") continue;
      if (get_string(*found->second, "boundaryID") != get_string(group, "boundaryID")) continue;
      out.push_back(found->first);
    }
    return out;
  }

  static std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

  void collect() {
    std::set<std::string> grouped;
    for (const auto& [id, node] : nodes_) {
      if (!is_group(*node)) continue;
      for (std::string& child : group_children(*node)) grouped.insert(std::move(child));
    }
    for (const auto& [id, node] : nodes_) {
      if (grouped.contains(id)) continue;
      const std::string boundary = get_string(*node, "boundaryID");
      (boundary.empty() || !nodes_.contains(boundary) ? roots_ : members_[boundary]).push_back(id);
    }
  }

  // In the order of their start, then of their names.
  std::vector<std::string> sorted(std::vector<std::string> ids) const {
    const auto key = [&](const std::string& id) {
      const json::object& node = *nodes_.at(id);
      const std::string started = get_string(node, "startedAt");
      return std::tuple(started.empty(), started, get_string(node, "name"), id);
    };
    std::sort(ids.begin(), ids.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return ids;
  }

  void render_node(const std::string& id, const std::string& prefix, const std::string& below) {
    if (!shown_.insert(id).second || shown_depth_ >= kMaxDepth) return;
    ++shown_depth_;
    const json::object& node = *nodes_.at(id);
    if (get_string(node, "phase") != "Omitted") {
      std::vector<std::string> children = is_group(node) ? group_children(node) : children_of(id);
      const std::string type = type_of(node);
      if (type == "StepGroup") {
        render_steps(sorted(std::move(children)), prefix, below);
      } else if (type == "Retry" && children.size() == 1) {
        render_node(children.front(), prefix, below);
      } else {
        add_row(node, prefix);
        render_children(sorted(std::move(children)), below);
      }
    }
    --shown_depth_;
  }

  std::vector<std::string> children_of(const std::string& id) const {
    std::vector<std::string> out;
    if (const auto found = members_.find(id); found != members_.end()) out = found->second;
    std::erase_if(out, [&](const std::string& child) {
      return get_string(*nodes_.at(child), "phase") == "Omitted" || hidden_group(child);
    });
    return out;
  }

  // A group of steps of which none is shown has no line, so it must not get a branch.
  bool hidden_group(const std::string& id) const {
    const json::object& node = *nodes_.at(id);
    return type_of(node) == "StepGroup" && group_children(node).empty();
  }

  void render_children(const std::vector<std::string>& ids, const std::string& below) {
    for (size_t i = 0; i < ids.size(); ++i) {
      const bool last = i + 1 == ids.size();
      render_node(ids[i], below + (last ? "└─" : "├─"), below + (last ? "  " : "│ "));
    }
  }

  // The steps of one group hang on the line that the group itself would have had.
  void render_steps(const std::vector<std::string>& ids, const std::string& prefix,
                    const std::string& below) {
    for (size_t i = 0; i < ids.size(); ++i) {
      const bool first = i == 0, last = i + 1 == ids.size();
      const char* branch = first && last ? "──" : first ? "┬─" : last ? "└─" : "├─";
      render_node(ids[i], (first ? prefix : below) + branch, below + (last ? "  " : "│ "));
    }
  }

  static std::string in_ascii(std::string text) {
    for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>("├", "|"),
                                   {"└", "`"},
                                   {"│", "|"},
                                   {"┬", "+"},
                                   {"─", "-"}}) {
      for (size_t at; (at = text.find(from)) != text.npos;) text.replace(at, from.size(), to);
    }
    return text;
  }

  std::string head_of(const json::object& node, const std::string& prefix) const {
    const std::string phase = get_string(node, "phase");
    std::string name = get_string(node, "displayName");
    if (name.empty()) name = get_string(node, "name");
    const bool waits = type_of(node) == "Suspend" && phase == "Running";
    if (style_.ascii) return fmt::format("{}{} {}", in_ascii(prefix), phase, name);
    return fmt::format("{}{} {}", prefix, waits ? "ǁ" : phase_icon(phase), name);
  }

  void add_row(const json::object& node, const std::string& prefix) {
    if (style_.shows && !style_.shows(node)) return;
    const std::string phase = get_string(node, "phase"), type = type_of(node);
    Row row;
    row.cells[0] = head_of(node, prefix);
    row.cells[1] = template_of(node);
    if (type == "Pod") {
      row.cells[2] = workflow::pod_name(name_, row.cells[1].substr(row.cells[1].rfind('/') + 1),
                                        get_string(node, "name"));
      row.cells[3] = duration_of(node);
    }
    row.cells[4] = message_of(node);
    row.color = style_.color && !style_.ascii ? phase_color(phase) : std::string_view();
    rows_.push_back(std::move(row));
  }

  static std::string template_of(const json::object& node) {
    const json::object* ref = find_object(node, "templateRef");
    if (ref == nullptr) return get_string(node, "templateName");
    return get_string(*ref, "name") + "/" + get_string(*ref, "template");
  }

  std::string duration_of(const json::object& node) const {
    const auto started = parse_rfc3339(get_string(node, "startedAt"));
    if (!started.ok()) return {};
    const auto finished = parse_rfc3339(get_string(node, "finishedAt"));
    return format_short((finished.ok() ? finished.value() : now_) - started.value());
  }

  // On one line, and without what would move the cursor.
  std::string message_of(const json::object& node) const {
    std::string out;
    size_t count = 0;
    for (const char32_t code : expr::to_runes(get_string(node, "message"))) {
      if (style_.max_message > 0 && ++count > static_cast<size_t>(style_.max_message)) {
        return out + "…";
      }
      out += code < 0x20 || code == 0x7f ? std::string(" ") : expr::encode_rune(code);
    }
    return out;
  }

  std::string aligned() const {
    size_t widths[kColumns] = {};
    for (const Row& row : rows_) {
      for (size_t i = 0; i < kColumns; ++i) {
        widths[i] = std::max(widths[i], expr::count_runes(row.cells[i]));
      }
    }
    std::string out;
    for (const Row& row : rows_) {
      std::string line;
      for (size_t i = 0; i < kColumns; ++i) {
        line += row.cells[i];
        line.append(widths[i] - expr::count_runes(row.cells[i]) + 2, ' ');
      }
      line.erase(line.find_last_not_of(' ') + 1);
      if (!row.color.empty()) color_icon(line, row.color);
      out += line + '\n';
    }
    return out;
  }

  // The icon is the first character that is neither blank nor part of a branch.
  static void color_icon(std::string& line, std::string_view color) {
    for (size_t i = 0; i < line.size();) {
      const expr::Rune rune = expr::decode_rune(std::string_view(line).substr(i));
      const bool branch = rune.code == ' ' || (rune.code >= 0x2500 && rune.code <= 0x257f);
      if (!branch) {
        line.insert(i + rune.length, "\x1b[0m");
        line.insert(i, color);
        return;
      }
      i += rune.length;
    }
  }

  Time now_;
  TreeStyle style_;
  std::string name_;
  std::map<std::string, const json::object*, std::less<>> nodes_;
  std::map<std::string, std::vector<std::string>> members_;  // by boundary
  std::vector<std::string> roots_;
  std::set<std::string> shown_;
  size_t shown_depth_ = 0;
  std::vector<Row> rows_;
};

}  // namespace

std::string_view phase_icon(std::string_view phase) {
  if (phase == "Succeeded") return "✔";
  if (phase == "Failed") return "✖";
  if (phase == "Error") return "⚠";
  if (phase == "Running") return "●";
  if (phase == "Skipped" || phase == "Omitted") return "○";
  return "◷";
}

std::string render_tree(const json::object& workflow, Time now, TreeStyle style) {
  return Tree(workflow, now, style).render();
}

}  // namespace slipway::views
