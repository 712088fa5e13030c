// A database of finished workflows, as a server leaves them after some years.
//   store_fill FILE COUNT
//
// In namespace `ci` (one of a hundred is in `rare`), of 200 repositories; 9 of 10 succeeded, one of
// a thousand is an error.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "adapter/journal/sqlite_journal.h"

namespace {

using namespace slipway;

constexpr int64_t kFirst = 1'600'000'000;  // seconds; one a minute from then on
constexpr int64_t kApart = 60;
constexpr const char* kTemplates =
    R"(,"templates":[{"name":"step","container":{"image":"busybox","command":["true"]}}])";

// Spread evenly and always the same.
uint64_t mixed(uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string phase_of(uint64_t chance) {
  if (chance % 1000 == 0) return "Error";
  return chance % 10 == 0 ? "Failed" : "Succeeded";
}

std::string node(const port::WorkflowRow& row, int number) {
  return fmt::format(
      R"("{0}-{1}":{{"id":"{0}-{1}","name":"{0}.step-{1}","displayName":"step-{1}","type":"Pod",)"
      R"("templateName":"step","templateScope":"local/{0}","phase":"{2}","boundaryID":"{0}",)"
      R"("startedAt":"{3}","finishedAt":"{3}","progress":"1/1","outputs":{{"exitCode":"0"}},)"
      R"("resourcesDuration":{{"cpu":1,"memory":10}},"podId":"{4}-{1}"}})",
      row.name, number, row.phase, format_rfc3339(row.finished_at), row.uid.value);
}

std::string object_of(const port::WorkflowRow& row, bool whole) {
  std::string labels, nodes;
  for (const auto& [key, value] : row.labels) {
    labels += fmt::format(R"({}"{}":"{}")", labels.empty() ? "" : ",", key, value);
  }
  for (int i = 0; whole && i < 5; ++i) nodes += (i == 0 ? "" : ",") + node(row, i);
  return fmt::format(
      R"({{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{{"name":"{0}",)"
      R"("namespace":"{1}","uid":"{2}","creationTimestamp":"{3}","labels":{{{4}}}}},"spec":)"
      R"({{"entrypoint":"main","arguments":{{"parameters":[{{"name":"sha","value":"{2}"}}]}}{8}}},)"
      R"("status":{{"phase":"{5}","startedAt":"{3}","finishedAt":"{6}","progress":"5/5",)"
      R"("nodes":{{{7}}}}}}})",
      row.name, row.ns, row.uid.value, format_rfc3339(row.created_at), labels, row.phase,
      format_rfc3339(row.finished_at), nodes, whole ? kTemplates : "");
}

port::WorkflowRow row_of(uint64_t number) {
  const uint64_t chance = mixed(number);
  port::WorkflowRow row;
  row.uid = WorkflowUid(fmt::format("{:016x}{:016x}", chance, mixed(chance)));
  row.ns = chance / 1000 % 100 == 0 ? "rare" : "ci";
  const std::string repository = fmt::format("repo-{}", mixed(chance) % 200);
  row.name = fmt::format("{}-{:08x}", repository, static_cast<uint32_t>(number));
  row.phase = phase_of(chance);
  row.created_at = Time{(kFirst + static_cast<int64_t>(number) * kApart) * 1'000'000'000};
  row.started_at = row.created_at;
  row.finished_at = row.created_at + Duration::seconds(30);
  row.labels = {{"repo", repository},
                {"workflows.argoproj.io/completed", "true"},
                {"workflows.argoproj.io/phase", row.phase}};
  row.object = object_of(row, true);
  row.summary = object_of(row, false);
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  auto journal = adapter::SqliteJournal::open(argv[1], {.durable = false});
  if (!journal.ok()) return std::fprintf(stderr, "%s\n", journal.error().text().c_str()), 1;
  const uint64_t count = std::strtoull(argv[2], nullptr, 10);
  for (uint64_t number = 0; number < count;) {
    port::Commit commit;
    for (; number < count && commit.rows.size() < 20'000; ++number) {
      commit.rows.push_back(port::PutWorkflow{row_of(number)});
    }
    const Status written = (*journal)->commit(commit);
    if (!written.ok()) return std::fprintf(stderr, "%s\n", written.error().text().c_str()), 1;
  }
  return 0;
}
