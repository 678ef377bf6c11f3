// Tests the comparison of two tables: matching of columns, measures of each column, correlations, the
// classifier and the closest records, against hand-computed values and those of NumPy and
// scikit-learn.
#include "apps/compare/table_comparison.h"

#include <cmath>

#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

// A table with the columns "mass" and "kind", a category.
NdArray kinds_table(const std::string& file, std::vector<double> values,
                    std::vector<std::string> kinds) {
  NdArray table{{values.size() / 2, 2}, std::move(values)};
  table.file = file;
  table.names = {"mass", "kind"};
  table.columns = {TableColumn{}, TableColumn{ColumnKind::category, std::move(kinds)}};
  return table;
}

NdArray numbers_table(const std::string& file, std::size_t columns, std::vector<double> values) {
  NdArray table{{values.size() / columns, columns}, std::move(values)};
  table.file = file;
  return table;
}

// Standard normal numbers, the first column moved by `shift`.
NdArray normal_table(const std::string& file, int rows, std::uint32_t step, double shift) {
  const Stream stream{61, Purpose::user, step};
  std::vector<double> x(static_cast<std::size_t>(rows) * 2);
  for (std::size_t k = 0; k < x.size(); ++k)
    x[k] = stream.normal(static_cast<std::uint32_t>(k)) + (k % 2 == 0 ? shift : 0);
  return numbers_table(file, 2, std::move(x));
}

}  // namespace

TEST_CASE("a comparison that needs more memory than there is is refused with the amount") {
  // Two copies of 3 + 2 rows of a number and two kinds, in doubles.
  const SharedTables shared =
      share_columns({kinds_table("a.csv", {1, 0, 2, 1, 3, 0}, {"red", "tan"}),
                     kinds_table("b.csv", {5, 1, 6, 0}, {"red", "tan"})},
                    1, "compare");
  CHECK(bytes_to_compare(shared) == 2 * 8 * 3 * 5);
  CHECK_NOTHROW(check_memory_to_compare(shared, 240, "compare"));
  CHECK_THROWS_WITH(
      check_memory_to_compare(shared, 239, "compare"),
      "[compare] comparing 3 rows of a.csv, 2 rows of b.csv needs 0.0 GiB beside the tables, but 0.0 "
      "GiB are free on this machine; compare a part of the rows, drawn at random");
}

TEST_CASE("columns of two tables are matched by name, and categories by their texts") {
  NdArray a = kinds_table("a.csv", {1, 0, 2, 1}, {"red", "tan"}),
          b = kinds_table("b.csv", {5, 1, 6, 0, 7, 1}, {"blue", "red"});
  // In a, the order is another one.
  a.names = {"kind", "mass"};
  std::swap(a.columns[0], a.columns[1]);
  a.values = {0, 1, 1, 2};
  const SharedTables shared = share_columns({a, b}, 1, "compare");
  REQUIRE(shared.columns.size() == 2);
  CHECK(shared.columns[0].name == "mass");
  CHECK(shared.columns[1].type.values == std::vector<std::string>{"blue", "red", "tan"});
  CHECK(shared.column(0, 0) == std::vector<double>{1, 2});
  CHECK(shared.column(0, 1) == std::vector<double>{1, 2});  // red, tan
  CHECK(shared.column(1, 1) == std::vector<double>{1, 0, 1});

  // Distances: mass has the deviation sqrt(2/3) in b, and different kinds are at distance 1.
  const StandardizedTables points = standardized(shared, 1);
  CHECK(points.names == std::vector<std::string>{"mass", "kind=blue", "kind=red", "kind=tan"});
  const double* x = points.points(1).row(0);
  const double* y = points.points(1).row(1);
  double square = 0;
  for (int k = 0; k < 4; ++k) square += (x[k] - y[k]) * (x[k] - y[k]);
  CHECK(square == Approx(1 / (2. / 3) + 1));
}

TEST_CASE("tables whose columns differ are refused with both sides") {
  const NdArray a = kinds_table("a.csv", {1, 0, 2, 1}, {"red", "tan"});
  NdArray numbers = numbers_table("b.csv", 2, {1, 2, 3, 4}), other = a;
  numbers.names = {"mass", "kind"};
  CHECK_THROWS_WITH(share_columns({a, numbers}, 1, "compare"),
                    Contains("[compare] a.csv: column kind holds text, but numbers in b.csv; write "
                             "the column alike in all files"));
  other.names = {"mass", "colour"};
  other.file = "c.csv";
  CHECK_THROWS_WITH(share_columns({other, a}, 1, "compare"),
                    Contains("[compare] c.csv: its columns are mass, colour, but a.csv has mass, "
                             "kind; name the columns alike"));
  CHECK_THROWS_WITH(
      share_columns({numbers_table("d.npy", 3, {1, 2, 3}), numbers_table("e.npy", 2, {1, 2})}, 1,
                    "compare"),
      Contains("[compare] d.npy holds 1 point of dimension 3, but e.npy holds 1 of dimension 2"));
}

