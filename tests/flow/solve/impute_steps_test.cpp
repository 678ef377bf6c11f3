// Compares imputation with the particle filter of flow/solve/impute.h, computed one particle and one
// formula at a time.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/tensor.h"
#include "flow/path/time_grid.h"
#include "flow/sampling.h"
#include "flow/solve/impute.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr real kUnknown = std::numeric_limits<real>::quiet_NaN();
constexpr int kColumns = 3;
using Row = std::array<double, kColumns>;

int label_of(int sample) { return sample % 3; }

// A velocity that mixes the columns, is not linear and depends on the label, for the path alpha = t,
// sigma = 1 - t.
Row curved_velocity(const Row& x, double t, int label) {
  return {x[1] - 0.5 * x[0] + std::sin(x[2]) + label, 0.7 * x[0] * t - x[1],
          1.5 - x[2] + 0.3 * x[0] * x[1]};
}

Field curved_field() {
  return [](Var x, Var t, Labels labels) {
    std::span<real> out;
    const Var v = x.tape->uninitialised(x.shape(), out);
    for (int r = 0; r < x.shape().rows(); ++r) {
      Row at;
      for (std::size_t j = 0; j < kColumns; ++j)
        at[j] = x.values()[static_cast<std::size_t>(r) * kColumns + j];
      const Row u = curved_velocity(at, double(t.values()[r]), labels[static_cast<std::size_t>(r)]);
      for (std::size_t j = 0; j < kColumns; ++j)
        out[static_cast<std::size_t>(r) * kColumns + j] = static_cast<real>(u[j]);
    }
    return v;
  };
}

Row drawn(Stream stream, std::uint32_t row) {
  real numbers[kColumns];
  fill_normal(stream, row, 1, kColumns, numbers);
  return {numbers[0], numbers[1], numbers[2]};
}
Row signs(Stream stream, std::uint32_t row) {
  real numbers[kColumns];
  fill_rademacher(stream, row, 1, kColumns, numbers);
  return {numbers[0], numbers[1], numbers[2]};
}

struct FilledRow {
  Row row;
  double least;  // the least effective number of particles
  int redrawn;   // the steps after which the particles were drawn anew
};

// Fills one row, which is sample `sample`, with `particles` particles.
FilledRow filled_by_formula(const std::vector<double>& times, int particles, std::uint64_t seed,
                            std::uint32_t sample, const std::array<real, kColumns>& row) {
  const std::size_t steps = times.size() - 1;  // the last step begins at the last time but one
  const auto n = static_cast<std::size_t>(particles);
  const auto alpha = [&](std::size_t k) { return k == steps ? 1 : times[k]; };
  const auto sigma = [&](std::size_t k) { return k == steps ? 0 : 1 - times[k]; };
  const auto shrink = [&](std::size_t k) { return alpha(k) / alpha(k + 1); };
  const auto noise = [&](std::size_t k) {
    return std::pow(sigma(k), 2) - std::pow(shrink(k) * sigma(k + 1), 2);
  };
  std::vector<Row> known(steps + 1);  // the known numbers at each time
  for (std::size_t j = 0; j < kColumns; ++j)
    known[steps][j] = std::isnan(row[j]) ? 0 : static_cast<double>(row[j]);
  for (std::size_t k = steps; k-- > 0;) {
    const Row z = drawn({seed, Purpose::path_noise, static_cast<std::uint32_t>(k)}, sample);
    for (std::size_t j = 0; j < kColumns; ++j)
      known[k][j] = shrink(k) * known[k + 1][j] + std::sqrt(noise(k)) * z[j];
  }
  const auto number = [&](std::size_t p) {
    return sample * static_cast<std::uint32_t>(particles) + static_cast<std::uint32_t>(p);
  };
  std::vector<Row> x(n);
  std::vector<double> weight(n, 1. / particles);
  for (std::size_t p = 0; p < n; ++p) {
    x[p] = drawn(sample_stream(seed), number(p));
    for (double& v : x[p]) v *= sigma(0);
  }
  FilledRow out{{}, double(particles), 0};
  for (std::size_t k = 0; k < steps; ++k) {
    const auto step = static_cast<std::uint32_t>(k);
    const double t = times[k], s2 = std::pow(sigma(k), 2), to_data = noise(k) * alpha(k + 1) / s2,
                 to_x = shrink(k) * std::pow(sigma(k + 1), 2) / s2,
                 variance = noise(k) * std::pow(sigma(k + 1), 2) / s2;
    const auto data_of = [&](const Row& at) {  // E[x1 | x] = x + (1 - t) v
      Row data = curved_velocity(at, t, label_of(static_cast<int>(sample)));
      for (std::size_t j = 0; j < kColumns; ++j) data[j] = at[j] + (1 - t) * data[j];
      return data;
    };
    Row spread{};  // Var(x1 | x) alpha / sigma^2, the mean of d E[x1 | x] / dx over the particles
    std::vector<Row> mean(n);
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t j = 0; j < kColumns; ++j)
        if (!std::isnan(row[j])) x[p][j] = known[k][j];
      const Row data = data_of(x[p]), sign = signs({seed, Purpose::probe, step}, number(p));
      Row near = x[p];
      for (std::size_t j = 0; j < kColumns; ++j) near[j] += 0.01 * sigma(k) * sign[j];
      const Row moved = data_of(near);
      for (std::size_t j = 0; j < kColumns; ++j) {
        mean[p][j] = to_data * data[j] + to_x * x[p][j];
        spread[j] += (moved[j] - data[j]) / (0.01 * sigma(k) * sign[j]) / particles;
      }
    }
    Row of_step{};
    for (std::size_t j = 0; j < kColumns; ++j)
      of_step[j] = variance +
                   (alpha(k) > 0 ? to_data * to_data * s2 / alpha(k) : 0) * std::max(0., spread[j]);
    if (variance > 0) {
      for (std::size_t p = 0; p < n; ++p)
        for (std::size_t j = 0; j < kColumns; ++j)
          if (!std::isnan(row[j]))
            weight[p] *= std::exp(-std::pow(known[k + 1][j] - mean[p][j], 2) / of_step[j] / 2);
    }
    double sum = 0, squares = 0;
    for (const double w : weight) sum += w;
    for (double& w : weight) squares += std::pow(w /= sum, 2);
    out.least = std::min(out.least, 1 / squares);
    if (1 / squares < 0.5 * particles) {
      ++out.redrawn;
      const double u = Stream{seed, Purpose::shuffle, step}.uniform(sample);
      const std::vector<Row> before = mean;
      for (std::size_t p = 0; p < n; ++p) {
        // The ancestor is the particle in whose share of [0, 1] the number (p + u) / n lies.
        std::size_t from = 0;
        double reached = weight[0];
        while (reached < (static_cast<double>(p) + u) / particles && from + 1 < n)
          reached += weight[++from];
        mean[p] = before[from];
      }
      std::ranges::fill(weight, 1. / particles);
    }
    for (std::size_t p = 0; p < n; ++p) {
      const Row z = drawn({seed, Purpose::diffusion, step}, number(p));
      for (std::size_t j = 0; j < kColumns; ++j)
        x[p][j] = mean[p][j] + (variance > 0 ? std::sqrt(of_step[j]) * z[j] : 0);
    }
  }
  const double u =
      Stream{seed, Purpose::shuffle, static_cast<std::uint32_t>(steps)}.uniform(sample);
  std::size_t chosen = 0;
  double reached = weight[0];
  while (reached < u && chosen + 1 < n) reached += weight[++chosen];
  for (std::size_t j = 0; j < kColumns; ++j)
    out.row[j] = std::isnan(row[j]) ? x[chosen][j] : static_cast<double>(row[j]);
  return out;
}

