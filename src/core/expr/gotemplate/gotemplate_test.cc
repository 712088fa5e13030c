#include "core/expr/gotemplate/gotemplate.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

// Numbers are floats, as Go decodes them.
json::value data() {
  return parse_json(R"({"Input":{"s":"a<b>'q'","n":7.0,"big":1234567.0,"f":2.5,"t":true,"z":null,
      "e":"","l":["x","y","z"],"m":{"b":1.0,"a":"A"},"nested":[{"k":"v1"},{"k":"v2"}],
      "da-sh":"D","el":[],"em":{},"u":"é世"}})")
      .value();
}

struct Row {
  std::string_view source, expected;
};

// What text/template of Go 1.26 gives, or "error".
const Row kRows[] = {
    {R"p(hello)p", R"p(hello)p"},
    {R"p({{.Input.s}})p", R"p(a<b>'q')p"},
    {R"p({{.Input.n}} {{.Input.big}} {{.Input.f}} {{.Input.t}})p", R"p(7 1.234567e+06 2.5 true)p"},
    {R"p({{.Input.z}}|{{.Input.none}}|{{.Input.e}})p", R"p(<no value>|<no value>|)p"},
    {R"p({{.Input.l}} {{.Input.m}})p", R"p([x y z] map[a:A b:1])p"},
    {R"p({{.Input}})p",
     R"p(map[big:1.234567e+06 da-sh:D e: el:[] em:map[] f:2.5 l:[x y z] m:map[a:A b:1] n:7 nested:[map[k:v1] map[k:v2]] s:a<b>'q' t:true u:é世 z:<nil>])p"},
    {R"p({{.Nope}})p", R"p(<no value>)p"},
    {R"p({{.Nope.deeper}})p", R"p(<no value>)p"},
    {R"p({{.Input.s.x}})p", R"p(error)p"},
    {R"p({{.Input.none.x}})p", R"p(<no value>)p"},
    {R"p({{if .Input.t}}yes{{else}}no{{end}})p", R"p(yes)p"},
    {R"p({{if .Input.e}}yes{{else if .Input.n}}n{{else}}no{{end}})p", R"p(n)p"},
    {R"p({{with .Input.m}}{{.a}}{{else}}none{{end}})p", R"p(A)p"},
    {R"p({{with .Input.em}}x{{else}}none{{end}})p", R"p(none)p"},
    {R"p({{with $x := .Input.n}}{{$x}}{{$.Input.f}}{{end}})p", R"p(72.5)p"},
    {R"p({{with .Input.none}}a{{else with .Input.s}}{{.}}{{end}})p", R"p(a<b>'q')p"},
    {R"p({{range .Input.l}}[{{.}}]{{end}})p", R"p([x][y][z])p"},
    {R"p({{range $i, $e := .Input.l}}{{$i}}={{$e}};{{end}})p", R"p(0=x;1=y;2=z;)p"},
    {R"p({{range $e := .Input.l}}{{$e}}{{end}})p", R"p(xyz)p"},
    {R"p({{range $k, $v := .Input.m}}{{$k}}={{$v}};{{end}})p", R"p(a=A;b=1;)p"},
    {R"p({{range .Input.el}}x{{else}}empty{{end}})p", R"p(empty)p"},
    {R"p({{range .Input.z}}x{{else}}nil{{end}})p", R"p(nil)p"},
    {R"p({{range .Input.l}}{{if eq . "y"}}{{continue}}{{end}}{{.}}{{end}})p", R"p(xz)p"},
    {R"p({{range .Input.l}}{{if eq . "y"}}{{break}}{{end}}{{.}}{{end}})p", R"p(x)p"},
    {R"p({{range .Input.nested}}{{.k}},{{end}})p", R"p(v1,v2,)p"},
    {R"p({{range 3}}{{.}}{{end}})p", R"p(012)p"},
    {R"p({{range .Input.n}}{{.}}{{end}})p", R"p(error)p"},
    {R"p({{range .Input.s}}{{.}}{{end}})p", R"p(error)p"},
    {R"p({{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}})p", R"p(2)p"},
    {R"p({{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}})p", R"p(21)p"},
    {R"p(a  {{- .Input.n -}}  b)p", R"p(a7b)p"},
    {R"p(a {{- /* c */ -}} b)p", R"p(ab)p"},
    {R"p(a {{/* c */}} b)p", R"p(a  b)p"},
    {R"p({{define "t"}}<{{.}}>{{end}}{{template "t" .Input.n}}{{template "t"}})p",
     R"p(<7><<no value>>)p"},
    {R"p({{block "b" .Input.n}}({{.}}){{end}})p", R"p((7))p"},
    {R"p({{template "missing"}})p", R"p(error)p"},
    {R"p({{define "r"}}{{template "r" .}}{{end}}{{template "r" .}})p", R"p(error)p"},
    {R"p({{index .Input.l 1}} {{index .Input.m "a"}} {{index .Input "da-sh"}})p", R"p(y A D)p"},
    {R"p({{index .Input.nested 1 "k"}})p", R"p(v2)p"},
    {R"p({{index .Input.l 5}})p", R"p(error)p"},
    {R"p({{index .Input.m "none"}})p", R"p(<no value>)p"},
    {R"p({{index .Input.l "x"}})p", R"p(error)p"},
    {R"p({{slice .Input.l 1}} {{slice .Input.l 0 2}} {{slice "abcdef" 1 3}})p",
     R"p([y z] [x y] bc)p"},
    {R"p({{slice .Input.l 5}})p", R"p(error)p"},
    {R"p({{len .Input.l}} {{len .Input.m}} {{len "é"}})p", R"p(3 2 2)p"},
    {R"p({{len 3}})p", R"p(error)p"},
    {R"p({{printf "%s-%d" "a" 5}})p", R"p(a-5)p"},
    {R"p({{printf "%v %v %v" .Input.n .Input.l .Input.z}})p", R"p(7 [x y z] <nil>)p"},
    {R"p({{printf "%5d|%-5d|%05d|%+d|%x|%X|%o|%b|%c|%q|%U" 42 42 42 42 255 255 8 5 65 65 9731}})p",
     R"p(   42|42   |00042|+42|ff|FF|10|101|A|'A'|U+2603)p"},
    {R"p({{printf "%.2f|%8.3f|%-8.1f|%e|%g" 3.14159 2.5 1.5 12345.678 0.00001}})p",
     R"p(3.14|   2.500|1.5     |1.234568e+04|1e-05)p"},
    {R"p({{printf "%q %x %10s|%-10s|%.2s" "a\"b" "hi" "r" "l" "éàb"}})p",
     R"p("a\"b" 6869          r|l         |éà)p"},
    {R"p({{printf "%d" "x"}} {{printf "%s" 5}} {{printf "%d"}} {{printf "a" 1}} {{printf "%z" 1}} {{printf "%"}})p",
     R"p(%!d(string=x) %!s(int=5) %!d(MISSING) a%!(EXTRA int=1) %!z(int=1) %!(NOVERB))p"},
    {R"p({{printf "%t %v" true false}} {{printf "%T %T %T %T" 1 1.5 "s" true}})p",
     R"p(true false int float64 string bool)p"},
    {R"p({{printf "%*d" 5 42}} {{printf "%%"}} {{printf "%s" .Input.l}} {{printf "%d" .Input.n}} {{printf "%.0f" .Input.n}})p",
     R"p(   42 % [x y z] %!d(float64=7) 7)p"},
    {R"p({{print 1 2 "a" "b" 3}} {{println 1 "a"}})p", R"p(1 2ab3 1 a
)p"},
    {R"p({{html "<a href='x'>&\"</a>"}})p", R"p(&lt;a href=&#39;x&#39;&gt;&amp;&#34;&lt;/a&gt;)p"},
    {R"p({{js "it's \"x\" <b> \n é"}})p", R"p(it\'s \"x\" \u003Cb\u003E \u000A é)p"},
    {R"p({{urlquery "a b&c=é/~"}})p", R"p(a+b%26c%3D%C3%A9%2F~)p"},
    {R"p({{.Input.s | html | printf "%s!"}})p", R"p(a&lt;b&gt;&#39;q&#39;!)p"},
    {R"p({{and 1 0 2}} {{and 1 2}} {{or 0 "" "x"}} {{or 0 false}} {{not 0}} {{and true .Input.none}})p",
     R"p(0 2 x false true <no value>)p"},
    {R"p({{eq 1 1}} {{eq "a" "b" "a"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1.5 2.5}})p",
     R"p(true true true true true true false)p"},
    {R"p({{eq .Input.n 7.0}})p", R"p(true)p"},
    {R"p({{eq .Input.n 7}})p", R"p(error)p"},
    {R"p({{eq .Input.z nil}})p", R"p(true)p"},
    {R"p({{eq .Input.l .Input.l}})p", R"p(error)p"},
    {R"p({{lt true false}})p", R"p(error)p"},
    {R"p({{eq 1}})p", R"p(error)p"},
    {R"p({{lt 1 "a"}})p", R"p(error)p"},
    {R"p({{0x1F}} {{1_000}} {{1.5e3}} {{'a'}} {{-3}} {{+3}} {{0b11}} {{017}} {{.5}})p",
     R"p(31 1000 1500 97 -3 3 3 15 0.5)p"},
    {R"p({{"a\tb\u00e9\x41\101"}} {{`raw\n`}})p", R"p(a	béAA raw\n)p"},
    {R"p({{"a" "b"}})p", R"p(error)p"},
    {R"p({{.Input.n "x"}})p", R"p(error)p"},
    {R"p({{(index .Input.nested 0).k}})p", R"p(v1)p"},
    {R"p({{(.Input.m).a}})p", R"p(A)p"},
    {R"p({{$.Input.n}}{{$}})p",
     R"p(7map[Input:map[big:1.234567e+06 da-sh:D e: el:[] em:map[] f:2.5 l:[x y z] m:map[a:A b:1] n:7 nested:[map[k:v1] map[k:v2]] s:a<b>'q' t:true u:é世 z:<nil>]])p"},
    {R"p({{$y}})p", R"p(error)p"},
    {R"p({{nope 1}})p", R"p(error)p"},
    {R"p({{if}}x{{end}})p", R"p(error)p"},
    {R"p({{if .Input.t}}x)p", R"p(error)p"},
    {R"p({{end}})p", R"p(error)p"},
    {R"p({{else}})p", R"p(error)p"},
    {R"p({{.Input.n)p", R"p(error)p"},
    {R"p({{.Input.n | 5}})p", R"p(error)p"},
    {R"p({{5 | printf "%d"}})p", R"p(5)p"},
    {R"p({{nil}})p", R"p(error)p"},
    {R"p({{true}})p", R"p(true)p"},
    {R"p({{break}})p", R"p(error)p"},
    {R"p({{(1}})p", R"p(error)p"},
    {R"p({{.Input.l.x}})p", R"p(error)p"},
    {R"p({{len (slice .Input.l 1)}})p", R"p(2)p"},
    {R"p({{with 1}}{{.}}{{end}}{{.Input.u}})p", R"p(1é世)p"},
    {R"p({{- 3 -}})p", R"p(3)p"},
    {R"p({{-3}})p", R"p(-3)p"},
    {R"p({{"x" | print "y"}})p", R"p(yx)p"},
    {R"p({{$a, $b := 1}})p", R"p(error)p"},
    {R"p({{range $a, $b, $c := .}}{{end}})p", R"p(error)p"},
    {R"p({{"unterminated}})p", R"p(error)p"},
    {R"p({{'ab'}})p", R"p(error)p"},
    {R"p({{.Input.n.x}})p", R"p(error)p"},
    {R"p({{index nil 1}})p", R"p(error)p"},
    {R"p({{not 1 2}})p", R"p(error)p"},
    {R"p({{call 1}})p", R"p(error)p"},
    {R"p({{if and .Input.t (eq .Input.n 7.0) (not .Input.e)}}ok{{end}})p", R"p(ok)p"},
    {R"p(x{{if true -}}  y  {{- end}}z)p", R"p(xyz)p"},
    {R"p({{.Input.m.a}}{{/* c */}}{{.Input.m.b}})p", R"p(A1)p"},
    {R"p({{ . }})p",
     R"p(map[Input:map[big:1.234567e+06 da-sh:D e: el:[] em:map[] f:2.5 l:[x y z] m:map[a:A b:1] n:7 nested:[map[k:v1] map[k:v2]] s:a<b>'q' t:true u:é世 z:<nil>]])p"},
    {R"p({{.}}{{end}})p", R"p(error)p"},
    {R"p({{template "x" .}}{{define "x"}}{{$.Input.n}}{{end}})p", R"p(7)p"},
    {R"p({{range $i, $_ := .Input.l}}{{if $i}}, {{end}}{{.}}{{end}})p", R"p(x, y, z)p"},
    {R"p(line1
  {{- " x " -}}  
line2)p",
     R"p(line1 x line2)p"},
    {R"p({{printf "%v" .Input.m}} {{printf "%s" .Input.z}} {{print .Input.z}} {{print nil}})p",
     R"p(map[a:A b:1] %!s(<nil>) <nil> <nil>)p"},
    {R"p({{1 | 2}})p", R"p(error)p"},
    {R"p({{eq "a" 'a'}})p", R"p(error)p"},
    {R"p({{$x := .Input.l}}{{index $x 0}}{{$x}})p", R"p(x[x y z])p"},
    {R"p({{range .Input.m}}{{.}};{{end}})p", R"p(A;1;)p"},
    {R"p({{if eq .Input.m nil}}{{end}})p", R"p()p"},
};

