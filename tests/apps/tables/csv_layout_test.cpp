// Tests how the layout of usual CSV files is found: the separator, the row with names, and texts
// that are not numbers. Nothing is reinterpreted without a message.
#include "apps/tables/csv_layout.h"
#include <random>

#include "apps/failure.h"
#include "apps/tables/csv.h"
#include "apps/tables/csv_cells.h"
#include "tests/tools/catch.h"

using Catch::Matchers::EndsWith;
using namespace pushforward;
using namespace pushforward::app;

namespace {

using Values = std::vector<double>;
using Names = std::vector<std::string>;

// Returns the options of a table from the section /data of a config.
CsvOptions in_config() {
  CsvOptions options;
  options.keys = "data.";
  return options;
}

CsvTable table_of(const std::string& text, const CsvOptions& options = in_config()) {
  return parse_csv(text, "t.csv", options);
}

// Returns the error for a text, or "" if there is none.
std::string refusal(const std::string& text, const CsvOptions& options = in_config()) {
  try {
    table_of(text, options);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "";
}

std::vector<std::string> warnings_of(const std::string& text) {
  return table_of(text).reading.warnings;
}

}  // namespace

TEST_CASE("a first row with missing values is no header", "[csv]") {
  for (const char* cell : {"NA",          "na",       "N/A",
                           "n/a",         "<NA>",     "?",
                           "-",           "--",       ".",
                           "null",        "NULL",     "None",
                           "#N/A",        "#DIV/0!",  "#VALUE!",
                           "#REF!",       "#NAME?",   "#NUM!",
                           "1.#IND",      "missing",  "(null)",
                           "\\N",         "..",       ":",
                           "NaT",         "#N/A N/A", "\xE2\x80\x93",
                           "\xE2\x80\x94"}) {
    INFO(cell);
    const std::string one(cell), two = one + "," + one;
    CHECK_THAT(refusal(two + "\n1,2\n3,4\n"),
               Contains("t.csv:1:1: \"" + one +
                        "\" is a missing value; fill it in, or remove the row; "
                        "if the first row holds names, set data.header=yes"));
    CHECK_THAT(refusal(one + "\n1\n2\n"),
               Contains("t.csv:1:1: \"" + one + "\" is a missing value"));
    CHECK_THAT(refusal("1,2\n" + two + "\n"), Contains("t.csv:2:1: \"" + one + "\" is a missing"));
    CHECK_THAT(refusal("a,b\n1,2\n" + two + "\n"),
               Contains("t.csv:3:1: \"" + one + "\" in column"));
    CsvOptions yes = in_config();
    yes.header = CsvHeader::yes;
    CHECK(table_of(two + "\n1,2\n", yes).names == Names{one, one});
  }
  for (const char* cell : {"nan", "NaN", "-nan", "inf", "Infinity"})
    CHECK_THAT(refusal(std::string(cell) + "\n1\n2\n"), Contains("is not a finite number"));
  CHECK_THAT(refusal(",\n1,2\n"), Contains("t.csv:1:1: an empty cell"));
  CHECK_THAT(refusal("\"\",\"\"\n1,2\n"), Contains("t.csv:1:1: an empty cell"));
  // "Na" would be a missing value, but beside another name above numbers it is a name (sodium).
  CHECK(table_of("Na,K\n1,2\n").names == Names{"Na", "K"});
  CHECK_THAT(refusal("NA,setosa\n5.1,setosa\n"), Contains("t.csv:1:1: \"NA\" is a missing value"));
  CHECK_THAT(refusal("setosa,\nvirginica,5\n"), Contains("t.csv:1:1: \"setosa\" is not a number"));
  CHECK(table_of(",x\n5,1\n2,3\n").names == Names{"", "x"});
}

TEST_CASE("reading a cell with many currency signs takes no longer than reading a short one",
          "[csv]") {
  // If each sign doubled the work, this cell would take practically forever.
  CHECK(read_cell(std::string(200, '$') + std::string(200, '%')).kind == CellKind::text);
  CHECK(read_cell("$5").kind == CellKind::numeric_text);
  CHECK(read_cell("5%").kind == CellKind::numeric_text);
  CHECK(read_cell("$1,234.50").kind == CellKind::numeric_text);
}

TEST_CASE("rows that begin with a spreadsheet's error value are not comments", "[csv]") {
  CHECK_THAT(refusal("a,b\n1,2\n#N/A,5\n3,4\n"), Contains("t.csv:3:1: \"#N/A\" in column \"a\""));
  CHECK_THAT(refusal("a,b\n1,2\n3,4\n#DIV/0!,6\n"), Contains("t.csv:4:1: \"#DIV/0!\""));
  CHECK_THAT(refusal("a;b\n1;2\n#VALUE!;6\n"), Contains("t.csv:3:1: \"#VALUE!\""));
  CHECK_THAT(refusal("1\n#NAME?\n"), Contains("t.csv:2:1: \"#NAME?\""));
  CHECK_THAT(refusal("1 2\n#N/A 6\n"), Contains("t.csv:2:1: \"#N/A\""));
  const CsvTable table = table_of("#N/A means missing\na,b\n1,2\n# between\n3,4\n#5,6\n");
  CHECK(table.values == Values{1, 2, 3, 4});
  CHECK(table.reading.left_out == Names{"3 comment lines left out (lines 1, 4, 6)"});
}

TEST_CASE("names in a comment above the numbers are found", "[csv]") {
  CHECK(table_of("# x y\n1.0 2.0\n3.0 4.0\n").names == Names{"x", "y"});
  CHECK(table_of("#id,x,y\n1,2,3\n4,5,7\n").names == Names{"id", "x", "y"});
  CHECK(table_of("# x,y\n1,2\n").reading.layout ==
        "separated by commas, names in the comment of line 1");
  CHECK(table_of("# x,y\n1,2\n").reading.left_out.empty());
  CHECK(table_of("# made by hand\n1,2\n").names.empty());
  // A single word in a comment is not taken for the name of a single column.
  CHECK(table_of("# remark\n1\n2\n").names.empty());
  CHECK(table_of("# x,y\n\n1,2\n").names.empty());  // not directly above the first row
  CHECK(table_of("# x,y\na,b\n1,2\n").names == Names{"a", "b"});
  CsvOptions by_name = in_config();
  by_name.columns = {std::string("y")};
  CHECK(table_of("# x y\n1 2\n3 4\n", by_name).values == Values{2, 4});
}

TEST_CASE("a first row of numbers that may be names is refused until the user decides", "[csv]") {
  const std::string years = "2019,2020,2021\n1.5,2.5,3.5\n1.2,2.2,3.1\n";
  CHECK(refusal(years) ==
        "[csv] t.csv:1:1: the first row, 2019,2020,2021, looks like a header of years, but may be "
        "data; set data.header=yes if it holds names, data.header=no if it is data");
  CHECK_THAT(refusal("0,1\n0.5,1.5\n2.5,3.5\n"),
             Contains("looks like a header that numbers the columns"));
  CHECK_THAT(refusal("0,1\n0.5,1.5\n", {}), Contains("write names into it that are no numbers"));
  CsvOptions options = in_config();
  options.header = CsvHeader::yes;
  CHECK(table_of(years, options).names == Names{"2019", "2020", "2021"});
  options.header = CsvHeader::no;
  CHECK(table_of(years, options).shape == std::vector<std::size_t>{3, 3});
  options.header = CsvHeader::automatic;
  options.columns = {std::string("2020")};  // the first row must then hold names
  CHECK(table_of(years, options).values == Values{2.5, 2.2});
  // Quotes around only the numbers of the first row also mean that they are names.
  CHECK(table_of("\"2019\",\"2020\"\n1.5,2.5\n").names == Names{"2019", "2020"});
  CHECK(table_of("\"1\",\"2\"\n\"3\",\"4\"\n").names.empty());
  // These first rows are data: years above years, and whole numbers above whole numbers.
  for (const char* data : {"2019,2020\n2021,2022\n", "0,1\n1,0\n", "0,1\n0.5,1\n", "2019\n1.5\n",
                           "2020,2019\n1,2\n", "2019,2045\n1,2\n", "1,2\n3,4\n"})
    CHECK(refusal(data) == "");
  CHECK_THAT(refusal("id,2019,2020\n1,2,3\n"),
             Contains("if the first row holds names, set data.header"));
}

TEST_CASE("the separator splits all rows into the same number of cells", "[csv]") {
  const auto names = [](const std::string& text) { return table_of(text).names; };
  CHECK(names("waiting time\n79\n54\n74\n") == Names{"waiting time"});
  CHECK(names("waiting time\n79\n") == Names{"waiting time"});
  CHECK(names("weight, kg\n70\n80\n65\n") == Names{"weight, kg"});
  CHECK(names("time (s; UTC),value\n1,2\n3,5\n") == Names{"time (s; UTC)", "value"});
  CHECK(names("\"time; s\",\"a,b\"\n1,2\n") == Names{"time; s", "a,b"});
  CHECK(names("a b\tc\n1\t2\n") == Names{"a b", "c"});
  CHECK(names("a|b\n1|2\n3|5\n") == Names{"a", "b"});
  CHECK(names("first one,x y\n1, 2\n3, 5\n") == Names{"first one", "x y"});
  const CsvTable named = table_of("sep=;\na,1;b\n1;2\n3;5\n");
  CHECK(named.names == Names{"a,1", "b"});
  CHECK(named.reading.left_out == Names{"line 1 names the separator (sep=)"});
  CHECK(table_of("1,2\n3,5\n").reading.layout == "separated by commas, no header");
  CHECK(table_of("x\n2\n3\n").reading.layout == "one cell a line, header in line 1");
  CHECK(table_of("\n\nx\ty\n2\t1\n").reading.layout == "separated by tabs, header in line 3");
  // A separator at the end of each line does not begin another cell.
  const CsvTable trailing = table_of("a,b,\n1,2,\n4,5,\n");
  CHECK(trailing.names == Names{"a", "b"});
  CHECK(trailing.reading.left_out == Names{"the separator at the end of each line starts no cell"});
  CHECK_THAT(refusal("a,b,c\n1,2,\n4,5,\n"), Contains("an empty cell in column \"c\""));
  CHECK_THAT(refusal("a,b\n1,2,\n4,5,\n"),
             Contains("the row in line 2 has 3 cells; end all rows alike"));
  CHECK_THAT(refusal("x y\n1 0.5 0.3\n2 0.1 0.2\n"),
             Contains("the header has 2 names, but the row in line 2 has 3 cells") &&
                 Contains("row.names=FALSE"));
  CHECK_THAT(refusal("1,2\n3\n"), Contains("the number of cells is 1 here but 2 in the first row"));
}

TEST_CASE("line ends of every system and no-break spaces are read", "[csv]") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const CsvTable table = table_of("a,b" + end + "1,2" + end + end +
                                    "\xC2\xA0"
                                    "3\xC2\xA0,4" +
                                    end);
    CHECK(table.names == Names{"a", "b"});
    CHECK(table.values == Values{1, 2, 3, 4});
    CHECK_THAT(refusal("1,2" + end + "3,x" + end), Contains("t.csv:2:3"));
  }
}

