// Bodies of answers: JSON objects, and Kubernetes' Status for what went wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "port/http_server.h"

namespace slipway::server {

// HTTP status for an Error, and Kubernetes' word for it ("NotFound").
int http_status(ErrorCode code);

port::ServerReply json_reply(const json::object& body, int status = 200);

// A meta.k8s.io Status object: what kubectl and argo print the message of.
port::ServerReply status_reply(int status, std::string_view message);
port::ServerReply error_reply(const Error& error);

// As Kubernetes says what it accepted with a doubt: one Warning header each, which kubectl prints.
void add_warnings(port::ServerReply& reply, const std::vector<std::string>& warnings);

}  // namespace slipway::server
