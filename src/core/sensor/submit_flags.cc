#include "core/sensor/submit_flags.h"

#include <algorithm>
#include <charconv>

namespace slipway::sensor {
namespace {

struct Flag {
  std::string name;  // long form, without dashes
  std::optional<std::string> value;
};

constexpr std::pair<char, std::string_view> kShort[] = {
    {'p', "parameter"}, {'l', "labels"},  {'n', "namespace"},     {'w', "wait"},
    {'o', "output"},    {'v', "verbose"}, {'f', "parameter-file"}};
constexpr std::string_view kSwitches[] = {"wait", "watch", "log", "verbose", "strict"};
constexpr std::string_view kIgnoredValues[] = {"output",     "loglevel", "gloglevel", "status",
                                               "kubeconfig", "context",  "instanceid"};

bool listed(const auto& list, std::string_view name) {
  return std::ranges::find(list, name) != std::end(list);
}

Error bad(std::string text, ErrorCode code = ErrorCode::kInvalid) {
  return {code, "args: " + std::move(text)};
}

Result<Flag> read_flag(const std::string& text) {
  Flag flag;
  if (text.starts_with("--")) {
    const size_t equals = std::min(text.find('='), text.size());
    flag.name = text.substr(2, equals - 2);
    if (equals < text.size()) flag.value = text.substr(equals + 1);
    return flag;
  }
  if (text.size() < 2 || text[0] != '-') {
    return bad("unexpected \"" + text + "\"; only flags of argo submit may stand here");
  }
  for (const auto& [letter, name] : kShort) {
    if (text[1] != letter) continue;
    flag.name = name;
    if (text.size() > 2) flag.value = text.substr(text[2] == '=' ? 3 : 2);
    return flag;
  }
  return bad("unknown flag " + text.substr(0, 2));
}

Result<std::vector<std::pair<std::string, std::string>>> pairs(const std::string& text,
                                                               std::string_view flag) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
      return bad("--" + std::string(flag) + " needs key=value, not \"" + std::string(pair) + "\"");
    }
    out.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return out;
}

Status store(SubmitFlags& flags, const std::string& name, std::string value, size_t argument) {
  if (name == "parameter") {
    const size_t equals = value.find('=');
    if (equals == std::string::npos) {
      return bad("-p needs name=value, not \"" + value + "\"");
    }
    flags.parameters.push_back({value.substr(0, equals), value.substr(equals + 1), argument});
  } else if (name == "labels") {
    TRY_ASSIGN(flags.labels, pairs(value, name));
  } else if (name == "annotations") {
    TRY_ASSIGN(flags.annotations, pairs(value, name));
  } else if (name == "name") {
    flags.name = std::move(value);
  } else if (name == "generate-name") {
    flags.generate_name = std::move(value);
  } else if (name == "entrypoint") {
    flags.entrypoint = std::move(value);
  } else if (name == "serviceaccount") {
    flags.service_account = std::move(value);
  } else if (name == "namespace") {
    flags.ns = std::move(value);
  } else if (name == "from") {
    flags.from = std::move(value);
  } else if (name == "priority") {
    int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stop != end) return bad("--priority needs a number");
    flags.priority = number;
  } else if (!listed(kIgnoredValues, name)) {
    return bad("flag --" + name + " is not supported here", ErrorCode::kUnsupported);
  }
  return {};
}

}  // namespace

Result<SubmitFlags> parse_submit_flags(const std::vector<std::string>& args) {
  SubmitFlags flags;
  for (size_t i = 0; i < args.size(); ++i) {
    TRY_ASSIGN(Flag flag, read_flag(args[i]));
    if (listed(kSwitches, flag.name)) continue;
    if (flag.name == "dry-run" || flag.name == "server-dry-run") {
      return bad("--" + flag.name + " would submit nothing; take it out", ErrorCode::kUnsupported);
    }
    if (!flag.value) {
      if (i + 1 == args.size()) return bad("flag --" + flag.name + " needs a value");
      flag.value = args[++i];
    }
    TRY(store(flags, flag.name, std::move(*flag.value), i));
  }
  return flags;
}

}  // namespace slipway::sensor
