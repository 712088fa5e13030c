#include "core/manifest/yaml/reader.h"

#include <fmt/format.h>
#include <libfyaml.h>

#include <map>
#include <memory>

#include "base/limit.h"
#include "core/manifest/yaml/quoting.h"

namespace slipway::manifest {
namespace {

struct DiagDeleter {
  void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};
struct ParserDeleter {
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};

std::string_view token_text(fy_token* token) {
  size_t size = 0;
  const char* text = token != nullptr ? fy_token_get_text(token, &size) : nullptr;
  return text != nullptr ? std::string_view(text, size) : std::string_view();
}

std::string_view line_at(std::string_view text, int line) {
  for (; line > 1; --line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// NEL, LS and PS break lines in YAML 1.1, and libfyaml 0.7.12 miscounts them when %YAML 1.1 asks
// for that.
bool has_old_breaks(const Section& section) {
  if (!section.text.starts_with('%')) return false;
  for (const std::string_view mark : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    if (section.text.find(mark) != section.text.npos) return true;
  }
  return false;
}

class SectionReader {
 public:
  explicit SectionReader(const Section& section) : section_(section) {}

  YamlTree run() {
    if (has_old_breaks(section_)) {
      problem({section_.first_line, 1}, "encoding",
              "the text has the line separators U+0085, U+2028 or U+2029",
              "use line feeds, or write them as \\N, \\L and \\P in double quotes");
      return std::move(tree_);
    }
    fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = nullptr;
    diag_.reset(fy_diag_create(&diag_config));
    fy_parse_cfg config{};
    // The scanner's version decides what breaks a line; what scalars mean is decided in scalar.h.
    // Depth, duplicate keys and aliases are judged here, with messages of our own.
    config.flags = static_cast<fy_parse_cfg_flags>(
        FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_DISABLE_DEPTH_LIMIT |
        FYPCF_ALLOW_DUPLICATE_KEYS | FYPCF_SLOPPY_FLOW_INDENTATION | FYPCF_JSON_NONE);
    config.diag = diag_.get();
    if (diag_ != nullptr) {
      fy_diag_set_collect_errors(diag_.get(), true);
      parser_.reset(fy_parser_create(&config));
    }
    if (parser_ == nullptr ||
        fy_parser_set_string(parser_.get(), section_.text.data(), section_.text.size()) != 0) {
      problem({section_.first_line, 1}, "syntax", "the YAML reader could not start", "");
      return std::move(tree_);
    }
    read_events();
    if (fy_parser_get_stream_error(parser_.get()) && tree_.problems.empty()) explain_syntax_error();
    if (!tree_.problems.empty()) tree_.root = nullptr;
    return std::move(tree_);
  }

 private:
  struct Open {
    YamlNode* node;
    const YamlNode* key = nullptr;  // of a mapping, once read
  };

  void read_events() {
    while (tree_.problems.empty()) {
      fy_event* event = fy_parser_parse(parser_.get());
      if (event == nullptr) return;
      take(*event);
      fy_parser_event_free(parser_.get(), event);
    }
  }

  void take(const fy_event& event) {
    switch (event.type) {
      case FYET_DOCUMENT_START:
        if (++documents_ == 2) {
          problem(last_, "syntax", "a second document starts here without ---", "write --- first");
        }
        break;
      case FYET_SCALAR:
        take_scalar(event);
        break;
      case FYET_ALIAS:
        take_alias(token_text(event.alias.anchor), position(event.alias.anchor, 1));
        break;
      case FYET_SEQUENCE_START:
        open(YamlNode::Kind::kSequence, event.sequence_start.sequence_start,
             event.sequence_start.anchor, event.sequence_start.tag);
        break;
      case FYET_MAPPING_START:
        open(YamlNode::Kind::kMapping, event.mapping_start.mapping_start,
             event.mapping_start.anchor, event.mapping_start.tag);
        break;
      case FYET_SEQUENCE_END:
      case FYET_MAPPING_END:
        if (!open_.empty()) {
          open_.back().node->complete = true;
          open_.pop_back();
        }
        break;
      default:
        break;
    }
  }

  void take_scalar(const fy_event& event) {
    YamlNode& node = add(YamlNode::Kind::kScalar, event.scalar.value, event.scalar.tag);
    node.text = token_text(event.scalar.value);
    node.complete = true;
    if (event.scalar.value != nullptr) {
      const auto style = fy_token_scalar_style(event.scalar.value);
      node.plain = style == FYSS_PLAIN || style == FYSS_ANY;
      if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
        --node.at.column;
      }
      read_again(node, event.scalar.value, style);
    }
    if (event.scalar.anchor != nullptr) {
      anchors_[std::string(token_text(event.scalar.anchor))] = &node;
    }
    place(&node);
  }

  // The text of a scalar that libfyaml may get wrong, from the source.
  void read_again(YamlNode& node, fy_token* token, fy_scalar_style style) {
    if (style == FYSS_SINGLE_QUOTED) {
      if (node.text.find("''") == std::string::npos) return;
      node.text = unquote_single(section_.text.substr(source_offset(token)));
      return;
    }
    if (style != FYSS_LITERAL && style != FYSS_FOLDED) return;
    size_t line_start = source_offset(token);
    while (line_start > 0 && section_.text[line_start - 1] != '\n') --line_start;
    auto text = read_block_scalar(
        section_.text, {.folded = style == FYSS_FOLDED,
                        .content_at = line_start,
                        .parent_indent = open_.empty() ? -1 : open_.back().node->at.column - 1});
    if (text) {
      node.text = std::move(*text);
    } else if (node.text.find_first_not_of(" \t\n") != std::string::npos) {
      problem(position(token), "syntax",
              "the text after | or > is not indented further than its key",
              "indent it by two more spaces");
    }
  }

  void take_alias(std::string_view name, Position at) {
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      problem(at, "unknown-anchor",
              fmt::format("*{} refers to an anchor that is not above it", name),
              fmt::format("define &{} before this line, or quote the value if * is text", name));
    } else if (!found->second->complete) {
      problem(at, "unknown-anchor", fmt::format("the anchor &{} contains itself", name), "");
    } else {
      place(found->second);
    }
  }

  void open(YamlNode::Kind kind, fy_token* start, fy_token* anchor, fy_token* tag) {
    if (open_.size() >= limit::kJsonDepth) {
      return problem(position(start), "too-deep",
                     fmt::format("nested deeper than {} levels", limit::kJsonDepth), "");
    }
    YamlNode& node = add(kind, start, tag);
    if (anchor != nullptr) anchors_[std::string(token_text(anchor))] = &node;
    place(&node);
    open_.push_back({&node});
  }

  YamlNode& add(YamlNode::Kind kind, fy_token* start, fy_token* tag) {
    if (tree_.nodes.size() >= limit::kYamlAliasNodes && tree_.problems.empty()) {
      problem(position(start), "too-large",
              fmt::format("more than {} values", limit::kYamlAliasNodes), "split the document");
    }
    YamlNode& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.at = last_ = position(start);
    node.tag = token_text(tag);
    return node;
  }

  void place(const YamlNode* node) {
    if (open_.empty()) {
      tree_.root = node;
      return;
    }
    Open& parent = open_.back();
    if (parent.node->kind == YamlNode::Kind::kSequence) {
      parent.node->items.push_back(node);
    } else if (parent.key == nullptr) {
      parent.key = node;
    } else {
      parent.node->members.emplace_back(std::exchange(parent.key, nullptr), node);
    }
  }

  size_t source_offset(fy_token* token) const {
    const fy_mark* mark = fy_token_start_mark(token);
    return mark != nullptr ? std::min(mark->input_pos, section_.text.size()) : 0;
  }

  // `before`: characters of a mark such as * that the token leaves out.
  Position position(fy_token* token, int before = 0) const {
    const fy_mark* mark = token != nullptr ? fy_token_start_mark(token) : nullptr;
    if (mark == nullptr) return last_;
    return {mark->line + section_.first_line, mark->column + 1 - before};
  }

  void problem(Position at, std::string rule, std::string message, std::string fix) {
    tree_.problems.push_back({at, std::move(rule), std::move(message), std::move(fix)});
  }

  void explain_syntax_error() {
    void* iterator = nullptr;
    const fy_diag_error* error = fy_diag_errors_iterate(diag_.get(), &iterator);
    if (error == nullptr) return problem(last_, "syntax", "this is not YAML", "");
    const std::string_view line = line_at(section_.text, error->line);
    const Position at{error->line + section_.first_line - 1, std::max(error->column, 1)};
    const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
    if (const size_t tab = indent.find('\t'); tab != std::string_view::npos) {
      return problem({at.line, static_cast<int>(tab) + 1}, "tab",
                     "a tab is used for indentation, which YAML does not allow", "use spaces");
    }
    problem(at, "syntax", error->msg != nullptr ? error->msg : "this is not YAML",
            syntax_fix(error->msg != nullptr ? error->msg : ""));
  }

  static std::string syntax_fix(std::string_view message) {
    const auto has = [&](std::string_view part) { return message.find(part) != message.npos; };
    if (has("plain scalar cannot start")) return "put the value in quotes";
    if (has("nested block mapping on the same line"))
      return "put a value that holds \": \" in quotes";
    if (has("multiline plain key")) return "check the indentation of this line";
    if (has("end of block")) return "check the indentation of this line";
    return {};
  }

  const Section& section_;
  std::unique_ptr<fy_diag, DiagDeleter> diag_;
  std::unique_ptr<fy_parser, ParserDeleter> parser_;
  YamlTree tree_;
  std::vector<Open> open_;
  std::map<std::string, const YamlNode*, std::less<>> anchors_;
  Position last_{section_.first_line, 1};
  int documents_ = 0;
};

}  // namespace

YamlTree read_section(const Section& section) { return SectionReader(section).run(); }

}  // namespace slipway::manifest
