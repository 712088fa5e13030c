#include "core/expr/sprig/sprig.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/expr/sprig/function.h"

namespace slipway::expr {
namespace {

using sprig::Function;

// Known to sprig and deliberately not here.
constexpr std::string_view kLeftOut[] = {"ago",
                                         "bcrypt",
                                         "buildCustomCert",
                                         "decryptAES",
                                         "derivePassword",
                                         "encryptAES",
                                         "env",
                                         "expandenv",
                                         "genCA",
                                         "genCAWithKey",
                                         "genPrivateKey",
                                         "genSelfSignedCert",
                                         "genSelfSignedCertWithKey",
                                         "genSignedCert",
                                         "genSignedCertWithKey",
                                         "getHostByName",
                                         "htpasswd",
                                         "now",
                                         "randAlpha",
                                         "randAlphaNum",
                                         "randAscii",
                                         "randBytes",
                                         "randInt",
                                         "randNumeric",
                                         "shuffle",
                                         "uuidv4"};

const std::vector<const Function*>& table() {
  static const std::vector<const Function*> sorted = [] {
    std::vector<const Function*> all;
    for (const auto part :
         {sprig::text_functions(), sprig::word_functions(), sprig::regex_functions(),
          sprig::number_functions(), sprig::list_functions(), sprig::dict_functions(),
          sprig::date_functions(), sprig::value_functions(), sprig::encoding_functions(),
          sprig::path_functions(), sprig::semver_functions()}) {
      for (const Function& function : part) all.push_back(&function);
    }
    std::sort(all.begin(), all.end(), [](auto* a, auto* b) { return a->name < b->name; });
    return all;
  }();
  return sorted;
}

const Function* find_function(std::string_view name) {
  const auto& all = table();
  const auto found = std::lower_bound(all.begin(), all.end(), name,
                                      [](const Function* f, auto n) { return f->name < n; });
  return found != all.end() && (*found)->name == name ? *found : nullptr;
}

Status check(const Function& function, std::span<const json::value> args) {
  const auto refuse = [&](std::string_view what) {
    return Error{ErrorCode::kInvalid, fmt::format("sprig {}: {}", function.name, what), ""};
  };
  if (args.size() < function.least) return refuse("not enough arguments");
  if (args.size() > function.most) return refuse("too many arguments");
  for (size_t i = 0; i < args.size() && !function.kinds.empty(); ++i) {
    const char kind = function.kinds[std::min(i, function.kinds.size() - 1)];
    const bool fits = kind == '.' || (kind == 's' && args[i].is_string()) ||
                      (kind == 'l' && args[i].is_array()) || (kind == 'd' && args[i].is_object());
    if (fits) continue;
    return refuse(fmt::format("argument {} must be a {}", i + 1,
                              kind == 's'   ? "string"
                              : kind == 'l' ? "list"
                                            : "dict"));
  }
  return {};
}

}  // namespace

bool is_sprig(std::string_view function) { return find_function(function) != nullptr; }

std::span<const std::string_view> sprig_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Function* function : table()) all.push_back(function->name);
    return all;
  }();
  return names;
}

Result<json::value> call_sprig(std::string_view name, std::span<const json::value> args,
                               Regexes& regexes) {
  const Function* function = find_function(name);
  if (function == nullptr) {
    if (std::find(std::begin(kLeftOut), std::end(kLeftOut), name) != std::end(kLeftOut)) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("sprig {} is left out: it reads the environment, the network, a "
                               "clock or randomness, or makes keys",
                               name),
                   ""};
    }
    return Error{ErrorCode::kNotFound, fmt::format("sprig has no function {}", name), ""};
  }
  TRY(check(*function, args));
  auto result =
      function->search != nullptr ? function->search(args, regexes) : function->call(args);
  if (!result.ok()) {
    Error error = std::move(result).error();
    error.message = fmt::format("sprig {}: {}", name, error.message);
    return error;
  }
  if (approximate_size(*result) > 8 * kSprigBytes) {
    return Error{ErrorCode::kLimit, fmt::format("sprig {}: the result is too large", name), ""};
  }
  return result;
}

}  // namespace slipway::expr
