#include "adapter/archive/tree.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapter/archive/test_folder.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

TEST(TreeTest, NamesAreInOrder) {
  const TestFolder folder;
  for (const char* name : {"b", ".hidden", "a"}) std::ofstream(folder / name) << name;
  const auto open = open_folder(folder.path());
  EXPECT_EQ(*names_in(open->get()), (std::vector<std::string>{".hidden", "a", "b"}));
  EXPECT_EQ(names_in(open->get())->size(), 3u) << "also the second time";
}

TEST(TreeTest, AVisitMeetsContentBeforeItsFolderAndFollowsNoLink) {
  const TestFolder folder;
  fs::create_directories(folder / "d/e");
  std::ofstream(folder / "d/e/f") << "f";
  std::ofstream(folder / "outside") << "";
  fs::create_symlink("../outside", folder / "d/link");
  const auto open = open_folder(folder.path());
  std::string seen;
  const auto note = [&](int entry, const struct stat& info) -> Status {
    seen += S_ISLNK(info.st_mode) ? "l" : S_ISDIR(info.st_mode) ? "d" : "f";
    struct stat same {};
    EXPECT_EQ(::fstat(entry, &same), 0);
    EXPECT_EQ(same.st_ino, info.st_ino);
    return {};
  };
  ASSERT_TRUE(visit_tree(open->get(), "d", note).ok());
  EXPECT_EQ(seen, "fdld");
  seen.clear();
  ASSERT_TRUE(visit_tree(open->get(), "absent", note).ok());
  EXPECT_EQ(seen, "");
  const auto stop = [](int, const struct stat&) -> Status {
    return Error{ErrorCode::kIo, "enough"};
  };
  EXPECT_EQ(visit_tree(open->get(), "d", stop).error().text(), "enough");
}

}  // namespace
}  // namespace slipway::adapter
