// Tests tables as spreadsheets, data bases, loggers and banks write them: nothing is read as something
// else without a word, and what is refused is refused with the place and the cure.
#include <algorithm>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/tables/typed_csv.h"
#include "tests/tools/catch.h"

using Catch::Matchers::EndsWith;
using namespace pushforward;
using namespace pushforward::app;

namespace {

using Texts = std::vector<std::string>;

TypedCsvOptions met_options() {
  TypedCsvOptions o;
  o.csv.keys = "data.";
  return o;
}

NdArray met(const std::string& text, const TypedCsvOptions& o = met_options()) {
  return parse_typed_csv(text, "m.csv", o).table;
}

std::string met_fault(const std::string& text, const TypedCsvOptions& o = met_options()) {
  try {
    met(text, o);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "none";
}

// Returns a table of two columns whose first one has these two cells, which a bar separates.
std::string two_rows(const std::string& cells) {
  const std::size_t bar = cells.find('|');
  return "x;y\n" + cells.substr(0, bar) + ";1\n" + cells.substr(bar + 1) + ";2.5\n";
}

Texts met_warnings(const std::string& text) { return met(text).reading.warnings; }

}  // namespace

TEST_CASE("a cell in quotes may contain line ends") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const NdArray t = met("id,\"Temp" + end + "(C)\",note" + end + "7,20.5,\"first" + end + end +
                          "line, \"\"so\"\"\"" + end + "9,21.5,plain" + end);
    CHECK(t.names == Texts{"id", "Temp\n(C)", "note"});
    CHECK(t.shape == std::vector<std::size_t>{2, 3});
    CHECK(t.columns[2].values == Texts{"first\n\nline, \"so\"", "plain"});
    // They are written as they were read.
    CHECK(met(csv_text(t, t.names)).columns[2].values == t.columns[2].values);
    CHECK(met(csv_text(t, t.names)).names == t.names);
    CHECK_THAT(
        met_fault("a,\"b" + end + "c\"" + end + "1,2" + end + "3,4,5" + end),
        Contains("m.csv:4:1: the number of cells is 3 here but 2 in the first row (line 1)"));
  }
  // A quote within a cell opens nothing, and one that is closed nowhere is a fault of its line.
  CHECK(met("size,x\na\"b,1.5\nc\",2.5\n").columns[0].values == Texts{"a\"b", "c\""});
  CHECK_THAT(met_fault("a,b\n1,\"x\n2,y\n"),
             Contains("m.csv:2:3: a quote is not closed on its line"));
  CHECK_THAT(met_fault("a,b\n1,\"x\n2,\"y\"z\n"), Contains("m.csv:2:3: a quote is not closed"));
  CHECK_THAT(met_fault("a,b\n1,\"say \\\"hi\\\"\"\n"),
             Contains("write a quote within quotes twice, \"\", without a backslash"));
}

TEST_CASE("rows that repeat the header are left out") {
  const NdArray t = met("a,b\n1,x\n3,y\na,b\n5,x\na,b\n");
  CHECK(t.values == std::vector<double>{1, 0, 3, 1, 5, 0});
  CHECK(t.reading.left_out == Texts{"2 rows left out that repeat the header (lines 4, 6)"});
  // Numbers as names may be data, and a table of one column may have its name as a value.
  TypedCsvOptions yes = met_options();
  yes.csv.header = CsvHeader::yes;
  CHECK(met("1,2\n3,4\n1,2\n", yes).shape[0] == 2);
  CHECK(met("x\ny\nx\n", yes).shape[0] == 2);
}

TEST_CASE("columns of a spreadsheet without a name and without a cell are left out") {
  const NdArray t = met("a,b,,\n1.5,2,,\n3,4,,\n");
  CHECK(t.names == Texts{"a", "b"});
  CHECK(t.reading.left_out == Texts{"the separator at the end of each line starts no cell",
                                    "1 column without a name and without a cell left out (2)"});
  // A cell, or a name, is not left out silently.
  CHECK(met("a,,b\n1,2,3\n2,5,4\n").names == Texts{"a", "", "b"});
  CHECK_THAT(met_fault("a,,b\n1,,3\n2,5,\n"),
             Contains("each of its 2 rows has a missing cell (1 in column 1, 1 in b)"));
  CHECK_THAT(met_fault("a,note,b\n1,,3\n2,,4\n"),
             Contains("leave out the column without any cell: 'data.drop=[\"note\"]'"));
  CHECK_THAT(met_fault("1,,3\n2,,4\n"), Contains("'data.drop=[1]'"));
}

