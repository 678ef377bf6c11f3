// Tests reading word lists and texts as tokens: which words are kept, which are held out, and which
// input is refused.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "apps/from_config/token_texts.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

using TextWords = std::vector<std::string>;

// Returns a data section whose file is in the sandbox.
Json section(const Sandbox& sandbox, const std::string& type, const std::string& keys) {
  const std::string text =
      R"({"data": {"type": ")" + type + R"(", "path": ")" + sandbox.path("f") + "\"" + keys + "}}";
  return parse_config(text, "c.json").json().at("data");
}
std::string failure(const Json& data) {
  try {
    if (data.at("type") == "words")
      read_words(data);
    else
      read_text(data);
  } catch (const Failure& f) {
    CHECK(f.code == Exit::file);
    return f.what();
  }
  return "nothing was wrong";
}

}  // namespace

TEST_CASE(
    "words with the wanted letters and lengths are kept, each once, in the order of the list") {
  const Sandbox sandbox;
  sandbox.write("f", "zoo\nant\nAnt\nant\nat\nant's\r\nbee\r\nelephants\n\ncafé\nbe");
  const WordList list = read_words(section(sandbox, "words", R"(, "longest": 5, "held_out": 0)"));
  CHECK(list.training == TextWords{"zoo", "ant", "bee"});
  CHECK(list.held_out.empty());
  CHECK(list.letters == TextWords{"a", "b", "e", "n", "o", "t", "z"});
  const WordList other = read_words(section(
      sandbox, "words", R"(, "shortest": 2, "longest": 4, "letters": "abcéft", "held_out": 0)"));
  CHECK(other.training == TextWords{"at", "café"});
  CHECK(other.letters == TextWords{"a", "c", "f", "t", "é"});
}

TEST_CASE("words are read without blanks at their ends, and omitted words are counted") {
  const Sandbox sandbox;
  sandbox.write("f",
                "\xEF\xBB\xBFplum \nfig\t\r\n \xC2\xA0lime\xC2\xA0\rApple\nplum\n\nx\nolives\n");
  const WordList list = read_words(section(sandbox, "words", R"(, "longest": 5, "held_out": 0)"));
  CHECK(list.training == TextWords{"plum", "fig", "lime"});
  CHECK(list.report.line ==
        "read " + sandbox.path("f") +
            ": 7 words, 3 to train on and 0 held out; left out: 2 not of 3 to 5 letters, "
            "1 with characters that are not in /data/letters, such as \"Apple\", 1 repeated");
  CHECK(list.report.object.at("left_out").at("with_other_letters") == 1);
  sandbox.write("f", "one\ntwo\n");
  const WordList all = read_words(section(sandbox, "words", R"(, "held_out": 0)"));
  CHECK(all.report.line == "read " + sandbox.path("f") + ": 2 words, 2 to train on and 0 held out");
}

TEST_CASE("a text is the same with a byte-order mark, with any line ends, and compressed") {
  const Sandbox sandbox;
  const std::string keys = R"(, "length": 4, "held_out": 0, "one_space": false)";
  const auto read = [&](const std::string& text, const std::string& more) {
    sandbox.write("f", text);
    return read_text(section(sandbox, "text", more));
  };
  const TextFile plain = read("one two\nthree\n", keys);
  CHECK(plain.glyphs.size() == 9);
  CHECK(plain.report.line == "read " + sandbox.path("f") +
                                 ": 14 characters, 14 to train on and 0 held out, "
                                 "9 distinct characters");
  for (const std::string same :
       {"\xEF\xBB\xBFone two\nthree\n", "one two\r\nthree\r\n", "one two\rthree\r"}) {
    INFO(same);
    const TextFile file = read(same, keys);
    CHECK(file.glyphs == plain.glyphs);
    CHECK(file.training == plain.training);
  }
  // A no-break space counts as a space, so it is joined with its neighbours.
  const TextFile joined = read("one \xC2\xA0 two.", R"(, "length": 4, "held_out": 0)");
  CHECK(joined.training.size() == 8);
  CHECK_THAT(joined.report.line, Contains("2 characters of white space joined"));
  CHECK(std::count(joined.glyphs.begin(), joined.glyphs.end(), "\xC2\xA0") == 0);
  const TextFile kept = read("one2two3", R"(, "length": 4, "held_out": 0, "letters": "enotw")");
  CHECK_THAT(kept.report.line, Contains("2 characters not in /data/letters became spaces"));
  CHECK_THROWS_WITH(read(std::string("\xFF\xFEo\0n\0e\0", 8), keys), Contains("it is UTF-16 text"));
}

TEST_CASE("whether a word is held out does not depend on the other words") {
  const Sandbox sandbox;
  std::string all, half;
  int count = 0;
  for (char a = 'a'; a <= 'z'; ++a)
    for (char b = 'a'; b <= 'z'; ++b)
      for (char c = 'a'; c <= 'd'; ++c, ++count) {
        const std::string word{a, b, c, '\n'};
        all += word;
        if (count % 2 == 0) half += word;
      }
  sandbox.write("f", all);
  const WordList list = read_words(section(sandbox, "words", R"(, "held_out": 0.2)"));
  CHECK(list.training.size() + list.held_out.size() == static_cast<std::size_t>(count));
  CHECK(std::abs(static_cast<double>(list.held_out.size()) / count - 0.2) < 0.03);
  sandbox.write("f", half);
  for (const std::string& word :
       read_words(section(sandbox, "words", R"(, "held_out": 0.2)")).held_out)
    CHECK(std::count(list.held_out.begin(), list.held_out.end(), word) == 1);
  // The words held out for a share are also held out for a larger share.
  for (const std::string& word : list.held_out) CHECK(is_held_out(word, 0.3));
}

