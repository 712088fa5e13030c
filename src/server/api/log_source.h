// Whose logs are wanted, and reading them part by part.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/manifest/catalog.h"
#include "core/workflow/run.h"
#include "server/api/api.h"
#include "server/api/log_request.h"

namespace slipway::server {

// What a look at a node says of its pod.
struct LogPod {
  PodId id;
  NodeId node_id;
  std::string pod_name, node_name;  // Argo's name of the pod, the display name of the node
  Time started_at;
  bool whole = false;  // of a containerSet's container: each log of the pod counts as its main one
  bool begun = false;  // there may be a log
  bool ended = false;  // nothing comes to its logs any more
  // Of the main container's log: the copy in an artifact store, for when podGC took the log.
  std::optional<Result<pod::ArtifactLocation>> archive;
};

// Nullopt: the node has no pod.
std::optional<LogPod> log_pod(std::string_view ns, const std::string& workflow,
                              const workflow::Node& node, const manifest::Catalog& catalog);

struct LogLine {
  std::string text;
  std::optional<Time> time;  // when its end came; where that was asked for and is known
};

// One container's log. Used by one thread at a time, one on which waiting is allowed.
class LogSource {
 public:
  LogSource(const LogPod& pod, std::string container, bool archived, LogCut cut);

  const std::string& container() const { return container_; }
  // The lines that are there now, at most about 256 KiB of them, to `lines`. True: there is more at
  // once. After the end of what an ended pod wrote, also a last line without its newline. Where
  // times are needed and none are known, a line says so and nothing is left out for its age.
  bool read(const ApiContext& context, bool ended, std::vector<LogLine>& lines);
  bool complete() const { return complete_; }

 private:
  Result<port::LogChunk> read_chunk(const ApiContext& context);
  bool read_on(const ApiContext& context, bool ended, std::vector<LogLine>& lines);
  bool read_tail(const ApiContext& context, bool ended, std::vector<LogLine>& lines);
  std::vector<port::LogTime> read_times(const ApiContext& context, uint64_t from,
                                        std::vector<LogLine>& lines);
  void add(std::string text, std::optional<Time> time, std::vector<LogLine>& lines) const;
  void keep_within_limit(std::vector<LogLine>& lines);

  PodId pod_;
  std::string container_;
  std::optional<Result<pod::ArtifactLocation>> archive_;  // instead of the log itself
  std::shared_ptr<port::BlobStore> store_;                // of `archive_`
  uint64_t offset_ = 0;
  std::string partial_;      // a line whose end has not come yet
  LogCut cut_;               // its tail until what was there at first has been read
  uint64_t sent_bytes_ = 0;  // against its limit
  bool untimed_ = false;     // it has been said that times are not known
  bool complete_ = false;
};

}  // namespace slipway::server
