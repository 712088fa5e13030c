#include "adapter/pod/seccomp_filter.h"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "adapter/archive/fd.h"
#include "adapter/pod/capability.h"
#include "adapter/pod/seccomp_profile.h"

namespace slipway::adapter {

namespace {

// Name spaces may not be made by those without CAP_SYS_ADMIN.
constexpr uint64_t kNewSpaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
constexpr uint64_t kPersonalities[] = {0x0, 0x0008, 0x20000, 0x20008, 0xffffffff};

template <class Each>
void for_each_word(std::string_view words, Each each) {
  while (!words.empty()) {
    const size_t space = std::min(words.find(' '), words.size());
    if (space > 0) each(words.substr(0, space));
    words.remove_prefix(std::min(space + 1, words.size()));
  }
}

std::set<std::string> allowed_calls(const std::set<std::string>& capabilities) {
  std::set<std::string> calls;
  const auto add = [&](std::string_view call) { calls.emplace(call); };
  for_each_word(always_allowed_calls(), add);
  for (const auto& [capability, extra] : calls_by_capability()) {
    if (capabilities.contains(std::string(capability))) for_each_word(extra, add);
  }
  return calls;
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (size_t i = 0; i < 4; ++i) {
      text += i <= bytes.size() - at ? kDigits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return text;
}

// Names that the library or an architecture does not know are left out: they stay forbidden.
void allow(scmp_filter_ctx filter, const std::string& call) {
  const int number = ::seccomp_syscall_resolve_name(call.c_str());
  if (number != __NR_SCMP_ERROR) ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
}

void add_conditions(scmp_filter_ctx filter, const std::set<std::string>& calls) {
  const auto number = [](const char* call) { return ::seccomp_syscall_resolve_name(call); };
  for (const uint64_t value : kPersonalities) {
    ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, number("personality"), 1,
                       SCMP_A0(SCMP_CMP_EQ, value));
  }
  ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, number("socket"), 1, SCMP_A0(SCMP_CMP_NE, AF_VSOCK));
  if (!calls.contains("clone")) {
    ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, number("clone"), 1,
                       SCMP_A0(SCMP_CMP_MASKED_EQ, kNewSpaces, 0));
  }
  // "No such call", so that C libraries fall back to clone, whose flags can be looked at.
  if (!calls.contains("clone3")) {
    ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number("clone3"), 0);
  }
}

}  // namespace

std::set<std::string> seccomp_capabilities(const std::set<std::string>& held) {
  std::set<std::string> relevant;
  for (const auto& [capability, _] : calls_by_capability()) {
    if (held.contains(std::string(capability))) relevant.emplace(capability);
  }
  return relevant;
}

std::set<std::string> default_seccomp_capabilities() {
  return seccomp_capabilities(granted_capabilities({}, false));
}

Result<std::string> compile_seccomp(const std::set<std::string>& capabilities) {
  const std::unique_ptr<void, decltype(&::seccomp_release)> filter(
      ::seccomp_init(SCMP_ACT_ERRNO(EPERM)), &::seccomp_release);
  const Error refused{ErrorCode::kUnavailable, "libseccomp cannot compile the profile", ""};
  if (filter == nullptr) return refused;
#if defined(__x86_64__)
  ::seccomp_arch_add(filter.get(), SCMP_ARCH_X86);
  ::seccomp_arch_add(filter.get(), SCMP_ARCH_X32);
#endif
  ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree, not a list
  const auto calls = allowed_calls(capabilities);
  for (const std::string& call : calls) allow(filter.get(), call);
  add_conditions(filter.get(), calls);
  const Fd file(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!file || ::seccomp_export_bpf(filter.get(), file.get()) != 0) return refused;
  ::lseek(file.get(), 0, SEEK_SET);
  TRY_ASSIGN(const std::string program, read_all(file.get(), 1u << 20, "the seccomp filter"));
  return base64(program);
}

json::object seccomp_json(const std::set<std::string>& capabilities) {
  const auto calls = allowed_calls(capabilities);
  json::array names, rules;
  for (const std::string& call : calls) names.push_back(json::value(call));
  const auto rule = [&](json::array about, json::array conditions) {
    json::object entry{{"names", std::move(about)}, {"action", "SCMP_ACT_ALLOW"}};
    if (!conditions.empty()) entry["args"] = std::move(conditions);
    rules.push_back(std::move(entry));
  };
  rule(std::move(names), {});
  for (const uint64_t value : kPersonalities) {
    rule({"personality"}, {json::object{{"index", 0}, {"value", value}, {"op", "SCMP_CMP_EQ"}}});
  }
  rule({"socket"}, {json::object{{"index", 0}, {"value", AF_VSOCK}, {"op", "SCMP_CMP_NE"}}});
  if (!calls.contains("clone")) {
    rule({"clone"},
         {json::object{
             {"index", 0}, {"value", kNewSpaces}, {"valueTwo", 0}, {"op", "SCMP_CMP_MASKED_EQ"}}});
  }
  if (!calls.contains("clone3")) {
    rules.push_back(
        json::object{{"names", {"clone3"}}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", ENOSYS}});
  }
  return {{"defaultAction", "SCMP_ACT_ERRNO"},
          {"defaultErrnoRet", EPERM},
          {"architectures", {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"}},
          {"syscalls", std::move(rules)}};
}

}  // namespace slipway::adapter
