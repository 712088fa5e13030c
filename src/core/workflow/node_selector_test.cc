#include "core/workflow/node_selector.h"

#include <gtest/gtest.h>

namespace slipway::workflow {
namespace {

bool matches(std::string_view selector) {
  Node node;
  node.id = NodeId("wf-1");
  node.name = "wf[0].a(0:x,y)";
  node.display_name = "a(0:x,y)";
  node.template_name = "t";
  node.phase = Phase::kFailed;
  node.template_ref = {{"name", "lib"}, {"template", "x"}};
  node.inputs = parse_json(R"({"parameters": [{"name": "p.q", "value": "v=1"}]})")->get_object();
  return NodeSelector::parse(selector).value().matches(node);
}

TEST(NodeSelector, Requirements) {
  EXPECT_TRUE(matches(""));
  EXPECT_TRUE(matches("phase=Failed"));
  EXPECT_TRUE(matches("phase==Failed,templateName=x"));
  EXPECT_FALSE(matches("phase==Failed,templateName=t")) << "a templateRef's template is its name";
  EXPECT_TRUE(matches("phase!=Succeeded"));
  EXPECT_FALSE(matches("phase!=Failed"));
  EXPECT_TRUE(matches("displayName=a(0:x\\,y)"));
  EXPECT_TRUE(matches("id=wf-1,templateRef.name=lib,templateRef.template=x"));
  EXPECT_TRUE(matches("inputs.parameters.p.q.value=v=1"));
  EXPECT_TRUE(matches("inputs.parameters.none.value="));
}

TEST(NodeSelector, MistakesAreNamed) {
  for (const std::string_view text : {"phase", "=x", "phase=Failed,", "colour=red", "!=x"}) {
    EXPECT_FALSE(NodeSelector::parse(text).ok()) << text;
  }
  EXPECT_NE(NodeSelector::parse("colour=red").error().message.find("displayName"),
            std::string::npos);
}

}  // namespace
}  // namespace slipway::workflow
