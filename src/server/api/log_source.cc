#include "server/api/log_source.h"

#include <utility>

#include "core/workflow/artifact_place.h"
#include "core/workflow/node.h"

namespace slipway::server {
namespace {

constexpr size_t kChunk = 256u << 10;

}  // namespace

std::optional<LogPod> log_pod(std::string_view ns, const std::string& workflow,
                              const workflow::Node& node, const manifest::Catalog& catalog) {
  if (node.pod_id.empty()) return std::nullopt;
  LogPod pod;
  pod.id = node.pod_id;
  pod.node_id = node.id;
  pod.pod_name = workflow::pod_name(workflow, node.template_name, node.name);
  pod.node_name = node.display_name;
  pod.started_at = node.started_at;
  pod.whole = node.type == workflow::NodeType::kContainer;
  // Waiting for its turn has no message; pulling an image does.
  pod.begun = node.phase != workflow::Phase::kPending || !node.message.empty();
  pod.ended = node.pod_done;
  for (const json::value& item : list_of(node.outputs, "artifacts")) {
    const json::object* artifact = item.if_object();
    if (artifact == nullptr || get_string(*artifact, "name") != "main-logs") continue;
    pod.archive = workflow::stored_location(catalog, ns, *artifact);
  }
  return pod;
}

LogSource::LogSource(const LogPod& pod, std::string container, bool archived, LogCut cut)
    : pod_(pod.id), container_(std::move(container)), cut_(cut) {
  if (archived) archive_ = pod.archive;
}

bool LogSource::read(const ApiContext& context, bool ended, std::vector<LogLine>& lines) {
  const bool more = cut_.tail ? read_tail(context, ended, lines) : read_on(context, ended, lines);
  if (cut_.limit) keep_within_limit(lines);
  return more && !complete_;
}

bool LogSource::read_tail(const ApiContext& context, bool ended, std::vector<LogLine>& lines) {
  const size_t most = *cut_.tail;
  cut_.tail.reset();
  for (bool more = true; more;) {
    more = read_on(context, ended, lines);
    if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<long>(most));
  }
  return false;
}

bool LogSource::read_on(const ApiContext& context, bool ended, std::vector<LogLine>& lines) {
  const uint64_t from = offset_;
  const Result<port::LogChunk> chunk = read_chunk(context);
  if (!chunk.ok()) {
    complete_ = ended || archive_.has_value();
    if (archive_) lines.push_back({"the archived log: " + chunk.error().text(), {}});
    return false;
  }
  const bool more = chunk->bytes.size() >= kChunk;
  complete_ = !more && (chunk->complete || ended);
  offset_ = chunk->next_offset;
  std::vector<port::LogTime> times;
  if (cut_.needs_times() && offset_ > from) times = read_times(context, from, lines);
  size_t now = 0;  // which of `times` holds
  const auto time_of = [&](uint64_t at) -> std::optional<Time> {
    while (now + 1 < times.size() && times[now + 1].offset <= at) ++now;
    return times.empty() ? std::nullopt : std::optional(times[now].time);
  };
  size_t start = 0;
  for (size_t end; (end = chunk->bytes.find('\n', start)) != std::string::npos; start = end + 1) {
    partial_.append(chunk->bytes, start, end - start);
    add(std::exchange(partial_, ""), time_of(from + end), lines);
  }
  partial_.append(chunk->bytes, start);
  if (complete_ && !partial_.empty()) add(std::exchange(partial_, ""), time_of(offset_), lines);
  return more;
}

std::vector<port::LogTime> LogSource::read_times(const ApiContext& context, uint64_t from,
                                                 std::vector<LogLine>& lines) {
  std::string reason = "they are not kept in an artifact store";
  if (!archive_) {
    auto times = context.logs.times(pod_, container_, from, offset_);
    if (times.ok() && !times->empty()) return std::move(*times);
    reason = times.ok() ? "it was written by an earlier release" : times.error().text();
  }
  if (!std::exchange(untimed_, true)) {
    lines.push_back({"[slipway: the times of this log are not known: " + reason + "]", {}});
  }
  return {};
}

void LogSource::add(std::string text, std::optional<Time> time, std::vector<LogLine>& lines) const {
  if (cut_.since && time && *time < *cut_.since) return;
  lines.push_back({std::move(text), time});
}

// As with Kubernetes, the last line may be cut.
void LogSource::keep_within_limit(std::vector<LogLine>& lines) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const uint64_t room = *cut_.limit - sent_bytes_;
    if (room == 0) {
      lines.resize(i);
      complete_ = true;
      return;
    }
    if (lines[i].text.size() > room) lines[i].text.resize(room);
    sent_bytes_ += std::min<uint64_t>(lines[i].text.size() + 1, room);
  }
}

Result<port::LogChunk> LogSource::read_chunk(const ApiContext& context) {
  if (!archive_) return context.logs.read(pod_, container_, offset_, kChunk);
  if (!archive_->ok()) return archive_->error();
  if (store_ == nullptr) {
    TRY_ASSIGN(store_, context.store_of(**archive_));
  }
  TRY_ASSIGN(std::string bytes, store_->get((*archive_)->key, offset_, kChunk));
  const uint64_t next = offset_ + bytes.size();
  return port::LogChunk{std::move(bytes), next, true};
}

}  // namespace slipway::server