TEST_CASE("rows of units, second names and notes are refused with their line") {
  CHECK_THAT(
      met_fault("time,temp\ns,degC\n1,20\n2,21.5\n"),
      Contains("m.csv:2:1: \"s\" in column \"time\" is not a number; if line 2 holds units or "
               "more names, remove it, or set 'data.types={\"time\": \"category\", \"temp\": "
               "\"category\"}' if these columns are categories"));
  CHECK_THAT(met_fault("7,,5,\nmin,max,min,max\n1,2,3,4\n2,5,4,6\n"),
             Contains("if line 2 holds names, remove the lines above it: tail -n +2 m.csv"));
  CHECK_THAT(
      met_fault("x,y\n1,2\n3,4\nMean,3\n"),
      Contains("m.csv:4:1: \"Mean\" in column \"x\" is not a number; if line 4 is a total or "
               "a note, remove it"));
  CHECK_THAT(
      met_fault("region,sales\nA,10\nB,20\nC,30\n\nSource: here\n"),
      Contains(
          "m.csv:6:1: the number of cells is 1 here but 2 in the first row (line 1); give all rows the same length; if "
          "the last line is a note or a total, remove it"));
  CHECK_THAT(
      met_fault("Sales report\n\nregion,sales\nA,10\nB,20\nC,30\n"),
      Contains("m.csv:1:1: the header has 1 name, but the row in line 3 has 2 cells; ") &&
          Contains(
              "(row.names=FALSE in R), or put a name for that column into the header; if "
              "the lines above line 3 are no part of the table, remove them: tail -n +3 m.csv"));
  CHECK_THAT(met_fault("Sales report\n\na,b,c\n1,10,5\n2,20,6\n"),
             Contains("the row in line 3 has 3 cells; if the lines above line 3 are no part of"));
  CHECK_THAT(met_fault("\"Account:\";\"DE1\"\n\"Day\";\"Sum\";\"For\"\n1;2;x\n3;4;y\n5;6;x\n"),
             Contains("if the lines above line 2 are no part of the table"));
  // Two header rows of a data frame: the first has the names, the second is no row of numbers.
  CHECK(
      met_warnings(",a,a\n,x,y\n0,1.5,2\n1,2.5,3\n") ==
      Texts{"two columns are named \"a\"",
            "the row of line 2, which is left out for a missing cell, has \"x\" in column \"a\" of "
            "numbers: if it holds names, units or a note, remove it"});
  CHECK(met_warnings("kind,temp\n,degC\na,20\nb,21.5\na,22\n")
            .at(0)
            .starts_with("the row of line 2, which is left out"));
}

TEST_CASE("names above texts are found beside an empty corner, and years beside names are asked") {
  const NdArray t =
      met("\"\",\"class\",\"sex\"\n\"1\",\"first\",\"man\"\n\"2\",\"crew\",\"man\"\n");
  CHECK(t.names == Texts{"", "class", "sex"});
  CHECK(t.shape[0] == 2);
  // A cell of the row that occurs below, or another row without its first cell: no names.
  CHECK(met(",setosa\n5.1,setosa\n4.9,rosa\n").names.empty());
  CHECK(met(",setosa\n,virginica\n4.9,rosa\n").names.empty());
  const std::string asked = "looks like a header of years, but may be data; set data.header=yes";
  CHECK_THAT(met_fault("country,2019,2020\nAT,1.5,2.5\nBE,2.5,3.5\n"), Contains(asked));
  CHECK_THAT(met_fault("country,2020\nAT,1.5\nBE,2.5\n"), Contains(asked));
  CHECK_THAT(met_fault("country,code,2019,2020,\nAT,A,1.5,2.5,\nBE,B,,3.5,\n"), Contains(asked));
  CHECK_THAT(met_fault("2019,,2020,\n1.5,3,4,7\n2.5,3,4,\n"), Contains(asked));
  CHECK(met("AT,2020,1.5\nBE,2021,2.5\n").names.empty());
  CHECK(met("AT,1,1.5\nBE,2,2.5\n").names.empty());
}

