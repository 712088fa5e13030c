#include "core/workflow/call.h"
#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

std::string with_loop(const std::string& loop, const std::string& value = "{{item}}") {
  return R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        template: echo
        arguments: {parameters: [{name: x, value: ")" +
         value + R"("}]}
        )" +
         loop +
         R"(
    - - name: all
        template: echo
        arguments: {parameters: [{name: x, value: "{{steps.a.outputs.result}}"}]}
  - name: echo
    inputs: {parameters: [{name: x}]}
    script: {image: busybox, command: [sh], source: "echo {{inputs.parameters.x}}"}
)";
}

TEST(Loop, NamesFollowRule2) {
  const auto parse = [](std::string_view text) { return *parse_json(text); };
  EXPECT_EQ(item_suffix(0, parse("\"a\"")), "(0:a)");
  EXPECT_EQ(item_suffix(1, parse("2.5")), "(1:2.5)");
  EXPECT_EQ(item_suffix(2, parse("true")), "(2:true)");
  EXPECT_EQ(item_suffix(3, parse(R"j({"b":"x(1)","a":1})j")), "(3:a:1,b:x1)");
  EXPECT_EQ(item_suffix(4, parse("[1,\"b\"]")), "(4:[1,\"b\"])");
}

TEST(Loop, ItemsOfEveryKind) {  // rule 23
  Story story(with_loop(R"(withItems: [plain, 7, {k: v, m: 1}, [1, 2]])"));
  for (const char* name : {"a(0:plain)", "a(1:7)", "a(2:k:v,m:1)", "a(3:[1,2])"}) {
    story.answers[name] = story.result("\"" + std::string(1, name[2]) + "\"");
  }
  story.run_to_end(10);
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
  EXPECT_EQ(story.input("wf[0].a(0:plain)", "x"), "plain");
  EXPECT_EQ(story.input("wf[0].a(1:7)", "x"), "7");
  EXPECT_EQ(story.input("wf[0].a(2:k:v,m:1)", "x"), R"({"k":"v","m":1})");
  EXPECT_EQ(story.input("wf[0].a(3:[1,2])", "x"), "[1,2]");
  EXPECT_EQ(story.input("wf[1].all", "x"), R"(["0","1","2","3"])");  // rule 25
}

TEST(Loop, MembersKeepTheirEscapes) {  // rule 23
  Story story(with_loop(R"(withItems: [{k: "a\"b"}])", "{{item.k}}"));
  story.answers["a(0:k:a\"b)"] = story.result("1");
  story.run_to_end(10);
  EXPECT_EQ(story.input("wf[0].a(0:k:a\"b)", "x"), "a\\\"b");
}

TEST(Loop, AResultThatIsNoJsonIsAnError) {  // rule 25
  Story story(with_loop("withItems: [1]"));
  story.answers["a(0:1)"] = story.result("hello");
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Error");
  EXPECT_EQ(story.phase("wf[1]"), "Error");
  EXPECT_NE(story.message("wf[1]").find("is no JSON"), std::string::npos);
}

TEST(Loop, EmptyListsAreSkipped) {  // rule 21
  for (const char* loop :
       {"withParam: \"[]\"", "withParam: \"null\"", "withSequence: {count: \"0\"}"}) {
    Story story(with_loop(loop));
    story.pass();
    EXPECT_EQ(story.phase("wf[0].a"), "Skipped") << loop;
    EXPECT_EQ(story.message("wf[0].a"), "Skipped, empty params") << loop;
  }
}

TEST(Loop, BadJsonIsAnErrorOfTheGroup) {  // rule 21
  Story story(with_loop("withParam: \"[1,\""));
  story.run_to_end();
  EXPECT_EQ(story.phase("wf[0]"), "Error");
  EXPECT_NE(story.message("wf").find("could not be parsed as a JSON list"), std::string::npos);
  Story skipped(with_loop("withParam: \"[1,\"\n        when: \"1 == 2\""));
  skipped.pass();
  EXPECT_EQ(skipped.message("wf[0].a"), "Skipped, empty params");
}

TEST(Loop, AFalseWhenStillExpands) {  // rule 20
  Story story(with_loop("withItems: [1, 2]\n        when: \"{{item}} == 2\""));
  story.pass();
  EXPECT_EQ(story.phase("wf[0].a(0:1)"), "Skipped");
  EXPECT_EQ(story.message("wf[0].a(0:1)"), "when '1 == 2' evaluated false");
  EXPECT_EQ(story.phase("wf[0].a(1:2)"), "Pending");
}

TEST(Loop, UnknownTagsInALoopAreErrors) {  // rule 21
  Story story(with_loop("withItems: [1]", "{{item}} {{nobody.knows}}"));
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_NE(story.workflow_message().find("nobody.knows"), std::string::npos)
      << story.workflow_message();
}

std::vector<std::string> sequence(std::string_view yaml_json) {
  const auto definition = parse_json(yaml_json)->as_object();
  const auto items = loop_items(definition);
  std::vector<std::string> texts;
  if (!items.ok()) return {items.error().message};
  for (const json::value& item : **items) texts.push_back(str(item.get_string()));
  return texts;
}

TEST(Loop, Sequences) {  // rule 22
  using Texts = std::vector<std::string>;
  EXPECT_EQ(sequence(R"({"withSequence":{"count":"3"}})"), (Texts{"0", "1", "2"}));
  EXPECT_EQ(sequence(R"({"withSequence":{"start":5,"end":"3"}})"), (Texts{"5", "4", "3"}));
  EXPECT_EQ(sequence(R"({"withSequence":{"start":"9","count":2,"format":"%02X"}})"),
            (Texts{"09", "0A"}));
  EXPECT_EQ(sequence(R"({"withSequence":{"count":9,"end":1}})"), (Texts{"0", "1"}));
  EXPECT_EQ(sequence(R"({"withSequence":{"start":1}})"),
            Texts{"must have either end or count in withSequence"});
  EXPECT_NE(sequence(R"({"withSequence":{"count":"many"}})")[0].find("not an integer"),
            std::string::npos);
  EXPECT_NE(sequence(R"({"withSequence":{"end":"9223372036854775807"}})")[0].find("limit"),
            std::string::npos);
}

}  // namespace
}  // namespace slipway::workflow
