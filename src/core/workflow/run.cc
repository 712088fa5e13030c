#include "core/workflow/run.h"

#include <fmt/format.h>

#include "core/workflow/progress.h"
#include "core/workflow/run_index.h"
#include "core/workflow/version.h"
#include "core/workflow/want.h"

namespace slipway::workflow {
namespace {

const json::object kEmpty;

void fold_members(json::object& to, const json::object& changes) {
  for (const auto& member : changes) {
    if (member.value().is_null()) {
      to.erase(member.key());
    } else {
      to[member.key()] = member.value();
    }
  }
}

json::object take_member(json::object& from, std::string_view key) {
  json::value* found = from.if_contains(key);
  return found != nullptr && found->is_object() ? std::move(found->get_object()) : json::object{};
}

Time time_member(const json::object& from, std::string_view key) {
  const auto time = parse_rfc3339(get_string(from, key));
  return time.ok() ? *time : Time{};
}

}  // namespace

std::string owner_of(const json::object& metadata) {
  const json::array* owners = find_array(metadata, "ownerReferences");
  const json::object* first =
      owners != nullptr && !owners->empty() ? (*owners)[0].if_object() : nullptr;
  return first != nullptr ? get_string(*first, "uid") : std::string();
}

namespace {

// The object taken apart; only of a workflow that has started, or while somebody looks.
struct Content {
  json::object metadata, spec, status;
  std::map<NodeId, Node> nodes;
};

Content parse_content(std::string_view text) {
  Content content;
  auto parsed = parse_json(text);
  if (!parsed.ok() || !parsed->is_object()) return content;
  json::object& object = parsed->get_object();
  content.metadata = take_member(object, "metadata");
  content.spec = take_member(object, "spec");
  content.status = take_member(object, "status");
  const json::object nodes = take_member(content.status, "nodes");
  content.status.erase("nodes");
  for (const auto& member : nodes) {
    if (!member.value().is_object()) continue;
    auto node = node_from_journal_json(member.value().get_object());
    // A node that can not be read is as if it had never been: the pass makes it again.
    if (node.ok()) content.nodes.emplace(node->id, std::move(*node));
  }
  return content;
}

}  // namespace

// What a waiting run is asked for without taking its object apart.
struct Run::State {
  WorkflowUid uid;
  std::string ns, name;
  Phase phase = Phase::kNone;
  Time created_at;
  int64_t priority = 0;
  std::string owner_uid;

  mutable std::string text;                  // until `content` is there
  mutable std::unique_ptr<Content> content;  // from the first look inside on
  std::set<Want> wants;
  mutable std::unique_ptr<RunIndex> index;