TEST_CASE("decimal commas are read if the key says so, and otherwise reported", "[csv]") {
  CHECK_THAT(
      refusal("a;b\n1,5;2\n2,5;3\n"),
      Contains("t.csv:2:1: \"1,5\" in column \"a\" is not a number; its comma is a decimal one: "
               "set data.decimal=comma, or write a decimal point"));
  CsvOptions comma = in_config();
  comma.decimal = CsvDecimal::comma;
  const CsvTable table = table_of("a;b\n1,5;2\n-2,5;3e-1\n", comma);
  CHECK(table.values == Values{1.5, 2, -2.5, 0.3});
  CHECK(table.reading.layout == "separated by semicolons, decimal commas, header in line 1");
  CHECK(table_of("3,14\n2,72\n", comma).shape == std::vector<std::size_t>{2, 1});
  CHECK_THAT(refusal("a;b\n1.5;2\n", comma),
             Contains("set data.decimal=point, or write a decimal comma"));
  // One column with decimal commas looks like two columns.
  CHECK_THAT(refusal("x\n3,14\n2,72\n"),
             Contains("the header has 1 name, but the row in line 2 has 2 "
                      "cells; if the numbers have decimal commas, set "
                      "data.decimal=comma"));
  CHECK_THAT(refusal("3,14\n2,05\n"),
             Contains("may be 2 numbers with points or 1 with decimal commas; "
                      "set data.decimal=comma"));
  CHECK(warnings_of("3,14\n2,72\n") ==
        Names{"no cell has a decimal point; if the first row, 3,14, has decimal commas, set "
              "data.decimal=comma"});
  CsvOptions point = in_config();
  point.decimal = CsvDecimal::point;
  CHECK(table_of("3,14\n2,05\n", point).reading.warnings.empty());
  CHECK(warnings_of("3.5,14\n2,72\n").empty());
}

