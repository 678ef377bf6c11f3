// Tests the texts of the errors for invalid arguments of sources and data sets.
#include <array>
#include <cmath>
#include <limits>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/permuted.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr Stream kErrorStream{1, Purpose::data, 0};

}  // namespace

TEST_CASE("a wrapper of a distribution refuses a null distribution") {
  check_refusals({
      {[] { AffineData(nullptr, {}, {}); }, "[affine] no data is given to scale and shift"},
      {[] { affine_data(nullptr, 1, 0); }, "[affine] no data is given to scale and shift"},
      {[] { standardize(nullptr); }, "[standardize] no data is given to standardize"},
      {[] { standardize(nullptr, Standardize::together); },
       "[standardize] no data is given to standardize"},
      {[] { DequantisedData(nullptr, 1); }, "[dequantise] no data is given to add noise to"},
  });
}

TEST_CASE("sources and data sets refuse invalid sizes and numbers") {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const DistributionPtr plane = GaussianSource(2);
  check_refusals({
      {[] { GaussianSource(0); }, "[gaussian] the dimension is 0; it must be positive"},
      {[] { GaussianSource(2, -1); }, "[gaussian] std is -1; it must be positive and finite"},
      {[&] { GaussianSource(2, inf); }, "[gaussian] std is inf; it must be positive and finite"},
      {[&] { GaussianSource(2, 1, nan); }, "[gaussian] mean is nan; it must be finite"},
      {[] { UniformSource(-1, 0, 1); }, "[uniform] the dimension is -1; it must be positive"},
      {[] { UniformSource(2, 1, 0); },
       "[uniform] low 1 and high 0; low must be below high, and both finite"},
      {[&] { UniformSource(2, 0, inf); },
       "[uniform] low 0 and high inf; low must be below high, and both finite"},
      {[&] { UniformSource(2, nan, 1); },
       "[uniform] low nan and high 1; low must be below high, and both finite"},
      {[] { GaussianMixture({1}, Tensor(Shape{2}), {1}); },
       "[gaussian_mixture] means have shape (2); give (components, dimension)"},
      {[] {
         GaussianMixture({1, 1}, Tensor({2, 0}), {1, 1});
       },
       "[gaussian_mixture] means have shape (2, 0); give (components, dimension)"},
      {[] {
         GaussianMixture({}, Tensor({0, 2}), {});
       },
       "[gaussian_mixture] 0 weights, 0 means and 0 stds; give one of each for every component"},
      {[&] {
         GaussianMixture({1, inf}, Tensor({2, 1}), {1, 1});
       },
       "[gaussian_mixture] weight 1 is inf; weights must be finite and not negative"},
      {[&] {
         GaussianMixture({1, 1}, Tensor({2, 1}), {1, nan});
       },
       "[gaussian_mixture] std 1 is nan; it must be positive and finite"},
      {[] {
         ArrayData(Tensor({2, 1}), {}, {.batch = -1});
       },
       "[data] the batch has -1 rows; give a positive number, or 0 to draw with replacement"},
      {[&] {
         AffineData(plane, {1, nan}, {0, 0});
       },
       "[affine] scale nan and shift 0 of column 1; both must be finite, and the scale not 0"},
      {[&] {
         AffineData(plane, {1, 1}, {inf, 0});
       },
       "[affine] scale 1 and shift inf of column 0; both must be finite, and the scale not 0"},
      {[] {
         ArrayData(TableRows{.values = {1, 2, 3}, .columns = 2});
       },
       "[data] a table of 3 numbers in 2 columns; give whole rows, and at least one"},
      {[] { ArrayData(TableRows{.columns = 2}); },
       "[data] a table of 0 numbers in 2 columns; give whole rows, and at least one"},
      {[] {
         ArrayData(TableRows{.values = {1, 2}, .columns = -1});
       },
       "[data] a table of 2 numbers in -1 columns; give whole rows, and at least one"},
      {[] {
         ArrayData(TableRows{.values = {1, 2}, .columns = 2, .names = {"x"}});
       },
       "[data] 1 names for 2 columns; give one for each, or none"},
      {[&] { all_wide_rows(*plane, RowUnits::own); },
       "[data] all rows are asked for of a distribution that is no finite set; draw rows instead"},
      {[&] { draw_wide_rows(*plane, kErrorStream, -1, RowUnits::own); },
       "[data] -1 rows asked for; give 0 or more"},
      {[] {
         GaussianMixture({1, 1}, std::vector<std::vector<double>>{{1, 2}, {3}}, {1, 1});
       },
       "[gaussian_mixture] mean 1 has 1 coordinates and the first 2; give all as many"},
      {[&] { DequantisedData(plane, -1); },
       "[dequantise] the width of a bin is -1; it must be positive and finite"},
      {[&] { DequantisedData(plane, inf); },
       "[dequantise] the width of a bin is inf; it must be positive and finite"},
      {[&] { draw_rows(*plane, kErrorStream, -1); }, "[data] -1 rows asked for; give 0 or more"},
      {[] { Toy("moons").set(kErrorStream, -1); },
       "[data] the set has -1 rows; it must have at least one"},
  });
}

TEST_CASE("a permutation refuses places outside of its range") {
  constexpr std::array<std::uint32_t, 4> kKey{1, 2, 3, 4};
  check_refusals({
      {[&] { permuted(0, 0, kKey); },
       "[permuted] place 0 of a permutation of 0; places are below it"},
      {[&] { permuted(5, 5, kKey); },
       "[permuted] place 5 of a permutation of 5; places are below it"},
      {[&] { permuted(0xffffffff, 7, kKey); },
       "[permuted] place 4294967295 of a permutation of 7; places are below it"},
  });
  CHECK(permuted(0, 1, kKey) == 0);
}

}  // namespace pushforward::inline PF_REAL
