#include "cli/files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string pattern = testing::TempDir() + "slipway-files-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    put("b.yaml", "b");
    put("a.json", "a");
    put("notes.txt", "no");
    put("deep/er/c.yml", "c");
    put(".git/d.yaml", "d");
  }
  ~FilesTest() override { fs::remove_all(folder_); }

  void put(const std::string& path, const std::string& name) {
    const fs::path file = fs::path(folder_) / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ")"
                        << name << "\"}}";
  }
  std::string names(Folders folders) {
    const auto parsed = parse_files({folder_}, folders);
    if (!parsed.ok()) return parsed.error().text();
    std::string all;
    for (const manifest::Document& document : parsed->documents) all += document.resource.name();
    return all;
  }

  std::string folder_;
};

TEST_F(FilesTest, AFolderIsItsManifestsInNameOrder) { EXPECT_EQ(names(Folders::kFlat), "ab"); }

TEST_F(FilesTest, OrThoseOfItsFoldersTooButNotOfHiddenOnes) {
  EXPECT_EQ(names(Folders::kDeep), "abc");
}

TEST_F(FilesTest, AFolderWithoutAnyIsAnError) {
  fs::remove(folder_ + "/a.json");
  fs::remove(folder_ + "/b.yaml");
  EXPECT_NE(names(Folders::kFlat).find("holds no .yaml"), std::string::npos);
  EXPECT_EQ(names(Folders::kDeep), "c");
}

}  // namespace
}  // namespace slipway::cli
