#include "server/api/reply.h"

namespace slipway::server {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 400:
      return "BadRequest";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 405:
      return "MethodNotAllowed";
    case 409:
      return "Conflict";
    case 413:
      return "RequestEntityTooLarge";
    case 422:
      return "Invalid";
    case 429:
      return "TooManyRequests";
    case 503:
      return "ServiceUnavailable";
    case 504:
      return "Timeout";
    default:
      return "InternalError";
  }
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return 422;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kAlreadyExists:
      return 409;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kUnauthorized:
      return 401;
    case ErrorCode::kLimit:
      return 429;
    case ErrorCode::kUnsupported:
      return 400;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kTimeout:
      return 504;
    case ErrorCode::kIo:
      return 500;
  }
  return 500;
}

port::ServerReply json_reply(const json::object& body, int status) {
  return {status, {{"Content-Type", "application/json"}}, print_json(body) + "\n"};
}

port::ServerReply status_reply(int status, std::string_view message) {
  json::object body;
  body["kind"] = "Status";
  body["apiVersion"] = "v1";
  body["metadata"] = json::object();
  body["status"] = status < 400 ? "Success" : "Failure";
  body["message"] = json::string_view(message.data(), message.size());
  if (status >= 400) {
    const std::string_view why = reason(status);
    body["reason"] = json::string_view(why.data(), why.size());
  }
  body["code"] = status;
  return json_reply(body, status);
}

port::ServerReply error_reply(const Error& error) {
  port::ServerReply reply = status_reply(http_status(error.code), error.text());
  if (error.code == ErrorCode::kLimit || error.code == ErrorCode::kUnavailable) {
    reply.headers.emplace_back("Retry-After", "1");
  }
  return reply;
}

void add_warnings(port::ServerReply& reply, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    reply.headers.emplace_back("Warning", "299 - " + quote_json(warning));
  }
}

}  // namespace slipway::server
