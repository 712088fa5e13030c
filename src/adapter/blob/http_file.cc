#include "adapter/blob/http_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "adapter/archive/fd.h"
#include "adapter/blob/http_call.h"
#include "adapter/blob/http_token.h"
#include "base/json.h"

namespace slipway::adapter {
namespace {

bool is_authorization(const pod::EnvVar& header) {
  static constexpr std::string_view kName = "authorization";
  return header.name.size() == kName.size() &&
         std::equal(kName.begin(), kName.end(), header.name.begin(),
                    [](char lower, char c) { return lower == (c | 0x20); });
}

// As with Argo's client, a token replaces any other authorization.
Result<std::unique_ptr<HttpCall>> prepare(const pod::ArtifactLocation& location) {
  std::vector<pod::EnvVar> headers = location.headers;
  if (const json::object* oauth2 = find_object(location.options, "oauth2")) {
    TRY_ASSIGN(std::string value, fetch_authorization(*oauth2));
    std::erase_if(headers, is_authorization);
    headers.push_back({"Authorization", std::move(value)});
  }
  auto call = std::make_unique<HttpCall>(location.url, headers);
  if (const json::object* shown = find_object(location.options, "clientCert")) {
    call->show_certificate(get_string(*shown, "clientCertSecret"),
                           get_string(*shown, "clientKeySecret"));
  }
  return call;
}

}  // namespace

Status download(const pod::ArtifactLocation& location, int into, int64_t max_bytes) {
  TRY_ASSIGN(const auto call, prepare(location));
  return call->get(into, max_bytes);
}

Status upload(const pod::ArtifactLocation& location, const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info;
  if (!fd || ::fstat(fd.get(), &info) != 0) return system_error("cannot open " + path);
  TRY_ASSIGN(const auto call, prepare(location));
  return call->put(fd.get(), info.st_size);
}

}  // namespace slipway::adapter
