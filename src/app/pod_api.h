// The API as pods see it: an address that only this machine and its pods reach, HTTPS, tokens.
//
//     <data dir>/pod-api/token.key         signs the tokens
//     <data dir>/pod-api/server.{crt,key}  HTTPS, made here and trusted by pods
//     <data dir>/pod-api/port              the last one: pods that are adopted know it
#pragma once

#include <string>

#include "adapter/http/server.h"
#include "core/workflow/advance.h"

namespace slipway::app {

struct PodListener {
  workflow::PodApi api;
  adapter::TlsPair tls;
  adapter::ReservedPort port;
};

// Reads the files, makes what is missing or out of date, and reserves the port: that of last time
// where it is free. `subnet` is the pods'. Errors name the file or the address.
Result<PodListener> reserve_pod_api(const std::string& data_dir, const std::string& subnet);

// Whether an address such as 10.89.3.7 is in a subnet such as 10.89.0.0/16.
bool is_in_subnet(std::string address, const std::string& subnet);

}  // namespace slipway::app
