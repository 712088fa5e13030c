#include "cli/client.h"

#include <fmt/format.h>

#include <cstdlib>
#include <deque>
#include <fstream>
#include <future>
#include <iterator>

#include "adapter/http/client.h"
#include "adapter/http/stream.h"
#include "app/data_dir.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kDefaultServer = "http://127.0.0.1:2746";
constexpr size_t kOnTheWay = 16;  // requests of one command

std::string find_server(const Connection& connection) {
  if (!connection.server.empty()) return connection.server;
  std::ifstream file(app::data_dir(connection.data_dir) + "/server.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Result<json::value> parsed = parse_json(text);
  if (parsed.ok() && parsed->is_object()) {
    const std::string url = get_string(parsed->get_object(), "url");
    if (!url.empty()) return url;
  }
  return std::string(kDefaultServer);
}

ErrorCode code_of(int status) {
  switch (status) {
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kConflict;
    case 401:
    case 403:
      return ErrorCode::kUnauthorized;
    default:
      return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
  }
}

// The message of a Kubernetes Status or of Argo's {"code","message"}; else the body itself.
std::string message_of(const std::string& body) {
  const Result<json::value> parsed = parse_json(body);
  if (parsed.ok() && parsed->is_object()) {
    const std::string message = get_string(parsed->get_object(), "message");
    if (!message.empty()) return message;
  }
  return body;
}

// Warning: 299 - "text", as Kubernetes sends them.
void print_warnings(const port::HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    const size_t quote = value.find('"');
    const bool warning = name.size() == 7 && (name[0] | 0x20) == 'w' && name.ends_with("arning");
    if (!warning || quote == std::string::npos) continue;
    const Result<json::value> text = parse_json(std::string_view(value).substr(quote));
    if (!text.ok() || !text->is_string()) continue;
    fmt::print(stderr, "slipway: warning: {}\n", view(text->get_string()));
  }
}

Error unreachable(const std::string& url, const Error& error) {
  return {ErrorCode::kUnavailable,
          fmt::format("no server answers at {} ({}); start one with `slipway server`, or name one "
                      "with --server",
                      url, error.message),
          ""};
}

}  // namespace

void Connection::define(Options& options) {
  options.text("--server", server, "URL of the server");
  options.from_environment("SLIPWAY_SERVER");
  options.text("--data-dir", data_dir, "data directory of a server on this machine");
  options.from_environment("SLIPWAY_DATA");
  options.text("-n,--namespace", ns, "namespace");
  options.from_environment("SLIPWAY_NAMESPACE");
  options.text("--token", token, "bearer token");
  options.from_environment("SLIPWAY_TOKEN");
  options.flag("--insecure-skip-verify", insecure_skip_verify, "do not check the TLS certificate");
}

Client::Client(const Connection& connection)
    : url_(find_server(connection)),
      token_(connection.token),
      insecure_(connection.insecure_skip_verify) {
  while (url_.ends_with('/')) url_.pop_back();
}

port::HttpRequest Client::request(std::string_view method, const std::string& path,
                                  const json::value* body) const {
  port::HttpRequest request;
  request.method = std::string(method);
  request.url = url_ + path;
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  request.insecure_skip_verify = insecure_;
  request.max_response_bytes = 1u << 30;
  request.timeout = Duration::seconds(120);
  if (body != nullptr) request.body = print_json(*body);
  return request;
}

Result<json::value> Client::read(const Result<port::HttpResponse>& response) const {
  if (!response.ok()) return unreachable(url_, response.error());
  if (response->status / 100 != 2) {
    return Error{code_of(response->status), message_of(response->body), ""};
  }
  print_warnings(*response);
  if (response->body.empty()) return json::value(json::object());
  return parse_json(response->body);
}

Result<json::value> Client::call(std::string_view method, const std::string& path,
                                 const json::value* body) const {
  adapter::CurlHttpClient http;
  return read(send_and_wait(http, request(method, path, body)));
}

std::vector<Result<json::value>> Client::call_all(std::string_view method,
                                                  const std::vector<Call>& calls) const {
  adapter::CurlHttpClient http;
  std::vector<Result<json::value>> answers;
  std::deque<std::future<Result<port::HttpResponse>>> on_the_way;
  bool failed = false;
  for (auto next = calls.begin(); !on_the_way.empty() || (!failed && next != calls.end());) {
    if (!failed && next != calls.end() && on_the_way.size() < kOnTheWay) {
      auto answered = std::make_shared<std::promise<Result<port::HttpResponse>>>();
      on_the_way.push_back(answered->get_future());
      http.send(request(method, next->path, &next->body),
                [answered](Result<port::HttpResponse> answer) {
                  answered->set_value(std::move(answer));
                });
      ++next;
      continue;
    }
    answers.push_back(read(on_the_way.front().get()));
    on_the_way.pop_front();
    failed = failed || !answers.back().ok();
  }
  return answers;
}

Status Client::stream(const std::string& path,
                      const std::function<bool(const json::object&)>& on_object) const {
  adapter::StreamRequest request{url_ + path, {}, insecure_};
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  std::optional<Error> bad;
  const Status status = adapter::stream_lines(request, [&](std::string_view line) {
    if (line.starts_with("data:")) line.remove_prefix(5);
    if (line.find_first_not_of(" \r") == std::string_view::npos) return true;
    const Result<json::value> parsed = parse_json(line);
    if (!parsed.ok() || !parsed->is_object()) {
      bad = Error{ErrorCode::kUnavailable, "the server sent a line that is no JSON object", url_};
      return false;
    }
    if (const json::object* failure = find_object(parsed->get_object(), "error")) {
      bad = Error{ErrorCode::kUnavailable, get_string(*failure, "message"), ""};
      return false;
    }
    const json::object* result = find_object(parsed->get_object(), "result");
    return result == nullptr || on_object(*result);
  });
  if (bad) return *bad;
  if (!status.ok() && status.error().code == ErrorCode::kUnavailable) {
    return unreachable(url_, status.error());
  }
  if (!status.ok()) return Error{status.error().code, message_of(status.error().message), ""};
  return {};
}

Result<std::string> Client::download(const std::string& path) const {
  adapter::CurlHttpClient http;
  port::HttpRequest request{.url = url_ + path};
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  request.insecure_skip_verify = insecure_;
  request.max_response_bytes = 1u << 30;
  request.timeout = Duration::seconds(600);
  const Result<port::HttpResponse> response = send_and_wait(http, std::move(request));
  if (!response.ok()) return unreachable(url_, response.error());
  if (response->status / 100 != 2) {
    return Error{code_of(response->status), message_of(response->body), ""};
  }
  return response->body;
}

std::string encode_url(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

int fail(const Error& error) { return fail(error.text()); }

int fail(std::string_view message) {
  fmt::print(stderr, "slipway: {}\n", message);
  return kFailed;
}

}  // namespace slipway::cli
