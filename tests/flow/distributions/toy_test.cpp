// Tests the synthetic sets: entropies, moments, supports, labels, and that a row depends only on
// its number.
#include "flow/distributions/toy.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tests/flow/distributions/toy_entropies.h"
#include "tests/flow/distributions/toy_names.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

const Stream kToyStream{11, Purpose::data, 0};

// Returns the entropy in nats as estimated by Kozachenko and Leonenko. In two dimensions it is
// psi(n) - psi(3) + ln pi + 2 mean(ln r_3), where psi is the digamma function and r_3 a point's
// distance to its third neighbour.
double entropy(const Tensor& x) {
  const int n = x.rows();
  std::vector<std::pair<double, double>> p(n);
  for (int i = 0; i < n; ++i) p[i] = {static_cast<double>(x(i, 0)), static_cast<double>(x(i, 1))};
  std::sort(p.begin(), p.end());
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    double nearest[3] = {1e300, 1e300, 1e300};  // squared distances, sorted
    const auto look = [&](int j) {
      const double dx = p[j].first - p[i].first, dy = p[j].second - p[i].second,
                   d = dx * dx + dy * dy;
      if (dx * dx > nearest[2]) return false;
      if (d < nearest[2]) {
        nearest[2] = d;
        if (nearest[2] < nearest[1]) std::swap(nearest[2], nearest[1]);
        if (nearest[1] < nearest[0]) std::swap(nearest[1], nearest[0]);
      }
      return true;
    };
    for (int j = i + 1; j < n && look(j);) ++j;
    for (int j = i - 1; j >= 0 && look(j);) --j;
    sum += std::log(nearest[2]) / n;
  }
  const double euler = 0.57721566490153286061;
  return std::log(static_cast<double>(n)) - (1.5 - euler) + std::log(kPi) + sum;
}

Tensor toy_points(const Toy& toy, int n, std::vector<int>* labels = nullptr) {
  return draw_rows(toy, kToyStream, n, labels);
}

}  // namespace

TEST_CASE("entropies are those of the recipes") {
  const std::vector<ToyEntropy> rows = toy_entropies();
  for (const ToyEntropy& row : rows) {
    CAPTURE(row.name);
    CHECK(std::abs(entropy(toy_points(Toy(row.name, row.parameters), 30000)) - row.entropy) < 0.04);
  }
  for (const ToyInfo& info : toys()) {
    CHECK(std::any_of(rows.begin(), rows.end(),
                      [&](const ToyEntropy& r) { return r.name == std::string(info.name); }));
  }
}

