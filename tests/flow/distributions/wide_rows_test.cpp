// Tests rows in double: a table, a mixture and their wrappers keep digits that do not fit into
// `real`. Data that needs no double is rounded once.
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/row_block.h"
#include "flow/distributions/toy.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr Stream kWideStream{11, Purpose::data, 3};

DistributionPtr table(std::vector<double> values, int columns,
                      std::vector<std::string> names = {}) {
  return std::make_shared<ArrayData>(TableRows{std::move(values), columns, std::move(names)});
}

std::size_t distinct(std::span<const real> values) {
  return std::set<real>(values.begin(), values.end()).size();
}

// The columns are account numbers, sea levels near 4.5e6 and tiny masses.
std::vector<double> hard_numbers() {
  std::vector<double> values;
  for (int k = 0; k < 24; ++k)
    values.insert(values.end(), {98765432100. + k, 4.5e6 + 0.01 * k, 2e-46 * (k + 1), 1e39 * k});
  return values;
}

}  // namespace

TEST_CASE("a standardized table keeps digits that need a double") {
  const std::vector<double> values = hard_numbers();
  const DistributionPtr data = standardize(table(values, 4));
  REQUIRE(data->all());
  const Tensor& z = *data->all();
  for (int j = 0; j < 4; ++j) {
    CAPTURE(j);
    std::vector<real> column;
    double mean = 0, square = 0;
    for (int r = 0; r < z.rows(); ++r) {
      column.push_back(z(r, j));
      mean += static_cast<double>(z(r, j)) / 24;
      square += std::pow(static_cast<double>(z(r, j)), 2) / 24;
    }
    CHECK(distinct(column) == 24);
    CHECK(std::abs(mean) < 1e-5);
    CHECK(square == Approx(1).epsilon(1e-5));
  }
  // In the units of the raw data, a row equals the row of the table. units() converts the
  // standardized values z back to the values of the table.
  CHECK(all_wide_rows(*data, RowUnits::data) == values);
  const ColumnUnits units = data->units();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double back =
        units.scale[i % 4] * static_cast<double>(z.values()[i]) + units.shift[i % 4];
    CHECK(std::abs(back - values[i]) < 1e-5 * units.scale[i % 4]);
  }
}

TEST_CASE("a block of rows has the bits of all rows") {
  const DistributionPtr data = standardize(table(hard_numbers(), 4));
  const Toy moons("moons");
  for (const Distribution* of :
       {static_cast<const Distribution*>(data.get()), static_cast<const Distribution*>(&moons)}) {
    const std::size_t d = static_cast<std::size_t>(of->dim());
    for (const RowUnits units : {RowUnits::data, RowUnits::own}) {
      const std::vector<double> all = draw_wide_rows(*of, kWideStream, 300, units),
                                block = draw_row_block(*of, kWideStream, 170, 100, units);
      CHECK(block == std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(170 * d),
                                         all.begin() + static_cast<std::ptrdiff_t>(270 * d)));
    }
  }
}

TEST_CASE("rows drawn through wrappers are those of the set, in all units") {
  const std::vector<double> values = hard_numbers();
  const DistributionPtr raw = table(values, 4), data = standardize(raw);
  std::vector<int> labels;
  const Tensor drawn = draw_rows(*data, kWideStream, 300, &labels);
  const std::vector<double> wide = draw_wide_rows(*data, kWideStream, 300, RowUnits::data);
  for (int r = 0; r < 300; ++r) {
    const int i = data->index(kWideStream, static_cast<std::uint32_t>(r));
    for (int j = 0; j < 4; ++j) {
      CHECK(drawn(r, j) == (*data->all())(i, j));
      CHECK(wide[static_cast<std::size_t>(4 * r + j)] ==
            values[static_cast<std::size_t>(4 * i + j)]);
    }
    CHECK(labels[static_cast<std::size_t>(r)] == 0);
  }
}

