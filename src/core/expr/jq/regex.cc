// Regular expressions, by RE2 as in Go: linear time, no backreferences and no looking around.
#include "core/expr/golang/regex.h"

#include "core/expr/golang/rune.h"
#include "core/expr/jq/builtin.h"

namespace slipway::expr::jq {
namespace {

using Groups = std::vector<re2::StringPiece>;

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Flags: g all matches, i ignore case, m the dot matches a line's end.
Result<Regex> compile(const std::string& pattern, const std::string& flags, Context& context) {
  if (flags.find_first_not_of("gim") != std::string::npos) {
    return invalid("unsupported regular expression flag: " + quote_json(flags));
  }
  std::string source = replace_all(pattern, "(?<", "(?P<");
  if (flags.find('i') != std::string::npos) source = "(?i)" + source;
  if (flags.find('m') != std::string::npos) source = "(?s)" + source;
  auto made = context.regexes.compile(source, [&](size_t steps) {
    return context.budget.spend(steps) ? Status() : Status(context.budget.error());
  });
  if (made.ok() || made.error().code != ErrorCode::kInvalid) return made;
  return invalid("invalid regular expression " + quote_json(source) + ": " + made.error().message);
}

// A search may look at all the rest of the text before it knows, unless nothing in the pattern
// repeats without bound; finding the groups looks at what was matched.
bool spend_search(const RE2& regex, size_t rest, size_t passed, size_t matched, Budget& budget) {
  const auto size = static_cast<size_t>(regex.ProgramSize());
  const bool local = regex.pattern().find_first_of("*+{") == std::string::npos;
  const size_t read = local ? passed : rest;
  return budget.spend(1 + read / 32 + read * size / 4096 + matched * size / 64);
}

// Go's FindAll: an empty match right after another one does not count.
Result<std::vector<Groups>> find_matches(const RE2& regex, std::string_view text, bool all,
                                         Budget& budget) {
  const int count = 1 + regex.NumberOfCapturingGroups();
  const re2::StringPiece piece(text.data(), text.size());
  std::vector<Groups> matches;
  size_t at = 0;
  const char* last_end = nullptr;
  while (at <= text.size()) {
    Groups groups(static_cast<size_t>(count));
    if (!budget.allocate(groups.size() * sizeof(re2::StringPiece) + 100)) return budget.error();
    const bool found = regex.Match(piece, at, text.size(), RE2::UNANCHORED, groups.data(), count);
    const size_t rest = text.size() - at;
    const char* end = found ? groups[0].data() + groups[0].size() : text.data() + text.size();
    const auto end_at = static_cast<size_t>(end - text.data());
    if (!spend_search(regex, rest, end_at - at, found ? groups[0].size() : 0, budget)) {
      return budget.error();
    }
    if (!found) break;
    const bool repeated = groups[0].empty() && groups[0].data() == last_end;
    if (end_at > at) {
      at = end_at;
    } else {
      at += at < text.size() ? decode_rune(text.substr(at)).length : 1;
    }
    last_end = end;
    if (!repeated) matches.push_back(std::move(groups));
    if (!all) break;
  }
  return matches;
}

// Byte offsets to runes, for offsets that come mostly in order.
class RuneCounter {
 public:
  RuneCounter(std::string_view text, Budget& budget) : text_(text), budget_(budget) {}
  int64_t at(size_t byte) {
    if (byte < byte_) byte_ = runes_ = 0;
    budget_.spend((byte - byte_) / 16);
    runes_ += count_runes(text_.substr(byte_, byte - byte_));
    byte_ = byte;
    return static_cast<int64_t>(runes_);
  }