TEST_CASE("a total below the rows gives a warning") {
  for (const char* word : {"Total", "SUM", "Mean:", "Gesamt"}) {
    CAPTURE(word);
    CHECK(met_warnings(std::string("region,sales\nA,10\nB,20\nA,30\n") + word + ",60\n") ==
          Texts{std::string("the last row, of line 5, has \"") + word +
                "\" in column \"region\": if it is a total of the others, remove it"});
  }
  CHECK(met_warnings("kind,x\nSum,10\nProduct,20\nSum,30\n").empty());
  CHECK(met_warnings("region,sales\nA,10\nB,20\nTotals Ltd,30\n").empty());
}

TEST_CASE("whole numbers that are codes, dates or too long for a double give a warning") {
  CHECK(met_warnings("zip,x\n01234,1.5\n90210,2.5\n") ==
        Texts{"column \"zip\" has numbers with zeros before them, such as 01234, which samples do "
              "not; set 'data.types={\"zip\": \"category\"}' if they are names"});
  CHECK(met_warnings("x\n0\n0.5\n10\n").empty());
  const Texts rounded =
      met_warnings("id,x\n1000000000000000001,1.5\n1000000000000000002,2.5\n5,1\n");
  REQUIRE(rounded.size() == 1);
  CHECK(rounded[0] ==
        "column \"id\" has whole numbers with more digits than a double holds, so "
        "1000000000000000001 becomes 1000000000000000000, and 2 different numbers become 1; set "
        "'data.types={\"id\": \"category\"}' if they are names");
  CHECK(met_warnings("x\n100000000000000000000\n9007199254740992\n").empty());
  CHECK(met_warnings("d,x\n20200131,1.5\n20200201,2.5\n20191231,3\n") ==
        Texts{"the whole numbers of column \"d\" look like dates, but are read as numbers; write "
              "20200131 as 2020-01-31 if it is a date"});
  CHECK(met_warnings("d,x\n20200131,1.5\n20201301,2.5\n20191231,3\n").empty());
}

TEST_CASE("points that may separate thousands give a warning") {
  const Texts warned = Texts{
      "every point in column \"n\" has three digits after it: if 1.234 is 1234, set "
      "data.thousands=point and data.decimal=comma"};
  CHECK(met_warnings("city;n\nA;1.234\nB;950\nA;12.345\n") == warned);
  CHECK(met_warnings("city,n\nA,1.234\nB,950\nA,12.345\n") == warned);
  CHECK(met_warnings("city;n\nA;1.234\nB;2.500\n") == warned);
  for (const char* none : {"city,n\nA,1.234\nB,2.500\n", "city;n\nA;1.234\nB;0.950\n",
                           "city;n\nA;1.234\nB;1.5\n", "city;n\nA;1.234\nB;1950\n"})
    CHECK(met_warnings(none).empty());
}

TEST_CASE("categories of rare texts, and of texts in several cases, give a warning") {
  CHECK(
      met_warnings("s,x\nmale,1.5\nfemale,2\nMale,2.5\n") ==
      Texts{"column \"s\" has texts that differ only in case, such as male and Male, as different "
            "values; write them alike if they are one"});
  std::string many = "name,x\n";
  for (int k = 0; k < 60; ++k)
    many += "u" + std::to_string(k % 40) + "v," + std::to_string(k * k % 7) + ".5\n";
  CHECK(met_warnings(many) == Texts{"column \"name\" has 40 different texts in 60 rows, so little "
                                    "can be learned about each"});
}

