#include "adapter/pod/host_reports.h"

#include <fcntl.h>
#include <unistd.h>

#include <map>

namespace slipway::adapter {

// A line is "<id> <report>\n", or "<id> -\n" when the pod was removed.
Status HostReports::load() {
  std::map<std::string, std::string> kept;
  if (const auto text = read_small_file(path_, size_t{4} << 30); text.ok()) {
    for (size_t at = 0, end; (end = text->find('\n', at)) != std::string::npos; at = end + 1) {
      const size_t space = text->find(' ', at);
      if (space >= end) continue;
      const std::string id = text->substr(at, space - at);
      if (end - space == 2) {
        kept.erase(id);
      } else {
        kept[id] = text->substr(space + 1, end - space - 1);
      }
    }
  }
  const std::string fresh = path_ + ".new";
  file_ = Fd(::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (!file_) return system_error("cannot write " + fresh);
  end_ = 0;
  at_.clear();
  for (const auto& [id, report] : kept) TRY(add(PodId(id), report));
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return system_error("cannot replace " + path_);
  return {};
}

Status HostReports::append(const std::string& line) {
  Status written = write_all(file_.get(), line.data(), line.size(), path_);
  if (written.ok()) {
    end_ += line.size();
  } else if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) {
    return system_error("cannot take back a half-written line of " + path_);
  }
  return written;
}

Status HostReports::add(const PodId& id, const std::string& report) {
  const Place place{end_ + id.value.size() + 1, report.size()};
  Status written = append(id.value + " " + report + "\n");
  if (written.ok()) {
    at_[id.value] = place;
  } else {
    unsaved_[id.value] = report;
  }
  return written;
}

Status HostReports::save() {
  for (const auto& [id, report] : std::exchange(unsaved_, {}))
    static_cast<void>(add(PodId(id), report));
  if (saved()) return {};
  return Error{ErrorCode::kIo, "the disk still refuses reports of pods", path_};
}

std::optional<std::string> HostReports::find(const PodId& id) const {
  if (const auto kept = unsaved_.find(id.value); kept != unsaved_.end()) return kept->second;
  const auto found = at_.find(id.value);
  if (found == at_.end()) return std::nullopt;
  std::string report(found->second.size, '\0');
  const ssize_t count =
      ::pread(file_.get(), report.data(), report.size(), static_cast<off_t>(found->second.offset));
  if (count != static_cast<ssize_t>(report.size())) return std::nullopt;
  return report;
}

void HostReports::remove(const PodId& id) {
  unsaved_.erase(id.value);
  if (at_.erase(id.value) > 0) (void)append(id.value + " -\n");
}

}  // namespace slipway::adapter