 private:
  std::string_view text_;
  Budget& budget_;
  size_t byte_ = 0, runes_ = 0;
};

Members describe(const re2::StringPiece& group, std::string_view text, RuneCounter& runes) {
  if (group.data() == nullptr) {
    return {{"offset", Value(int64_t{-1})}, {"length", Value(int64_t{0})}, {"string", Value()}};
  }
  const auto from = static_cast<size_t>(group.data() - text.data());
  const int64_t offset = runes.at(from);
  const auto length =
      static_cast<int64_t>(count_runes(std::string_view(group.data(), group.size())));
  return {{"offset", Value(offset)},
          {"length", Value(length)},
          {"string", Value(std::string(group.data(), group.size()))}};
}

Result<Value> describe_all(const RE2& regex, const std::vector<Groups>& matches,
                           std::string_view text, Budget& budget) {
  RuneCounter runes(text, budget), inner(text, budget);
  Items out;
  for (const Groups& groups : matches) {
    Items captures;
    for (size_t i = 1; i < groups.size(); ++i) {
      Members capture = describe(groups[i], text, inner);
      const auto& names = regex.CapturingGroupNames();
      const auto name = names.find(static_cast<int>(i));
      capture.emplace("name", name != names.end() ? Value(name->second) : Value());
      captures.emplace_back(std::move(capture));
    }
    Members match = describe(groups[0], text, runes);
    match.emplace("captures", Value(std::move(captures)));
    if (!budget.spend(groups.size()) || !budget.allocate(500 * groups.size() + groups[0].size())) {
      return budget.error();
    }
    out.emplace_back(std::move(match));
  }
  return make_array(std::move(out), budget);
}

// _match(pattern; flags; whether only to test)
Result<Value> match(const Call& call) {
  const bool test = call.arguments[2].truthy();
  const std::string name = test ? "test" : "match";
  const Call named{name, call.input, call.arguments.first(2), call.context};
  const std::string* text = call.input.if_string();
  const std::string* pattern = call.arguments[0].if_string();
  const Value& flags = call.arguments[1];
  if (text == nullptr || pattern == nullptr || (!flags.is_null() && !flags.if_string())) {
    return named.refuse();
  }
  const std::string letters = flags.is_null() ? "" : *flags.if_string();
  TRY_ASSIGN(const Regex regex, compile(*pattern, letters, call.context));
  if (test) {
    if (!spend_search(*regex, text->size(), text->size(), 0, call.budget()))
      return call.budget().error();
    return Value(RE2::PartialMatch(*text, *regex));
  }
  const bool all = letters.find('g') != std::string::npos;
  TRY_ASSIGN(const auto matches, find_matches(*regex, *text, all, call.budget()));
  return describe_all(*regex, matches, *text, call.budget());
}

Result<Value> split(const Call& call) {
  const std::string *text = call.input.if_string(), *pattern = call.arguments[0].if_string();
  if (text == nullptr) return call.refuse(call.input);
  if (pattern == nullptr) return call.refuse(call.arguments[0]);
  const Value& flags = call.arguments[1];
  if (!flags.is_null() && flags.if_string() == nullptr) return call.refuse(flags);
  TRY_ASSIGN(const Regex regex,
             compile(*pattern, flags.is_null() ? "" : *flags.if_string(), call.context));
  if (!pattern->empty() && text->empty()) return Value(Items{call.input});
  TRY_ASSIGN(const auto matches, find_matches(*regex, *text, true, call.budget()));
  Items parts;
  size_t begin = 0, end = 0;
  for (const Groups& groups : matches) {
    end = static_cast<size_t>(groups[0].data() - text->data());
    const size_t after = end + groups[0].size();
    if (after != 0) parts.emplace_back(text->substr(begin, end - begin));
    begin = after;
  }
  if (end != text->size()) parts.emplace_back(text->substr(begin));
  if (!call.budget().allocate(text->size())) return call.budget().error();
  return make_array(std::move(parts), call.budget());
}

// A match as an object of its named groups.
Result<Value> capture(const Call& call) {
  Members out;
  const Members* match = call.input.if_object();
  const auto captures = match != nullptr ? match->find("captures") : Members::const_iterator();
  if (match == nullptr || captures == match->end() || !captures->second.if_array()) {
    return call.refuse();
  }
  for (const Value& group : *captures->second.if_array()) {
    const Members& members = *group.if_object();
    const std::string* name = members.find("name")->second.if_string();
    if (name != nullptr) out.insert_or_assign(*name, members.find("string")->second);
  }
  return make_object(std::move(out), call.budget());
}

// _weave(matches; replacements): the text with each match replaced. The replacements come from the
// last match to the first.
Result<Value> weave(const Call& call) {
  const std::string_view text = *call.input.if_string();
  const Items &matches = *call.arguments[0].if_array(), &others = *call.arguments[1].if_array();
  std::string out;
  std::vector<std::string_view> between;  // what is before, between and after the matches
  size_t byte = 0, rune = 0;
  const auto skip_to = [&](size_t wanted) {
    const size_t from = byte;
    for (; rune < wanted && byte < text.size(); ++rune) {
      byte += decode_rune(text.substr(byte)).length;
    }
    return text.substr(from, byte - from);
  };
  if (!call.budget().spend(text.size() / 16 + matches.size())) return call.budget().error();
  for (const Value& match : matches) {
    const auto offset = match.if_object()->find("offset")->second.integer();
    const auto length = match.if_object()->find("length")->second.integer();
    between.push_back(skip_to(static_cast<size_t>(offset)));
    skip_to(static_cast<size_t>(offset + length));
  }
  between.push_back(text.substr(byte));
  for (size_t i = 0; i < others.size(); ++i) {
    if (others[i].if_string() != nullptr) continue;
    return invalid("cannot add: " + preview_with_type(others[i]) + " and " +
                   preview_with_type(Value(between[between.size() - 1 - i])));
  }
  for (size_t i = 0; i < matches.size(); ++i) {
    const std::string& other = *others[others.size() - 1 - i].if_string();
    if (!call.budget().allocate(other.size())) return call.budget().error();
    out.append(between[i]).append(other);
  }
  return make_string(out.append(between.back()), call.budget());
}

constexpr Native kNatives[] = {
    {"_match", 3, match},
    {"split", 2, split},
    {"_capture", 0, capture},
    {"_weave", 2, weave},
};

}  // namespace

std::span<const Native> regex_natives() { return kNatives; }

}  // namespace slipway::expr::jq
