// Tests the code of a table's conditions: its numbers, its record in a model file, and taking the
// conditions out of a table and putting them back.
#include "apps/run/condition_code.h"

#include <cmath>

#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

CodedColumn given_column(const std::string& name, ColumnKind kind,
                         std::vector<std::string> values = {}) {
  CodedColumn c{name};
  c.type.kind = kind;
  c.type.values = std::move(values);
  return c;
}

// A number, a category, an angle and a whole number, columns 0, 1, 3 and 4 of a table of six.
ConditionCodePtr four_kinds() {
  return make_condition_code(
      {given_column("x", ColumnKind::number),
       given_column("c", ColumnKind::category, {"a", "b", "d"}),
       given_column("w", ColumnKind::degrees), given_column("n", ColumnKind::integer)},
      true, {0, 1, 3, 4},
      {1, 0, 0, 3,  //
       3, 2, 90, 5});
}

std::string fault_of(const std::function<void()>& call, Exit code) {
  try {
    call();
  } catch (const Failure& failure) {
    CHECK(failure.code == code);
    return failure.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("conditions are encoded without noise: numbers standardized, categories as 0 and 1") {
  const ConditionCodePtr code = four_kinds();
  CHECK(code->columns() == 4);
  CHECK(code->width() == 7);
  const std::vector<double> coded = code->encode({1, 0, 0, 3, 3, 2, 90, 5, 2, 1, 180, 4}),
                            right{-1, 1, 0, 0, 1,  0, -1,  //
                                  1,  0, 0, 1, 0,  1, 1,   //
                                  0,  0, 1, 0, -1, 0, 0};
  REQUIRE(coded.size() == right.size());
  for (std::size_t k = 0; k < coded.size(); ++k) {
    CAPTURE(k);
    CHECK(std::abs(coded[k] - right[k]) < 1e-12);
  }
}

TEST_CASE("conditions with the transform none are given as they are") {
  CodedColumn x = given_column("x", ColumnKind::number);
  x.scaled = false;
  CHECK(make_condition_code({x}, true, {0}, {10, 20})->encode({12}) == std::vector<double>{12});
}

TEST_CASE("conditions that say nothing, are missing or have no code are refused") {
  CHECK(fault_of(
            [] {
              make_condition_code({given_column("c", ColumnKind::category, {"a", "b"})}, true, {0},
                                  {1, 1});
            },
            Exit::usage) ==
        "[data] the condition c is b in all rows that are trained on, so nothing depends on it; "
        "leave it out of `condition`, and out of the data with `drop`");
  const ConditionCodePtr code = four_kinds();
  CHECK(fault_of(
            [&] {
              code->encode({1, 0, 0, 3, 1, std::nan(""), 0, 3});
            },
            Exit::file) ==
        "[condition] row 1 has no c, on which the run is conditioned; give each row a value of x, "
        "c, w, n");
  CHECK(fault_of(
            [&] {
              code->encode({1, 3, 0, 3});
            },
            Exit::file) ==
        "[condition] row 0, column c is 3, and its values are 0 to 2; correct it");
}

TEST_CASE("the code of conditions is stored in a model file and read again") {
  Metadata metadata;
  write_condition_code(nullptr, metadata);
  CHECK(metadata.empty());
  CHECK(read_condition_code(metadata, "m") == nullptr);
  const ConditionCodePtr code = four_kinds();
  write_condition_code(code, metadata);
  const ConditionCodePtr again = read_condition_code(metadata, "m");
  REQUIRE(again);
  CHECK(again->places() == code->places());
  CHECK(again->names() == code->names());
  const std::vector<double> rows{1.25, 2, 77, 4};
  CHECK(again->encode(rows) == code->encode(rows));
  for (const char* damaged : {"{}", "[1]", R"({"named": true, "columns": [], "at": [0]})",
                              R"({"named": true, "columns": [{"name": "x", "kind": "number"}],
                                  "at": [0, 1], "scale": [1], "shift": [0]})"}) {
    metadata["data.condition"] = damaged;
    CHECK(
        fault_of([&] { read_condition_code(metadata, "m"); }, Exit::file) ==
        "[model] m: \"data.condition\" of its metadata is damaged; use the unedited model file of "
        "a run");
  }
}

TEST_CASE("conditions are taken out of a table and put back in their places") {
  const ConditionCodePtr code = four_kinds();
  NdArray table{{2, 6}, {1, 0, 7, 0, 3, 8, 3, 2, 9, 90, 5, 10}};
  table.names = {"x", "c", "y", "w", "n", "z"};
  table.columns = {code->table().types()[0], code->table().types()[1], {},
                   code->table().types()[2], code->table().types()[3], {}};
  const SplitTable split = split_table(table, code->places());
  CHECK(split.rest.values == std::vector<double>{7, 8, 9, 10});
  CHECK(split.rest.names == std::vector<std::string>{"y", "z"});
  CHECK(split.rest.shape == std::vector<std::size_t>{2, 2});
  CHECK(split.conditions == std::vector<double>{1, 0, 0, 3, 3, 2, 90, 5});
  const NdArray whole = join_table(split.rest, *code, split.conditions);
  CHECK(whole.values == table.values);
  CHECK(whole.names == table.names);
  CHECK(whole.columns == table.columns);
  CHECK(whole.shape == table.shape);
  const TableCode rest(
      {given_column("y", ColumnKind::number), given_column("z", ColumnKind::number)});
  std::vector<std::string> names;
  for (const CodedColumn& c : all_columns(rest, code)) names.push_back(c.name);
  CHECK(names == table.names);
}
