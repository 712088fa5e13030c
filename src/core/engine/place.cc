#include "core/engine/place.h"

#include <charconv>

#include "core/manifest/yaml/document.h"

namespace slipway::engine {
namespace {

// Follows one place; `rest` is what is left of it.
class Follower {
 public:
  Follower(const json::object& spec, std::string path, std::string_view place)
      : path_(std::move(path)), rest_(place) {
    if (take("spec")) skip_dot();
    follow(spec);
  }

  std::string path() const { return path_; }

 private:
  // Whether `word` is the next part of the place; then it is taken.
  bool take(std::string_view word) {
    if (word.empty() || !rest_.starts_with(word)) return false;
    const std::string_view after = rest_.substr(word.size());
    if (!after.empty() && after[0] != '.' && after[0] != '[') return false;
    rest_ = after;
    return true;
  }
  void skip_dot() {
    if (rest_.starts_with('.')) rest_.remove_prefix(1);
  }

  void follow(const json::value& value) {
    if (rest_.empty()) return;
    if (const json::object* object = value.if_object()) return follow(*object);
    if (const json::array* array = value.if_array()) return follow(*array);
  }

  void follow(const json::object& object) {
    skip_dot();
    for (const auto& member : object) {
      if (!take(member.key())) continue;
      path_ = manifest::member_path(path_, member.key());
      return follow(member.value());
    }
    // "tasks" is short for "dag.tasks", and an argument for "parameters.NAME".
    for (const std::string_view list : {"dag", "parameters", "artifacts"}) {
      const json::value* inner = find(object, list);
      if (inner == nullptr) continue;
      const std::string here = std::exchange(path_, manifest::member_path(path_, list));
      const std::string_view before = rest_;
      follow(*inner);
      if (rest_ != before) return;
      path_ = here;
    }
  }

  void follow(const json::array& array) {
    if (rest_.starts_with('[')) {
      size_t index = 0;
      const auto [end, error] =
          std::from_chars(rest_.data() + 1, rest_.data() + rest_.size(), index);
      if (error != std::errc() || index >= array.size()) return;
      rest_.remove_prefix(std::min<size_t>(end - rest_.data() + 1, rest_.size()));
      path_ = manifest::item_path(path_, index);
      return follow(array[index]);
    }
    skip_dot();
    for (size_t i = 0; i < array.size(); ++i) {
      const json::object* item = array[i].if_object();
      const json::string* name = item != nullptr ? find_string(*item, "name") : nullptr;
      if (name == nullptr || !take(view(*name))) continue;
      path_ = manifest::item_path(path_, i);
      return follow(*item);
    }
  }

  std::string path_;
  std::string_view rest_;
};

}  // namespace

std::string path_of(const json::object& spec, const std::string& path, std::string_view text) {
  std::string_view place = text.substr(0, text.find(' '));
  if (place.ends_with(':')) place.remove_suffix(1);
  return Follower(spec, path, place).path();
}

}  // namespace slipway::engine