TEST_CASE("words for missing cells of data bases, statistics offices and typesetters are known") {
  for (const char* word : {"\\N", "(null)", "..", ":", "NaT", "#N/A N/A", "\xE2\x80\x93",
                           "\xE2\x80\x94", "-nan(ind)"}) {
    CAPTURE(word);
    const NdArray t = met(std::string("a,b,t\n1,2.5,2020-01-01\n2,") + word +
                          ",2020-01-02\n3,4.5," + word + "\n");
    CHECK(t.shape == std::vector<std::size_t>{1, 3});
    CHECK(t.columns[2].kind == ColumnKind::date);
    CHECK(t.reading.left_out == Texts{"2 of 3 rows left out for missing cells (1 in b, 1 in t)"});
  }
  // A single other word in a column of numbers can be declared one.
  CHECK_THAT(met_fault("a,b\n1,12\n2,low\n3,low\n,4\n"),
             EndsWith("or 'data.missing=[\"\",\"low\"]' if the text means a missing value; "
                      "\"12\" in line 2 is a number"));
  CHECK_THAT(met_fault("a,b\n1,12\n2,low\n3,high\n"), !Contains("data.missing"));
}

TEST_CASE("times of several zones are refused") {
  CHECK(met("t,x\n2020-01-01T00:00Z,1.5\n2020-01-02T12:30Z,2.5\n").columns[0].kind ==
        ColumnKind::time);
  CHECK_THAT(
      met_fault("t,x\n2020-01-01 00:00Z,1.5\n2020-07-01 00:00,2.5\n"),
      Contains("m.csv:3:1: \"2020-07-01 00:00\" in column \"t\" is not a time in UTC (Z), as "
               "the first of the column is"));
  CHECK_THAT(met_fault("t,x\n2020-01-01 00:00,1.5\n2020-07-01 00:00Z,2.5\n"),
             Contains("is not a time without a zone, as the first of the column is"));
  for (const char* zone : {"+02:00", "-0330", "+02", " UTC", " +0200", " GMT"}) {
    CAPTURE(zone);
    CHECK_THAT(met_fault(std::string("t,x\n2020-01-01T00:00:00") + zone +
                         ",1.5\n2020-01-02T12:30:00" + zone + ",2.5\n"),
               Contains("write times in UTC, as 2007-11-11T08:30Z, or without a zone"));
  }
}

TEST_CASE("dates, times of day and numbers in other notations are refused with how to write them") {
  const std::pair<const char*, const char*> notations[] = {
      {"5-Jan-20|6-Feb-20", "write dates like 2007-11-11"},
      {"January 5 2020|May 6 2020", "write dates like 2007-11-11"},
      {"05JAN2020|06FEB2020", "write dates like 2007-11-11"},
      {"31.12.2020|01.02.2021", "write dates like 2007-11-11"},
      {"2020-01|2020-02", "write dates like 2007-11-11"},
      {"2020-1-5|2020-02-06", "write dates like 2007-11-11"},
      {"08:30|09:45", "write times of day as numbers"},
      {"(34.56)|(12.00)", "in parentheses"},
      {"34.56-|12.00-", "write its minus before the number"},
      {"1.0D+02|2.5D-01", "write its exponent with an e"},
      {"0x1F|0x2A", "write hexadecimal numbers as decimal ones"},
      {"1+2j|2-1j", "into two columns"},
      {"'1'|'2'", "without the quotes that belong to its cell"},
      {"5 kg|900 g", "without its unit"},
      {"52\xC2\xB0"
       "31|12\xC2\xB0"
       "10",
       "write an angle as one number of degrees"},
      {"5 kr|7 kr", "set data.currency=drop"}};
  for (const auto& [cells, cure] : notations) {
    CAPTURE(cells);
    CHECK_THAT(met_fault(two_rows(cells)), Contains("m.csv:2:1: ") && Contains(cure));
  }
  // Names with digits stay names.
  for (const char* cells : {"MARCH1|TP53", "+49 170 1234567|+1 555 0100", "1.2.3|1.2.4", "12a|3b",
                            "10-19|20-29", "A1|B2", "May|June"}) {
    CAPTURE(cells);
    CHECK(met(two_rows(cells)).columns[0].kind == ColumnKind::category);
  }
}

