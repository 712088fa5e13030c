// Structs to JSON and back from one list of fields, so that writing and reading can not drift
// apart.
//
// A struct takes part by an overload in its own .cc:
//     template <class Fields> void describe(Fields& fields, Of<Mount>) {
//       fields("volume", &Mount::volume);
//     }
// Members that hold their default are left out; absent members keep their default; unknown members
// are ignored, so that a supervisor and a server of neighbouring releases understand each other.
// Text that is not UTF-8 (a binary Secret) is written as {"hex": "..."}, since JSON can not hold
// it.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"

namespace slipway::pod {

// Names the struct that a describe() overload is for.
template <class S>
struct Of {};

// The words for an enum's values, in order: specialise with `static constexpr std::array values`.
template <class E>
struct EnumWords;

json::value encode_text(std::string_view text);
Result<std::string> decode_text(const json::value& value, std::string_view key);
Error wrong_member(std::string_view key, std::string_view expected);

template <class S>
json::object encode_struct(const S& value);
template <class S>
Status decode_struct(const json::value& from, std::string_view key, S& to);

// --- one value out -------------------------------------------------------------------------------
inline json::value encode(const std::string& text) { return encode_text(text); }
inline json::value encode(const json::object& object) { return object; }
inline json::value encode(Time time) { return time.ns; }
inline json::value encode(Duration duration) { return duration.ns; }
template <class Tag>
json::value encode(const Id<Tag>& id) {
  return json::value(id.value);
}
template <class T>
json::value encode(const std::vector<T>& list);
inline json::value encode(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [key, text] : map) object[key] = encode_text(text);
  return object;
}
template <class T>
json::value encode(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return json::value(EnumWords<T>::values.at(static_cast<size_t>(value)));
  } else if constexpr (std::is_arithmetic_v<T>) {
    return json::value(value);
  } else {
    return encode_struct(value);
  }
}
template <class T>
json::value encode(const std::vector<T>& list) {
  json::array array;
  for (const T& item : list) array.push_back(encode(item));
  return array;
}

// --- one value in --------------------------------------------------------------------------------
inline Status decode(const json::value& from, std::string_view key, std::string& to) {
  TRY_ASSIGN(to, decode_text(from, key));
  return {};
}
inline Status decode(const json::value& from, std::string_view key, json::object& to) {
  if (!from.is_object()) return wrong_member(key, "an object");
  to = from.get_object();
  return {};
}
template <class Tag>
Status decode(const json::value& from, std::string_view key, Id<Tag>& to) {
  return decode(from, key, to.value);
}
template <class T>
  requires std::is_arithmetic_v<T>
Status decode(const json::value& from, std::string_view key, T& to) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!from.is_bool()) return wrong_member(key, "true or false");
    to = from.get_bool();
  } else {
    boost::system::error_code failed;
    const T number = from.to_number<T>(failed);
    if (failed) return wrong_member(key, "a number in range");
    to = number;
  }
  return {};
}
inline Status decode(const json::value& from, std::string_view key, Time& to) {
  return decode(from, key, to.ns);
}
inline Status decode(const json::value& from, std::string_view key, Duration& to) {
  return decode(from, key, to.ns);
}
template <class E>
  requires std::is_enum_v<E>
Status decode(const json::value& from, std::string_view key, E& to) {
  constexpr auto& words = EnumWords<E>::values;
  for (size_t i = 0; from.is_string() && i < words.size(); ++i) {
    if (view(from.get_string()) == words[i]) {
      to = static_cast<E>(i);
      return {};
    }
  }
  return wrong_member(key, "one of its known words");
}
inline Status decode(const json::value& from, std::string_view key,
                     std::map<std::string, std::string>& to) {
  if (!from.is_object()) return wrong_member(key, "an object");
  for (const auto& member : from.get_object()) {
    TRY(decode(member.value(), key, to[std::string(member.key())]));
  }
  return {};
}
template <class S>
  requires std::is_class_v<S>
Status decode(const json::value& from, std::string_view key, S& to) {
  return decode_struct(from, key, to);
}
template <class T>
Status decode(const json::value& from, std::string_view key, std::vector<T>& to) {
  if (!from.is_array()) return wrong_member(key, "a list");
  to.clear();
  for (const json::value& item : from.get_array()) {
    T element{};
    TRY(decode(item, key, element));
    to.push_back(std::move(element));
  }
  return {};
}

// --- whether a member holds its default ----------------------------------------------------------
template <class T>
bool is_default(const T& value, const T& original) {
  if constexpr (std::equality_comparable<T>) {
    return value == original;
  } else {
    return encode(value) == encode(original);
  }
}
template <class T>
bool is_default(const std::vector<T>& value, const std::vector<T>& original) {
  if (value.empty() || original.empty()) return value.empty() && original.empty();
  return encode(value) == encode(original);
}

// --- all fields of a struct ----------------------------------------------------------------------
template <class S>
class FieldWriter {
 public:
  FieldWriter(const S& from, json::object& to) : from_(from), to_(to) {}

  template <class M>
  void operator()(std::string_view key, M S::*member) {
    static const S kDefault{};
    if (!is_default(from_.*member, kDefault.*member)) to_[key] = encode(from_.*member);
  }
  template <class M>
  void operator()(std::string_view key, std::optional<M> S::*member) {
    if (const auto& value = from_.*member) to_[key] = encode(*value);
  }

 private:
  const S& from_;
  json::object& to_;
};

template <class S>
class FieldReader {
 public:
  FieldReader(const json::object& from, S& to) : from_(from), to_(to) {}

  template <class M>
  void operator()(std::string_view key, M S::*member) {
    if (const json::value* value = present(key)) status = decode(*value, key, to_.*member);
  }
  template <class M>
  void operator()(std::string_view key, std::optional<M> S::*member) {
    if (const json::value* value = present(key)) {
      status = decode(*value, key, (to_.*member).emplace());
    }
  }

  Status status;  // the first thing that was wrong

 private:
  const json::value* present(std::string_view key) const {
    return status.ok() ? from_.if_contains(key) : nullptr;
  }
  const json::object& from_;
  S& to_;
};

template <class S>
json::object encode_struct(const S& value) {
  json::object object;
  FieldWriter<S> fields(value, object);
  describe(fields, Of<S>{});
  return object;
}

template <class S>
Status decode_struct(const json::value& from, std::string_view key, S& to) {
  if (!from.is_object()) return wrong_member(key, "an object");
  FieldReader<S> fields(from.get_object(), to);
  describe(fields, Of<S>{});
  return std::move(fields.status);
}

}  // namespace slipway::pod
