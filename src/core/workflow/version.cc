#include "core/workflow/version.h"

#include <charconv>

namespace slipway::workflow {

void raise_version(json::object& metadata) {
  int64_t version = 0;
  if (const json::string* text = find_string(metadata, "resourceVersion")) {
    std::from_chars(text->data(), text->data() + text->size(), version);
  }
  metadata["resourceVersion"] = std::to_string(version + 1);
}

}  // namespace slipway::workflow
