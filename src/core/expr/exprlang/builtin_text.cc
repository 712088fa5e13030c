#include <algorithm>

#include "core/expr/exprlang/builtin.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr::lang {
namespace {

// The arguments, of which every one named in `kinds` by 's' must be a string and by 'i' an integer.
Status check(std::string_view function, std::string_view kinds, Arguments args) {
  for (size_t i = 0; i < args.size() && i < kinds.size(); ++i) {
    const bool text = kinds[i] == 's';
    if (text ? args[i].if_string() == nullptr : args[i].if_int() == nullptr) {
      return bad_argument("invalid argument for " + std::string(function) + ": want " +
                              (text ? "a string" : "an integer"),
                          args[i]);
    }
  }
  return {};
}

const std::string& text(const Value& value) { return *value.if_string(); }

bool holds(std::string_view set, std::string_view rune) {
  for (size_t i = 0; i < set.size();) {
    const size_t length = decode_rune(set.substr(i)).length;
    if (set.substr(i, length) == rune) return true;
    i += length;
  }
  return false;
}

Result<Value> trim(Arguments args, Context& context) {
  TRY(check("trim", "ss", args));
  std::string_view rest = text(args[0]);
  if (args.size() == 1) return make_string(std::string(trim_space(rest)), context.fuel);
  const std::string_view set = text(args[1]);
  TRY(context.fuel.spend(rest.size() * (1 + set.size()) / 64));
  while (!rest.empty()) {
    const size_t length = decode_rune(rest).length;
    if (!holds(set, rest.substr(0, length))) break;
    rest.remove_prefix(length);
  }
  while (!rest.empty()) {
    size_t length = 1;
    while (length < rest.size() && (rest[rest.size() - length] & 0xc0) == 0x80) ++length;
    if (!holds(set, rest.substr(rest.size() - length))) break;
    rest.remove_suffix(length);
  }
  return make_string(std::string(rest), context.fuel);
}

Result<Value> trim_prefix(Arguments args, Context& context) {
  TRY(check("trimPrefix", "ss", args));
  std::string_view rest = text(args[0]);
  const std::string_view prefix = args.size() > 1 ? std::string_view(text(args[1])) : " ";
  if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  return make_string(std::string(rest), context.fuel);
}

Result<Value> trim_suffix(Arguments args, Context& context) {
  TRY(check("trimSuffix", "ss", args));
  std::string_view rest = text(args[0]);
  const std::string_view suffix = args.size() > 1 ? std::string_view(text(args[1])) : " ";
  if (rest.ends_with(suffix)) rest.remove_suffix(suffix.size());
  return make_string(std::string(rest), context.fuel);
}

Result<Value> upper(Arguments args, Context& context) {
  TRY(check("upper", "s", args));
  return make_string(to_upper(text(args[0])), context.fuel);
}

Result<Value> lower(Arguments args, Context& context) {
  TRY(check("lower", "s", args));
  return make_string(to_lower(text(args[0])), context.fuel);
}

// At most `limit` pieces (negative: all); `keep` bytes of each separator stay with its piece.
Result<Value> split_into(std::string_view rest, std::string_view separator, int64_t limit,
                         size_t keep, Context& context) {
  std::vector<Value> pieces;
  if (limit == 0) return Value();
  const auto full = [&] { return limit > 0 && static_cast<int64_t>(pieces.size()) + 1 >= limit; };
  const auto add = [&](std::string_view piece) -> Status {
    TRY_ASSIGN(Value value, make_string(std::string(piece), context.fuel));
    pieces.push_back(std::move(value));
    return {};
  };
  if (separator.empty()) {
    while (!rest.empty()) {
      const size_t length = full() ? rest.size() : decode_rune(rest).length;
      TRY(add(rest.substr(0, length)));
      rest.remove_prefix(length);
    }
    return make_array(std::move(pieces), context.fuel);
  }
  for (size_t found = 0; !full() && (found = rest.find(separator)) != rest.npos;) {
    TRY(add(rest.substr(0, found + keep)));
    rest.remove_prefix(found + separator.size());
  }
  TRY(add(rest));
  return make_array(std::move(pieces), context.fuel);
}

Result<Value> split(Arguments args, Context& context) {
  TRY(check("split", "ssi", args));
  return split_into(text(args[0]), text(args[1]), args.size() > 2 ? *args[2].if_int() : -1, 0,
                    context);
}

Result<Value> split_after(Arguments args, Context& context) {
  TRY(check("splitAfter", "ssi", args));
  return split_into(text(args[0]), text(args[1]), args.size() > 2 ? *args[2].if_int() : -1,
                    text(args[1]).size(), context);
}

Result<Value> replace(Arguments args, Context& context) {
  TRY(check("replace", "sssi", args));
  const std::string& source = text(args[0]);
  const std::string& from = text(args[1]);
  const std::string& to = text(args[2]);
  int64_t left = args.size() > 3 ? *args[3].if_int() : -1;
  std::string out;
  size_t at = 0;
  // An empty text stands before every rune and at the end.
  for (bool first = true; left != 0; first = false) {
    size_t found = from.empty() ? at : source.find(from, at);
    if (from.empty() && !first) {
      if (at >= source.size()) break;
      found = at + decode_rune(std::string_view(source).substr(at)).length;
    }
    if (found == source.npos || found > source.size()) break;
    TRY(context.fuel.spend_text(found - at + to.size()));
    out.append(source, at, found - at);
    out += to;
    at = found + from.size();
    if (left > 0) --left;
  }
  out.append(source, std::min(at, source.size()));
  return make_string(std::move(out), context.fuel);
}

Result<Value> repeat(Arguments args, Context& context) {
  TRY(check("repeat", "si", args));
  const int64_t count = *args[1].if_int();
  if (count < 0) {
    return Error{ErrorCode::kInvalid, "invalid argument for repeat: negative count", ""};
  }
  const std::string& piece = text(args[0]);
  if (piece.empty()) return args[0];
  if (static_cast<uint64_t>(count) > limit::kExpressionFuel) {
    TRY(context.fuel.spend(limit::kExpressionFuel + 1));
  }
  TRY(context.fuel.spend_text(piece.size() * static_cast<size_t>(count)));
  std::string out;
  out.reserve(piece.size() * static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out += piece;
  return Value(std::move(out));
}

Result<Value> join(Arguments args, Context& context) {
  if (!args[0].is_array()) return bad_argument("invalid argument for join: want a list", args[0]);
  TRY(check("join", "s", args.subspan(1)));
  std::string out;
  for (size_t i = 0; i < args[0].size(); ++i) {
    const Value item = args[0].item(i);
    if (item.if_string() == nullptr) return bad_argument("join wants a list of strings", item);
    TRY(context.fuel.spend_text(item.if_string()->size()));
    if (i > 0 && args.size() > 1) {
      TRY(context.fuel.spend_text(text(args[1]).size()));
      out += text(args[1]);
    }
    out += *item.if_string();
  }
  return Value(std::move(out));
}

Result<Value> position(size_t found) {
  return Value(found == std::string::npos ? int64_t{-1} : static_cast<int64_t>(found));
}

Result<Value> index_of(Arguments args, Context& context) {
  TRY(check("indexOf", "ss", args));
  TRY(context.fuel.spend_text(text(args[0]).size()));
  return position(text(args[0]).find(text(args[1])));
}

Result<Value> last_index_of(Arguments args, Context& context) {
  TRY(check("lastIndexOf", "ss", args));
  TRY(context.fuel.spend_text(text(args[0]).size()));
  return position(text(args[0]).rfind(text(args[1])));
}

Result<Value> has_prefix(Arguments args, Context&) {
  TRY(check("hasPrefix", "ss", args));
  return Value(text(args[0]).starts_with(text(args[1])));
}

Result<Value> has_suffix(Arguments args, Context&) {
  TRY(check("hasSuffix", "ss", args));
  return Value(text(args[0]).ends_with(text(args[1])));
}

constexpr Builtin kTable[] = {
    {"trim", 1, 2, trim},
    {"trimPrefix", 1, 2, trim_prefix},
    {"trimSuffix", 1, 2, trim_suffix},
    {"upper", 1, 1, upper},
    {"lower", 1, 1, lower},
    {"split", 2, 3, split},
    {"splitAfter", 2, 3, split_after},
    {"replace", 3, 4, replace},
    {"repeat", 2, 2, repeat},
    {"join", 1, 2, join},
    {"indexOf", 2, 2, index_of},
    {"lastIndexOf", 2, 2, last_index_of},
    {"hasPrefix", 2, 2, has_prefix},
    {"hasSuffix", 2, 2, has_suffix},
};

}  // namespace

std::span<const Builtin> text_builtins() { return kTable; }

}  // namespace slipway::expr::lang