std::string render(std::string_view source) {
  const Result<std::string> text = render_template(source, data());
  return text.ok() ? *text : "error";
}

TEST(GoTemplate, GivesWhatGoGives) {
  for (const Row& row : kRows) EXPECT_EQ(render(row.source), row.expected) << row.source;
}

TEST(GoTemplate, CallsSprig) {
  EXPECT_EQ(render("{{.Input.m.a | upper}}{{default \"d\" .Input.none}}"), "Ad");
  EXPECT_EQ(render("{{.Input.big | int64}}"), "1234567");
}

TEST(GoTemplate, ErrorsNameTheLine) {
  const auto message = [](std::string_view source) {
    return render_template(source, data()).error().message;
  };
  EXPECT_EQ(message("a\n{{nope}}"), "template: param:2: function \"nope\" not defined");
  EXPECT_EQ(message("\n\n{{.Input.s.x}}"),
            "template: param:3: executing \"param\": can't evaluate field x in type string");
  EXPECT_EQ(message("{{.Input.z.b}}"),
            "template: param:1: executing \"param\": nil pointer evaluating interface {}.b");
}

TEST(GoTemplate, IsBounded) {
  const auto code = [](std::string_view source) {
    const auto result = render_template(source, data());
    return result.ok() ? std::optional<ErrorCode>() : result.error().code;
  };
  EXPECT_EQ(code("{{range 1000000000}}{{end}}"), ErrorCode::kLimit);
  EXPECT_EQ(code("{{$x := \"aaaaaaaaaa\"}}{{range 60}}{{$x = print $x $x}}{{end}}"),
            ErrorCode::kLimit);
  EXPECT_EQ(code("{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}"),
            ErrorCode::kLimit);
  EXPECT_TRUE(code("{{printf \"%99999999d\" 1}}") == std::nullopt);
  EXPECT_TRUE(code("{{" + std::string(50'000, '(')).has_value());
  std::string nested;
  for (int i = 0; i < 5'000; ++i) nested += "{{if 1}}";
  EXPECT_TRUE(code(nested).has_value());
  std::string elses = "{{if 0}}";
  for (int i = 0; i < 5'000; ++i) elses += "{{else if 0}}";
  EXPECT_TRUE(code(elses + "{{end}}").has_value());
}

}  // namespace
}  // namespace slipway::expr
