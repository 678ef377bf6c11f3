// Tests the traits of a run's tokens: converting text, numbers and points of quantized data to
// tokens and back, given tokens, and storage in the metadata of model files.
#include <cmath>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/formats/text_lines.h"
#include "apps/run/token_traits.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

using Tokens = std::vector<int>;

TokenTraits word_traits() {
  TokenTraits t;
  t.data = "words";
  t.length = 5;
  t.vocabulary = 4;
  t.glyphs = {"a", "b", "é", ""};
  t.pad = 3;
  return t;
}
TokenTraits text() {
  TokenTraits t;
  t.data = "text";
  t.length = 4;
  t.vocabulary = 3;
  t.glyphs = {" ", "x", "y"};
  return t;
}
// Returns the traits of tokens from a file in which the token 2 is the mask.
TokenTraits numbers() {
  TokenTraits t;
  t.data = "tokens";
  t.length = 3;
  t.vocabulary = 4;
  t.spared = 2;
  return t;
}

template <class Work>
std::string failure(Exit code, const Work& work) {
  try {
    work();
  } catch (const Failure& f) {
    CHECK(f.code == code);
    return f.what();
  }
  return "nothing was wrong";
}

}  // namespace

TEST_CASE("sequences become text, and masks become the mask character") {
  CHECK(word_traits().text(Tokens{0, 2, 1, 3, 3}) == "aéb");
  CHECK(word_traits().text(Tokens{3, 3, 3, 3, 3}) == "");
  CHECK(word_traits().text(Tokens{0, 3, 1, 3, 3}) == "a b");  // a pad inside a word
  CHECK(word_traits().text(Tokens{0, 4, 4, 3, 3}) == "a__");
  CHECK(word_traits().text(Tokens{0, 4, 4, 3, 3}, "·") == "a··");
  CHECK(text().text(Tokens{1, 0, 2, 0}) == "x y ");
  CHECK(numbers().text(Tokens{0, 1, 2}) == "0 1 3");
  CHECK(numbers().text(Tokens{3, 4, 0}) == "4 _ 0");
}

TEST_CASE("text becomes sequences, or an error") {
  CHECK(word_traits().tokens("aéb", "x") == Tokens{0, 2, 1, 3, 3});
  CHECK(text().tokens("x y ", "x") == Tokens{1, 0, 2, 0});
  CHECK(failure(Exit::file, [] { word_traits().tokens("abc", "[loglik] f.txt, line 3:"); }) ==
        "[loglik] f.txt, line 3: character 3 is \"c\", "
        "which does not occur in the run's data; use characters of \"abé\"");
  CHECK(failure(Exit::file, [] { word_traits().tokens("aaaaaa", "x"); }) ==
        "x \"aaaaaa\" has 6 characters, but the run's sequences have at most 5; give that many");
  CHECK(failure(Exit::file, [] { text().tokens("xy", "x"); }) ==
        "x \"xy\" has 2 characters, but the run's sequences have 4; give that many");
}

TEST_CASE("given words end where their text ends, and given texts leave the rest free") {
  CHECK(word_traits().given("a_é", "_") == Tokens{0, -1, 2, 3, 3});
  CHECK(word_traits().given("a?é?b", "?") == Tokens{0, -1, 2, -1, 1});
  CHECK(failure(Exit::usage, [] { word_traits().given("a_", "?"); }) ==
        "[given] character 2 is \"_\", which does not occur in the run's data; "
        "use characters of \"abé\", and \"?\" (--free) for a free position");
  CHECK(text().given("x ", "_") == Tokens{1, 0, -1, -1});
  CHECK(text().given("__y", "_") == Tokens{-1, -1, 2, -1});
  CHECK(failure(Exit::usage, [] { text().given("xxxxx", "_"); }) ==
        "[given] \"xxxxx\" has 5 characters, but the run's sequences have at most 4; "
        "give a character for each position, and _ for a free one");
  CHECK(failure(Exit::usage, [] { text().given("x", "ab"); }) ==
        "[given] --free takes one character, not \"ab\"");
  CHECK(numbers().given("0 _ 4", "_") == Tokens{0, -1, 3});
  CHECK(failure(Exit::usage, [] { numbers().given("0 _", "_"); }) ==
        "[given] \"0 _\" has 2 tokens, but the run's sequences have 3; "
        "give a number for each position, and _ for a free one");
  for (const char* bad : {"5", "2", "-1", "1.5", "x"}) {
    CAPTURE(bad);
    CHECK(failure(Exit::usage, [&] { numbers().given(std::string("0 ") + bad + " _", "_"); }) ==
          std::string("[given] position 1 is \"") + bad +
              "\"; give a token from 0 to 4 except the mask, 2, or _ (--free) for a free position");
  }
}

