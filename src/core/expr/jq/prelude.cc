// The builtins that are easiest said in jq itself.
#include <map>

#include "base/assert.h"
#include "core/expr/jq/parser.h"
#include "core/expr/jq/syntax.h"

namespace slipway::expr::jq {
namespace {

constexpr std::string_view kPrelude = R"jq(
def not: if . then false else true end;
def select(f): if f then . else empty end;
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def recurse(f): def r: ., (f | r); r;
def recurse(f; cond): def r: ., (f | select(cond) | r); r;
def recurse: recurse(.[]?);
def recurse_down: recurse;
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def with_entries(f): to_entries | map(f) | from_entries;
def isvalid(f): try (f | true) catch false;
def debug: .;
def debug(message): .;
def stderr: .;

def while(cond; update): def _while: if cond then ., (update | _while) else empty end; _while;
def until(cond; next): def _until: if cond then . else next | _until end; _until;
def repeat(f): def _repeat: f, _repeat; _repeat;

def add(f): reduce f as $x (null; . + $x);
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def sort_by(f): _sort_by(map([f]));
def group_by(f): _group_by(map([f]));
def unique_by(f): _unique_by(map([f]));

def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def finites: select(isfinite);
def normals: select(isnormal);
def strings: select(type == "string");
def nulls: select(. == null);
def values: select(. != null);
def scalars: select(type | . != "array" and . != "object");
def toarray: if type == "array" then . else [.] end;

def first: .[0];
def first(f): label $out | f | ., break $out;
def last: .[-1];
def last(f): reduce f as $x (null; [$x]) | if . == null then empty else .[0] end;
def isempty(f): label $out | (f | false, break $out), true;
def any(f; cond): isempty(f | select(cond)) | not;
def any(cond): any(.[]; cond);
def any: any(.);
def all(f; cond): isempty(f | select(cond | not));
def all(cond): all(.[]; cond);
def all: all(.);
def limit($n; f):
  if $n > 0 then label $out | foreach f as $x ($n; . - 1; $x, if . <= 0 then break $out else empty end)
  elif $n == 0 then empty
  else error("limit doesn't support negative count") end;
def skip($n; f):
  if $n > 0 then foreach f as $x ($n; . - 1; if . < 0 then $x else empty end)
  elif $n == 0 then f
  else error("skip doesn't support negative count") end;
def nth($n): .[$n];
def nth($n; f):
  if $n >= 0 then first(skip($n; f)) else error("nth doesn't support negative index") end;
def combinations:
  if length == 0 then [] else .[0][] as $x | [$x] + (.[1:] | combinations) end;
def combinations(n): [limit(n; repeat(.))] | combinations;
def walk(f):
  def _walk:
    if type == "array" then map(_walk) elif type == "object" then map_values(_walk) else . end | f;
  _walk;

def del(f): delpaths([path(f)]);
def paths: path(..) | select(. != []);
def paths(f): path(.. | select(f)) | select(. != []);
def leaf_paths: paths(scalars);
def pick(f): . as $v | reduce path(f) as $p (null; setpath($p; $v | getpath($p)));
def tostream:
  path(def r: (.[]? | r), .; r) as $p |
  getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f):
  foreach f as $event (
    null;
    (if .e then null else . end) | $event as [$p, $v] |
    if $event | length == 2 then setpath(["v"] + $p; $v) | setpath(["e"]; $p | length == 0)
    else setpath(["e"]; $p | length == 1) end;
    if .e then .v else empty end);
def truncate_stream(f):
  . as $n | null | f | if .[0] | length > $n then .[0] |= .[$n:] else empty end;

def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%S%z") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def todate: todateiso8601;
def date: todate;
def dateadd(unit; n): . + n;
def datesub(unit; n): . - n;

def match($re): _match($re; null; false)[];
def match($re; $flags): _match($re; $flags; false)[];
def test($re): _match($re; null; true);
def test($re; $flags): _match($re; $flags; true);
def capture($re): match($re) | _capture;
def capture($re; $flags): match($re; $flags) | _capture;
def scan($re; $flags):
  match($re; $flags + "g") |
  if .captures == [] then .string else [.captures[].string] end;
def scan($re): scan($re; null);
def splits($re; $flags): split($re; $flags)[];
def splits($re): split($re; null)[];
def sub($re; str; $flags):
  . as $in | _match($re; $flags; false) as $all |
  def _sub($i): if $i < 0 then . else ($all[$i] | _capture | str) as $s | . + [$s] | _sub($i - 1) end;
  [] | _sub($all | length - 1) as $new | $in | _weave($all; $new);
def sub($re; str): sub($re; str; null);
def gsub($re; str; $flags): sub($re; str; $flags + "g");
def gsub($re; str): sub($re; str; "g");
def ascii: [.] | implode;

def INDEX(stream; key): reduce stream as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; stream; key): stream | [., $index[key]];
def JOIN($index; stream; key; join): stream | [., $index[key]] | join;
def IN(s): any(s == .; .);
def IN(source; s): any(source == s; .);
)jq";

using Table = std::map<std::pair<std::string_view, size_t>, const Function*>;

struct Prelude {
  Tree tree;
  Table table;
};

const Prelude& prelude() {
  static const Prelude made = [] {
    auto parsed = Syntax(kPrelude, true).program();
    SLIPWAY_ASSERT(parsed.ok());
    Prelude all{std::move(parsed).value(), {}};
    for (const Function& function : all.tree.functions) {
      if (function.global) all.table[{function.name, function.parameters.size()}] = &function;
    }
    return all;
  }();
  return made;
}

}  // namespace

const Function* find_prelude(std::string_view name, size_t arguments) {
  const auto found = prelude().table.find({name, arguments});
  return found != prelude().table.end() ? found->second : nullptr;
}

std::vector<std::string> prelude_names() {
  std::vector<std::string> names;
  for (const auto& [key, function] : prelude().table) {
    names.push_back(std::string(key.first) + "/" + std::to_string(key.second));
  }
  return names;
}

}  // namespace slipway::expr::jq
