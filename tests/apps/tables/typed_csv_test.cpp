// Tests which kinds of columns are guessed, which rows are left out, and which columns are refused.
#include "apps/tables/typed_csv.h"

#include <cmath>

#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

TypedCsvOptions options() {
  TypedCsvOptions o;
  o.csv.keys = "data.";
  return o;
}

TypedTable parse(const std::string& text, const TypedCsvOptions& o = options()) {
  return parse_typed_csv(text, "f.csv", o);
}

std::string fault(const std::string& text, const TypedCsvOptions& o = options()) {
  try {
    parse(text, o);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "none";
}

ColumnKind kind(const std::string& cells) { return parse("x\n" + cells).table.columns[0].kind; }

}  // namespace

TEST_CASE("the kind of a column is guessed from all of its cells") {
  CHECK(kind("1.5\n2\n") == ColumnKind::number);
  CHECK(kind("1\n2\n-3\n") == ColumnKind::integer);
  CHECK(kind("1.0\n2.0\n") == ColumnKind::integer);
  CHECK(kind("1e300\n2e300\n") == ColumnKind::number);
  CHECK(kind("2007-11-11\n2008-01-01\n") == ColumnKind::date);
  CHECK(kind("2007-11-11T10:00\n2008-01-01T11:30\n") == ColumnKind::time);
  CHECK(kind("a\nb\na\n") == ColumnKind::category);
  CHECK(kind("true\nfalse\nTrue\n") == ColumnKind::category);
  CHECK(kind("1st\n2nd\n3rd\n") == ColumnKind::category);
  CHECK(kind("10-19\n20-29\n") == ColumnKind::category);
  TypedCsvOptions none = options();
  none.guess = false;
  CHECK(parse("x\n1\n2\n", none).table.columns[0] == TableColumn{});
}

TEST_CASE("a table keeps the texts, decimals and order that its cells have") {
  const TypedTable read = parse(
      "species,mass,year,when\nGentoo,3750.25,2007,2007-11-11 08:30\n"
      "Adelie,3800,2008,2007-11-12 09:00\nGentoo,1e3,2009,2007-11-13 10:00\n");
  const NdArray& table = read.table;
  CHECK(table.names == std::vector<std::string>{"species", "mass", "year", "when"});
  CHECK(table.columns[0].values == std::vector<std::string>{"Adelie", "Gentoo"});
  CHECK(table.values[0] == 1);
  CHECK(table.values[4] == 0);
  CHECK(!table.columns[1].decimals);  // 1e3 has no fixed number of digits
  CHECK(table.columns[2].decimals == 0);
  CHECK(table.columns[3].style == TimeStyle{' ', false, false});
  CHECK(parse("x\n1.5\n2.25\n").table.columns[0].decimals == 2);
  // Categories that are numbers are in the order of numbers.
  TypedCsvOptions o = options();
  o.kinds["x"] = ColumnKind::category;
  CHECK(parse("x\n10\n9\n9\n", o).table.columns[0].values == std::vector<std::string>{"9", "10"});
}

TEST_CASE("rows with missing cells are left out and counted by column") {
  const TypedTable read = parse("a,b,c\n1.5,x,3\nNA,y,4\n2.5,,NaN\n3.5,x,5\n");
  CHECK(read.table.shape == std::vector<std::size_t>{2, 3});
  CHECK(read.table.values == std::vector<double>{1.5, 0, 3, 3.5, 0, 5});
  CHECK_THAT(read.table.reading.left_out.back(),
             Contains("2 of 4 rows left out for missing cells (1 in a, 1 in b, 1 in c)"));
  CHECK_THAT(
      fault("a,b\n1,\n2,\n"),
      Contains("each of its 2 rows has a missing cell (2 in b); leave out the column without "
               "any cell: 'data.drop=[\"b\"]'"));
  CHECK_THAT(
      fault("a,b\n1,\n,2\n"),
      Contains("(1 in a, 1 in b); leave columns out with data.drop, or train on such rows with "
               "data.missing_rows=model"));
  TypedCsvOptions o = options();
  o.missing_rows = MissingRows::refuse;
  CHECK_THAT(fault("a\n1\nNA\n", o),
             Contains("[csv] f.csv:3:1: \"NA\" in column \"a\" is a missing value; fill it in, or "
                      "remove the row, or set data.missing_rows=drop"));
}

