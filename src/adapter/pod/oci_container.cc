#include "adapter/pod/oci_container.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapter/archive/tree.h"
#include "adapter/pod/bundle.h"
#include "adapter/pod/capability.h"
#include "adapter/pod/cgroup.h"
#include "adapter/pod/image_volume.h"
#include "adapter/pod/mount_point_layer.h"
#include "adapter/pod/oci_process.h"
#include "adapter/pod/rootfs.h"
#include "adapter/pod/seccomp_filter.h"
#include "adapter/pod/spawn.h"
#include "base/hash.h"

extern char** environ;

namespace slipway::adapter {

namespace {

constexpr const char* kScript = "/argo/staging/script";

bool below_system_folder(const std::string& path) {
  for (const std::string folder : {"/dev", "/proc", "/sys"}) {
    if (path == folder || path.starts_with(folder + "/")) return true;
  }
  return false;
}

std::vector<std::string> with_our_environment() {
  std::vector<std::string> env;
  for (char** word = environ; *word != nullptr; ++word) env.emplace_back(*word);
  return env;
}

}  // namespace

OciContainer::OciContainer(EventLoop& loop, const OciPod& pod, const pod::Container& plan,
                           Output output, size_t index, Image image)
    : ContainerRun(loop, plan, pod.address, std::move(output)),
      pod_(pod),
      image_(std::move(image)),
      folder_(fmt::format("{}/{}", pod.run, index)),
      upper_(fmt::format("{}/c/{}", pod.paths.pod(pod.plan.id), index)),
      cgroup_(container_cgroup(pod.plan.id, plan.name)) {}

Status OciContainer::open_root() {
  if (root_) return {};
  TRY(check_segment("the container", plan().name));
  TRY(check_security(plan(), pod_.options));
  TRY(make_folders(folder_));
  TRY_ASSIGN(std::string lowest, mount_point_layer(pod_.paths.mount_points(), image_.layers));
  std::vector<std::string> layers{std::move(lowest)};
  layers.insert(layers.end(), image_.layers.begin(), image_.layers.end());
  TRY(mount_rootfs(layers, upper_, folder_ + "/rootfs"));
  TRY_ASSIGN(root_, open_folder(folder_ + "/rootfs"));
  TRY_ASSIGN(const ContainerUser user,
             resolve_user(root_.get(), image_.config.user, plan().security));
  owner_ = {user.uid, user.gid};
  return {};
}

Status OciContainer::prepare() {
  TRY(open_root());
  TRY(mount_image_volumes(image_.config, plan(), root_.get(), upper_ + "/v"));
  TRY(mount_argo_folder());
  TRY(mount_volumes());
  if (plan().script_source) TRY(place_script());
  return {};
}

Status OciContainer::mount_argo_folder() {
  TRY_ASSIGN(const Fd shown, open_folder(pod_.argo));
  return bind_below(root_.get(), kArgoFolder, shown.get(), false);
}

// Volumes and, for those who see them, input artifacts: the outer ones first.
Status OciContainer::mount_volumes() {
  struct Wanted {
    const std::string& path;
    Fd owned;
    int source;
    bool read_only;
  };
  std::vector<Wanted> wanted;
  for (const pod::Mount& mount : plan().mounts) {
    TRY_ASSIGN(Fd source, pod_.volumes.open(mount));
    const int number = source.get();
    wanted.push_back({mount.path, std::move(source), number, pod_.volumes.read_only(mount)});
  }
  if (plan().mirrors_main || receives_inputs(pod_.plan, plan())) {
    for (const InputSet::Shown& input : pod_.inputs.shown()) {
      wanted.push_back({input.path, Fd(), input.source.get(), false});
    }
  }
  std::vector<const Wanted*> order;
  for (const Wanted& one : wanted) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(), [](const Wanted* a, const Wanted* b) {
    return std::count(a->path.begin(), a->path.end(), '/') <
           std::count(b->path.begin(), b->path.end(), '/');
  });
  for (const Wanted* one : order) TRY(mount_at(one->path, one->source, one->read_only));
  return {};
}

