// Slash-separated paths (Go's path package; osBase and friends are the same here) and URLs.
#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

std::string cleaned(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != ".." || (!rooted && (parts.empty() || parts.back() == ".."))) {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out = rooted ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out += parts[i];
  }
  return out.empty() ? "." : out;
}

Answer base(Args a) {
  std::string_view path = view_of(a[0]);
  if (path.empty()) return json::value(".");
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return json::value("/");
  const size_t slash = path.rfind('/');
  return json::value(slash == path.npos ? path : path.substr(slash + 1));
}

Answer dir(Args a) {
  const std::string_view path = view_of(a[0]);
  const size_t slash = path.rfind('/');
  return json::value(cleaned(slash == path.npos ? "" : path.substr(0, slash + 1)));
}

Answer clean(Args a) { return json::value(cleaned(view_of(a[0]))); }

Answer ext(Args a) {
  const std::string_view path = view_of(a[0]);
  const size_t dot = path.rfind('.');
  const size_t slash = path.rfind('/');
  const bool none = dot == path.npos || (slash != path.npos && slash > dot);
  return json::value(none ? "" : path.substr(dot));
}

Answer is_abs(Args a) { return json::value(view_of(a[0]).starts_with('/')); }

// Cuts off what is before `mark`, or nothing.
std::string_view cut_before(std::string_view& rest, std::string_view mark) {
  const size_t found = rest.find(mark);
  if (found == rest.npos) return {};
  const std::string_view before = rest.substr(0, found);
  rest.remove_prefix(found + mark.size());
  return before;
}

Answer url_parse(Args a) {
  std::string_view rest = view_of(a[0]);
  std::string_view fragment;
  std::string_view query;
  if (const size_t hash = rest.find('#'); hash != rest.npos) {
    fragment = rest.substr(hash + 1);
    rest = rest.substr(0, hash);
  }
  if (const size_t mark = rest.find('?'); mark != rest.npos) {
    query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::string_view scheme =
      rest.find(':') < rest.find('/') ? cut_before(rest, ":") : std::string_view();
  std::string_view host;
  std::string_view user;
  std::string_view opaque;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    host = rest.substr(0, slash);
    rest = rest.substr(slash);
    user = cut_before(host, "@");
  } else if (!scheme.empty() && !rest.starts_with('/')) {
    opaque = rest;
    rest = {};
  }
  const size_t port = host.rfind(':');
  const bool has_port = port != host.npos && host.find(']', port) == host.npos;
  return json::value(json::object{{"scheme", scheme},
                                  {"host", host},
                                  {"hostname", has_port ? host.substr(0, port) : host},
                                  {"path", rest},
                                  {"query", query},
                                  {"opaque", opaque},
                                  {"fragment", fragment},
                                  {"userinfo", user}});
}

Answer url_join(Args a) {
  const json::object& parts = a[0].get_object();
  const auto part = [&](std::string_view name) { return get_string(parts, name); };
  std::string out = part("scheme").empty() ? "" : part("scheme") + ":";
  if (!part("opaque").empty()) {
    out += part("opaque");
  } else {
    if (!part("host").empty()) {
      out += "//" + (part("userinfo").empty() ? "" : part("userinfo") + "@") + part("host");
    }
    const std::string path = part("path");
    if (!path.empty() && !path.starts_with('/') && !part("host").empty()) out += '/';
    out += path;
  }
  if (!part("query").empty()) out += "?" + part("query");
  if (!part("fragment").empty()) out += "#" + part("fragment");
  return json::value(out);
}

constexpr Function kTable[] = {
    {"base", 1, 1, "s", base},        {"clean", 1, 1, "s", clean},
    {"dir", 1, 1, "s", dir},          {"ext", 1, 1, "s", ext},
    {"isAbs", 1, 1, "s", is_abs},     {"osBase", 1, 1, "s", base},
    {"osClean", 1, 1, "s", clean},    {"osDir", 1, 1, "s", dir},
    {"osExt", 1, 1, "s", ext},        {"osIsAbs", 1, 1, "s", is_abs},
    {"urlJoin", 1, 1, "d", url_join}, {"urlParse", 1, 1, "s", url_parse},
};

}  // namespace

std::span<const Function> path_functions() { return kTable; }

}  // namespace slipway::expr::sprig