TEST_CASE("the words for missing cells can be chosen") {
  TypedCsvOptions o = options();
  o.missing = {"-99", "none given"};
  const TypedTable read = parse("a,b\n1,x\n-99,y\n3,none given\n4,NA\n", o);
  CHECK(read.table.values == std::vector<double>{1, 1, 4, 0});
  CHECK(read.table.columns[1].values == std::vector<std::string>{"NA", "x"});
}

TEST_CASE("a column can be the class of each row") {
  TypedCsvOptions o = options();
  o.label = "species";
  const TypedTable read =
      parse("a,species,b\n1.5,setosa,2.5\n2.5,virginica,3.5\n3.5,setosa,1.5\n", o);
  CHECK(read.table.names == std::vector<std::string>{"a", "b"});
  CHECK(read.labels == std::vector<int>{0, 1, 0});
  CHECK(read.classes == std::vector<std::string>{"setosa", "virginica"});
  CHECK(read.label == "species");
  CHECK(read.label_at == 1);
  o.label = "2";
  CHECK(parse("1.5,2.5,7\n2.5,3.5,5\n", o).classes == std::vector<std::string>{"5", "7"});
  o.label = "kind";
  CHECK_THAT(fault("a,species\n1,x\n", o),
             Contains("there is no column \"kind\"; choose from a, species"));
  o.label = "species";
  CHECK_THAT(fault("species\nx\ny\n", o), Contains("the column of classes is the only one"));
}

TEST_CASE("columns are left out by name and number") {
  TypedCsvOptions o = options();
  o.csv.drop = {std::string("b"), std::size_t{0}};
  CHECK(parse("a,b,c\n1,x,3\n2,,4\n", o).table.values == std::vector<double>{3, 4});
  o.csv.columns = {std::string("a")};
  CHECK_THAT(fault("a,b\n1,2\n", o), Contains("data.drop holds column \"b\", which data.columns "
                                              "does not keep; leave one of them out"));
  o.csv.columns = {};
  CHECK_THAT(fault("a,b\n1,2\n", o), Contains("data.drop leaves no column; keep at least one"));
}

TEST_CASE("comments begin with the chosen text, or there are none") {
  TypedCsvOptions o = options();
  o.csv.comment = "//";
  CHECK(parse("// note\na\n1.5\n//\n2.5\n", o).table.values == std::vector<double>{1.5, 2.5});
  o.csv.comment = "";
  CHECK(parse("id\n#1\n#2\n", o).table.columns[0].values == std::vector<std::string>{"#1", "#2"});
}

TEST_CASE("columns that look like numbers or dates in another notation are refused with a cure") {
  const auto says = [](const std::string& cells, const std::string& what) {
    CHECK_THAT(fault("x;y\n" + cells), Contains(what));
  };
  says("12%;1\n13%;2\n", "write the number alone, without \"%\"");
  says("1,5;1\n2,5;2\n", "set data.decimal=comma");
  says("5 kg;1\n7 kg;2\n", "write the number alone, without its unit");
  says("31/12/2020;1\n1/2/2021;2\n", "write dates");
  says("1;1\nabc;2\n",
       "\"abc\" in column \"x\" is not a number; set 'data.types={\"x\": \"category\"}' if the "
       "column is a category, or 'data.missing=[\"abc\"]' if the text means a missing value; "
       "\"1\" in line 2 is a number");
  says("1;1\ninf;2\n", "\"inf\" in column \"x\" is not a finite number");
  CHECK_THAT(fault("id,2019,2020\n1,2,3\n3,4,5\n"), Contains("set data.header=yes"));
  std::string many = "x\n";
  for (int k = 0; k < 300; ++k) many += "name" + std::to_string(k) + "\n";
  CHECK_THAT(fault(many), Contains("column \"x\" has 300 different texts, and a category may have "
                                   "256; leave it out with 'data.drop=[\"x\"]'"));
}