TEST_CASE("tables in other formats of text are named") {
  CHECK_THAT(met_fault("{\"a\": 1}\n{\"a\": 2}\n"), Contains("it is JSON, not a table of cells"));
  for (const char* text : {"[{\"a\": 1},\n{\"a\": 2}]\n", "{}\n", "[]\n"})
    CHECK_THAT(met_fault(text), Contains("it is JSON"));
  CHECK_THAT(met_fault("<table><tr><td>1</td></tr></table>\n"), Contains("it is a page of HTML"));
  CHECK_THAT(met_fault("@relation iris\n@data\n1,2\n"), Contains("it is an ARFF file"));
  CHECK_THAT(met_fault("| a | b |\n|---|---|\n| 1 | 2 |\n"),
             Contains("line 2 is a ruled line below the names; remove it, and bars at the ends"));
  CHECK_THAT(met_fault(" a | b\n---+---\n 1 | 2\n"), Contains("line 2 is a ruled line"));
}

TEST_CASE("the error for a column of texts with a few numbers shows one of these") {
  CHECK_THAT(
      met_fault("drv,x\nf,1.5\nr,2.5\n4,3\nf,4\n"),
      Contains("m.csv:2:1: \"f\" in column \"drv\" is not a number; set 'data.types={\"drv\": "
               "\"category\"}' if the column is a category; \"4\" in line 4 is a number"));
  // Advice about the unit comes before.
  CHECK_THAT(
      met_fault("level\n170a\n170\n170b\n171b\n"),
      Contains("\"170a\" in column \"level\" is not a number; write the number alone, without "
               "its unit, or set 'data.types={\"level\": \"category\"}' if the column is a "
               "category; \"170\" in line 3 is a number"));
  // A text with signs that cannot be typed is no proposal for `missing`.
  CHECK_THAT(met_fault("x\n1.5\n6.2.\x1a\n"), !Contains("data.missing"));
}

TEST_CASE("the advice for columns of texts and numbers names all of them") {
  CHECK_THAT(
      met_fault("x,a,b\n1,u,v\n2,2,5\n3,w,7\n"),
      Contains("set 'data.types={\"a\": \"category\", \"b\": \"category\"}' if these columns "
               "are categories"));
  std::string ids = "id,name\n";
  for (int k = 0; k < 300; ++k)
    ids += std::to_string(k) + (k % 50 ? "" : "A") + ",n" + std::to_string(k) + "\n";
  CHECK_THAT(met_fault(ids),
             Contains("leave the column out with 'data.drop=[\"id\"]', since it has "
                      "300 different texts, and a category may have 256"));
  std::string names = "first,last,x\n";
  for (int k = 0; k < 300; ++k)
    names += "f" + std::to_string(k) + ",l" + std::to_string(k) + "," + std::to_string(k) + "\n";
  CHECK_THAT(met_fault(names),
             Contains("leave such columns out with 'data.drop=[\"first\",\"last\"]'"));
}

TEST_CASE("a table that loses most rows for one column is doubted") {
  const Texts warnings = met_warnings("a,x\n,1.5\n,2.5\n3,3.5\n,4.5\n2,5.5\n,\n");
  CHECK(std::find(warnings.begin(), warnings.end(),
                  "3 of 6 rows are left out for column \"a\" alone; leave that column out with "
                  "'data.drop=[\"a\"]' to keep them") != warnings.end());
  for (const std::string& text : met_warnings("a,x\n,1.5\n1,2.5\n3,3.5\n"))
    CHECK_THAT(text, !Contains("are left out for"));
}

TEST_CASE("a file with only a header, whose first cell may be empty, holds no rows") {
  for (const char* text : {"\"\",\"a\",\"b\"\n", "a,b\n"})
    CHECK_THAT(met_fault(text), Contains("it holds a header but no rows of numbers"));
  CHECK_THAT(met_fault("a,b\n1,\n"), Contains("its only row has a missing cell (1 in b)"));
}

TEST_CASE("the lines above a table are named, also if its header is longer than its rows") {
  CHECK_THAT(
      met_fault("Series:\nTitle:\nid,year,value,\nL,1959,5.8\nL,1960,5.1\nL,1961,5.6\n"
                "L,1962,5.2\n"),
      Contains("if the lines above line 3 are no part of the table, remove them: tail -n +3"));
}

TEST_CASE("blank lines of a table of one column are counted") {
  CHECK(met("x\n1\n\n2.5\n\n\n3\n\n").reading.left_out ==
        Texts{"3 blank lines left out (lines 3, 5, 6)"});
  CHECK(met("x,y\n1,2\n\n2,3\n").reading.left_out.empty());
}
