// The final reports of plain-process pods: one file, one line each, found again by id.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "adapter/archive/fd.h"
#include "base/id.h"

namespace slipway::adapter {

class HostReports {
 public:
  explicit HostReports(std::string path) : path_(std::move(path)) {}

  // Reads what is there and rewrites it without removed pods. A torn last line is dropped.
  Status load();
  // A line of JSON. What the disk refuses is remembered until save() works.
  Status add(const PodId& id, const std::string& report);
  Status save();
  bool saved() const { return unsaved_.empty(); }
  std::optional<std::string> find(const PodId& id) const;
  bool contains(const PodId& id) const {
    return at_.contains(id.value) || unsaved_.contains(id.value);
  }
  void remove(const PodId& id);

 private:
  struct Place {
    uint64_t offset = 0;
    size_t size = 0;
  };
  Status append(const std::string& line);

  std::string path_;
  Fd file_;
  uint64_t end_ = 0;
  std::unordered_map<std::string, Place> at_;
  std::unordered_map<std::string, std::string> unsaved_;
};

}  // namespace slipway::adapter