TEST_CASE("tokens from files must be in the vocabulary and must not be the mask") {
  const TokenTraits t = numbers();
  const NdArray table{{2, 3}, {0, 1, 3, 4, 4, 0}, "<i4"};
  const Tokens rows = t.from_file(table, "data");
  CHECK(rows == Tokens{0, 1, 2, 3, 3, 0});
  CHECK(t.to_file({2, 3}, rows).values == table.values);
  // State 4 is the mask, which is the number 2 in the file.
  CHECK(t.to_file({1, 3}, Tokens{4, 0, 2}).values == std::vector<double>{2, 0, 3});
  const auto with = [&](double value) {
    NdArray bad = table;
    bad.values[4] = value;
    return failure(Exit::file, [&] { t.from_file(bad, "data"); });
  };
  CHECK(with(5) ==
        "[data] row 1, position 1 is 5, but tokens are whole numbers from 0 to 4; "
        "correct that row, or use a run with a larger vocabulary");
  CHECK_THAT(with(-1), Contains("row 1, position 1 is -1, but tokens"));
  CHECK_THAT(with(0.5), Contains("row 1, position 1 is 0.5, but tokens"));
  CHECK_THAT(with(std::nan("")), Contains("row 1, position 1 is nan, but tokens"));
  CHECK(with(2) ==
        "[data] row 1, position 1 is 2, the run's mask, which must not occur in the data; "
        "set /source/token to a token that never occurs in the data, or leave it out");
  CHECK(failure(Exit::file,
                [&] {
                  t.from_file({{3, 2}, {0, 0, 0, 0, 0, 0}, "<f8"}, "data");
                }) ==
        "[data] the sequences have shape (3, 2), but the run's have 3 tokens; give a table (N, 3)");
}

TEST_CASE(
    "tokens of quantized data become points in the middle of their levels, in the data's units") {
  TokenTraits t;
  t.length = 2;
  t.vocabulary = 4;
  t.levels = {4, -2, 2};
  t.units = {{10, 1}, {100, 0}};
  const NdArray points = t.points(Tokens{0, 3, 2, 4}, "<f4");
  CHECK(points.shape == std::vector<std::size_t>{2, 2});
  CHECK(points.values[0] == 85);
  CHECK(points.values[1] == 1.5);
  CHECK(points.values[2] == 105);
  CHECK(std::isnan(points.values[3]));  // the mask has no value
  CHECK(t.from_points({{1, 2}, {85, 1.5}, "<f8"}, "loglik") == Tokens{0, 3});
  CHECK(t.from_points({{1, 2}, {89, -7}, "<f8"}, "loglik") == Tokens{0, 0});
  CHECK(failure(Exit::file,
                [&] {
                  t.from_points({{1, 2}, {85, std::nan("")}, "<f8", "p.npy"}, "loglik");
                }) ==
        "[loglik] p.npy: row 0, position 1 is nan, which has no level; correct or remove that row");
  CHECK(
      failure(Exit::file,
              [&] {
                t.from_points({{2}, {85, 1}, "<f8"}, "loglik");
              }) ==
      "[loglik] the points have shape (2,), but the run's data has 2 columns; give a table (N, 2)");
}

TEST_CASE("the traits are read back from the metadata, and errors name the file") {
  TokenTraits quantized = numbers();
  quantized.spared = -1;
  quantized.levels = {4, -2, 2};
  quantized.units = {{10, 1, 1}, {100, 0, 0}};
  for (const TokenTraits& t : {word_traits(), text(), numbers(), quantized}) {
    Metadata metadata;
    write_traits(t, metadata);
    const TokenTraits r = read_traits(metadata, "m");
    CHECK((r.data == t.data && r.length == t.length && r.vocabulary == t.vocabulary));
    CHECK((r.glyphs == t.glyphs && r.pad == t.pad && r.spared == t.spared));
    CHECK((r.units.scale == t.units.scale && r.units.shift == t.units.shift));
    if (t.numeric()) CHECK((r.levels.count == 4 && r.levels.low == -2 && r.levels.high == 2));
  }
  for (
      const char* broken :
      {"", "{", "[]", R"({"data": "words"})", R"({"data": "w", "length": 0, "vocabulary": 2})",
       R"({"data": "w", "length": 2, "vocabulary": 2, "glyphs": ["a"]})",
       R"({"data": "w", "length": 2, "vocabulary": 2, "low": 0, "high": 1, "scale": [1], "shift": [0]})"}) {
    CAPTURE(broken);
    CHECK_THAT(failure(Exit::file,
                       [&] {
                         read_traits({{"data.tokens", broken}}, "m.file");
                       }),
               Contains("[model] m.file: its metadata has no valid \"data.tokens\""));
  }
  CHECK_THAT(failure(Exit::file, [&] { read_traits({}, "m.file"); }), Contains("m.file"));
}

TEST_CASE("escaped lines of text files are read back unchanged") {
  for (const char* text : {"", "a b", "a\nb\r\\n", "\\", "é\t"}) {
    CHECK(unescaped(escaped(text)) == text);
    CHECK(escaped(text).find('\n') == std::string::npos);
  }
  CHECK(escaped("a\nb") == "a\\nb");
}

TEST_CASE("the error about a given token shows the levels of its column in the data's units") {
  TokenTraits traits;
  traits.length = 2;
  traits.vocabulary = 4;
  traits.levels = {4, -2, 2};
  traits.units = {{2, 1}, {10, 0}, {"length", "width"}};
  CHECK_THROWS_WITH(
      traits.given("12.5 _", "_"),
      "[given] position 0 is \"12.5\"; give a token from 0 to 3 (the levels of column "
      "length go from 6 to 14, and 12.5 is in level 3), or _ (--free) for a free "
      "position");
  CHECK_THROWS_WITH(traits.given("_ x", "_"),
                    Contains("(the levels of column width go from -2 to 2), or"));
}