TEST_CASE("a cell that is not of the kind that its column was given is refused") {
  const auto says = [](ColumnKind kind, const std::string& cell, const std::string& what) {
    TypedCsvOptions o = options();
    o.kinds["x"] = kind;
    CHECK_THAT(fault("x,y\n" + cell + ",1\n", o), Contains(what));
  };
  says(ColumnKind::integer, "1.5",
       "\"1.5\" in column \"x\" is not a whole number; correct it, or change data.types");
  says(ColumnKind::date, "2020-02-30", "is not a date");
  says(ColumnKind::time, "2020-02-28", "is not a time");
  says(ColumnKind::number, "abc", "\"abc\" in column \"x\" is not a number; change data.types");
  TypedCsvOptions o = options();
  o.kinds["z"] = ColumnKind::number;
  CHECK_THAT(fault("x,y\n1,2\n", o),
             Contains("data.types names \"z\", which is no column of the table; choose from x, y"));
  o.csv.drop = {CsvColumn("z")};
  CHECK_THAT(fault("x,y,z\n1,2,3\n", o),
             Contains("data.types names \"z\", which is left out by data.drop or data.columns"));
  o = options();
  o.values["x"] = {"a", "b"};
  CHECK_THAT(fault("x\na\nc\n", o),
             Contains("\"c\" is no value of column \"x\" in the run's data; its values are a, b"));
}

TEST_CASE("rows to model keep their missing cells, but not without class, condition or any cell") {
  TypedCsvOptions o = options();
  o.missing_rows = MissingRows::model;
  const TypedTable t = parse("x,n,s\n1.5,2,a\n,3,b\n2.5,NA,\n?,,NA\n", o);
  REQUIRE(t.table.shape == std::vector<std::size_t>{3, 3});
  CHECK(t.table.columns[0].kind == ColumnKind::number);
  CHECK(t.table.columns[1].kind == ColumnKind::integer);
  CHECK(t.table.columns[2].values == std::vector<std::string>{"a", "b"});
  CHECK(std::isnan(t.table.values[3]));
  CHECK(std::isnan(t.table.values[7]));
  CHECK(std::isnan(t.table.values[8]));
  CHECK(t.table.reading.left_out.at(0) ==
        "1 of 4 rows left out for missing cells (2 in x, 2 in n, 2 in s)");
  CHECK(t.table.reading.left_out.at(1) ==
        "2 rows with missing cells are trained on, with cells that are drawn");
  o.label = "s";
  CHECK(parse("x,n,s\n1.5,2,a\n,3,b\n2.5,NA,\n", o).table.shape[0] == 2);
  o.label = "";
  o.conditions = {"n"};
  CHECK(parse("x,n,s\n1.5,2,a\n,3,b\n2.5,NA,c\n", o).table.shape[0] == 2);
  o.conditions = {};
  CHECK_THAT(fault("x,y\n1,\n2,\n", o),
             Contains("[csv] f.csv: all cells of column \"y\" are missing; leave it out with "
                      "'data.drop=[\"y\"]'"));
}

TEST_CASE("a row whose class is missing is left out as others are") {
  TypedCsvOptions o = options();
  o.label = "s";
  const TypedTable t = parse("x,s\n1,a\n2,\n3,b\n", o);
  CHECK(t.labels == std::vector<int>{0, 1});
  CHECK(t.table.reading.left_out.at(0) == "1 of 3 rows left out for missing cells (1 in s)");
}
