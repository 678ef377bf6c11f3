// Tests finite sets from which rows are held out, also through the distributions that wrap them.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/toy.h"
#include "tests/tools/catch.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

// Ten rows: the number of the row, and a large number with the same last digit.
ArrayData ten_rows() {
  TableRows table{{}, 2, {"k", "account"}};
  for (int k = 0; k < 10; ++k) table.values.insert(table.values.end(), {k * 1.0, 98765432100. + k});
  return ArrayData(table, {0, 0, 0, 0, 0, 0, 0, 1, 1, 2});
}

// Returns the ten rows, of which rows 3 and 9 are held out and drawn in epochs.
DistributionPtr eight_rows() {
  const ArrayData all = ten_rows();
  ArrayData training = all.select(std::vector<int>{0, 1, 2, 4, 5, 6, 7, 8});
  training.hold_out(
      std::make_shared<ArrayData>(all.select(std::vector<int>{9, 3}, RowOrder{.batch = 2})));
  return std::make_shared<ArrayData>(std::move(training));
}

}  // namespace

TEST_CASE("selected rows keep their order, labels, names, digits and the number of classes") {
  const ArrayData some = ten_rows().select(std::vector<int>{8, 0, 3});
  CHECK(all_wide_rows(some, RowUnits::data) ==
        std::vector<double>{8, 98765432108., 0, 98765432100., 3, 98765432103.});
  CHECK(std::vector<int>(some.all_labels().begin(), some.all_labels().end()) ==
        std::vector<int>{1, 0, 0});
  CHECK(some.classes() == 3);
  CHECK(some.names()[1] == "account");
  CHECK(some.row_count() == 3);
  check_refusals({{[] { ten_rows().select(std::vector<int>{10}); },
                   "[data] row 10 is asked for of a set of 10 rows; rows are 0 to 9"},
                  {[] {
                     ten_rows().hold_out(std::make_shared<ArrayData>(Tensor({1, 3})));
                   },
                   "[data] the held-out rows have 3 columns and the data 2; both must agree"}});
}

TEST_CASE("held-out rows are never drawn, and no statistic contains them") {
  const DistributionPtr data = standardize(eight_rows());
  REQUIRE(data->held_out());
  CHECK(data->row_count() == 8);
  CHECK(data->held_out()->row_count() == 2);
  const std::vector<double> drawn =
      draw_wide_rows(*data, {1, Purpose::data, 0}, 400, RowUnits::data);
  std::set<double> numbers;
  for (std::size_t i = 0; i < drawn.size(); i += 2) numbers.insert(drawn[i]);
  CHECK(numbers == std::set<double>{0, 1, 2, 4, 5, 6, 7, 8});
  // The mean of 0, 1, 2, 4, 5, 6, 7 and 8 is 33 / 8, and that of all ten rows is 4.5.
  const ColumnUnits units = data->units();
  CHECK(units.shift[0] == Approx(33. / 8));
  CHECK(data->held_out()->units().shift == units.shift);
  CHECK(data->held_out()->units().scale == units.scale);
  CHECK(all_wide_rows(*data->held_out(), RowUnits::data) ==
        std::vector<double>{9, 98765432109., 3, 98765432103.});
  CHECK(static_cast<double>((*data->held_out()->all())(0, 0)) ==
        Approx((9 - units.shift[0]) / units.scale[0]));
}

TEST_CASE("wrappers of data hold out the same rows") {
  const DistributionPtr scaled = affine_data(eight_rows(), 2, 1);
  CHECK(all_wide_rows(*scaled->held_out(), RowUnits::own)[0] == 19);
  const DistributionPtr noisy = std::make_shared<DequantisedData>(eight_rows(), 0.5);
  CHECK(noisy->all() == nullptr);
  CHECK(noisy->row_count() == 8);
  REQUIRE(noisy->held_out());
  CHECK(noisy->held_out()->row_count() == 2);
  // Each step draws each of the two rows once, with noise of at most the width.
  for (std::uint32_t step = 0; step < 5; ++step) {
    std::vector<double> x =
        draw_wide_rows(*noisy->held_out(), {1, Purpose::data, step}, 2, RowUnits::data);
    const auto [low, high] = std::minmax(x[0], x[2]);
    CHECK((low > 3 && low < 3.5));
    CHECK((high > 9 && high < 9.5));
  }
  CHECK(Toy("moons").held_out() == nullptr);
  CHECK(Toy("moons").row_count() == 0);
  CHECK(standardize(std::make_shared<ArrayData>(ten_rows()))->held_out() == nullptr);
}

}  // namespace pushforward::inline PF_REAL