TEST_CASE("a table that fits into `real`, and synthetic sets, are scaled with one rounding") {
  Tensor plain({5, 2});
  for (std::size_t i = 0; i < 10; ++i) plain.values()[i] = static_cast<real>(i * i) - 30;
  std::vector<double> same(plain.values().begin(), plain.values().end());
  const auto from_tensor = std::make_shared<ArrayData>(plain);
  const AffineData by_tensor(from_tensor, {0.3, -7}, {0.1, 1.7}),
      by_table(table(same, 2), {0.3, -7}, {0.1, 1.7});
  CHECK(!table(same, 2)->wide());
  const double scale[] = {0.3, -7}, shift[] = {0.1, 1.7};
  for (std::size_t i = 0; i < 10; ++i) {
    const real once = static_cast<real>(scale[i % 2] * plain.values()[i] + shift[i % 2]);
    CHECK(by_tensor.all()->values()[i] == once);
    CHECK(by_table.all()->values()[i] == once);
  }
  const auto moons = std::make_shared<Toy>("moons");
  const Tensor x = draw_rows(*moons, kWideStream, 50),
               y = draw_rows(AffineData(moons, {0.3, -7}, {0.1, 1.7}), kWideStream, 50);
  for (std::size_t i = 0; i < 100; ++i)
    CHECK(y.values()[i] == static_cast<real>(scale[i % 2] * x.values()[i] + shift[i % 2]));
}

TEST_CASE("a mixture far from 0 keeps its width when it is standardized") {
  const auto far = std::make_shared<GaussianMixture>(
      std::vector<double>{1, 1}, std::vector<std::vector<double>>{{8e7, -3}, {8e7 + 1, 3}},
      std::vector<double>{0.02, 0.02});
  CHECK(far->mixture()->means == std::vector<double>{8e7, -3, 8e7 + 1, 3});
  const DistributionPtr data = standardize(far);
  const Tensor z = draw_rows(*data, kWideStream, 2000);
  std::vector<real> first;
  double square = 0;
  for (int r = 0; r < z.rows(); ++r) {
    first.push_back(z(r, 0));
    square += std::pow(static_cast<double>(z(r, 0)), 2) / 2000;
  }
  CHECK(distinct(first) > 1900);
  CHECK(square == Approx(1).epsilon(0.01));
  // Rows drawn in the units of the raw data belong to the labels that are drawn with them.
  std::vector<int> labels;
  const std::vector<double> x = draw_wide_rows(*data, kWideStream, 2000, RowUnits::data, &labels);
  for (std::size_t r = 0; r < 2000; ++r) CHECK(std::abs(x[2 * r] - (8e7 + labels[r])) < 0.02 * 6);
}

TEST_CASE("noise on large whole numbers is kept") {
  // Floats near 1.5e9 have a spacing of 128, while the noise is one bin (1) wide.
  std::vector<double> ids;
  for (int k = 0; k < 16; ++k) ids.push_back(1.5e9 + k);
  const auto bins = std::make_shared<DequantisedData>(table(ids, 1));
  CHECK(bins->wide() == (sizeof(real) == sizeof(float)));
  const DistributionPtr data = standardize(bins);
  const Tensor z = draw_rows(*data, kWideStream, 1000);
  CHECK(distinct(z.values()) > 950);
  const std::vector<double> x = draw_wide_rows(*data, kWideStream, 1000, RowUnits::data),
                            own = draw_wide_rows(*data, kWideStream, 1000, RowUnits::own);
  const ColumnUnits units = data->units();
  for (std::size_t k = 0; k < 1000; ++k) {
    const int i = bins->index(kWideStream, 0);  // -1: not a row of a finite set
    CHECK(i == -1);
    CHECK(x[k] > 1.5e9);
    CHECK(x[k] < 1.5e9 + 16);
    CHECK(units.scale[0] * own[k] + units.shift[0] == Approx(x[k]).epsilon(1e-14));
    CHECK(static_cast<real>(own[k]) == z.values()[k]);
  }
}

