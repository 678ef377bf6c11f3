// Compares the exact velocity of a flow on the tape with that in plain numbers (Oracle): values,
// divergences, second derivatives and ends of paths. Samples of a finite set's flow must be points
// of the set.
#include "flow/oracle/exact_field.h"

#include <algorithm>
#include <cmath>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/solve/sampler.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

const Stream kExactFieldStream{21, Purpose::data, 0};

// A flow whose exact velocity is known (its oracle), and the last time of the test.
struct OracleCase {
  const char* name;
  std::shared_ptr<const Oracle> oracle;
  Scheduler path;
  double last;
};

GaussianMixture clouds(int count, int dim, bool even) {
  Tensor means({count, dim});
  fill_normal(kExactFieldStream.at(1), 0, count, dim, means.data());
  std::vector<double> weights, stds;
  for (int k = 0; k < count; ++k) {
    weights.push_back(1 + k % 3);
    stds.push_back(even ? 0.3 : 0.2 + 0.1 * (k % 4));
  }
  return {weights, std::move(means), stds};
}

// Returns 200 images of 8 x 8 pixels in 17 grey levels and ten classes, standardised like the data
// set of digits.
DistributionPtr digits_like() {
  Tensor noise({210, 64}), values({200, 64});
  fill_normal(kExactFieldStream.at(2), 0, 210, 64, noise.data());
  for (int r = 0; r < 200; ++r) {
    for (int j = 0; j < 64; ++j)
      values(r, j) = std::round(
          std::clamp(8 + 6 * noise(200 + r % 10, j) + 3 * noise(r, j), real(0), real(16)));
  }
  return standardize(std::make_shared<ArrayData>(std::move(values)), Standardize::together);
}

std::vector<OracleCase> oracle_cases() {
  const GaussianSource plane(2), shifted(2, 1.5, 0.5), six(6), many(8), images(64);
  const auto moons = std::make_shared<ArrayData>(Toy("moons").set(kExactFieldStream, 500));
  const GaussianMixture pair = clouds(2, 2, false), two(clouds(2, 8, true));
  return {
      {"8gaussians", make_oracle(plane, Toy("8gaussians")), cond_ot(), 1},
      {"8gaussians, shifted source", make_oracle(shifted, Toy("8gaussians")), cosine(), 1},
      {"8gaussians, velocity infinite at the end but for its limit",
       make_oracle(plane, Toy("8gaussians")), linear_vp(), 1},
      {"one Gaussian", make_oracle(plane, Toy("gaussian", {{"std", 0.5}, {"mean", 2}})), vp(), 1},
      {"several widths, two sources", make_oracle(pair, clouds(5, 2, false)), cond_ot(), 1},
      {"a source of two widths about one mean, its velocity infinite but for the limit",
       std::make_shared<const Oracle>(Mixture{2, {0.5, 0.5}, {0, 0, 0, 0}, {1, 2}},
                                      *clouds(5, 2, false).mixture()),
       linear_vp(), 1},
      {"several widths in 6-D", make_oracle(six, clouds(7, 6, false)), polynomial(2), 1},
      {"one width in 8-D, two sources", make_oracle(two, clouds(40, 8, true)), ve(0.1, 3), 1},
      {"moons, 500 points", make_oracle(plane, *moons), cond_ot(), 0.995},
      {"images, 200 points", make_oracle(images, *digits_like()), cond_ot(), kDouble ? 0.99 : 0.9},
      {"images, curved", make_oracle(images, *digits_like()), vp(), kDouble ? 0.99 : 0.9},
  };
}

// Rows drawn from the distribution p_t of the path at different times t, including 0 and `last`,
// and exact results for these rows.
struct FieldRows {
  static constexpr int kCount = 12;
  int dim;
  std::vector<real> t, x;
  std::vector<double> velocity, divergence;