TEST_CASE("moments and quantiles of a column are those of NumPy") {
  // x = [(k * k * 7) % 101 for k in range(25)]; x.mean(), x.std(ddof=1), np.quantile(x, [.05, .5,
  // .95]) of NumPy 1.24.2.
  std::vector<double> x;
  for (int k = 0; k < 25; ++k) x.push_back((k * k * 7) % 101);
  const NumberSummary s = summary_of(x);
  CHECK(s.mean == Approx(50.92));
  CHECK(s.std == Approx(29.13749016873851));
  CHECK(s.low == Approx(2.2));
  CHECK(s.median == 57);
  CHECK(s.high == Approx(93.8));
  CHECK(std::isnan(summary_of({3}).std));
  CHECK(std::isnan(summary_of({3, 4}).low));
  CHECK(summary_of({3, 4}).median == 3.5);
}

TEST_CASE("categories have shares, their total variation and what chance gives") {
  const SharedTables shared =
      share_columns({kinds_table("a.csv", {0, 0, 0, 0, 0, 1, 0, 1}, {"x", "y"}),
                     kinds_table("b.csv", {0, 0, 0, 1, 0, 1, 0, 1}, {"x", "y"})},
                    1, "compare");
  const ComparedColumn c = compare_columns(shared, 0, 1)[1];
  CHECK(c.shares_a == std::vector<double>{0.5, 0.5});
  CHECK(c.shares_b == std::vector<double>{0.25, 0.75});
  CHECK(c.total_variation == Approx(0.25));
  // Both values have the pooled variance 3/8 * 5/8, and 1/4 + 1/4 = 1/2.
  CHECK(c.chance == Approx(std::sqrt(2 / 3.14159265358979 * 15. / 64 / 2)));
}

TEST_CASE("the greatest difference of correlations is that of NumPy, with its columns") {
  // u = sin k, w = cos 0.7 k + 0.5 u in one table and cos 0.7 k - 0.25 u in the other; np.corrcoef.
  std::vector<double> a, b;
  for (int k = 0; k < 30; ++k) {
    const double u = std::sin(k), c = std::cos(0.7 * k);
    a.insert(a.end(), {u, c + 0.5 * u, 1});
    b.insert(b.end(), {u, c - 0.25 * u, 1});
  }
  const SharedTables shared =
      share_columns({numbers_table("a", 3, a), numbers_table("b", 3, b)}, 1, "compare");
  const ComparedCorrelations found = compare_correlations(standardized(shared, 1), 0, 1);
  CHECK(found.pairs == 1);  // the constant column has no correlations
  CHECK(found.first == "0");
  CHECK(found.second == "1");
  CHECK(found.a == Approx(0.5737004698798658));
  CHECK(found.b == Approx(-0.05257324816317018));
  const double p = 1 - found.a * found.a, q = 1 - found.b * found.b;
  CHECK(found.error == Approx(std::sqrt((p * p + q * q) / 29)));
  a.resize(27), b.resize(27);
  const SharedTables few =
      share_columns({numbers_table("a", 3, a), numbers_table("b", 3, b)}, 1, "compare");
  CHECK(compare_correlations(standardized(few, 1), 0, 1).pairs == 0);
}

TEST_CASE(
    "the area under the curve and the tail of a fair coin are those of scikit-learn and SciPy") {
  // sklearn.metrics.roc_auc_score with repeated scores, and scipy.stats.binom.sf(57, 100, 0.5).
  CHECK(area_under_curve({0.9, 0.4, 0.4, 0.1}, {0.4, 0.3, 0.2, 0.1, -0.5}) == Approx(0.775));
  CHECK(fair_coin_tail(58, 100) == Approx(0.06660530960360693));
  CHECK(fair_coin_tail(0, 10) == Approx(1));
  CHECK(fair_coin_tail(2, 2) == Approx(0.25));
}