TEST_CASE("the error for a cell that a person reads as a number says how to write it", "[csv]") {
  const std::pair<const char*, const char*> cures[] = {
      {"\"1,234.5\"",
       "set data.thousands=comma, or write it without signs between thousands, 1234.5"},
      {"\"1,234,567\"", "write it without signs between thousands, 1234567"},
      {"\"1,234\"",
       "if its comma separates thousands, set data.thousands=comma, or write 1234; if it is a "
       "decimal comma, set data.decimal=comma"},
      {"1.234.567", "write it without signs between thousands, 1234567"},
      {"\"1.234,5\"",
       "its comma is a decimal one: set data.decimal=comma and data.thousands=point, or write a "
       "decimal point and no signs between thousands"},
      {"\"1 234,5\"", "set data.decimal=comma and data.thousands=blank, or write"},
      {"1'234.5",
       "set data.thousands=apostrophe, or write it without signs between thousands, 1234.5"},
      {"12%",
       "set data.percent=number (or share, for hundredths), or write the number alone, without "
       "\"%\""},
      {"$5", "set data.currency=drop, or write the number alone, without \"$\""},
      {"-$1", "write the number alone, without \"$\""},
      {"5 \xE2\x82\xAC", "write the number alone, without \"\xE2\x82\xAC\""},
      {"true", "write 1 for true and 0 for false"},
      {"\xE2\x88\x92"
       "5",
       "write its minus as a hyphen"},
      {"2020-01-02", "write dates and times as numbers"},
      {"12:30", "write times of day as numbers"},
      {"31.12.2020", "write dates like 2007-11-11"},
      {"5-Jan-20", "write dates like 2007-11-11"},
      {"\"Jan 5, 2020\"", "write dates like 2007-11-11"},
      {"2020-01", "write dates like 2007-11-11"},
      {"5 kg", "write the number alone, without its unit"},
      {"12.50 EUR",
       "set data.currency=drop, or write the number alone, without \"EUR\"; the columns"},
      {"CHF 1'234.50",
       "set data.currency=drop, or write the number alone, without \"CHF\"; set "
       "data.thousands=apostrophe"},
      {"\"(1,234.56)\"", "write a number in parentheses with a minus if it is negative"},
      {"34.56-", "write its minus before the number"},
      {"1.0D+02", "write its exponent with an e"},
      {"1+2j", "write the real and the imaginary part into two columns"},
      {"'5'", "write the number without the quotes that belong to its cell"},
      {"52\xC2\xB0"
       "31'",
       "write an angle as one number of degrees"},
      {"0x10", "write hexadecimal numbers as decimal ones"},
      {"x5", "correct it, or remove the row"}};
  for (const auto& [cell, cure] : cures) {
    INFO(cell);
    CHECK_THAT(refusal(std::string("a,b\n1,2\n3,") + cell + "\n"),
               Contains("t.csv:3:3: ") && Contains(cure) && Contains("'data.columns=[\"a\"]'"));
  }
  // These first rows are not headers.
  for (const char* row : {"\"1,234\",\"2,345\"", "12%,13%", "$5,$6", "true,false"})
    CHECK_THAT(refusal(std::string(row) + "\n1,2\n"), Contains("t.csv:1:1: "));
  // A first row of text is a header even if the cells below are unusual numbers.
  CHECK(table_of("a,b\n1e-400,+2\n").values == Values{0, 2});
  CHECK(table_of("1e-400,2\n").reading.left_out ==
        Names{"1 number nearer to 0 than 4.9e-324 became 0"});
}