TEST_CASE("means and variances are those of the recipes") {
  constexpr int n = 40000;
  const auto moments = [](const Tensor& x, int j) {
    double mean = 0, square = 0;
    for (int i = 0; i < n; ++i) mean += static_cast<double>(x(i, j)) / n;
    for (int i = 0; i < n; ++i) square += std::pow(static_cast<double>(x(i, j)) - mean, 2) / n;
    return std::pair{mean, square};
  };
  struct Row {
    const char* name;
    double mean_x, mean_y, var_x, var_y;
  };
  // For moons, x is cos a or 1 - cos a and y is sin a or 0.5 - sin a, with a uniform on [0, pi], so
  // E sin a = 2 / pi.
  const double var_sin = 0.5 - 4 / (kPi * kPi), half = 2 / kPi - 0.25;
  const Row rows[] = {
      {"moons", 0.5, 0.25, 0.5 + 0.25 + 0.0025, var_sin + half * half + 0.0025},
      {"8gaussians", 0, 0, (16 / 2. + 0.25) / 2, (16 / 2. + 0.25) / 2},
      {"checkerboard", 0, 0, 16 / 3., 16 / 3.},
      {"circles", 0, 0, 9 * (0.5 * (1 + 0.25) / 2 + 0.0064), 9 * (0.5 * (1 + 0.25) / 2 + 0.0064)},
      {"rings", 0, 0, (9 + 5.0625 + 2.25 + 0.5625) / 8 + 0.0064,
       (9 + 5.0625 + 2.25 + 0.5625) / 8 + 0.0064},
      {"scurve", 0, 0, 2.25 * (0.5 + 0.0025), 2.25 * (1.5 + 4 / (3 * kPi) + 0.0025)},
      {"pinwheel", 0, 0, 2 * (1.09 + 0.01), 2 * (1.09 + 0.01)},
      {"gaussian", 0, 0, 1, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Tensor x = toy_points(Toy(row.name), n);
    const auto [mx, vx] = moments(x, 0);
    const auto [my, vy] = moments(x, 1);
    CHECK(std::abs(mx - row.mean_x) < 5 * std::sqrt(row.var_x / n));
    CHECK(std::abs(my - row.mean_y) < 5 * std::sqrt(row.var_y / n));
    CHECK(vx == Approx(row.var_x).epsilon(0.03));
    CHECK(vy == Approx(row.var_y).epsilon(0.03));
  }
}

TEST_CASE("checkerboard fills its eight squares evenly and no others") {
  int count[4][4] = {};
  constexpr int n = 16000;
  const Tensor x = toy_points(Toy("checkerboard"), n);
  for (int i = 0; i < n; ++i) {
    const int a = static_cast<int>(std::floor(x(i, 0) / 2)) + 2,
              b = static_cast<int>(std::floor(x(i, 1) / 2)) + 2;
    REQUIRE((a >= 0 && a < 4 && b >= 0 && b < 4));
    ++count[a][b];
  }
  double chi2 = 0;
  for (int a = 0; a < 4; ++a) {
    for (int b = 0; b < 4; ++b) {
      if ((a + b) % 2 != 0) {
        CHECK(count[a][b] == 0);
      } else {
        chi2 += std::pow(count[a][b] - n / 8., 2) / (n / 8.);
      }
    }
  }
  CHECK(chi2 < 24.3);  // the 0.001 quantile for 7 degrees of freedom
}

TEST_CASE("without noise, the points are on their curves") {
  const double eps = sizeof(real) == 8 ? 1e-12 : 2e-6;
  std::vector<int> labels;
  Tensor x = toy_points(Toy("moons", {{"noise", 0}}), 500, &labels);
  for (int i = 0; i < 500; ++i) {
    const double px = static_cast<double>(x(i, 0)), py = static_cast<double>(x(i, 1));
    const double cx = labels[i] == 0 ? px : 1 - px, cy = labels[i] == 0 ? py : 0.5 - py;
    CHECK(std::abs(std::hypot(cx, cy) - 1) < eps);
    CHECK(cy >= -eps);
  }
  x = toy_points(Toy("rings", {{"noise", 0}}), 500, &labels);
  const double radii[] = {3, 2.25, 1.5, 0.75};
  for (int i = 0; i < 500; ++i) {
    CHECK(std::abs(std::hypot(double(x(i, 0)), double(x(i, 1))) - radii[labels[i]]) < 3 * eps);
  }
  x = toy_points(Toy("8gaussians", {{"std", 0}, {"scale", 1}, {"modes", 5}}), 500, &labels);
  for (int i = 0; i < 500; ++i)
    CHECK(std::abs(double(x(i, 0)) - 4 * std::cos(2 * kPi * labels[i] / 5)) < 4 * eps);
  CHECK(*std::max_element(labels.begin(), labels.end()) == 4);
}

TEST_CASE("the finite set of moons is evenly spaced") {
  std::vector<int> labels;
  const Tensor x = Toy("moons", {{"noise", 0}}).set(kToyStream, 301, &labels);
  for (int i = 0; i < 301; ++i) {
    const bool up = i < 150;
    const double a = up ? kPi * i / 149 : kPi * (i - 150) / 150;
    CHECK(labels[i] == (up ? 0 : 1));
    CHECK(std::abs(static_cast<double>(x(i, 0)) - (up ? std::cos(a) : 1 - std::cos(a))) < 1e-6);
    CHECK(std::abs(static_cast<double>(x(i, 1)) - (up ? std::sin(a) : 0.5 - std::sin(a))) < 1e-6);
  }
  CHECK(Toy("moons").set(kToyStream, 1).rows() == 1);
  CHECK(Toy("rings").set(kToyStream, 300) == draw_rows(Toy("rings"), kToyStream, 300));
  CHECK_THROWS_WITH(Toy("moons").set(kToyStream, 0),
                    "[data] the set has 0 rows; it must have at least one");
}

TEST_CASE("a row depends only on its number") {
  for (const ToyInfo& info : toys()) {
    const Toy toy(info.name);
    std::vector<int> labels;
    const Tensor all = toy_points(toy, 700, &labels);
    for (int first : {0, 1, 127, 128, 500}) {
      Tensor part({200, 2});
      std::vector<int> some(200);
      toy.draw(kToyStream, static_cast<std::uint32_t>(first), 200, part.data(), some.data());
      CAPTURE(info.name, first);
      // The last rows of a block may be rounded differently by SIMD kernels, in the last bit or
      // two.
      for (int i = 0; i < 400; ++i) {
        CHECK(std::abs(part.data()[i] - all.data()[2 * first + i]) <=
              8 * std::numeric_limits<real>::epsilon() * 10);
      }
      CHECK(std::equal(some.begin(), some.end(), labels.begin() + first));
    }
    CHECK(draw_rows(toy, kToyStream.at(1), 10) != draw_rows(toy, kToyStream, 10));
    CHECK(draw_rows(toy, Stream{12, Purpose::data, 0}, 10) != draw_rows(toy, kToyStream, 10));
    for (int label : labels) CHECK((label >= 0 && label < std::max(1, toy.classes())));
  }
}

TEST_CASE("invalid names and parameters are refused, and the message lists all names") {
  CHECK_THROWS_WITH(Toy("moon"),
                    "[data] there is no data set \"moon\"; choose one of: " + toy_names());
  CHECK_THROWS_WITH(Toy("moons", {{"nois", 0.1}}),
                    "[data] moons has no parameter \"nois\"; it has: noise");
  CHECK_THROWS_WITH(Toy("moons", {{"noise", -1}}),
                    "[data] noise of moons is -1; it must lie in [0, 1000]");
  CHECK_THROWS_WITH(Toy("moons", {{"noise", std::nan("")}}), Contains("must lie in"));
  CHECK_THROWS_WITH(Toy("pinwheel", {{"arms", 2.5}}),
                    "[data] arms of pinwheel is 2.5; it must be a whole number");
  for (const ToyInfo& info : toys()) {
    CHECK(std::string(info.doc).size() > 10);
    for (const ToyParameter& p : info.parameter_list())
      CHECK((p.value >= p.low && p.value <= p.high));
  }
}

}  // namespace pushforward::inline PF_REAL
