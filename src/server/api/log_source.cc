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

LogSource::LogSource(const LogPod& pod, std::string container, bool archived,
                     std::optional<size_t> tail)
    : pod_(pod.id), container_(std::move(container)), tail_(tail) {
  if (archived) archive_ = pod.archive;
}

bool LogSource::read(const ApiContext& context, bool ended, std::vector<std::string>& lines) {
  if (!tail_) return read_on(context, ended, lines);
  const size_t most = *tail_;
  tail_.reset();
  for (bool more = true; more;) {
    more = read_on(context, ended, lines);
    if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<long>(most));
  }
  return false;
}

bool LogSource::read_on(const ApiContext& context, bool ended, std::vector<std::string>& lines) {
  const Result<port::LogChunk> chunk = read_chunk(context);
  if (!chunk.ok()) {
    complete_ = ended || archive_.has_value();
    if (archive_) lines.push_back("the archived log: " + chunk.error().text());
    return false;
  }
  const bool more = chunk->bytes.size() >= kChunk;
  complete_ = !more && (chunk->complete || ended);
  offset_ = chunk->next_offset;
  partial_ += chunk->bytes;
  size_t start = 0;
  for (size_t end; (end = partial_.find('\n', start)) != std::string::npos; start = end + 1) {
    lines.push_back(partial_.substr(start, end - start));
  }
  partial_.erase(0, start);
  if (complete_ && !partial_.empty()) lines.push_back(std::exchange(partial_, ""));
  return more;
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