TEST_CASE(
    "the classifier finds a shift as well as the best test can, and nothing where nothing is") {
  Workers one(1), two(2);
  const auto test_of = [](double shift, int rows, std::uint64_t seed, Workers& workers) {
    const NdArray a = normal_table("a", rows, 1, shift), b = normal_table("b", rows, 2, 0);
    const auto points = [](const NdArray& t) {
      return PointSet{static_cast<int>(t.shape[0]), 2, t.values.data()};
    };
    return classifier_test(points(a), points(b), seed, workers);
  };
  // A shift by one standard deviation: the best answer is right with probability Phi(1/2) = 0.6915,
  // and the best scores have the area Phi(1 / sqrt 2) = 0.7602.
  const TwoSampleTest found = test_of(1, 4000, 0, one);
  CHECK(found.training == 2000);
  CHECK(found.asked == 2000);
  CHECK(found.accuracy == Approx(0.6915).margin(0.025));
  CHECK(found.auc == Approx(0.7602).margin(0.025));
  CHECK(found.p < 1e-10);
  CHECK(found.error == Approx(0.5 / std::sqrt(4000.)));
  CHECK_FALSE(found.stopped);
  const TwoSampleTest again = test_of(1, 4000, 0, two);
  CHECK(again.accuracy == found.accuracy);
  CHECK(again.auc == found.auc);
  // Of ten seeds, none may find a difference at 1/1000 where there is none.
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const TwoSampleTest none = test_of(0, 200, seed, one);
    mean += none.accuracy / 10;
    CHECK(none.p > 1e-3);
    CHECK(std::abs(none.auc - 0.5) < 4 * none.auc_error);
  }
  CHECK(mean == Approx(0.5).margin(0.06));
  CHECK(test_of(1, kRowsForTest - 1, 0, one).asked == 0);
}

TEST_CASE("distances to the closest records and copies have hand-computed values") {
  Workers workers(1);
  // In b, the numbers 0, 2, 4, 6 have the standard deviation sqrt 5.
  NdArray a = numbers_table("a", 1, {0, 1, 9}), b = numbers_table("b", 1, {0, 2, 4, 6}),
          held = numbers_table("h", 1, {1, 20, 30, 40});
  const SharedTables shared = share_columns({a, b, held}, 1, "compare");
  const ClosestComparison found = compare_closest(shared, standardized(shared, 1), 100, 0, workers);
  const double unit = 1 / std::sqrt(5.);
  CHECK(found.samples.median == Approx(1 * unit));  // of 0, 1, 3
  CHECK(found.samples.copies == 1);
  CHECK(std::isnan(found.samples.low));  // below 20 rows
  REQUIRE(found.has_own);
  CHECK(found.own.median == Approx(2 * unit));
  CHECK(found.own.copies == 0);
  REQUIRE(found.has_held_out);
  CHECK(found.held_out.median == Approx((14 + 24) / 2. * unit));
  CHECK(found.each == 4);
  // 0 and 9 are closer to b, and 1 is a held-out row.
  CHECK(found.closer == Approx(2. / 3));
}

TEST_CASE("a comparison of small tables says which measures need more rows") {
  Workers workers(1);
  const SharedTables shared = share_columns(
      {numbers_table("a.npy", 1, {1, 2}), numbers_table("b.npy", 1, {1, 2, 3})}, 1, "compare");
  const TableComparison c = compare_tables(shared, {.scale = "auto"}, workers);
  const std::string text = table_comparison_text(c);
  for (const char* part :
       {"5 % and 95 % quantiles: a.npy has 2 rows, and 20 are needed",
        "correlations: a.npy has 2 rows, and 10 are needed",
        "the classifier: a.npy has 2 rows, and 40 are needed",
        "KS: with 2 and 3 rows p is never below 0.2", "distances are in the units of the columns"})
    CHECK_THAT(text, Contains(part));
  const Json object = table_comparison_object(c);
  CHECK(object.at("classifier").is_null());
  CHECK(object.at("correlations").is_null());
  CHECK(object.at("columns").at(0).at("quantile_5").at(0).is_null());
  CHECK(object.at("columns").at(0).at("mean").at(1) == 2.);
  CHECK(object.at("too_small").size() == 4);
  CHECK(object.at("scale") == "none");
}

TEST_CASE("distances of tables with categories are in standard deviations") {
  Workers workers(1);
  const SharedTables shared = share_columns({kinds_table("a.csv", {0, 0, 10, 1}, {"x", "y"}),
                                             kinds_table("b.csv", {0, 0, 10, 0}, {"x", "y"})},
                                            1, "compare");
  const TableComparison c = compare_tables(shared, {.scale = "auto"}, workers);
  CHECK(c.points.scale == "std");
  CHECK(c.points.w2 == Approx(std::sqrt(0.5)));  // one of two rows is at distance 1
  CHECK_THROWS_WITH(compare_tables(shared, {.scale = "none"}, workers),
                    Contains("[compare] --scale none measures distances in the units of the "
                             "columns, but categories, dates and times have none in common"));
  NdArray named = numbers_table("b.csv", 2, {0, 0, 2, 20});
  named.names = {"u", "v"};
  NdArray moved = named;
  for (std::size_t k = 0; k < 4; k += 2) moved.values[k] += 1;  // by one standard deviation of u
  const SharedTables numbers = share_columns({moved, named}, 1, "compare");
  CHECK(compare_tables(numbers, {.scale = "auto"}, workers).points.w2 == Approx(1));
  CHECK(compare_tables(numbers, {.scale = "none"}, workers).points.scale == "none");
}

}  // namespace pushforward::app
