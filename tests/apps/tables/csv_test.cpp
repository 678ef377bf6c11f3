// Tests that the usual variants of CSV files are read, and that a file which is not a table of
// numbers is refused with line and column.
#include "apps/tables/csv.h"

#include <bit>
#include <clocale>
#include <cmath>
#include <random>

#include "apps/failure.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

using Values = std::vector<double>;
using Names = std::vector<std::string>;

CsvTable parse(const std::string& text, const CsvOptions& options = {}) {
  return parse_csv(text, "f.csv", options);
}

std::string csv_fault(const std::string& text, const CsvOptions& options = {}) {
  try {
    parse(text, options);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("tables with many kinds of separators, headers, comments and line ends are read",
          "[csv]") {
  const Values want{1, 2, 3, 4};
  for (const char* text :
       {"1,2\n3,4\n", "1,2\r\n3,4\r\n", "1, 2\n 3 ,4", "1;2\n3;4\n", "1\t2\n3\t4\n", "1 2\n3 4\n",
        "  1   2  \n3\t4\n", "# a comment\n\n1,2\n\n  # another\n3,4\n\n",
        "\xEF\xBB\xBF"
        "1,2\n3,4",
        "x,y\n1,2\n3,4\n", "\"x\",\"y\"\n\"1\",\"2\"\n3,4\n", "x;y\n1;2\n3;4\n", "x y\n1 2\n3 4\n",
        "1.0e0,+2\n3.,4\n", "1,2\n3,4\n   \n"}) {
    INFO(text);
    const CsvTable table = parse(text);
    CHECK(table.shape == std::vector<std::size_t>{2, 2});
    CHECK(table.values == want);
  }
  CHECK(parse("x,y\n1,2\n").names == Names{"x", "y"});
  CHECK(parse("\"a, \"\"b\"\"\",y\n1,2\n").names == Names{"a, \"b\"", "y"});
  CHECK(parse("1,2\n").names.empty());
  CHECK(parse("0.5\n-0.25\n").shape == std::vector<std::size_t>{2, 1});
  CHECK(parse("10,20\n1,2\n", {CsvHeader::yes, {}, {}}).names == Names{"10", "20"});
  CHECK(parse("1 2;3 4\n", {CsvHeader::no, {std::size_t{0}}, ' '}).values == Values{1});
}

TEST_CASE("columns are selected by name or index, in the requested order", "[csv]") {
  const std::string iris = "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n";
  CsvOptions options;
  options.columns = {std::string("width"), std::size_t{0}};
  const CsvTable table = parse(iris, options);
  CHECK(table.values == Values{3.5, 5.1, 3.2, 7});
  CHECK(table.names == Names{"width", "length"});
  CHECK(csv_fault(iris) ==
        "[csv] f.csv:2:9: \"setosa\" in column \"species\" is not a number; "
        "remove that column");
  options.keys = "data.";
  CHECK(csv_fault(iris, options) == "");
  options.columns = {};
  CHECK(csv_fault(iris, options) ==
        "[csv] f.csv:2:9: \"setosa\" in column \"species\" is not a number; "
        "the columns of numbers alone are 'data.columns=[\"length\",\"width\"]'");
  options.columns = {std::string("widht")};
  CHECK(csv_fault(iris, options) ==
        "[csv] f.csv: there is no column \"widht\"; choose from length, width, species");
  options.columns = {std::size_t{3}};
  CHECK(csv_fault(iris, options) ==
        "[csv] f.csv: there is no column 3, only 3 columns; choose from 0 to 2");
  options.columns = {std::string("x")};
  CHECK(csv_fault("1,2\n", options) ==
        "[csv] f.csv: there is no column \"x\": "
        "it has no header row; choose columns by index, from 0");
  CHECK(csv_fault("x,x\n1,2\n", options) ==
        "[csv] f.csv: two columns are named \"x\"; choose columns by index, from 0");
}

TEST_CASE("faults are named with file, line, column and cure", "[csv]") {
  CHECK(csv_fault("") == "[csv] f.csv: it holds no rows; give a table with at least one row");
  CHECK(csv_fault("# nothing\n\n") ==
        "[csv] f.csv: it holds no rows; give a table with at least one row");
  CHECK(
      csv_fault("x,y\n") ==
      "[csv] f.csv: it holds a header but no rows of numbers; give a table with at least one row");
  CHECK(csv_fault("x,y\n1,2\n3\n") ==
        "[csv] f.csv:3:1: the number of cells is 1 here but 2 in the first row (line 1); "
        "give all rows the same length; if the last line is a note or a total, remove it");
  CHECK(csv_fault("1,2\n3,4,5\n") ==
        "[csv] f.csv:2:1: the number of cells is 3 here but 2 in the first row (line 1); "
        "give all rows the same length");
  CHECK(csv_fault("1,2\n3,four\n") ==
        "[csv] f.csv:2:3: \"four\" is not a number; correct it, or remove the row");
  CHECK(csv_fault("1,two\n3,4\n") ==
        "[csv] f.csv:1:3: \"two\" is not a number; correct it, or remove the row; "
        "if the first row holds names, none may be a number");
  CHECK(csv_fault("1,2\n3,\n") == "[csv] f.csv:2:3: an empty cell; fill it in, or remove the row");
  CHECK(csv_fault("1,2\n3, nan\n") ==
        "[csv] f.csv:2:4: \"nan\" is not a finite number; fill it in, or remove the row");
  CHECK(csv_fault("nan,2\n") ==
        "[csv] f.csv:1:1: \"nan\" is not a finite number; fill it in, or remove the row");
  CHECK(csv_fault("1,-inf\n") ==
        "[csv] f.csv:1:3: \"-inf\" is not a finite number; fill it in, or remove the row");
  CHECK(csv_fault("1,1e999\n") ==
        "[csv] f.csv:1:3: \"1e999\" is above the greatest double, 1.8e308; scale the column");
  CHECK(
      csv_fault("1,5;2,5\n", {CsvHeader::no, {}, {}}) ==
      "[csv] f.csv:1:1: \"1,5\" is not a number; its comma is a decimal one: write a decimal point");
  CHECK(csv_fault("1,\"2\n") ==
        "[csv] f.csv:1:3: a quote is not closed on its line; close it, or remove it");
  CHECK(csv_fault("1,\"2\"3\n") ==
        "[csv] f.csv:1:6: text follows a closing quote; "
        "quote the whole cell or nothing");
  CHECK(csv_fault("\xFF\xFEx") ==
        "[csv] f.csv: it is UTF-16 text; convert it: iconv -f utf-16 -t utf-8 f.csv > utf8.txt");
  CHECK(csv_fault(std::string("1,2\n\0", 5)) ==
        "[csv] f.csv: byte 4 is zero, so it is no text; give a file of text");
  for (const char* cell : {"0x10", "1e", "--1", "+-1", "1_000", "1 2", "True", "1.2.3"}) {
    INFO(cell);
    CHECK(lacks(csv_fault(std::string("1,2\n3,") + cell + "\n"), "is not a number") == "");
  }
  CHECK(lacks(csv_fault("1\n" + std::string(100, 'x') + "\n"),
              "\"" + std::string(40, 'x') + "...\"") == "");
}

TEST_CASE("numbers are written with the fewest digits and read back with the same bits", "[csv]") {
  std::mt19937_64 random(5);
  NdArray table{{500, 2}, {}, "<f8"};
  while (table.values.size() < 1000) {
    const double value = std::bit_cast<double>(random());
    if (std::isfinite(value) && std::fpclassify(value) == FP_NORMAL) table.values.push_back(value);
  }
  CHECK(parse(csv_text(table)).values == table.values);
  CHECK(csv_text({{2, 2}, {0.1, -2, 1e100, 3}}, {"x", "y"}) == "x,y\n0.1,-2\n1e+100,3\n");
  CHECK(csv_text({{1, 1}, {static_cast<double>(0.1f)}, "<f4"}) == "0.1\n");
  CHECK(csv_text({{2}, {1, 2}}) == "1\n2\n");
  const Names odd{"a,b", "say \"x\"", "3", " "};
  CHECK(parse(csv_text({{1, 4}, {1, 2, 3, 4}}, odd), {CsvHeader::yes, {}, {}}).names ==
        Names{"a,b", "say \"x\"", "3", " "});
  CHECK(catch_message([] {
          csv_text({{1, 1, 1}, {1}});
        }) == "[csv] shape (1, 1, 1) is not a table (N, D); write it as .npy");
  CHECK(catch_message([] {
          csv_text({{1, 2}, {1}});
        }) == "[csv] shape (1, 2) does not hold 1 values; correct the shape");
  CHECK(catch_message([] {
          csv_text({{1, 2}, {1, 2}}, {"x"});
        }) == "[csv] 1 names for 2 columns; give one for each");
  const TestFolder folder;
  write_csv(folder / "t.csv", table, {"x", "y"});
  CHECK(read_csv(folder / "t.csv").values == table.values);
}

TEST_CASE("the decimal comma of the user's locale has no effect", "[csv]") {
  const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
  CHECK(parse("1.5,2\n").values == Values{1.5, 2});
  CHECK(csv_text({{1, 1}, {1.5}}) == "1.5\n");
  if (german) std::setlocale(LC_ALL, "C");
}

TEST_CASE("random bytes are read or refused, without a crash", "[csv]") {
  std::mt19937 random(2);
  const std::string spice = "0123456789.,;\t \n\r\"'-+eExyz#";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    const std::size_t length = random() % 60;
    while (text.size() < length)
      text += random() % 30 ? spice[random() % spice.size()] : static_cast<char>(random());
    try {
      const CsvTable table = parse(text);
      CHECK(table.values.size() == table.shape[0] * table.shape[1]);
    } catch (const Failure& failure) {
      CHECK(std::string(failure.what()).rfind("[csv] f.csv:", 0) == 0);
    }
  }
}
