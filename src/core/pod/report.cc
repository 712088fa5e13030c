#include "core/pod/report.h"

#include "core/pod/codec.h"

namespace slipway::pod {

template <>
struct EnumWords<ContainerStatus::State> {
  static constexpr std::array<std::string_view, 3> values{"Waiting", "Running", "Terminated"};
};
template <>
struct EnumWords<PodReport::Phase> {
  static constexpr std::array<std::string_view, 7> values{
      "Pending", "Running", "Ready", "Succeeded", "Failed", "Error", "Gone"};
};

template <class Fields>
void describe(Fields& fields, Of<ContainerStatus>) {
  fields("name", &ContainerStatus::name);
  fields("state", &ContainerStatus::state);
  fields("exitCode", &ContainerStatus::exit_code);
  fields("reason", &ContainerStatus::reason);
  fields("message", &ContainerStatus::message);
  fields("ready", &ContainerStatus::ready);
  fields("startedAtNs", &ContainerStatus::started_at);
  fields("finishedAtNs", &ContainerStatus::finished_at);
}

template <class Fields>
void describe(Fields& fields, Of<ResourcesDuration>) {
  fields("cpu", &ResourcesDuration::cpu_s);
  fields("memory", &ResourcesDuration::memory_s);
}

template <class Fields>
void describe(Fields& fields, Of<SavedArtifact>) {
  fields("name", &SavedArtifact::name);
  fields("key", &SavedArtifact::key);
  fields("sizeBytes", &SavedArtifact::size_bytes);
  fields("reference", &SavedArtifact::reference);
}

template <class Fields>
void describe(Fields& fields, Of<PodReport>) {
  fields("id", &PodReport::id);
  fields("phase", &PodReport::phase);
  fields("message", &PodReport::message);
  fields("reason", &PodReport::reason);
  fields("podIP", &PodReport::pod_ip);
  fields("host", &PodReport::host);
  fields("atNs", &PodReport::at);
  fields("startedAtNs", &PodReport::started_at);
  fields("finishedAtNs", &PodReport::finished_at);
  fields("containers", &PodReport::containers);
  fields("result", &PodReport::result);
  fields("exitCode", &PodReport::exit_code);
  fields("parameters", &PodReport::parameters);
  fields("artifacts", &PodReport::artifacts);
  fields("progress", &PodReport::progress);
  fields("resourcesDuration", &PodReport::resources);
}

bool is_final(PodReport::Phase phase) { return phase >= PodReport::Phase::kSucceeded; }

PodReport final_report(const PodId& id, PodReport::Phase phase, std::string message,
                       std::string reason, Time at) {
  PodReport report{.id = id, .phase = phase};
  report.message = std::move(message);
  report.reason = std::move(reason);
  report.at = report.finished_at = at;
  return report;
}

std::string_view to_string(PodReport::Phase phase) {
  return EnumWords<PodReport::Phase>::values.at(static_cast<size_t>(phase));
}

json::object to_json(const PodReport& report) { return encode_struct(report); }

Result<PodReport> report_from_json(const json::object& object) {
  PodReport report;
  if (Status status = decode_struct(json::value(object), "report", report); !status.ok()) {
    Error error = std::move(status).error();
    error.where = "pod report";
    return error;
  }
  return report;
}

}  // namespace slipway::pod
