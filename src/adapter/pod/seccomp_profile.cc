#include "adapter/pod/seccomp_profile.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "adapter/pod/base64.h"

namespace slipway::adapter {
namespace {

// System calls that Docker's profile allows to a container without extra capabilities.
constexpr std::string_view kAllowed =
    "accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown "
    "chown32 "
    "clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range creat dup "
    "dup2 "
    "dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
    "epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 "
    "fadvise64 "
    "fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 "
    "fchownat "
    "fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 "
    "fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 "
    "futex_wait futex_waitv futex_wake futimesat getcpu getcwd getdents getdents64 getegid "
    "getegid32 "
    "geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp "
    "getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit "
    "get_robust_list getrusage getsid getsockname getsockopt get_thread_area gettid gettimeofday "
    "getuid getuid32 getxattr inotify_add_watch inotify_init inotify_init1 inotify_rm_watch "
    "io_cancel "
    "ioctl io_destroy io_getevents io_pgetevents io_pgetevents_time64 ioprio_get ioprio_set "
    "io_setup "
    "io_submit ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown "
    "lchown32 lgetxattr link linkat listen listxattr llistxattr _llseek lremovexattr lseek "
    "lsetxattr "
    "lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir "
    "mkdirat "
    "mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open "
    "mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap "
    "msgctl "
    "msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat "
    "_newselect open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc "
    "pkey_free "
    "pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease "
    "process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 "
    "read "
    "readahead readlink readlinkat readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg "
    "remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq "
    "rt_sigaction "
    "rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_getaffinity sched_getattr sched_getparam "
    "sched_get_priority_max sched_get_priority_min sched_getscheduler sched_rr_get_interval "
    "sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam "
    "sched_setscheduler "
    "sched_yield seccomp select semctl semget semop semtimedop semtimedop_time64 send sendfile "
    "sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 "
    "setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 "
    "setresuid setresuid32 setreuid setreuid32 setrlimit set_robust_list setsid setsockopt "
    "set_thread_area set_tid_address setuid setuid32 setxattr shmat shmctl shmdt shmget shutdown "
    "sigaltstack signalfd signalfd4 sigprocmask sigreturn socket socketcall socketpair splice stat "
    "stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill "
    "time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime "
    "timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime "
    "timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat "
    "utime "
    "utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write writev arch_prctl "
    "modify_ldt chroot";

// Values of personality(2) that do no harm.
constexpr uint64_t kPersonalities[] = {0x0, 0x0008, 0x20000, 0x20008, 0xffffffff};

// clone(2) may make no namespaces.
constexpr uint64_t kNamespaceFlags = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

std::vector<std::string> allowed() {
  std::vector<std::string> names;
  for (std::string_view rest = kAllowed; !rest.empty();) {
    const size_t space = rest.find(' ');
    names.emplace_back(rest.substr(0, space));
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  return names;
}

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

// Calls that this libseccomp or architecture does not know can not be made either.
void allow(const Filter& filter, const std::string& name) {
  const int number = seccomp_syscall_resolve_name(name.c_str());
  if (number != __NR_SCMP_ERROR) seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, number, 0);
}

Result<std::string> export_bpf(const Filter& filter) {
  const int file = memfd_create("seccomp", MFD_CLOEXEC);
  if (file < 0 || seccomp_export_bpf(filter.get(), file) != 0) {
    return Error{ErrorCode::kIo, "the seccomp filter can not be compiled", ""};
  }
  std::string program(static_cast<size_t>(lseek(file, 0, SEEK_END)), '\0');
  const ssize_t count = pread(file, program.data(), program.size(), 0);
  close(file);
  if (count != static_cast<ssize_t>(program.size())) {
    return Error{ErrorCode::kIo, "the compiled seccomp filter can not be read", ""};
  }
  return encode_base64(program);
}

}  // namespace

Result<std::string> compile_seccomp() {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
  if (filter == nullptr) return Error{ErrorCode::kIo, "libseccomp gives no filter", ""};
  seccomp_arch_add(filter.get(), SCMP_ARCH_X86);
  seccomp_arch_add(filter.get(), SCMP_ARCH_X32);
  for (const std::string& name : allowed()) allow(filter, name);
  for (const uint64_t value : kPersonalities) {
    seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
                     SCMP_A0(SCMP_CMP_EQ, value));
  }
  seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                   SCMP_A0(SCMP_CMP_MASKED_EQ, kNamespaceFlags, 0));
  // "No such call" makes libc fall back to clone, whose flags can be checked.
  seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  return export_bpf(filter);
}

json::object seccomp_json() {
  const auto argument = [](int64_t index, uint64_t value, uint64_t second, const char* op) {
    return json::object{{"index", index}, {"value", value}, {"valueTwo", second}, {"op", op}};
  };
  json::array names;
  for (const std::string& name : allowed()) names.push_back(json::string(name));
  json::array rules;
  rules.push_back(json::object{{"names", names}, {"action", "SCMP_ACT_ALLOW"}});
  for (const uint64_t value : kPersonalities) {
    rules.push_back(json::object{{"names", json::array{"personality"}},
                                 {"action", "SCMP_ACT_ALLOW"},
                                 {"args", json::array{argument(0, value, 0, "SCMP_CMP_EQ")}}});
  }
  rules.push_back(
      json::object{{"names", json::array{"clone"}},
                   {"action", "SCMP_ACT_ALLOW"},
                   {"args", json::array{argument(0, kNamespaceFlags, 0, "SCMP_CMP_MASKED_EQ")}}});
  rules.push_back(json::object{
      {"names", json::array{"clone3"}}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", ENOSYS}});
  return {{"defaultAction", "SCMP_ACT_ERRNO"},
          {"defaultErrnoRet", EPERM},
          {"architectures", json::array{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"}},
          {"syscalls", std::move(rules)}};
}

}  // namespace slipway::adapter