TEST_CASE("the error for an unusable word list says what to do") {
  const Sandbox sandbox;
  const std::string missing = failure(section(sandbox, "words", ""));
  CHECK_THAT(missing, Contains(sandbox.path("f")) && Contains("apt install wamerican") &&
                          Contains("set /data/path"));
  sandbox.write("f", "Ant\nbe\n");
  CHECK_THAT(failure(section(sandbox, "words", "")),
             Contains("of its 2 words, 0 have 3 to 10 letters out of \"abcdef") &&
                 Contains("change /data/shortest"));
  sandbox.write("f", "caf\xe9\n");
  CHECK_THAT(
      failure(section(sandbox, "words", "")),
      Contains(
          ":1:4: byte 0xE9 is not UTF-8, so the text is probably Latin-1 (Windows-1252); convert it: iconv -f cp1252 -t utf-8 "));
}

TEST_CASE("a text becomes its characters in order, and its end is held out") {
  const Sandbox sandbox;
  sandbox.write("f", "The  cat\r\n\tand\nthe Dog é.");
  const TextFile file = read_text(section(sandbox, "text", R"(, "length": 4, "held_out": 0.2)"));
  const std::string flat = "The cat and the Dog é.";  // 22 characters, of which 5 are held out
  CHECK(file.training.size() == 17);
  CHECK(file.held_out.size() == 5);
  std::string again;
  for (const std::vector<int>* part : {&file.training, &file.held_out})
    for (const int token : *part) again += file.glyphs[static_cast<std::size_t>(token)];
  CHECK(again == flat);
  CHECK(std::is_sorted(file.glyphs.begin(), file.glyphs.end()));
  const TextFile lower = read_text(section(
      sandbox, "text", R"(, "length": 4, "held_out": 0, "lowercase": true, "one_space": false)"));
  CHECK(lower.held_out.empty());
  CHECK(std::count(lower.glyphs.begin(), lower.glyphs.end(), "T") == 0);
  CHECK(std::count(lower.glyphs.begin(), lower.glyphs.end(), "\n") == 1);
  CHECK(lower.training.size() == 24);  // \r\n is one line end
  // Only the given letters are kept. A run of other characters and spaces becomes one space.
  const TextFile kept = read_text(section(
      sandbox, "text", R"(, "length": 4, "held_out": 0, "lowercase": true, "letters": "acdeht.")"));
  std::string letters;
  for (const int token : kept.training) letters += kept.glyphs[static_cast<std::size_t>(token)];
  CHECK(letters == "the cat a d the d .");
}

TEST_CASE("the error for an unusable text says what to do") {
  const Sandbox sandbox;
  CHECK_THAT(failure(section(sandbox, "text", "")),
             Contains(sandbox.path("f")) && Contains("set /data/path to a text file"));
  sandbox.write("f", "short text");
  CHECK_THAT(
      failure(section(sandbox, "text", R"(, "length": 64)")),
      Contains("it has 9 characters to train on and 1 held out, but a window needs 64; "
               "use a longer text, a shorter /data/length, or another /data/held_out (0: none)"));
  sandbox.write("f", std::string(100, 'a'));
  CHECK_THAT(failure(section(sandbox, "text", R"(, "length": 2)")),
             Contains("the text has only one distinct character"));
}

TEST_CASE("words are held out by their numbers in the list, or by another list") {
  const Sandbox sandbox;
  sandbox.write("f", "apple\nxx\npear\nplum\nPEAR\nfig\n");
  const WordList rows = read_words(section(sandbox, "words", R"(, "held_out": [0, 2])"));
  CHECK(rows.training == TextWords{"pear", "fig"});
  CHECK(rows.held_out == TextWords{"apple", "plum"});
  sandbox.write("other", "pear\nquince\n");
  const WordList other =
      read_words(section(sandbox, "words", R"(, "held_out": ")" + sandbox.path("other") + "\""));
  CHECK(other.training == TextWords{"apple", "plum", "fig"});
  CHECK(other.held_out == TextWords{"pear", "quince"});
  CHECK(std::count(other.letters.begin(), other.letters.end(), "q") == 1);
  CHECK_THROWS_WITH(read_words(section(sandbox, "words", R"(, "held_out": [4])")),
                    Contains("[data] /data/held_out has row 4, but " + sandbox.path("f") +
                             " has 4 rows, 0 to 3"));
  sandbox.write("other", "x\n");
  CHECK_THAT(
      failure(section(sandbox, "words", R"(, "held_out": ")" + sandbox.path("other") + "\"")),
      Contains("(/data/held_out): none of its 1 words has"));
}

TEST_CASE("a text is held out in a file of its own") {
  const Sandbox sandbox;
  sandbox.write("f", "one two one two");
  sandbox.write("other", "six two");
  const TextFile file = read_text(
      section(sandbox, "text", R"(, "length": 4, "held_out": ")" + sandbox.path("other") + "\""));
  CHECK(file.training.size() == 15);
  CHECK(file.held_out.size() == 7);
  CHECK(std::count(file.glyphs.begin(), file.glyphs.end(), "x") == 1);
  CHECK_THROWS_WITH(section(sandbox, "text", R"(, "length": 4, "held_out": [1])"),
                    Contains("a text has no rows whose numbers could be given"));
}