Status OciContainer::mount_at(const std::string& path, int source, bool read_only) {
  if (!below_system_folder(path)) return bind_below(root_.get(), path, source, read_only);
  // Mounted by the runtime, over its own mounts; from a path that its name space has too.
  const std::string name = fmt::format("{}", own_mounts_.size());
  TRY(make_folders(folder_ + "/own"));
  TRY_ASSIGN(const Fd own, open_folder(folder_ + "/own"));
  TRY(bind_below(own.get(), name, source, read_only));
  own_mounts_.push_back({path, folder_ + "/own/" + name, read_only});
  return {};
}

Status OciContainer::place_script() {
  TRY_ASSIGN(const Fd folder, make_folders_in_root(root_.get(), "argo/staging"));
  // What the image has there may be a device or a pipe: it is replaced, never opened.
  TRY(remove_entry(folder.get(), "script"));
  const Fd file(
      ::openat(folder.get(), "script", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755));
  if (!file) return system_error("cannot write the script");
  return write_all(file.get(), plan().script_source->data(), plan().script_source->size(),
                   "the script");
}

Result<json::object> OciContainer::bundle() {
  const pod::SecurityContext& security = plan().security;
  BundleFacts facts{.rootfs = folder_ + "/rootfs",
                    .files = pod_.run,
                    .network = pod_.network,
                    .pids = pod_.pids,
                    .cgroup = cgroup_,
                    .unified_cgroup = machine_cgroups().unified(),
                    .mounts = own_mounts_,
                    .pids_limit = pod_.options.pids_limit,
                    .resources = plan().resources};
  if (pod_.plan.containers.size() > 1) facts.shm = pod_.run + "/shm";
  TRY_ASSIGN(facts.user, resolve_user(root_.get(), image_.config.user, security));
  TRY_ASSIGN(facts.argv, process_words(plan(), image_.config, kScript));
  facts.env = process_environment(pod_.plan, plan(), image_.config, facts.user);
  facts.working_dir = plan().working_dir.empty() ? image_.config.working_dir : plan().working_dir;
  if (!facts.working_dir.starts_with('/')) facts.working_dir = "/" + facts.working_dir;
  if (!below_system_folder(facts.working_dir)) {
    TRY(make_folders_in_root(root_.get(), facts.working_dir));
  }
  const auto held = granted_capabilities(security.capabilities, security.privileged);
  for (const std::string& name : held) facts.capabilities.push_back("CAP_" + name);
  if (!security.privileged && !security.seccomp_unconfined) {
    const auto relevant = seccomp_capabilities(held);
    if (!pod_.is_crun) {
      facts.seccomp_profile = seccomp_json(relevant);
    } else if (relevant == default_seccomp_capabilities() && !pod_.seccomp_filter.empty()) {
      facts.seccomp_filter = pod_.seccomp_filter;
    } else {
      TRY_ASSIGN(facts.seccomp_filter, compile_seccomp(relevant));
    }
  }
  if (security.privileged) facts.devices = machine_devices();
  if (facts.resources.memory_limit_bytes == 0) {
    facts.resources.memory_limit_bytes = pod_.options.default_memory_limit_bytes;
  }
  if (facts.resources.cpu_limit_millis == 0) {
    facts.resources.cpu_limit_millis = pod_.options.default_cpu_limit_millis;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  facts.open_files_hard = files.rlim_max;
  return make_bundle(pod_.plan, plan(), facts);
}

// The runtime's own note of it, and its group with the counts of what was killed there. To
// Kubernetes a restarted container is a new one: it finds its image's files as they were.
Status OciContainer::forget_last_try() {
  ::unlink((folder_ + "/pid").c_str());
  TRY(remove_tree(pod_.run + "/oci/" + plan().name));
  TRY(machine_cgroups().destroy(cgroup_));
  if (!plan().restarts) return {};
  release();
  own_mounts_.clear();
  return prepare();
}

Status OciContainer::launch(const OutputCapture::Ends& ends) {
  if (launched()) TRY(forget_last_try());
  TRY_ASSIGN(const json::object config, bundle());
  const std::string path = folder_ + "/config.json", text = print_json(config);
  process_ = config.at("process").as_object();
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return system_error("cannot write " + path);
  TRY(write_all(file.get(), text.data(), text.size(), path));
  Spawn request{.program = pod_.runtime,
                .argv = {pod_.runtime, "--root", pod_.run + "/oci", "--log", folder_ + "/log"},
                .env = with_our_environment(),
                .in = ends.in.get(),
                .out = ends.out.get(),
                .err = ends.err.get()};
  if (pod_.is_crun) request.argv.push_back("--cgroup-manager=cgroupfs");
  for (const std::string& word :
       {std::string("run"), std::string("--detach"), std::string("--pid-file"), folder_ + "/pid",
        std::string("--bundle"), folder_, plan().name}) {
    request.argv.push_back(word);
  }
  if (plan().tty) {
    TRY_ASSIGN(console_, ConsoleSocket::listen(folder_));
    request.argv.insert(request.argv.end() - 1, "--console-socket=" + console_->path());
  }
  auto runtime = spawn(request);
  if (!runtime.ok()) {
    Error error = std::move(runtime).error();
    error.code = ErrorCode::kIo;
    return error;
  }
  loop_.on_child(*runtime, [this](int wait_status) { on_runtime_end(wait_status); });
  return {};
}

void OciContainer::on_runtime_end(int wait_status) {
  const auto pid = read_small_file(folder_ + "/pid", 64);
  if (wait_status == 0 && pid.ok() && std::atoi(pid->c_str()) > 0) {
    if (console_) {
      auto terminal = console_->receive();
      if (terminal.ok()) attach(std::move(*terminal));
      console_.reset();
    }
    return became(std::atoi(pid->c_str()));
  }
  const auto log = read_small_file(folder_ + "/log", 64u << 10);
  const std::string why = runtime_complaint(log.ok() ? *log : "", wait_status);
  const bool no_command = is_missing_command(why);
  failed(no_command ? 64 : 128, no_command ? "Error" : "StartError", why);
}

// A process as the container's own, with its user, rights and variables: what the runtimes make of
// a bare command differs, and with crun it is root's. The files of a command are made once, since a
// probe runs it for as long as the pod.
Result<ActionPlace> OciContainer::exec_place(const std::vector<std::string>& command) const {
  json::object process = process_;
  json::array args;
  for (const std::string& word : command) args.emplace_back(word);
  process["args"] = std::move(args);
  process["terminal"] = false;
  const std::string text = print_json(process);
  const std::string name = fmt::format("{}/exec-{:016x}", folder_, fnv1a64(text));
  const Fd file(::open((name + ".json").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file) TRY(write_all(file.get(), text.data(), text.size(), name));
  if (!file && errno != EEXIST) return system_error("cannot write " + name);
  ActionPlace place{.command = {.argv = {pod_.runtime, "--root", pod_.run + "/oci"},
                                .env = with_our_environment()},
                    .pid_file = name + ".pid"};
  std::vector<std::string>& words = place.command.argv;
  if (pod_.is_crun) words.push_back("--cgroup-manager=cgroupfs");
  words.insert(words.end(),
               {"exec", "--process", name + ".json", "--pid-file", place.pid_file, plan().name});
  return place;
}

void OciContainer::signal_process(int signal) {
  if (signal == SIGKILL) {
    ::kill(pid_, SIGKILL);  // its pid name space goes with it; clean_up() sees to the rest
    return;
  }
  // The process group, as Argo's emissary does: a shell's child gets it too.
  if (::kill(-pid_, signal) != 0) ::kill(pid_, signal);
}

bool OciContainer::out_of_memory() { return machine_cgroups().out_of_memory_kills(cgroup_) > 0; }

// With a pid name space of its own, everything in the group died with its first process.
void OciContainer::clean_up() {
  if (pod_.plan.host_pid || pod_.plan.share_pid) (void)machine_cgroups().kill(cgroup_);
}

void OciContainer::release() {
  (void)machine_cgroups().destroy(cgroup_);
  root_ = Fd();
  ::umount2((folder_ + "/rootfs").c_str(), MNT_DETACH);
  (void)remove_tree(upper_);
}

}  // namespace slipway::adapter
