#include "sim/scenario/book.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::sim::scenario {

void Book::note(const engine::Event& event) {
  if (const auto* advanced = std::get_if<engine::WorkflowAdvanced>(&event.body)) {
    for (const workflow::Node& node : advanced->delta.nodes) pods_[node.pod_id] = node.display_name;
  } else if (const auto* released = std::get_if<engine::PodsReleased>(&event.body)) {
    for (const PodId& pod : released->pods) released_.emplace_back(pods_[pod], released->due);
  }
  const auto* created = std::get_if<engine::WorkflowCreated>(&event.body);
  if (created == nullptr || find_workflow(created->uid) != nullptr) return;
  const auto parsed = parse_json(created->object);
  if (!parsed.ok() || !parsed->is_object()) return;
  const json::object* metadata = find_object(parsed->get_object(), "metadata");
  if (metadata == nullptr) return;
  Made made{created->uid, get_string(*metadata, "namespace"), get_string(*metadata, "name"), {}};
  const std::string prefix = get_string(*metadata, "generateName");
  const bool generated = !prefix.empty() && made.name.starts_with(prefix);
  made.alias = generated ? prefix + std::to_string(++prefixes_[prefix]) : made.name;
  if (generated) aliases_.emplace_back(made.name, made.alias);
  aliases_.emplace_back(made.uid.value, "uid-of-" + made.alias);
  workflows_.push_back(std::move(made));
}

void Book::note(const port::RowChange& change) {
  if (const auto* event = std::get_if<port::PutEvent>(&change)) {
    events_.push_back(event->row);
    aliases_.emplace_back(event->row.id.value, fmt::format("event-{}", events_.size()));
  } else if (const auto* answer = std::get_if<port::PutAnswer>(&change)) {
    for (port::EventRow& row : events_) {
      if (row.id == answer->event) row.answers[answer->call] = answer->answer;
    }
  } else if (const auto* put = std::get_if<port::PutWorkflow>(&change)) {
    const auto parsed = parse_json(put->row.object);
    if (parsed.ok() && parsed->is_object()) finished_[put->row.uid] = parsed->get_object();
    expiries_[put->row.uid] = put->row.expires_at;
  } else if (const auto* removed = std::get_if<port::RemoveWorkflow>(&change)) {
    finished_.erase(removed->uid);
  }
}

const Book::Made* Book::find_workflow(std::string_view alias) const {
  const auto found = std::find_if(workflows_.rbegin(), workflows_.rend(),
                                  [&](const Made& made) { return made.alias == alias; });
  return found == workflows_.rend() ? nullptr : &*found;
}

const Book::Made* Book::find_workflow(const WorkflowUid& uid) const {
  const auto found = std::find_if(workflows_.begin(), workflows_.end(),
                                  [&](const Made& made) { return made.uid == uid; });
  return found == workflows_.end() ? nullptr : &*found;
}

const json::object* Book::finished(const WorkflowUid& uid) const {
  const auto found = finished_.find(uid);
  return found == finished_.end() ? nullptr : &found->second;
}

Time Book::expiry(const WorkflowUid& uid) const {
  const auto found = expiries_.find(uid);
  return found == expiries_.end() ? Time{} : found->second;
}

std::string Book::plain(std::string text) const {
  for (const auto& [chance, alias] : aliases_) {
    for (size_t at = 0; (at = text.find(chance, at)) != text.npos; at += alias.size()) {
      text.replace(at, chance.size(), alias);
    }
  }
  return text;
}

}  // namespace slipway::sim::scenario
