#include "core/expr/jq/path.h"

#include <algorithm>

#include "core/expr/golang/rune.h"

namespace slipway::expr::jq {
namespace {

constexpr int64_t kIndexMost = 0x8000000;  // gojq's own
constexpr ptrdiff_t kSlices = 32;          // in one path that is written to; each recurses

Error expected(std::string_view what, const Value& value) {
  return invalid("expected " + std::string(what) + " but got: " + preview_with_type(value));
}

constexpr std::string_view kArrayIndex = "a number for indexing an array";
constexpr std::string_view kStringIndex = "a number for indexing a string";

// Byte offset of the rune of that number, or the end.
size_t rune_offset(std::string_view text, size_t number) {
  size_t at = 0;
  for (; number > 0 && at < text.size(); --number) at += decode_rune(text.substr(at)).length;
  return at;
}

Result<Value> rune_at(const std::string& text, int64_t index, Budget& budget) {
  budget.spend(text.size() / 16);
  const size_t size = count_runes(text);
  const int64_t place = clamp_index(index, -1, size);
  if (place < 0 || static_cast<size_t>(place) >= size) return Value();
  const size_t at = rune_offset(text, static_cast<size_t>(place));
  return Value(encode_rune(decode_rune(std::string_view(text).substr(at)).code));
}

// {"start": …, "end": …} taken apart.
struct Ends {
  const Value *from, *to;
};
Result<Ends> ends_of(const Value& key) {
  const Members& members = *key.if_object();
  const auto from = members.find("start"), to = members.find("end");
  if (from == members.end() || to == members.end()) {
    return expected("\"start\" and \"end\" for slicing", key);
  }
  return Ends{&from->second, &to->second};
}

Result<Value> read_number_index(const Value& target, const Value& key, Budget& budget) {
  if (target.is_null()) return Value();
  if (const std::string* text = target.if_string()) return rune_at(*text, key.integer(), budget);
  const Items* items = target.if_array();
  if (items == nullptr) return expected("an array", target);
  const int64_t place = clamp_index(key.integer(), -1, items->size());
  if (place < 0 || static_cast<size_t>(place) >= items->size()) return Value();
  return (*items)[static_cast<size_t>(place)];
}

}  // namespace

int64_t clamp_index(int64_t index, int64_t least, size_t size) {
  const auto most = static_cast<int64_t>(size);
  if (index < 0) index += most;
  return std::min(std::max(index, least), most);
}

Result<Slice> place_slice(const Value& from, const Value& to, size_t size, std::string_view what) {
  Slice slice{0, size};
  if (!from.is_null()) {
    if (!from.is_number()) return expected(what, from);
    slice.begin = static_cast<size_t>(clamp_index(from.integer(), 0, size));
  }
  if (!to.is_null()) {
    if (!to.is_number()) return expected(what, to);
    slice.end =
        static_cast<size_t>(clamp_index(to.integer(), static_cast<int64_t>(slice.begin), size));
  }
  return slice;
}

Items find_all(const Items& haystack, const Items& needle, Budget& budget) {
  Items places;
  if (needle.empty() || needle.size() > haystack.size()) return places;
  for (size_t i = 0; i + needle.size() <= haystack.size(); ++i) {
    size_t same = 0;
    while (same < needle.size() && compare(haystack[i + same], needle[same], budget) == 0) {
      if (budget.exhausted()) return places;
      ++same;
    }
    if (same == needle.size()) places.emplace_back(static_cast<int64_t>(i));
  }
  return places;
}

Result<Value> read_index(const Value& target, const Value& key, Budget& budget) {
  if (const std::string* name = key.if_string()) {
    if (target.is_null()) return Value();
    const Members* members = target.if_object();
    if (members == nullptr) return expected("an object", target);
    const auto found = members->find(*name);
    return found != members->end() ? found->second : Value();
  }
  if (key.is_number()) return read_number_index(target, key, budget);
  if (const Items* needle = key.if_array()) {
    if (target.is_null()) return Value();
    if (target.if_array() == nullptr) return expected("an array", target);
    return make_array(find_all(*target.if_array(), *needle, budget), budget);
  }
  if (key.if_object() != nullptr) {
    if (target.is_null()) return Value();
    TRY_ASSIGN(const Ends ends, ends_of(key));
    return read_slice(target, *ends.from, *ends.to, budget);
  }
  if (target.if_array() != nullptr) return expected(kArrayIndex, key);
  if (target.if_string() != nullptr) return expected(kStringIndex, key);
  return expected("a string for object key", key);
}

Result<Value> read_slice(const Value& target, const Value& from, const Value& to, Budget& budget) {
  if (target.is_null()) return Value();
  if (const Items* items = target.if_array()) {
    TRY_ASSIGN(const Slice slice, place_slice(from, to, items->size(), kArrayIndex));
    const auto begin = items->begin();
    return make_array(Items(begin + static_cast<ptrdiff_t>(slice.begin),
                            begin + static_cast<ptrdiff_t>(slice.end)),
                      budget);
  }
  const std::string* text = target.if_string();
  if (text == nullptr) return expected("an array", target);
  budget.spend(text->size() / 16);
  TRY_ASSIGN(const Slice slice, place_slice(from, to, count_runes(*text), kStringIndex));
  const size_t begin = rune_offset(*text, slice.begin);
  const std::string_view rest = std::string_view(*text).substr(begin);
  return make_string(std::string(rest.substr(0, rune_offset(rest, slice.end - slice.begin))),
                     budget);
}

Result<Value> read_path(const Value& target, const Items& path, Budget& budget) {
  Value value = target;
  for (const Value& key : path) {
    if (!budget.spend()) return budget.error();
    TRY_ASSIGN(Value next, read_index(value, key, budget));
    value = std::move(next);
  }
  return value;
}

namespace {

// Where to write next: a slot inside of `target`, which is made ours; null when a hole is to be
// made where nothing is.
Result<Value*> member_slot(Value& target, const std::string& key, bool hole, Budget& budget) {
  if (target.is_null()) target = Value(Members());
  const Members* members = target.if_object();
  if (members == nullptr) return expected("an object", target);
  if (hole && members->find(key) == members->end()) return nullptr;
  Object& object = target.own_object(budget);
  auto place = object.members.find(key);
  if (place == object.members.end()) {
    if (!budget.allocate(key.size() + 96)) return budget.error();
    place = object.members.emplace(key, Value()).first;
  }
  return &place->second;
}

Result<Value*> element_slot(Value& target, const Value& key, bool hole, Budget& budget) {
  if (target.is_null()) target = Value(Items());
  const Items* items = target.if_array();
  if (items == nullptr) return expected("an array", target);
  const int64_t place = clamp_index(key.integer(), -1, items->size());
  const bool inside = place >= 0 && static_cast<size_t>(place) < items->size();
  if (hole && !inside) return nullptr;
  if (place < 0) {
    return invalid("array index should not be negative: " + preview(Value(key.integer())));
  }
  const int64_t wanted = inside ? place : key.integer();
  if (wanted >= kIndexMost) {
    return invalid("array index too large: " + preview(Value(key.integer())));
  }
  Array& array = target.own_array(budget);
  const auto index = static_cast<size_t>(wanted);
  if (!inside) {
    const size_t more = index + 1 - array.items.size();
    if (!budget.allocate(more * sizeof(Value)) || !budget.spend(more / 8)) return budget.error();
    array.items.resize(index + 1);
  }
  return &array.items[index];
}

// Writes into a copy of the slice, then puts that where it was.
Status write_slice(Value& target, const Value& key, std::span<const Value> rest, Value item,
                   Budget& budget) {
  const Items nothing;
  const Items* items = target.is_null() ? &nothing : target.if_array();
  if (items == nullptr) return expected("an array", target);
  TRY_ASSIGN(const Ends ends, ends_of(key));
  const Value none;
  const size_t size = items->size();
  TRY_ASSIGN(const Slice slice, place_slice(ends.from->is_number() ? *ends.from : none,
                                            ends.to->is_number() ? *ends.to : none, size, ""));
  if (slice.begin == slice.end && item.is_hole()) return {};
  const auto begin = static_cast<ptrdiff_t>(slice.begin), end = static_cast<ptrdiff_t>(slice.end);
  TRY_ASSIGN(Value part, make_array(Items(items->begin() + begin, items->begin() + end), budget));
  TRY(write_path(part, rest, std::move(item), budget));
  if (!part.is_hole() && part.if_array() == nullptr) return expected("an array", part);
  if (target.is_null()) target = Value(Items());
  Array& array = target.own_array(budget);
  if (part.is_hole()) {
    std::fill(array.items.begin() + begin, array.items.begin() + end, Value(Value::Hole()));
    return {};
  }
  const Items* made = part.if_array();
  if (!budget.allocate((size + made->size()) * sizeof(Value)) || !budget.spend(size / 8)) {
    return budget.error();
  }
  array.items.erase(array.items.begin() + begin, array.items.begin() + end);
  array.items.insert(array.items.begin() + begin, made->begin(), made->end());
  array.depth = std::max(array.depth, part.depth());
  return {};
}

// After `item` was written into the container.
void settle(Value& container, const Value& item, bool hole, Budget& budget) {
  if (container.if_array() != nullptr) {
    Array& array = container.own_array(budget);
    array.grow(item);
    array.holed |= hole;
  } else {
    Object& object = container.own_object(budget);
    object.grow(item);
    object.holed |= hole;
  }
}

// Closes the holes that delete_paths made.
Value sweep(Value value, Budget& budget) {
  if (!value.holed()) return value;
  if (value.if_array() != nullptr) {
    Array& array = value.own_array(budget);
    std::erase_if(array.items, [](const Value& item) { return item.is_hole(); });
    for (Value& item : array.items) {
      item = sweep(std::move(item), budget);
    }
    array.holed = false;
  } else {
    Object& object = value.own_object(budget);
    std::erase_if(object.members, [](const auto& member) { return member.second.is_hole(); });
    for (auto& [key, item] : object.members) {
      item = sweep(std::move(item), budget);
    }
    object.holed = false;
  }
  return value;
}

}  // namespace

Status write_path(Value& target, std::span<const Value> path, Value item, Budget& budget) {
  const auto slices = std::count_if(path.begin(), path.end(),
                                    [](const Value& key) { return key.if_object() != nullptr; });
  if (path.size() > limit::kJsonDepth) budget.refuse(kTooDeep);
  if (slices > kSlices) budget.refuse("takes more than 32 slices in one path");
  if (!budget.spend(1 + path.size())) return budget.error();
  const bool hole = item.is_hole();
  std::vector<Value*> containers;
  Value* place = &target;
  for (; !path.empty(); path = path.subspan(1)) {
    if (place->is_hole()) return {};
    const Value& key = path.front();
    containers.push_back(place);
    if (const std::string* name = key.if_string()) {
      TRY_ASSIGN(place, member_slot(*place, *name, hole, budget));
    } else if (key.is_number()) {
      TRY_ASSIGN(place, element_slot(*place, key, hole, budget));
    } else if (key.if_object() != nullptr) {
      TRY(write_slice(*place, key, path.subspan(1), std::move(item), budget));
      if (hole) place->own_array(budget).holed = true;
      containers.pop_back();
      break;
    } else if (place->if_array() != nullptr) {
      return expected(kArrayIndex, key);
    } else {
      return expected("a string for object key", key);
    }
    if (place == nullptr) return {};
  }
  if (path.empty()) *place = std::move(item);
  for (; !containers.empty(); containers.pop_back()) {
    settle(*containers.back(), *place, hole, budget);
    place = containers.back();
  }
  if (target.depth() > limit::kJsonDepth) budget.refuse(kTooDeep);
  return budget.exhausted() ? Status(budget.error()) : Status();
}

Status delete_paths(Value& target, const Items& paths, Budget& budget) {
  for (const Value& path : paths) {
    if (path.if_array() == nullptr) return expected("an array", path);
    TRY(write_path(target, *path.if_array(), Value(Value::Hole()), budget));
  }
  target = target.is_hole() ? Value() : sweep(std::move(target), budget);
  return {};
}

}  // namespace slipway::expr::jq
