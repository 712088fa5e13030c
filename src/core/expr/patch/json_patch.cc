#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/expr/patch/patch.h"

namespace slipway::expr {
namespace {

constexpr size_t kMaxPatchedBytes = 64u << 20;

// Numbers are equal by value (RFC 6902, section 4.6).
bool same(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  if (a.is_array() && b.is_array()) {
    return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(),
                      b.get_array().end(), same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const json::object& other = b.get_object();
  return a.get_object().size() == other.size() &&
         std::all_of(a.get_object().begin(), a.get_object().end(), [&](const auto& member) {
           const json::value* found = other.if_contains(member.key());
           return found != nullptr && same(member.value(), *found);
         });
}

// A JSON Pointer (RFC 6901) taken apart.
struct Pointer {
  std::string text;
  std::vector<std::string> tokens;
};

class Operation {
 public:
  Operation(json::value& target, const json::object& operation, size_t number)
      : target_(target), operation_(operation), number_(number) {}

  Status run() {
    const std::string op = get_string(operation_, "op");
    TRY_ASSIGN(const Pointer path, pointer("path"));
    if (op == "remove") {
      TRY(take(path));
      return {};
    }
    if (op == "add" || op == "replace" || op == "test") {
      const json::value* value = operation_.if_contains("value");
      if (value == nullptr) return fail("'value' is missing");
      if (op == "add") return add(path, *value);
      TRY_ASSIGN(json::value * at, find(path));
      if (op == "replace") {
        *at = *value;
        return {};
      }
      if (same(*at, *value)) return {};
      return fail(fmt::format("test of '{}' failed: it holds {}", path.text, print_json(*at)));
    }
    if (op == "move" || op == "copy") {
      TRY_ASSIGN(const Pointer from, pointer("from"));
      if (op == "move") return move(from, path);
      TRY_ASSIGN(const json::value* source, find(from));
      return add(path, json::value(*source));
    }
    return fail(fmt::format("unknown op '{}': want add, remove, replace, move, copy or test", op));
  }

 private:
  Error fail(std::string_view what) const {
    return Error{ErrorCode::kInvalid, fmt::format("JSON patch, operation {}: {}", number_, what),
                 ""};
  }

  Result<Pointer> pointer(std::string_view member) const {
    const json::value* value = operation_.if_contains(member);
    if (value == nullptr || !value->is_string()) {
      return fail(fmt::format("'{}' is missing or not a string", member));
    }
    Pointer pointer{str(value->get_string()), {}};
    std::string_view rest = pointer.text;
    if (!rest.empty() && rest[0] != '/') {
      return fail(fmt::format("'{}' does not begin with '/'", pointer.text));
    }
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const std::string_view token = rest.substr(0, rest.find('/'));
      rest.remove_prefix(token.size());
      std::string name;
      for (size_t i = 0; i < token.size(); ++i) {
        const bool escaped = token[i] == '~' && i + 1 < token.size();
        if (escaped && token[i + 1] != '0' && token[i + 1] != '1') {
          return fail(fmt::format("'{}' has '~' without 0 or 1", pointer.text));
        }
        name += escaped ? (token[i + 1] == '0' ? '~' : '/') : token[i];
        i += escaped ? 1 : 0;
      }
      pointer.tokens.push_back(std::move(name));
    }
    return pointer;
  }

  static std::optional<size_t> index(std::string_view token, size_t size) {
    size_t value = 0;
    if (token.empty() || (token.size() > 1 && token[0] == '0')) return std::nullopt;
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (code != std::errc{} || end != token.data() + token.size() || value >= size) {
      return std::nullopt;
    }
    return value;
  }

  // The value after `count` tokens of the path.
  Result<json::value*> walk(const Pointer& path, size_t count) {
    json::value* at = &target_;
    for (size_t i = 0; i < count; ++i) {
      json::value* next = nullptr;
      if (auto* object = at->if_object()) {
        next = object->if_contains(path.tokens[i]);
      } else if (auto* array = at->if_array()) {
        if (const auto position = index(path.tokens[i], array->size())) next = &(*array)[*position];
      }
      if (next == nullptr) return fail(fmt::format("nothing is at '{}'", path.text));
      at = next;
    }
    return at;
  }

  Result<json::value*> find(const Pointer& path) { return walk(path, path.tokens.size()); }

  Status add(const Pointer& path, json::value value) {
    if (path.tokens.empty()) {
      target_ = std::move(value);
      return {};
    }
    TRY_ASSIGN(json::value * parent, walk(path, path.tokens.size() - 1));
    const std::string& last = path.tokens.back();
    if (auto* object = parent->if_object()) {
      (*object)[last] = std::move(value);
      return {};
    }
    auto* array = parent->if_array();
    if (array == nullptr) return fail(fmt::format("'{}' is not inside a list or map", path.text));
    const auto position = last == "-" ? array->size() : index(last, array->size() + 1);
    if (!position) return fail(fmt::format("'{}' is outside of the list", path.text));
    array->insert(array->begin() + static_cast<std::ptrdiff_t>(*position), std::move(value));
    return {};
  }

  Result<json::value> take(const Pointer& path) {
    TRY_ASSIGN(json::value * found, find(path));
    json::value taken = std::move(*found);
    if (path.tokens.empty()) {
      target_ = nullptr;
      return taken;
    }
    TRY_ASSIGN(json::value * parent, walk(path, path.tokens.size() - 1));
    if (auto* object = parent->if_object()) {
      object->erase(path.tokens.back());
    } else {
      auto& array = parent->get_array();
      const auto position = index(path.tokens.back(), array.size());
      array.erase(array.begin() + static_cast<std::ptrdiff_t>(*position));
    }
    return taken;
  }

  Status move(const Pointer& from, const Pointer& to) {
    if (to.text == from.text) {
      TRY(find(from));
      return {};
    }
    if (to.text.starts_with(from.text + "/")) {
      return fail(fmt::format("cannot move '{}' into itself", from.text));
    }
    TRY_ASSIGN(json::value value, take(from));
    return add(to, std::move(value));
  }

  json::value& target_;
  const json::object& operation_;
  size_t number_;
};

}  // namespace

Result<json::value> json_patch(json::value target, const json::array& operations) {
  size_t number = 0;
  for (const json::value& operation : operations) {
    const json::object* object = operation.if_object();
    ++number;
    if (object == nullptr) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("JSON patch, operation {}: want a map with op and path", number),
                   ""};
    }
    TRY(Operation(target, *object, number).run());
    // Copies can double the document each time.
    if (object->contains("from") && approximate_size(target) > kMaxPatchedBytes) {
      return Error{ErrorCode::kLimit, "JSON patch: the result is larger than 64 MiB", ""};
    }
  }
  return target;
}

}  // namespace slipway::expr
