#include "core/task/text.h"

#include <gtest/gtest.h>

namespace slipway::task {
namespace {

TEST(CleanText, RemovesEscapesAndControls) {
  EXPECT_EQ(clean_text("\x1b[31mred\x1b[0m"), "red");
  EXPECT_EQ(clean_text("\x1b]0;title\aok"), "ok");
  EXPECT_EQ(clean_text("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "link");
  EXPECT_EQ(clean_text("\x1b(Bx"), "x");
  EXPECT_EQ(clean_text(std::string_view("a\0b\x07\x7f"
                                        "c",
                                        6)),
            "abc");
  EXPECT_EQ(clean_text("a\r\nb\rc\td"), "a\nb\nc\td");
  EXPECT_EQ(clean_text("\xc2\x9b"
                       "31mx"),
            "31mx");  // C1 control
}

TEST(CleanText, UnfinishedEscapesEndSafely) {
  EXPECT_EQ(clean_text("a\x1b"), "a");
  EXPECT_EQ(clean_text("a\x1b["), "a");
  EXPECT_EQ(clean_text("a\x1b[12;"), "a");
  EXPECT_EQ(clean_text("a\x1b]never ends\nb"), "a\nb");
  EXPECT_EQ(clean_text("\x1b[31é"), "é");
}

TEST(CleanText, InvalidUtf8IsReplaced) {
  EXPECT_EQ(clean_text("a\xff"
                       "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(clean_text("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(clean_text("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
}

TEST(CutText, OnCodePoints) {
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("abcd", 3), "ab…");
  EXPECT_EQ(cut_text("日本語テキスト", 4), "日本語…");
  EXPECT_EQ(cut_text("abc", 0), "");
  EXPECT_EQ(count_characters("日本"), 2u);
}

TEST(LastLines, WholeLinesFromTheEnd) {
  EXPECT_EQ(last_lines("a\nb\nc\n", 2, 100), "b\nc");
  EXPECT_EQ(last_lines("aaa\nbbb\nccc", 9, 7), "bbb\nccc");
  EXPECT_EQ(last_lines("aaa\nbbb\nccc", 9, 6), "ccc");
  EXPECT_EQ(last_lines("", 3, 3), "");
  EXPECT_EQ(last_lines("\n\n", 3, 3), "");
  EXPECT_EQ(last_lines("a\n\n\nb", 3, 10), "\n\nb");
  EXPECT_EQ(last_lines("one", 1, 3), "one");
}

TEST(LastLines, OneLongLineIsCutAtItsFront) {
  EXPECT_EQ(last_lines("x\nabcdefgh", 5, 4), "…fgh");
  EXPECT_EQ(last_lines("日本語テキスト", 5, 3), "…スト");
}

}  // namespace
}  // namespace slipway::task
