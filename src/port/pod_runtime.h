// Running pods, wherever they run.
//
// Every verb is create-or-adopt and returns at once; what becomes of it arrives as reports. The
// engine may repeat any verb after a crash: starting or adopting a pod that runs reports its state
// anew, doing so with one that has finished repeats its final report, and stopping or removing one
// that does not exist is success.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"

// The core types that cross this port (core/pod/plan.h, core/pod/report.h).
namespace slipway::pod {
struct PodPlan;
struct PodReport;
}  // namespace slipway::pod

namespace slipway::port {

// Called from any thread. Takes no lock that the caller of a PodRuntime verb could hold.
using PodReportSink = std::function<void(pod::PodReport)>;

class PodRuntime {
 public:
  virtual ~PodRuntime() = default;

  // Reports may come before start() returns.
  virtual void start(pod::PodPlan plan) = 0;

  // A pod that list() named, which needs no plan: what it was made of may be gone by now. One that
  // does not exist is reported as kGone.
  virtual void adopt(const PodId& id) = 0;

  // The stop signal to every container, SIGKILL after the grace of the plan it was started with.
  // The pod still sends its final report.
  virtual void stop(const PodId& id) = 0;

  // Removes what the pod left (root file systems, scratch volumes), ending it at once if it runs.
  // Logs stay: they belong to the workflow (see LogStore).
  virtual void remove(const PodId& id) = 0;

  // For the start of a server: every pod that exists here, so that what no workflow wants any more
  // can be removed.
  virtual std::vector<PodId> list() = 0;

  // A claim's folder: created empty on first use by a pod; removed here.
  virtual Status remove_claim(const std::string& ns, const std::string& name) = 0;
};

}  // namespace slipway::port