TEST_CASE("imputation: every row is what the formulas of the particle filter give") {
  if (!kDouble) return;  // rounding decides in float which of two equally good particles is drawn
  const std::vector<double> times{0, 0.15, 0.3, 0.5, 0.7, 0.9, 1};
  const std::uint64_t seed = 3;
  Workers workers(2);
  // 100 particles make blocks of 2 rows, so the last block repeats its row.
  for (const int particles : {5, 100}) {
    const int n = 41;
    Tensor points({n, kColumns}), out({n, kColumns});
    for (int r = 0; r < n; ++r)
      for (int j = 0; j < kColumns; ++j)
        points.data()[r * kColumns + j] =
            (r >> j) % 2 == 0 ? kUnknown : real(0.5 * (r % 11) - 1.5 * j);
    ImputeOptions options;
    options.times = times;
    options.particles = particles;
    options.label_of = label_of;
    Imputer imputer(curved_field(), kColumns, options, workers);
    const ImputeReport report = imputer.impute(n, points.data(), seed, out.data(), 1000);
    double least = particles, sum = 0;
    int redrawn = 0, incomplete = 0;
    for (int r = 0; r < n; ++r) {
      CAPTURE(particles, r);
      std::array<real, kColumns> row;
      std::copy_n(points.data() + r * kColumns, kColumns, row.begin());
      if (r % 8 == 7) {  // no number is missing
        CHECK(std::equal(row.begin(), row.end(), out.data() + r * kColumns));
        continue;
      }
      const FilledRow expected =
          filled_by_formula(times, particles, seed, static_cast<std::uint32_t>(1000 + r), row);
      for (std::size_t j = 0; j < kColumns; ++j)
        CHECK(out.data()[static_cast<std::size_t>(r) * kColumns + j] ==
              Approx(expected.row[j]).epsilon(1e-8).margin(1e-8));
      redrawn += expected.redrawn;
      least = std::min(least, expected.least);
      sum += expected.least;
      ++incomplete;
    }
    CHECK(redrawn > 5);
    CHECK(report.incomplete == incomplete);
    CHECK(report.least_effective == Approx(least).epsilon(1e-8));
    CHECK(report.mean_effective == Approx(sum / incomplete).epsilon(1e-8));
  }
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
