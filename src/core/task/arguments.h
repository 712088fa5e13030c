// Reading a task's arguments, which a user wrote and tags filled in. Each error names the argument.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/task/task.h"

namespace slipway::task {

class Arguments {
 public:
  // Both are borrowed and must outlive this.
  Arguments(std::string_view task, const json::object& values, const SecretLookup& secret)
      : task_(task), values_(values), secret_(secret) {}

  // kInvalid for a name that is not `known`, with the nearest one that is.
  Status check_names(std::initializer_list<std::string_view> known) const;

  // A string, or a number or boolean as text; `fallback` when absent or empty.
  std::string text(std::string_view key, std::string_view fallback = {}) const;
  Result<std::string> required(std::string_view key) const;
  bool flag(std::string_view key) const;  // true, or the text "true"
  bool given(std::string_view key) const { return values_.contains(key); }  // even if empty
  const json::object* object(std::string_view key) const;
  // A list, or a text that holds one in JSON, as a tag gives it; empty when absent.
  Result<json::array> list(std::string_view key) const;
  // {name, key} of a Secret, resolved and trimmed. kInvalid when its value can not be in a header.
  Result<std::string> secret(std::string_view key) const;
  // The base URL without a trailing slash.
  Result<std::string> base_url(std::string_view key, std::string_view fallback) const;

  Error invalid(std::string_view key, std::string_view what) const;

 private:
  std::string_view task_;
  const json::object& values_;
  const SecretLookup& secret_;
};

// Whether `text` is an http or https URL without characters that could break out of its place.
bool is_web_url(std::string_view text);

}  // namespace slipway::task
