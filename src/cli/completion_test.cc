#include "cli/completion.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "cli/commands.h"

namespace slipway::cli {
namespace {

// What bash offers for the last of `words`, one a line.
std::string offered(const std::string& words) {
  const std::string file = testing::TempDir() + "slipway-completion.bash";
  std::ofstream(file) << completion_script(all_commands(), "bash") << "COMP_WORDS=(" << words
                      << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                      << "_slipway\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  FILE* pipe = ::popen(("bash " + file + " 2>&1").c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer;
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    out += buffer.data();
  }
  EXPECT_EQ(pipe != nullptr ? ::pclose(pipe) : -1, 0);
  return out;
}

TEST(Completion, BashOffersVerbsOptionsAndChoices) {
  EXPECT_EQ(offered("slipway resub"), "resubmit\n");
  EXPECT_EQ(offered("slipway events re"), "replay\n");
  EXPECT_EQ(offered("slipway run --runt"), "--runtime\n");
  EXPECT_EQ(offered("slipway events list --deliv"), "--delivery\n");
  EXPECT_EQ(offered("slipway lint -o sa"), "sarif\n");
  EXPECT_EQ(offered("slipway completion zs"), "zsh\n");
  EXPECT_EQ(offered("slipway nurs"), "\n");  // hidden
}

TEST(Completion, BashOffersFilesWhereNothingElseIsKnown) {
  const std::string file = testing::TempDir() + "slipway-completion-here.yaml";
  std::ofstream(file) << "x";
  EXPECT_EQ(offered("slipway run " + file.substr(0, file.size() - 7)), file + "\n");
}

TEST(Completion, EveryVerbIsInEveryScript) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(all_commands(), shell);
    for (const Command& command : all_commands()) {
      if (command.hidden) continue;
      const std::string last = command.name.substr(command.name.find(' ') + 1);
      EXPECT_NE(script.find(last), script.npos) << shell << " " << command.name;
    }
    EXPECT_EQ(script.find("nursery"), script.npos) << shell;
  }
}

}  // namespace
}  // namespace slipway::cli
