#include "core/intake/intake.h"

namespace {

using namespace slipway;

const manifest::Resource& source() {
  static const manifest::Resource kSource{
      manifest::Kind::kEventSource,
      {{"metadata", {{"name", "s"}, {"namespace", "n"}}},
       {"spec",
        {{"github", {{"gh", {{"webhook", {{"endpoint", "/g"}}}}}}},
         {"webhook", {{"get", {{"method", "GET"}}}, {"post", {{"method", "POST"}}}}}}}}};
  return kSource;
}

}  // namespace

// Lines up to an empty one are headers; the rest is the body, and the query.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  intake::Request request;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    const size_t colon = std::min(line.find(':'), line.size());
    request.headers.emplace_back(line.substr(0, colon),
                                 line.substr(std::min(colon + 1, line.size())));
  }
  request.body = text;
  request.query = text;
  const manifest::Catalog catalog;
  for (const std::string_view event : {"gh", "get", "post"}) {
    request.method = event == "get" ? "GET" : "POST";
    (void)intake::receive(source(), event, request, catalog);
  }
  (void)intake::signature_matches("secret", text, request.header("X-Hub-Signature-256"));
  return 0;
}
