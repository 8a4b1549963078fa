#include "vectors/word_list.h"

#include <gtest/gtest.h>

namespace sememe::vectors {
namespace {

std::vector<std::string> parsed(std::string_view text) {
  const WordList words = WordList::parse_lines(text);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) out.emplace_back(words[i]);
  return out;
}

TEST(WordList, ParsesLines) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(parsed(""), Words());
  EXPECT_EQ(parsed("a\nb c\n"), (Words{"a", "b c"}));
  EXPECT_EQ(parsed("a\r\nb"), (Words{"a", "b"}));
  EXPECT_EQ(parsed("\na\n\n"), (Words{"", "a", ""}));
}

TEST(WordList, FindsTheFirstPlace) {
  WordList words;
  EXPECT_FALSE(words.find("x"));
  for (int i = 0; i < 5000; ++i) words.add("w" + std::to_string(i));
  words.add("w7");
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(words.find("w" + std::to_string(i)), i);
  EXPECT_FALSE(words.find("w5000"));
  EXPECT_FALSE(words.find(""));
  words.add("late");
  EXPECT_EQ(words.find("late"), 5001);
}

}  // namespace
}  // namespace sememe::vectors
