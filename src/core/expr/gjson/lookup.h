// Finding what a gjson path names, and where in the document it is. Private to this folder.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/expr/gjson/path.h"

namespace slipway::expr::gjson {

// What was found. Either a part of the document or a value that was made on the way.
class Hit {
 public:
  Hit() = default;
  explicit Hit(const json::value* part) : part_(part), places_{part} {}
  static Hit made(json::value value) {
    Hit hit;
    hit.made_ = std::make_shared<const json::value>(std::move(value));
    hit.part_ = hit.made_.get();
    return hit;
  }

  bool exists() const { return part_ != nullptr; }
  const json::value& value() const { return *part_; }
  // Where in the document it is; several for `#.key` and `#(...)#`; none when it was made.
  const std::vector<const json::value*>& places() const { return places_; }
  void set_places(std::vector<const json::value*> places) { places_ = std::move(places); }

  // The same found in `owner`, which it keeps alive; its places are not the document's.
  Hit inside(const Hit& owner) && {
    places_.clear();
    if (made_ == nullptr) made_ = owner.made_;
    return std::move(*this);
  }

 private:
  std::shared_ptr<const json::value> made_;
  const json::value* part_ = nullptr;
  std::vector<const json::value*> places_;
};

// One look-up: bounds depth and the bytes of values made on the way. Past a bound nothing exists.
class Lookup {
 public:
  explicit Lookup(const json::value& document) : document_(document) {}

  Hit run(std::string_view path) { return get(document_, path); }

 private:
  struct Nest;
  Hit get(const json::value& json, std::string_view path);
  Hit walk(const json::value& json, std::string_view path);
  Hit in_object(const json::object& object, std::string_view path, std::string_view& pipe,
                bool& piped);
  Hit in_array(const json::array& array, std::string_view path, std::string_view& pipe,
               bool& piped);
  Hit in_container(const json::value& value, std::string_view path, std::string_view& pipe,
                   bool& piped);
  Hit each(const json::array& array, std::string_view path, std::string_view& pipe, bool& piped);
  Hit query(const json::array& array, const IndexPart& part, std::string_view& pipe, bool& piped);
  bool matches(const json::value& element, const Query& query);
  Hit select(const json::value& json, std::string_view path, bool& is_selection);
  Hit modify(const json::value& json, std::string_view path, bool& is_modifier);
  Hit literal(std::string_view path, bool& is_literal);
  Hit then(Hit hit, std::string_view rest);
  void dig(const json::value& json, std::string_view path, json::array& out);

  // Values made on the way may hold 4 MiB and four times what the document does.
  bool spend(const json::value& value) {
    if (!budget_) budget_ = (4u << 20) + 4 * approximate_size(document_);
    const size_t size = approximate_size(value) + 16;
    if (size > *budget_) return budget_ = 0, false;
    *budget_ -= size;
    return true;
  }

  const json::value& document_;  // outlives the look-up
  size_t depth_ = 0;
  std::optional<size_t> budget_;
};

// The value of modifier `name` (dig apart); nullopt when the result is no JSON.
std::optional<json::value> apply_modifier(std::string_view name, std::string_view argument,
                                          const json::value& json);

bool query_matches(const Query& query, const json::value* value);

}  // namespace slipway::expr::gjson
