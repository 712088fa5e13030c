#include "core/expr/gjson/lookup.h"

#include "base/limit.h"

namespace slipway::expr::gjson {

struct Lookup::Nest {
  explicit Nest(Lookup& lookup) : lookup(lookup) { ++lookup.depth_; }
  ~Nest() { --lookup.depth_; }
  bool too_deep() const { return lookup.depth_ > 2 * limit::kJsonDepth; }
  Lookup& lookup;
};

Hit Lookup::then(Hit hit, std::string_view rest) {
  if (!hit.exists()) return hit;
  return get(hit.value(), rest).inside(hit);
}

Hit Lookup::get(const json::value& json, std::string_view path) {
  const Nest nest(*this);
  if (nest.too_deep()) return {};
  if (path.size() > 1) {
    bool special = false;
    Hit hit;
    if (path.front() == '@') {
      hit = modify(json, path, special);
    } else if (path.front() == '!') {
      hit = literal(path, special);
    } else if (path.front() == '[' || path.front() == '{') {
      hit = select(json, path, special);
    }
    if (special) return hit;
  }
  return walk(json, path);
}

Hit Lookup::walk(const json::value& json, std::string_view path) {
  std::string_view pipe;
  bool piped = false;
  Hit hit;
  if (path.starts_with("..")) {  // JSON lines: the document is one line
    if (!spend(json)) return {};
    const Hit lines = Hit::made(json::array{json});
    hit = in_array(lines.value().get_array(), path.substr(2), pipe, piped).inside(lines);
  } else {
    hit = in_container(json, path, pipe, piped);
  }
  return piped ? then(std::move(hit), pipe) : hit;
}

Hit Lookup::in_container(const json::value& value, std::string_view path, std::string_view& pipe,
                         bool& piped) {
  const Nest nest(*this);
  if (nest.too_deep()) return {};
  if (const json::object* object = value.if_object()) return in_object(*object, path, pipe, piped);
  if (const json::array* array = value.if_array()) return in_array(*array, path, pipe, piped);
  return {};
}

Hit Lookup::in_object(const json::object& object, std::string_view path, std::string_view& pipe,
                      bool& piped) {
  const KeyPart part = parse_key(path);
  if (part.piped) {
    pipe = part.rest;
    piped = true;
  }
  if (!part.wild) {
    const json::value* found = object.if_contains(part.key);
    if (found == nullptr) return {};
    return part.more ? in_container(*found, part.rest, pipe, piped) : Hit(found);
  }
  for (const auto& member : object) {
    if (!wildcard_match(member.key(), part.pattern)) continue;
    if (!part.more) return Hit(&member.value());
    if (Hit hit = in_container(member.value(), part.rest, pipe, piped); hit.exists()) return hit;
  }
  return {};
}

Hit Lookup::in_array(const json::array& array, std::string_view path, std::string_view& pipe,
                     bool& piped) {
  const IndexPart part = parse_index(path);
  if (!part.more && part.piped) {
    pipe = part.rest;
    piped = true;
  }
  if (part.each) return each(array, part.each_path, pipe, piped);
  if (part.query) return query(array, part, pipe, piped);
  if (part.hash) {
    if (part.part != "#") return {};
    return Hit::made(static_cast<int64_t>(array.size()));
  }
  const std::optional<size_t> index = as_index(part.part);
  if (!index || *index >= array.size()) return {};
  const json::value& element = array[*index];
  return part.more ? in_container(element, part.rest, pipe, piped) : Hit(&element);
}

Hit Lookup::each(const json::array& array, std::string_view path, std::string_view& pipe,
                 bool& piped) {
  if (const auto split = split_pipe(path)) {
    path = split->left;
    pipe = split->right;
    piped = true;
  }
  json::array out;
  std::vector<const json::value*> places;
  for (const json::value& element : array) {
    const Hit hit = get(element, path);
    if (!hit.exists() || !spend(hit.value())) continue;
    out.push_back(hit.value());
    places.insert(places.end(), hit.places().begin(), hit.places().end());
  }
  Hit hit = Hit::made(std::move(out));
  hit.set_places(std::move(places));
  return hit;
}

bool Lookup::matches(const json::value& element, const Query& query) {
  if (element.is_object() || element.is_array()) {
    const Hit hit = get(element, query.path);
    return query_matches(query, hit.exists() ? &hit.value() : nullptr);
  }
  return query.path.empty() && query_matches(query, &element);
}

Hit Lookup::query(const json::array& array, const IndexPart& part, std::string_view& pipe,
                  bool& piped) {
  std::string_view rest = part.rest;
  if (part.query->all && part.more) {
    if (const auto split = split_pipe(rest)) {
      rest = split->left;
      pipe = split->right;
      piped = true;
    }
  }
  json::array out;
  std::vector<const json::value*> places;
  for (const json::value& element : array) {
    if (!matches(element, *part.query)) continue;
    const Hit hit = part.more ? get(element, rest) : Hit(&element);
    if (!part.query->all) return hit;
    if (!hit.exists() || !spend(hit.value())) continue;
    out.push_back(hit.value());
    places.insert(places.end(), hit.places().begin(), hit.places().end());
  }
  if (!part.query->all) return {};
  Hit hit = Hit::made(std::move(out));
  hit.set_places(std::move(places));
  return hit;
}

Hit Lookup::select(const json::value& json, std::string_view path, bool& is_selection) {
  const std::optional<Selection> selection = parse_selection(path);
  if (!selection) return {};
  const std::string_view rest = selection->rest;
  if (!rest.empty() && rest.front() != '|' && rest.front() != '.') return {};
  is_selection = true;
  json::array list;
  json::object members;
  for (const Selector& selector : selection->selectors) {
    const Hit hit = get(json, selector.path);
    if (!hit.exists() || !spend(hit.value())) continue;
    if (path.front() == '[') {
      list.push_back(hit.value());
      continue;
    }
    std::string name(selector.name);
    if (name.empty()) {
      const std::string_view last = last_name(selector.path);
      name = is_simple_name(last) ? last : "_";
    } else if (name.front() == '"') {
      if (const Result<json::value> parsed = parse_json(name); parsed.ok() && parsed->is_string()) {
        name = str(parsed->get_string());
      }
    }
    members[name] = hit.value();
  }
  Hit hit = path.front() == '[' ? Hit::made(std::move(list)) : Hit::made(std::move(members));
  return rest.empty() ? hit : then(std::move(hit), rest.substr(1));
}

Hit Lookup::literal(std::string_view path, bool& is_literal) {
  std::string_view name = path.substr(1);
  size_t end = 0;
  if (std::string_view("{[\"+-0123456789").find(name.front()) != std::string_view::npos) {
    const bool nested = name.front() == '{' || name.front() == '[' || name.front() == '"';
    end = nested ? squash(name) : std::min(name.find_first_of(" ,|:]}"), name.size());
  } else {
    end = std::min(name.find_first_of(".|"), name.size());
    name = name.substr(0, end);
    if (name != "true" && name != "false" && name != "null") return {};
  }
  is_literal = true;
  const std::string_view rest = path.substr(1 + end);
  Result<json::value> parsed = parse_json(path.substr(1, end));
  if (!parsed.ok()) return {};
  Hit hit = Hit::made(std::move(*parsed));
  const bool more = !rest.empty() && (rest.front() == '|' || rest.front() == '.');
  return more ? then(std::move(hit), rest.substr(1)) : hit;
}

void Lookup::dig(const json::value& json, std::string_view path, json::array& out) {
  const Nest nest(*this);
  if (nest.too_deep()) return;
  if (const Hit hit = get(json, path); hit.exists() && spend(hit.value())) {
    out.push_back(hit.value());
  }
  if (const json::array* array = json.if_array()) {
    for (const json::value& item : *array) dig(item, path, out);
  } else if (const json::object* object = json.if_object()) {
    for (const auto& member : *object) dig(member.value(), path, out);
  }
}

Hit Lookup::modify(const json::value& json, std::string_view path, bool& is_applied) {
  const size_t end = std::min(path.find_first_of(".|:"), path.size());
  const std::string_view name = path.substr(1, end - 1);
  if (!is_modifier(name)) return {};
  is_applied = true;
  std::string_view rest = path.substr(end);
  std::string_view argument;
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
    const bool quoted =
        !rest.empty() && (rest.front() == '{' || rest.front() == '[' || rest.front() == '"');
    const size_t stop = quoted ? squash(rest) : std::min(rest.find('|'), rest.size());
    argument = rest.substr(0, stop);
    rest = rest.substr(stop);
  }
  if (!spend(json)) return {};
  Hit hit;
  if (name == "dig") {
    json::array out;
    dig(json, argument, out);
    hit = Hit::made(std::move(out));
  } else if (auto value = apply_modifier(name, argument, json)) {
    hit = Hit::made(std::move(*value));
  }
  const bool more = !rest.empty() && (rest.front() == '|' || rest.front() == '.');
  return more ? then(std::move(hit), rest.substr(1)) : hit;
}

}  // namespace slipway::expr::gjson