TEST_CASE("data with units of its own is scale x + shift of the data inside, whatever wraps both") {
  const std::vector<double> values{1, 20, 4, 50, 2, 90, 7, 10};
  const DistributionPtr raw = table(values, 2, {"a", "b"});
  const auto own = [](DistributionPtr of) -> DistributionPtr {
    return std::make_shared<AffineData>(std::move(of), std::vector<double>{2, -0.5},
                                        std::vector<double>{5, 7}, AffineUnits::own);
  };
  std::vector<double> moved;
  for (std::size_t i = 0; i < 8; i += 2)
    moved.insert(moved.end(), {2 * values[i] + 5, -0.5 * values[i + 1] + 7});
  for (const DistributionPtr& data :
       {own(raw), standardize(own(raw)), own(standardize(raw)), standardize(own(standardize(raw))),
        own(affine_data(raw, 0.1, 3))}) {
    CHECK(all_wide_rows(*data, RowUnits::data) == moved);
    CHECK(std::vector<std::string>(data->names().begin(), data->names().end()) ==
          std::vector<std::string>{"a", "b"});
    const ColumnUnits units = data->units();
    Tensor restored = *data->all();
    data->restore(4, restored.data());
    double log_scale = 0;
    for (const double s : units.scale) log_scale -= std::log(std::abs(s));
    CHECK(data->log_scale() == Approx(log_scale).margin(1e-12));
    for (std::size_t i = 0; i < 8; ++i) {
      const double x = static_cast<double>(data->all()->values()[i]);
      CHECK(units.scale[i % 2] * x + units.shift[i % 2] == Approx(moved[i]).epsilon(1e-5));
      CHECK(static_cast<double>(restored.values()[i]) == Approx(moved[i]).epsilon(1e-5));
    }
  }
  CHECK(own(raw)->units().scale == std::vector<double>{1, 1});
  CHECK(own(raw)->units().shift == std::vector<double>{0, 0});
}

TEST_CASE("the spread of a constant column is 0, that of a nearly constant column is not") {
  const ColumnMoments m =
      column_moments(*table({0.1, 1e9, 3e-200, 0.1, 1e9 + 1e-6, 1e-200, 0.1, 1e9, 2e-200}, 3));
  CHECK(m.mean[0] == 0.1);
  CHECK(m.std[0] == 0);
  CHECK(m.std[1] == Approx(1e-6 * std::sqrt(2.) / 3).epsilon(0.2));
  CHECK(m.std[2] == Approx(std::sqrt(2. / 3) * 1e-200));
  CHECK(m.mean[2] == Approx(2e-200));
}

TEST_CASE("tables with wrong columns or names are refused") {
  CHECK_THROWS_WITH(table({1, 2, 3}, 2),
                    "[data] a table of 3 numbers in 2 columns; give whole rows, and at least one");
  CHECK_THROWS_WITH(table({}, 2), Contains("a table of 0 numbers in 2 columns; give whole rows"));
  CHECK_THROWS_WITH(table({1, 2}, 2, {"a"}),
                    "[data] 1 names for 2 columns; give one for each, or none");
  CHECK_THROWS_WITH(table({1, std::nan("")}, 2), Contains("row 0, column 1 is nan"));
  CHECK_THROWS_WITH(draw_wide_rows(Toy("moons"), kWideStream, -1, RowUnits::own),
                    Contains("-1 rows asked for; give 0 or more"));
  CHECK_THROWS_WITH(
      all_wide_rows(Toy("moons"), RowUnits::own),
      "[data] all rows are asked for of a distribution that is no finite set; draw rows instead");
  CHECK_THROWS_WITH(
      GaussianMixture({1, 1}, std::vector<std::vector<double>>{{1, 2}, {3}}, {1, 1}),
      "[gaussian_mixture] mean 1 has 1 coordinates and the first 2; give all as many");
}

}  // namespace pushforward::inline PF_REAL
