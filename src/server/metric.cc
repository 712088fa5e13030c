#include "server/metric.h"

#include <fmt/format.h>

namespace slipway::server {
namespace {

constexpr std::string_view kPrefix = "argo_workflows_";
constexpr size_t kSeriesMost = 100'000;  // of all families; a label that never repeats ends here

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

std::string labels_text(const workflow::Sample& sample) {
  std::string text;
  for (const auto& [key, value] : sample.labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", key, escaped(value, true));
  }
  return text;
}

std::string in_braces(const std::string& labels) {
  return labels.empty() ? labels : fmt::format("{{{}}}", labels);
}

}  // namespace

MetricRegistry::Type MetricRegistry::type_of(workflow::Sample::Kind kind) {
  switch (kind) {
    case workflow::Sample::Kind::kCount:
      return Type::kCounter;
    case workflow::Sample::Kind::kObserve:
      return Type::kHistogram;
    default:
      return Type::kGauge;
  }
}

void MetricRegistry::add_to(const workflow::Sample& sample, const Family& family, Series& series) {
  using Kind = workflow::Sample::Kind;
  switch (sample.kind) {
    case Kind::kRunning:
      series.running_since = sample.since;
      return;
    case Kind::kSet:
      series.running_since = Time{};
      series.value = sample.value;
      return;
    case Kind::kCount:
    case Kind::kAdd:
      series.value += sample.value;
      return;
    case Kind::kObserve:
      series.counts.resize(family.buckets.size());
      for (size_t i = 0; i < family.buckets.size(); ++i) {
        if (sample.value <= family.buckets[i]) ++series.counts[i];
      }
      ++series.count;
      series.value += sample.value;
      return;
  }
}

void MetricRegistry::add(const std::vector<workflow::Sample>& samples) {
  const std::lock_guard lock(mutex_);
  size_t all = 0;
  for (const auto& [name, family] : families_) all += family.series.size();
  for (const workflow::Sample& sample : samples) {
    const auto [found, fresh] = families_.try_emplace(sample.name);
    Family& family = found->second;
    if (fresh) {
      family.type = type_of(sample.kind);
      family.help = sample.help;
      family.buckets = sample.buckets;
    }
    if (family.type != type_of(sample.kind)) continue;
    const std::string labels = labels_text(sample);
    if (all >= kSeriesMost && !family.series.contains(labels)) continue;
    const auto [series, added] = family.series.try_emplace(labels);
    all += added ? 1 : 0;
    add_to(sample, family, series->second);
  }
}

void MetricRegistry::print(const std::string& name, const Family& family, Time now,
                           std::string& text) {
  const std::string full = std::string(kPrefix) + name;
  const std::string_view type = family.type == Type::kCounter ? "counter"
                                : family.type == Type::kGauge ? "gauge"
                                                              : "histogram";
  text +=
      fmt::format("# HELP {} {}\n# TYPE {} {}\n", full, escaped(family.help, false), full, type);
  for (const auto& [labels, series] : family.series) {
    const double value = series.running_since.is_zero()
                             ? series.value
                             : std::max(0.0, (now - series.running_since).to_seconds());
    if (family.type != Type::kHistogram) {
      text += fmt::format("{}{} {}\n", full, in_braces(labels), value);
      continue;
    }
    const std::string comma = labels.empty() ? "" : ",";
    for (size_t i = 0; i < family.buckets.size(); ++i) {
      text += fmt::format("{}_bucket{{{}{}le=\"{}\"}} {}\n", full, labels, comma, family.buckets[i],
                          i < series.counts.size() ? series.counts[i] : 0);
    }
    text += fmt::format("{}_bucket{{{}{}le=\"+Inf\"}} {}\n", full, labels, comma, series.count);
    text += fmt::format("{}_sum{} {}\n", full, in_braces(labels), series.value);
    text += fmt::format("{}_count{} {}\n", full, in_braces(labels), series.count);
  }
}

std::string MetricRegistry::text(Time now) const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) print(name, family, now, text);
  return text;
}

}  // namespace slipway::server