TEST_CASE("the error lists the columns of numbers in a form that can be pasted", "[csv]") {
  CHECK_THAT(
      refusal("kind,a,sex,b\nx,1,m,2\ny,3,f,4\n"),
      EndsWith("is not a number; the columns of numbers alone are 'data.columns=[\"a\",\"b\"]'"));
  CHECK_THAT(refusal("1,m,2\n3,f,4\n"), EndsWith("'data.columns=[0,2]'"));
  CHECK_THAT(refusal("k,a,a\nx,1,2\n"), EndsWith("'data.columns=[1,2]'"));
  CHECK_THAT(refusal("k,it's\nx,1\n"), EndsWith("'data.columns=[1]'"));
  CHECK_THAT(refusal("a,b\n1,NA\n"), Contains("is a missing value") && EndsWith("[\"a\"]'"));
  CHECK_THAT(refusal("a,b\nx,y\n"), !Contains("columns of numbers"));
  CHECK_THAT(refusal("k,a\nx,1\n", {}), EndsWith("is not a number; remove that column"));
  CHECK_THAT(refusal("a,b\nx,y\n"), EndsWith("; give a table with a column of numbers"));
  CHECK_THAT(refusal("a,b\n1,x\n2,3\n"), Contains("; correct it, or remove the row; the columns"));
  CHECK_THAT(refusal("id,2019\n1,2\n", {}),
             EndsWith("if the first row holds names, none may be a number"));
  CsvOptions source = in_config();
  source.keys = "source.of.";
  CHECK_THAT(refusal("k,a\nx,1\n", source), EndsWith("'source.of.columns=[\"a\"]'"));
}

