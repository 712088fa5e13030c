#include "app/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <set>

#include "adapter/archive/fd.h"
#include "adapter/blob/located_store.h"
#include "adapter/http/server.h"
#include "adapter/pod/runtime_options.h"
#include "adapter/process/complain.h"
#include "app/asset.h"
#include "app/data_dir.h"
#include "app/end_signals.h"
#include "app/pod_api.h"
#include "app/source_ports.h"
#include "app/trace_options.h"
#include "app/worker_pool.h"
#include "server/api/api.h"
#include "server/api/pod_gate.h"

namespace slipway::app {
namespace {

constexpr Duration kRetryPorts = Duration::seconds(5);
constexpr Duration kDrain = Duration::seconds(2);
constexpr Duration kFlush = Duration::seconds(5);

// One server a data directory: held for as long as the descriptor is open.
Result<adapter::Fd> lock_data_dir(const std::string& folder) {
  TRY(make_data_dir(folder));
  const std::string path = folder + "/server.lock";
  adapter::Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return adapter::system_error(path);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{
        ErrorCode::kConflict,
        "another server works in this data directory; stop it, or choose another with --data-dir",
        folder};
  }
  return file;
}

Result<std::string> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{ErrorCode::kNotFound, "can not be read", path};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::optional<adapter::TlsPair>> tls_of(const ServeOptions& options) {
  if (options.tls_certificate.empty() && options.tls_key.empty())
    return std::optional<adapter::TlsPair>();
  TRY_ASSIGN(std::string certificate, read(options.tls_certificate));
  TRY_ASSIGN(std::string key, read(options.tls_key));
  return std::optional(adapter::TlsPair{std::move(certificate), std::move(key)});
}

std::pair<std::string_view, std::string_view> find_asset(std::string_view path) {
  for (const Asset& asset : assets()) {
    if (asset.path == path) return {asset.content, asset.type};
  }
  return {};
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

// Plain processes see this machine as it is, and have no service account.
std::optional<PodListener> pod_listener(const MachineOptions& machine, const std::string& subnet) {
  if (machine.settings.runtime != pod::RuntimeKind::kOci) return std::nullopt;
  auto listener = reserve_pod_api(machine.data_dir, subnet);
  if (listener.ok()) return std::move(*listener);
  adapter::complain("slipway: pods get no service account: {}", listener.error().text());
  return std::nullopt;
}

// For commands of this machine to find the server by its data directory.
void leave_address(const std::string& folder, const std::string& url) {
  const std::string path = folder + "/server.json";
  std::ofstream(path + ".new") << fmt::format("{{\"url\":{},\"pid\":{}}}\n", quote_json(url),
                                              getpid());
  std::rename((path + ".new").c_str(), path.c_str());
}

// Keeps the ports of EventSources open, on the driver's thread. What can not be opened is said once
// and tried again now and then: the port's holder may go.
class SourceKeeper {
 public:
  SourceKeeper(SourcePorts& ports, server::Access& access, WorkerPool& workers)
      : ports_(ports), access_(access), workers_(workers) {}

  void open(const engine::Engine& engine) {
    std::set<std::string> problems;
    std::vector<intake::Route> routes;
    for (const manifest::Resource* source : engine.catalog().list(manifest::Kind::kEventSource)) {
      intake::Routes found = intake::routes(*source);
      for (const std::string& problem : found.problems) {
        problems.insert(fmt::format("EventSource {}: {}", source->name(), problem));
      }
      routes.insert(routes.end(), found.routes.begin(), found.routes.end());
    }
    for (std::string& problem : ports_.update(routes, engine.catalog())) {
      problems.insert(std::move(problem));
    }
    for (const std::string& problem : problems) {
      if (!said_.contains(problem)) adapter::complain("slipway: {}", problem);
    }
    said_ = std::move(problems);
    if (!said_.empty()) try_later();
  }

 private:
  void try_later() {
    if (std::exchange(waiting_, true)) return;
    workers_.run_later(kRetryPorts, [this] {
      access_.query([this](const engine::Engine& engine) {
        waiting_ = false;
        open(engine);
      });
    });
  }

  SourcePorts& ports_;
  server::Access& access_;
  WorkerPool& workers_;
  std::set<std::string> said_;
  bool waiting_ = false;
};

// A collector that is slow or gone does not keep the server from its end.
void flush_traces(server::TraceExport& traces) {
  const auto done = std::make_shared<std::promise<void>>();
  const auto flushed = done->get_future();
  traces.flush([done] { done->set_value(); });
  if (flushed.wait_for(std::chrono::nanoseconds(kFlush.ns)) == std::future_status::ready) return;
  adapter::complain(
      "slipway: traces: the collector did not take {} spans in {} s; they are dropped",
      traces.waiting_spans(), kFlush.ns / 1'000'000'000);
}

}  // namespace

Status serve(const ServeOptions& options) {
  EndSignals signals;
  signal(SIGPIPE, SIG_IGN);

  TRY_ASSIGN(const adapter::Fd lock, lock_data_dir(options.machine.data_dir));
  TRY_ASSIGN(const std::optional<adapter::TlsPair> tls, tls_of(options));
  TRY_ASSIGN(const server::TraceOptions tracing,
             trace_options(options.otlp_endpoint, [](const char* name) { return getenv(name); }));
  const std::string pod_subnet = adapter::RuntimeOptions().bridge_subnet;
  const std::optional<PodListener> for_pods = pod_listener(options.machine, pod_subnet);
  MachineOptions with_api = options.machine;
  if (for_pods) with_api.settings.pod_api = for_pods->api;
  TRY_ASSIGN(const std::unique_ptr<Machine> machine, Machine::open(with_api));
  WorkerPool workers(4);
  const server::ApiContext context{
      machine->driver(),
      machine->store(),
      machine->logs(),
      [&blobs = machine->blobs()](const pod::ArtifactLocation& location) {
        return adapter::store_of(location, blobs);
      },
      machine->clock(),
      [&workers](std::function<void()> work) { workers.run(std::move(work)); },
      [&workers](Duration delay, std::function<void()> work) {
        workers.run_later(delay, std::move(work));
      },
      find_asset};
  const server::Router router = server::make_api(context);
  const server::PodGate gate(
      context,
      {for_pods ? for_pods->api.token_key : "", options.pod_role,
       [&](const port::ServerRequest& request) {
         if (!for_pods) return false;
         if (request.listener_port == for_pods->port.port) return true;
         return request.peer != for_pods->api.host && is_in_subnet(request.peer, pod_subnet);
       }},
      [&router](port::ServerRequest request, std::shared_ptr<port::Responder> responder) {
        router.route(std::move(request), std::move(responder));
      });
  adapter::HttpServer http(std::cref(gate));
  if (for_pods) TRY(http.listen({.reserved = &for_pods->port, .tls = for_pods->tls}));
  TRY_ASSIGN(const int port,
             http.listen({.address = options.address, .port = options.port, .tls = tls}));

  std::optional<server::TraceExport> traces;
  if (!tracing.url.empty()) {
    traces.emplace(machine->http(), context.later, tracing,
                   [](const std::string& line) { adapter::complain("slipway: {}", line); });
    machine->driver().trace([&traces](json::array spans) { traces->add(std::move(spans)); });
  }

  SourcePorts sources(options.address, context);
  SourceKeeper keeper(sources, machine->driver(), workers);
  keeper.open(machine->driver().engine());
  machine->driver().subscribe([&](const server::Change& change, const engine::Engine& engine) {
    if (change.resources) keeper.open(engine);
  });
  machine->run();

  const std::string url =
      fmt::format("{}://{}:{}", tls ? "https" : "http",
                  options.address == "0.0.0.0" ? "127.0.0.1" : options.address, port);
  leave_address(options.machine.data_dir, url);
  adapter::complain("slipway: serving at {} from {}", url, options.machine.data_dir);
  if (!is_loopback(options.address)) {
    adapter::complain(
        "slipway: there is no login: whoever reaches {} may use the API; let only a proxy that "
        "checks do so, or listen with --address 127.0.0.1",
        options.address);
  }
  signals.wait();
  signals.let_go();
  adapter::complain("slipway: ending; pods go on and are adopted at the next start");
  // What has come is decided and answered; then nobody holds a request any more; then all is sent.
  machine->stop();
  if (traces) flush_traces(*traces);
  workers.stop();
  sources.drain(kDrain);
  http.drain(kDrain);
  unlink((options.machine.data_dir + "/server.json").c_str());
  return {};
}

}  // namespace slipway::app
