// Logs of a workflow's pods: kept ones, and live ones by follow, as Argo Server streams them.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "core/workflow/artifact_place.h"
#include "server/api/api.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

namespace slipway::server {
namespace {

constexpr size_t kChunk = 256u << 10;

// Of main containers' logs, by pod: the copies in artifact stores, for when podGC took the logs.
using Archives = std::map<std::string, Result<pod::ArtifactLocation>>;

struct LogSource {
  PodId pod;
  std::string pod_name, node_name, container;
  std::optional<Result<pod::ArtifactLocation>> archive = std::nullopt;  // instead of the log itself
  std::shared_ptr<port::BlobStore> store = nullptr;                     // of `archive`
  uint64_t offset = 0;
  std::string partial;  // a line whose end has not come yet
  bool complete = false;
};

struct LogStream {
  std::vector<LogSource> sources;
  std::string container;  // wanted; empty: main, "*": all
  bool follow = false, raw = false;
  std::shared_ptr<port::Responder> responder;
};

// Argo's line: {"result": {"content": "...", "podName": "..."}}; Slipway adds the node.
void write_line(LogStream& stream, const LogSource& source, std::string_view content) {
  if (stream.raw) return stream.responder->write(std::string(content) + "\n");
  json::object result;
  result["content"] = json::string_view(content.data(), content.size());
  result["podName"] = source.pod_name;
  result["node"] = source.node_name;
  result["container"] = source.container;
  json::object line;
  line["result"] = std::move(result);
  stream.responder->write(print_json(line) + "\n");
}

Result<port::LogChunk> read_chunk(LogSource& source, const ApiContext& context) {
  if (!source.archive) {
    return context.logs.read(source.pod, source.container, source.offset, kChunk);
  }
  if (!source.archive->ok()) return source.archive->error();
  if (source.store == nullptr) {
    TRY_ASSIGN(source.store, context.store_of(**source.archive));
  }
  TRY_ASSIGN(std::string bytes, source.store->get((*source.archive)->key, source.offset, kChunk));
  const uint64_t next = source.offset + bytes.size();
  return port::LogChunk{std::move(bytes), next, true};
}

// Everything that is there now of one container's log.
void drain(LogStream& stream, LogSource& source, const ApiContext& context) {
  while (!stream.responder->gone()) {
    const Result<port::LogChunk> chunk = read_chunk(source, context);
    if (!chunk.ok()) {
      if (!source.archive) return;  // not there yet
      source.complete = true;
      return write_line(stream, source, "the archived log: " + chunk.error().text());
    }
    source.complete = chunk->complete && chunk->bytes.size() < kChunk;
    source.offset = chunk->next_offset;
    source.partial += chunk->bytes;
    size_t start = 0;
    for (size_t end; (end = source.partial.find('\n', start)) != std::string::npos;
         start = end + 1) {
      write_line(stream, source, std::string_view(source.partial).substr(start, end - start));
    }
    source.partial.erase(0, start);
    if (source.complete && !source.partial.empty()) {
      write_line(stream, source, std::exchange(source.partial, ""));
    }
    if (chunk->bytes.size() < kChunk) return;
  }
}

Archives archives_of(const json::object& workflow, const std::string& ns,
                     const manifest::Catalog& catalog) {
  Archives archives;
  const json::value* nodes = find_path(workflow, {"status", "nodes"});
  if (nodes == nullptr || !nodes->is_object()) return archives;
  for (const auto& member : nodes->get_object()) {
    const json::object* node = member.value().if_object();
    const json::object* outputs = node != nullptr ? find_object(*node, "outputs") : nullptr;
    const json::array* artifacts = outputs != nullptr ? find_array(*outputs, "artifacts") : nullptr;
    for (const json::value& item : artifacts != nullptr ? *artifacts : json::array{}) {
      const json::object* artifact = item.if_object();
      if (artifact == nullptr || get_string(*artifact, "name") != "main-logs") continue;
      archives.emplace(get_string(*node, "podId"),
                       workflow::stored_location(catalog, ns, *artifact));
    }
  }
  return archives;
}

// Adds the containers of pods that have appeared since the last look; true when the workflow ended.
bool refresh(LogStream& stream, const json::object& workflow, const std::string& pod_filter,
             const Archives& archives, const ApiContext& context) {
  const json::value* nodes = find_path(workflow, {"status", "nodes"});
  if (nodes != nullptr && nodes->is_object()) {
    for (const auto& member : nodes->get_object()) {
      const json::object* node = member.value().if_object();
      if (node == nullptr) continue;
      const std::string pod = get_string(*node, "podId");
      if (pod.empty()) continue;
      const std::string pod_name = get_string(*node, "podName", pod);
      if (!pod_filter.empty() && pod_filter != pod_name &&
          pod_filter != std::string(member.key()) &&
          pod_filter != get_string(*node, "displayName")) {
        continue;
      }
      std::vector<std::string> containers = context.logs.containers(PodId(pod));
      std::optional<Result<pod::ArtifactLocation>> archive;
      const auto archived = archives.find(pod);
      if (containers.empty() && archived != archives.end()) {
        archive = archived->second;
        containers.push_back("main");
      }
      for (const std::string& container : containers) {
        const bool main = container == "main" || get_string(*node, "type") == "Container";
        if (stream.container.empty() ? !main
                                     : stream.container != "*" && stream.container != container) {
          continue;
        }
        const bool known =
            std::any_of(stream.sources.begin(), stream.sources.end(), [&](const LogSource& source) {
              return source.pod.value == pod && source.container == container;
            });
        if (!known) {
          stream.sources.push_back(
              {PodId(pod), pod_name, get_string(*node, "displayName"), container, archive});
        }
      }
    }
  }
  const json::value* finished = find_path(workflow, {"status", "finishedAt"});
  return finished != nullptr && finished->is_string();
}

// One round: look for new pods, send what is there, and come again until the workflow has ended.
void pump(const ApiContext& context, const std::string& ns, const std::string& name,
          const std::string& pod_filter, const std::shared_ptr<LogStream>& stream) {
  find_workflow(context, ns, name, [=](Result<json::object> workflow) {
    if (!workflow.ok()) return stream->responder->end();
    context.access.query([=, workflow = std::move(*workflow)](const engine::Engine& engine) {
      context.background([=, archives = archives_of(workflow, ns, engine.catalog())] {
        const bool ended = refresh(*stream, workflow, pod_filter, archives, context);
        for (LogSource& source : stream->sources) {
          if (!source.complete) drain(*stream, source, context);
        }
        if (ended || !stream->follow || stream->responder->gone()) {
          for (LogSource& source : stream->sources) {
            if (!source.partial.empty()) write_line(*stream, source, source.partial);
          }
          return stream->responder->end();
        }
        context.later(Duration::milliseconds(100),
                      [=] { pump(context, ns, name, pod_filter, stream); });
      });
    });
  });
}

void stream_logs(const ApiContext& context, Exchange exchange, const std::string& pod_filter) {
  auto stream = std::make_shared<LogStream>();
  stream->container = exchange.parameter("logOptions.container");
  stream->follow = exchange.parameter("logOptions.follow") == "true";
  stream->raw = exchange.parameter("raw") == "true";
  stream->responder = exchange.responder;
  const std::string ns = exchange.at("ns");
  const std::string name = exchange.at("name");
  find_workflow(context, ns, name, [=](Result<json::object> workflow) {
    if (!workflow.ok()) return stream->responder->send(error_reply(workflow.error()));
    stream->responder->begin(
        {200,
         {{"Content-Type", stream->raw ? "text/plain; charset=utf-8" : "application/json"}},
         ""});
    pump(context, ns, name, pod_filter, stream);
  });
}

}  // namespace

void add_log_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/api/v1/workflows/{ns}/{name}/log", [context](Exchange exchange) {
    const std::string pod = exchange.parameter("podName");
    stream_logs(context, std::move(exchange), pod);
  });
  router.add("GET", "/api/v1/workflows/{ns}/{name}/{pod}/log", [context](Exchange exchange) {
    const std::string pod = exchange.at("pod");
    stream_logs(context, std::move(exchange), pod);
  });
}

}  // namespace slipway::server