  explicit FieldRows(const OracleCase& c) : dim(c.oracle->dim()), x(kCount * c.oracle->dim()) {
    const std::size_t d = static_cast<std::size_t>(dim);
    std::vector<real> noise(x.size());
    fill_normal(kExactFieldStream.at(3), 0, kCount, dim, noise.data());
    for (int b = 0; b < kCount; ++b) {
      t.push_back(static_cast<real>(c.last * b / (kCount - 1)));
      const Coefficients k = c.path(static_cast<double>(t[b]));
      const Mixture m = c.oracle->marginal(k);
      const int p = (17 * b + 5) % c.oracle->pairs();
      std::vector<double> row(d);
      for (int j = 0; j < dim; ++j) {
        real& at = x[b * d + j];
        at = static_cast<real>(m.mean(p)[j] + m.stds[p] * static_cast<double>(noise[b * d + j]));
        row[j] = static_cast<double>(at);
      }
      const std::vector<double> u = c.oracle->velocity(k, row);
      velocity.insert(velocity.end(), u.begin(), u.end());
      divergence.push_back(c.oracle->divergence(k, row)[0]);
    }
  }
};

// Returns the largest error of a row, relative to the size of the row.
double worst(std::span<const real> got, const std::vector<double>& exact, int width) {
  double maximum = 0;
  for (std::size_t b = 0; b < exact.size() / width; ++b) {
    double off = 0, size = 0;
    for (std::size_t i = b * width; i < (b + 1) * width; ++i) {
      off += std::pow(static_cast<double>(got[i]) - exact[i], 2);
      size += exact[i] * exact[i];
    }
    maximum = std::max(maximum, std::sqrt(off / (size + 1e-6)));
    if (!std::isfinite(off)) return 1e300;
  }
  return maximum;
}

}  // namespace

TEST_CASE("the field on the tape and its divergence agree with the oracle") {
  for (const OracleCase& c : oracle_cases()) {
    CAPTURE(c.name);
    const FieldRows rows(c);
    const Field field = oracle_field(c.oracle, c.path);
    Tape tape;
    const Var x = tape.input({FieldRows::kCount, rows.dim}, rows.x);
    const Var u = field(x, tape.input({FieldRows::kCount, 1}, rows.t));
    CHECK(worst(u.values(), rows.velocity, rows.dim) < (kDouble ? 1e-12 : 2e-4));
    CHECK(worst(divergence(u, x).values(), rows.divergence, 1) < (kDouble ? 1e-11 : 2e-3));
  }
}

TEST_CASE("derivatives of the field are right to second order") {
  // The gradient of the divergence, computed by reverse over forward mode, is compared with finite
  // differences.
  const double h = 1e-4;
  for (const OracleCase& c : oracle_cases()) {
    CAPTURE(c.name);
    const FieldRows rows(c);
    const int dim = rows.dim, b = 5;
    const Coefficients k = c.path(static_cast<double>(rows.t[b]));
    Tape tape;
    const Var x = tape.input({1, dim}, {rows.x.data() + b * dim, std::size_t(dim)});
    const Var u = oracle_field(c.oracle, c.path)(x, tape.input({1, 1}, {rows.t[b]}));
    const Var g = grad(sum(divergence(u, x, Record::yes)), x);
    const Var v = tape.full({1, dim}, 1), pulled = grad(sum(v * u), x);
    double size = 0;
    for (real w : g.values()) size = std::max(size, std::abs(static_cast<double>(w)));
    for (int j = 0; j < std::min(dim, 3); ++j) {
      const auto at = [&](double step, auto answer) {
        std::vector<double> y(x.values().begin(), x.values().end());
        y[j] += step;
        return answer(y);
      };
      const auto slope = [&](auto answer) {
        return (8 * (at(h, answer) - at(-h, answer)) - at(2 * h, answer) + at(-2 * h, answer)) /
               (12 * h);
      };
      const double exact = slope([&](const auto& y) { return c.oracle->divergence(k, y)[0]; });
      CHECK(std::abs(static_cast<double>(g.values()[j]) - exact) <
            (kDouble ? 1e-7 : 1e-3) * (1 + size));
      const double along = slope([&](const auto& y) {
        double total = 0;
        for (double w : c.oracle->velocity(k, y)) total += w;
        return total;
      });
      CHECK(static_cast<double>(pulled.values()[j]) ==
            Approx(along).epsilon(kDouble ? 1e-7 : 1e-3).margin(kDouble ? 1e-9 : 1e-3));
    }
  }
}