  Content& open() const {
    if (content == nullptr) {
      content = std::make_unique<Content>(parse_content(text));
      text.clear();
      text.shrink_to_fit();
    }
    return *content;
  }
  void read_head(const Content& from);
};

void Run::State::read_head(const Content& from) {
  ns = get_string(from.metadata, "namespace", "default");
  name = get_string(from.metadata, "name");
  created_at = time_member(from.metadata, "creationTimestamp");
  phase = parse_phase(get_string(from.status, "phase")).value_or(Phase::kNone);
  priority = get_int(from.spec, "priority");
  owner_uid = owner_of(from.metadata);
}

Run::Run(WorkflowUid uid, std::string object_text) : state_(std::make_unique<State>()) {
  state_->uid = std::move(uid);
  auto content = std::make_unique<Content>(parse_content(object_text));
  state_->read_head(*content);
  if (state_->phase == Phase::kNone && content->nodes.empty()) {
    object_text.shrink_to_fit();
    state_->text = std::move(object_text);
    return;
  }
  for (const auto& [id, node] : content->nodes) add_wants(node, state_->wants);
  state_->content = std::move(content);
  add_claim_wants(*this, state_->wants);
}

Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

const WorkflowUid& Run::uid() const { return state_->uid; }
const std::string& Run::ns() const { return state_->ns; }
const std::string& Run::name() const { return state_->name; }
Phase Run::phase() const { return state_->phase; }
Time Run::created_at() const { return state_->created_at; }
int64_t Run::priority() const { return state_->priority; }
const std::string& Run::owner_uid() const { return state_->owner_uid; }

const json::object& Run::metadata() const { return state_->open().metadata; }
const json::object& Run::spec() const { return state_->open().spec; }
const json::object& Run::status() const { return state_->open().status; }

const std::map<NodeId, Node>& Run::nodes() const {
  static const std::map<NodeId, Node> kNone;
  return state_->content != nullptr ? state_->content->nodes : kNone;
}

const Node* Run::find_node(const NodeId& id) const {
  const auto& all = nodes();
  const auto found = all.find(id);
  return found != all.end() ? &found->second : nullptr;
}

const json::object& Run::effective_spec() const {
  const json::object* stored = find_object(status(), "storedWorkflowTemplateSpec");
  return stored != nullptr ? *stored : spec();
}

bool Run::finished() const { return is_completed(phase()) && state_->wants.empty(); }

std::optional<Time> Run::next_wake() const {
  if (is_completed(phase()) || state_->index == nullptr) return std::nullopt;
  return state_->index->timers.next();
}

bool Run::dirty() const {
  if (is_completed(phase())) return false;
  return state_->index == nullptr || state_->index->needs_pass();
}

json::object Run::to_object() const {
  // Looking at a run that waits must not make it grow.
  const Content* content = state_->content.get();
  const Content looked = content == nullptr ? parse_content(state_->text) : Content{};
  if (content == nullptr) content = &looked;
  json::object object{{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Workflow"}};
  object["metadata"] = content->metadata;
  object["spec"] = content->spec;
  json::object status = content->status;
  if (!content->nodes.empty()) status["nodes"] = nodes_with_sums(content->nodes);
  if (json::object held = resources_of(content->nodes); !held.empty()) {
    status["resourcesDuration"] = std::move(held);
  }
  if (!status.empty()) object["status"] = std::move(status);
  return object;
}

void Run::apply(const Delta& delta, std::vector<WantChange>& changes) {
  if (delta.empty()) return;
  Content& content = state_->open();
  if (state_->index != nullptr && !state_->index->confirm(delta)) state_->index.reset();

  std::set<Want> before, after;
  const auto replace = [&](const Node* old, const Node* now) {
    if (old != nullptr) add_wants(*old, before);
    if (now != nullptr) add_wants(*now, after);
  };
  if (is_completed(state_->phase)) add_claim_wants(*this, before);
  for (const NodeId& id : delta.removed_nodes) {
    const auto found = content.nodes.find(id);
    if (found == content.nodes.end()) continue;
    replace(&found->second, nullptr);
    content.nodes.erase(found);
  }
  for (const Node& node : delta.nodes) {
    const auto [place, fresh] = content.nodes.try_emplace(node.id, node);
    replace(fresh ? nullptr : &place->second, &node);
    if (!fresh) place->second = node;
  }
  for (const auto& [parent, child] : delta.added_children) {
    const auto found = content.nodes.find(parent);
    if (found != content.nodes.end()) found->second.children.push_back(child);
  }
  fold_members(content.status, delta.status);
  const std::string whole = state_->ns + "/" + state_->name;
  for (const LockClaim& change : delta.locks) fold_claim(content.status, whole, change);
  fold_members(content.metadata, delta.metadata);
  fold_members(content.spec, delta.spec);
  // A snapshot's delta says which version it makes.
  if (!delta.metadata.contains("resourceVersion")) raise_version(content.metadata);
  state_->read_head(content);
  if (is_completed(state_->phase)) {
    add_claim_wants(*this, after);
    state_->index.reset();
  }

  for (const Want& want : before) {
    if (!after.contains(want)) {
      state_->wants.erase(want);
      changes.push_back({want, false});
    }
  }
  for (const Want& want : after) {
    if (state_->wants.insert(want).second) changes.push_back({want, true});
  }
}

std::vector<Want> Run::wants() const { return {state_->wants.begin(), state_->wants.end()}; }

bool Run::is_text() const { return state_->content == nullptr; }

RunIndex& Run::index() const {
  if (state_->index == nullptr) state_->index = std::make_unique<RunIndex>();
  return *state_->index;
}

}  // namespace slipway::workflow