TEST_CASE("columns that are probably not data give a warning with their names", "[csv]") {
  CHECK(warnings_of(",a,b\n0,1.5,2.5\n1,1.7,2.1\n2,1.2,2.9\n") ==
        Names{"column 0 has no name and counts the rows from 0: it looks like an index, not data; "
              "leave it out with 'data.columns=[\"a\",\"b\"]'"});
  CHECK(
      warnings_of("id,a\n1,5\n2,7\n3,6\n") ==
      Names{"column \"id\" counts the rows from 1: it looks like an index, not data; leave it out "
            "with 'data.columns=[\"a\"]'"});
  CHECK(warnings_of("a,b\n1,5\n2.5,5\n3,5\n") ==
        Names{"column \"b\" is 5 in every row, so densities mean nothing in it; leave it out with "
              "'data.columns=[\"a\"]'"});
  CHECK(warnings_of("a,a\n1,2\n3,4\n") == Names{"two columns are named \"a\""});
  CHECK(warnings_of("a,b\n1,5\n2.5,6\n3,5\n").empty());
  CHECK(warnings_of("a,b\n1,5\n").empty());
}

TEST_CASE("names that look like something else are quoted and read back unchanged", "[csv]") {
  const std::vector<Names> all{{"\xEF\xBB\xBF", "x"},
                               {" \xEF\xBB\xBF"
                                "a",
                                "b"},
                               {"2019", "2020"},
                               {"NA", "?"},
                               {"#id", "x"},
                               {"1.5", "2"},
                               {"a|b", "c;d"},
                               {"x y", "tab\there"},
                               {"10%", "$5"},
                               {"true", "-"},
                               {"", "q"}};
  for (const Names& names : all) {
    const std::string text = csv_text({{2, 2}, {1, 2.5, 3, 4}}, names);
    INFO(text);
    CHECK(table_of(text).names == names);
    CHECK(table_of(text).values == Values{1, 2.5, 3, 4});
  }
}

TEST_CASE("random names are written and read back unchanged", "[csv]") {
  std::mt19937 random(11);
  const std::vector<std::string> parts{"a",        "B",    "7", " ",  ",", ";", "|", "\t",
                                       "\"",       "\"\"", "#", "NA", "%", ".", "-", "\xEF\xBB\xBF",
                                       "\xC2\xA0", "e"};
  for (int round = 0; round < 3000; ++round) {
    Names names(1 + random() % 4);
    for (std::string& name : names)
      for (std::size_t count = 1 + random() % 4; count > 0; --count)
        name += parts[random() % parts.size()];
    names.push_back("plain");  // a table of numbers alone might be one of decimal commas
    NdArray table{{2, names.size()}, std::vector<double>(2 * names.size(), 0.5)};
    const std::string text = csv_text(table, names);
    INFO(text);
    CsvOptions options = in_config();
    options.header = CsvHeader::yes;
    CHECK(table_of(text, options).names == names);
    CHECK(table_of(text).names == names);
  }
}
