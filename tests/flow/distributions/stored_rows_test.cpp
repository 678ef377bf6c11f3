// Tests that a finite set whose rows are stored elsewhere has the bits of one in memory, and reads only the
// rows that it needs.
#include "flow/distributions/stored_rows.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Rows in memory that count how many of their numbers are read.
class CountedRows : public StoredRows {
 public:
  explicit CountedRows(TableRows table) : table_(std::move(table)) {}
  int rows() const override { return static_cast<int>(table_.values.size()) / table_.columns; }
  int columns() const override { return table_.columns; }
  void read(int row, int first_column, int count, double* x) const override {
    numbers_read += count;
    for (int j = 0; j < count; ++j)
      x[j] = table_.values[static_cast<std::size_t>(row * table_.columns + first_column + j)];
  }
  mutable std::atomic<int> numbers_read{0};

 private:
  TableRows table_;
};

// Rows of 150 columns, which are read in two parts. With `digits`, a float does not hold the numbers.
TableRows table_of(int rows, bool digits) {
  TableRows table{{}, 150, {}};
  for (int k = 0; k < rows * 150; ++k)
    table.values.push_back((k * 37 % 101) / 8. + (digits ? 1e-9 * k : 0) + (k % 150));
  return table;
}

// Checks that two distributions draw the same rows, and have the same rows and moments.
void check_same(const Distribution& a, const Distribution& b) {
  const Stream stream{3, Purpose::data, 2};
  std::vector<int> labels, others;
  CHECK(draw_rows(a, stream, 30, &labels) == draw_rows(b, stream, 30, &others));
  CHECK(labels == others);
  CHECK(draw_wide_rows(a, stream, 5, RowUnits::data) ==
        draw_wide_rows(b, stream, 5, RowUnits::data));
  CHECK(column_moments(a).std == column_moments(b).std);
  CHECK(column_moments(a).mean == column_moments(b).mean);
  CHECK(all_wide_rows(a, RowUnits::data) == all_wide_rows(b, RowUnits::data));
  CHECK(a.wide() == b.wide());
  CHECK(a.row_count() == b.row_count());
  REQUIRE(a.all());
  CHECK(*a.all() == *b.all());
  CHECK(a.mixture()->means == b.mixture()->means);
}

TEST_CASE("stored rows: the bits are those of rows in memory, also chosen and standardized") {
  const std::vector<int> labels{2, 0, 1, 1, 0, 2, 2, 0, 1}, chosen{7, 2, 3, 5};
  for (const bool digits : {false, true}) {
    for (const int batch : {0, 4}) {
      CAPTURE(digits, batch);
      const RowOrder order{.batch = batch};
      const ArrayData inside(table_of(9, digits), labels, order);
      const ArrayData outside(std::make_shared<CountedRows>(table_of(9, digits)), labels, order);
      CHECK(outside.is_stored());
      check_same(inside, outside);
      check_same(inside.select(chosen, order), outside.select(chosen, order));
      check_same(*standardize(inside), *standardize(outside));
      check_same(*standardize(inside.select(chosen), Standardize::together),
                 *standardize(outside.select(chosen), Standardize::together));
    }
  }
}

TEST_CASE("stored rows: chosen and held-out rows keep the names of the columns") {
  std::vector<std::string> names;
  for (int k = 0; k < 150; ++k) names.push_back("c" + std::to_string(k));
  const ArrayData data(std::make_shared<CountedRows>(table_of(4, true)), {}, {}, names);
  const ArrayData chosen = data.select(std::vector{3, 1});
  CHECK(std::vector<std::string>(data.names().begin(), data.names().end()) == names);
  CHECK(std::vector<std::string>(chosen.names().begin(), chosen.names().end()) == names);
}

TEST_CASE("stored rows: only the rows that are drawn are read") {
  const auto rows = std::make_shared<CountedRows>(table_of(1000, true));
  const DistributionPtr data = standardize(ArrayData(rows));
  CHECK(rows->numbers_read == 3 * 1000 * 150);  // checked once, and twice for the moments
  draw_rows(*data, {3, Purpose::data, 0}, 8);
  CHECK(rows->numbers_read == 3 * 1000 * 150 + 8 * 150);
}

TEST_CASE("stored rows: faults are those of rows in memory") {
  TableRows bad = table_of(3, false);
  bad.values[299] = NAN;
  CHECK_THROWS_WITH(ArrayData(std::make_shared<CountedRows>(bad)),
                    "[data] row 1, column 149 is nan; remove the row or fill in the value");
  ArrayData data(std::make_shared<CountedRows>(table_of(3, false)));
  CHECK_THROWS_WITH(data.select(std::vector{3}),
                    "[data] row 3 is asked for of a set of 3 rows; rows are 0 to 2");
  CHECK_THROWS_WITH(data.select(std::vector<int>{}),
                    "[data] no rows are asked for of a set of 3; choose at least one");
  CHECK_THROWS_WITH(ArrayData(std::shared_ptr<const StoredRows>()),
                    "[data] no stored rows are given; give some");
  CHECK_THROWS_WITH(ArrayData(std::make_shared<CountedRows>(table_of(3, false)), {}, {}, {"a"}),
                    "[data] 1 names for 150 columns; give one for each, or none");
  CHECK_THROWS_WITH(data.replace({}),
                    "[data] stored rows cannot be replaced; read them into memory");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