TEST_CASE("at the end of a path to points, the field is constant near each point") {
  // On the first axis the data is 0, 1, 1 and 3. The tested points are near 1, at 3, equally far
  // from two points of the data, and far away.
  for (int dim : {1, 6}) {
    Tensor values({40, dim});
    for (int r = 0; r < 40; ++r) values(r, 0) = real(r % 4 == 2 ? 1 : r % 4);
    const auto oracle = make_oracle(GaussianSource(dim), ArrayData(values));
    for (const Scheduler& path : {cond_ot(), linear_vp(), vp()}) {
      CAPTURE(dim, path.name);
      Tape tape;
      Tensor at({4, dim});
      for (int r = 0; r < 4; ++r) at(r, 0) = std::vector<real>{real(1.2), 3, 2, real(-1e6)}[r];
      const Var x = tape.input(at.shape(), at.values()), t = tape.full({4, 1}, 1);
      const Var u = oracle_field(oracle, path)(x, t);
      const double slope = path(1).dalpha, expected[] = {1, 3, 5. / 3, 0};
      for (int r = 0; r < 4; ++r)
        CHECK(static_cast<double>(u.values()[r * dim]) ==
              Approx(slope * expected[r]).epsilon(1e-6));
      for (real w : divergence(u, x).values()) CHECK(w == 0);
    }
  }
  const auto mixed = std::make_shared<const Oracle>(Mixture{1, {1}, {0}, {1}},
                                                    Mixture{1, {0.5, 0.5}, {1, 0}, {0, 2}});
  Tape tape;
  const Var x = tape.input({2, 1}, {1, real(1.25)}), t = tape.full({2, 1}, 1);
  const Var u = oracle_field(mixed, cond_ot())(x, t);
  CHECK(u.values()[0] == 1);
  CHECK(static_cast<double>(u.values()[1]) == Approx(1.25));
  CHECK(divergence(u, x).values()[1] == 1);
}

TEST_CASE("samples of a finite set's exact flow are points of the set") {
  const Tensor points = Toy("moons").set(kExactFieldStream, 60);
  const GaussianSource source(2);
  Workers workers(1);
  SamplerOptions options;
  Sampler sampler(oracle_field(make_oracle(source, ArrayData(points)), cond_ot()), 2, options,
                  workers);
  const Tensor x = sampler.sample(source, 4, 100);
  double worst_of_all = 0;
  for (int r = 0; r < x.rows(); ++r) {
    double nearest = 1e300;
    for (int k = 0; k < points.rows(); ++k)
      nearest = std::min(
          nearest, static_cast<double>(std::hypot(x(r, 0) - points(k, 0), x(r, 1) - points(k, 1))));
    worst_of_all = std::max(worst_of_all, nearest);
  }
  CHECK(worst_of_all < 1e-3);
}

TEST_CASE("a field that cannot be computed exactly is refused with the reason") {
  CHECK_THROWS_WITH(
      make_oracle(GaussianSource(2), Toy("moons")),
      "[oracle] the data is not a mixture of isotropic Gaussians, so its flow has no closed form; "
      "exact answers exist for gaussian, 8gaussians, mixture and finite data sets");
  CHECK_THROWS_WITH(make_oracle(UniformSource(2, 0, 1), Toy("8gaussians")),
                    Contains("[oracle] the source is not a mixture"));
  CHECK_THROWS_WITH(oracle_field(nullptr, cond_ot()),
                    "[oracle_field] no oracle given; make_oracle makes one");
  const Field field = oracle_field(make_oracle(GaussianSource(2), Toy("8gaussians")), cond_ot());
  Tape tape;
  CHECK_THROWS_WITH(
      field(tape.full({4, 3}, 0), tape.full({4, 1}, 0)),
      "[oracle_field] points (4, 3) and times (4, 1); they must be (B, 2) and (B, 1)");
  const Field sharp =
      oracle_field(make_oracle(GaussianSource(2, 1, 3), Toy("8gaussians")), linear_vp());
  CHECK_THROWS_WITH(sharp(tape.full({1, 2}, 0), tape.full({1, 1}, 1)),
                    Contains("[oracle] dsigma is -inf"));
}

}  // namespace pushforward::inline PF_REAL
