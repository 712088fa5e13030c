#include "app/pod_api.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <charconv>
#include <filesystem>

#include "adapter/archive/fd.h"
#include "adapter/http/self_signed.h"
#include "adapter/pod/network_pool.h"

namespace slipway::app {
namespace {

constexpr size_t kMostBytes = 64u << 10;
constexpr size_t kKeyBytes = 64;

// In hexadecimal digits.
Result<std::string> token_key(const std::string& path) {
  auto known = adapter::read_small_file(path, kMostBytes);
  const bool absent = !known.ok() && known.error().code == ErrorCode::kNotFound;
  if (!absent && (!known.ok() || known->size() >= kKeyBytes)) return known;
  std::string key;
  while (key.size() < kKeyBytes) key += adapter::random_name();
  TRY(adapter::write_file_atomically(path, key, 0600));
  return key;
}

Result<adapter::TlsPair> tls_pair(const std::string& folder, const std::string& address) {
  const std::string crt = folder + "/server.crt", key = folder + "/server.key";
  auto known_crt = adapter::read_small_file(crt, kMostBytes);
  auto known_key = adapter::read_small_file(key, kMostBytes);
  if (known_crt.ok() && known_key.ok() && adapter::is_certificate_for(*known_crt, address)) {
    return adapter::TlsPair{std::move(*known_crt), std::move(*known_key)};
  }
  TRY_ASSIGN(adapter::TlsPair made,
             adapter::make_self_signed({"kubernetes.default.svc", "kubernetes.default",
                                        "kubernetes", "kubernetes.default.svc.cluster.local"},
                                       {address}));
  TRY(adapter::write_file_atomically(key, made.key_pem, 0600));
  TRY(adapter::write_file_atomically(crt, made.certificate_pem, 0644));
  return made;
}

std::string port_file(const std::string& data_dir) { return data_dir + "/pod-api/port"; }

int last_port(const std::string& data_dir) {
  const auto text = adapter::read_small_file(port_file(data_dir), kMostBytes);
  int port = 0;
  if (text.ok()) std::from_chars(text->data(), text->data() + text->size(), port);
  return port > 0 && port < 65'536 ? port : 0;
}

Result<adapter::ReservedPort> reserve(const std::string& data_dir, const std::string& address) {
  const int last = last_port(data_dir);
  auto reserved = adapter::reserve_port(address, last);
  if (!reserved.ok() && last != 0) reserved = adapter::reserve_port(address, 0);
  if (reserved.ok() && reserved->port != last) {
    TRY(adapter::write_file_atomically(port_file(data_dir), std::to_string(reserved->port), 0600));
  }
  return reserved;
}

}  // namespace

Result<PodListener> reserve_pod_api(const std::string& data_dir, const std::string& subnet) {
  const std::string folder = data_dir + "/pod-api";
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Error{ErrorCode::kIo, failed.message(), folder};
  if (::chmod(folder.c_str(), 0700) != 0) return adapter::system_error(folder);
  PodListener listener;
  TRY_ASSIGN(listener.api.host, adapter::bridge_address(subnet));
  TRY_ASSIGN(listener.api.token_key, token_key(folder + "/token.key"));
  TRY_ASSIGN(listener.tls, tls_pair(folder, listener.api.host));
  TRY_ASSIGN(listener.port, reserve(data_dir, listener.api.host));
  listener.api.certificate_pem = listener.tls.certificate_pem;
  listener.api.port = listener.port.port;
  return listener;
}

bool is_in_subnet(std::string address, const std::string& subnet) {
  constexpr std::string_view kMapped = "::ffff:";  // IPv4 at a listener of IPv6
  if (address.starts_with(kMapped)) address.erase(0, kMapped.size());
  in_addr parsed{};
  const auto range = adapter::parse_subnet(subnet);
  if (!range.ok() || ::inet_pton(AF_INET, address.c_str(), &parsed) != 1) return false;
  return ntohl(parsed.s_addr) >> (32 - range->second) == range->first >> (32 - range->second);
}

}  // namespace slipway::app
