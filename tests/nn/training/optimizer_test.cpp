// Compares twenty steps of each optimizer with PyTorch's steps for the same gradients
// (scripts/goldens/optimizers.py).
#include "nn/training/optimizer.h"

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "nn/module.h"
#include "paths.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Reads the parameters p0, ..., p4 after each step, for each case (an optimizer with options) of
// the file.
std::map<std::string, std::vector<std::vector<double>>> goldens() {
  std::ifstream file(PUSHFORWARD_SOURCE_DIR "/data/goldens/optimizers.csv");
  REQUIRE(file);
  std::map<std::string, std::vector<std::vector<double>>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    std::istringstream cells(line);
    std::string name, cell;
    std::getline(cells, name, ',');
    std::getline(cells, cell, ',');  // skips the number of the step
    std::vector<double>& row = rows[name].emplace_back();
    while (std::getline(cells, cell, ',')) row.push_back(std::stod(cell));
  }
  return rows;
}

const std::map<std::string, OptimizerOptions> kCases = {
    {"sgd", {.kind = OptimizerKind::sgd, .lr = 0.1}},
    {"sgd_decay", {.kind = OptimizerKind::sgd, .lr = 0.1, .weight_decay = 0.05}},
    {"momentum", {.kind = OptimizerKind::sgd, .lr = 0.05, .momentum = 0.9}},
    {"momentum_decay",
     {.kind = OptimizerKind::sgd, .lr = 0.05, .weight_decay = 0.05, .momentum = 0.9}},
    {"nesterov", {.kind = OptimizerKind::sgd, .lr = 0.05, .momentum = 0.8, .nesterov = true}},
    {"nesterov_decay",
     {.kind = OptimizerKind::sgd,
      .lr = 0.05,
      .weight_decay = 0.05,
      .momentum = 0.8,
      .nesterov = true}},
    {"adam", {.kind = OptimizerKind::adam, .lr = 0.02}},
    {"adam_decay", {.kind = OptimizerKind::adam, .lr = 0.02, .weight_decay = 0.1}},
    {"adam_betas",
     {.kind = OptimizerKind::adam, .lr = 0.02, .beta1 = 0.5, .beta2 = 0.9, .eps = 1e-3}},
    {"adamw", {.kind = OptimizerKind::adamw, .lr = 0.02}},
    {"adamw_decay", {.kind = OptimizerKind::adamw, .lr = 0.02, .weight_decay = 0.1}},
    {"adamw_betas",
     {.kind = OptimizerKind::adamw,
      .lr = 0.02,
      .weight_decay = 0.01,
      .beta1 = 0.8,
      .beta2 = 0.95,
      .eps = 1e-4}},
};

TEST_CASE("optimizers: twenty steps give PyTorch's numbers") {
  const auto rows = goldens();
  REQUIRE(rows.size() == kCases.size());
  for (const auto& [name, steps] : rows) {
    INFO(name);
    REQUIRE(kCases.count(name) == 1);
    REQUIRE(steps.size() == 20);
    Optimizer optimizer(kCases.at(name), 16);
    FlatArray p(16, real(0)), g(16, real(0));
    const double start[] = {1.0, -0.5, 0.25, 2.0, 0.0};
    std::copy_n(start, 5, p.begin());
    for (std::size_t k = 0; k < steps.size(); ++k) {
      for (std::size_t i = 0; i < 5; ++i)
        g[i] = static_cast<real>((0.3 + 0.1 * double(i)) * static_cast<double>(p[i]) +
                                 std::cos(double(k + i)));
      kernels::update(optimizer.begin(1), optimizer.arrays(g.data(), p.data(), nullptr), 0, 16);
      for (std::size_t i = 0; i < 5; ++i) {
        INFO("step " << k << ", element " << i);
        CHECK(static_cast<double>(p[i]) == Approx(steps[k][i])
                                               .epsilon(sizeof(real) == 8 ? 1e-13 : 1e-5)
                                               .margin(sizeof(real) == 8 ? 1e-14 : 2e-6));
      }
    }
    for (std::size_t i = 5; i < 16; ++i) CHECK(p[i] == 0);  // the padding after p4 stays 0
    CHECK(optimizer.updates() == 20);
  }
}

TEST_CASE("optimizers: scaling and averaging in the same pass work for blocks of any size") {
  for (const auto& [name, case_options] : kCases) {
    const OptimizerOptions& options = case_options;  // clang 14 captures no structured binding
    INFO(name);
    const std::size_t n = 160;
    FlatArray g(n), start(n);
    for (std::size_t i = 0; i < n; ++i) {
      g[i] = static_cast<real>(std::sin(double(i)));
      start[i] = static_cast<real>(std::cos(double(i)));
    }
    const auto run = [&](real scale, const FlatArray& gradient, std::size_t block) {
      Optimizer optimizer(options, n);
      FlatArray p = start, ema = start;
      for (int k = 0; k < 3; ++k) {
        WeightUpdate u = optimizer.begin(0.5);
        u.gradient_scale = scale;
        u.ema_rate = real(0.25);
        for (std::size_t at = 0; at < n; at += block)
          kernels::update(u, optimizer.arrays(gradient.data(), p.data(), ema.data()), at, block);
      }
      p.insert(p.end(), ema.begin(), ema.end());
      return p;
    };
    FlatArray half = g;
    for (real& v : half) v /= 2;
    const auto whole = run(real(0.5), g, n);
    CHECK(whole == run(real(0.5), g, 16));
    CHECK(whole == run(real(0.5), g, 32));
    CHECK(whole == run(1, half, n));
  }
  // After one step, the average of the weights p is start + rate (p - start).
  Optimizer sgd({.kind = OptimizerKind::sgd, .lr = 1}, 16);
  FlatArray g(16, real(1)), p(16, real(3)), ema(16, real(3));
  WeightUpdate u = sgd.begin(1);
  u.ema_rate = real(0.25);
  kernels::update(u, sgd.arrays(g.data(), p.data(), ema.data()), 0, 16);
  CHECK(p[0] == 2);
  CHECK(ema[0] == real(2.75));
}

TEST_CASE("optimizers: sums of gradients and of their squares work for any length") {
  for (const std::size_t n : {1, 7, 16, 33, 1000, 1025, 5000}) {
    std::vector<real> a(n), b(n), c(n), y(n);
    double expected = 0;
    for (std::size_t i = 0; i < n; ++i) {
      a[i] = static_cast<real>(std::sin(double(i)));
      b[i] = static_cast<real>(std::cos(2.0 * double(i)));
      c[i] = real(0.125);
      const real s = a[i] + b[i] + c[i];
      expected += static_cast<double>(s) * static_cast<double>(s);
    }
    const real* from[] = {a.data(), b.data(), c.data()};
    CHECK(kernels::add_and_square(from, n, y.data()) == Approx(expected).epsilon(1e-13));
    for (std::size_t i = 0; i < n; ++i) CHECK(y[i] == a[i] + b[i] + c[i]);
    kernels::accumulate(a.data(), n, b.data());
    CHECK(b[n - 1] == static_cast<real>(std::cos(2.0 * double(n - 1))) + a[n - 1]);
    const real* in_place[] = {a.data(), c.data()};
    kernels::add_and_square(in_place, n, a.data());
    CHECK(a[0] == real(0.125));
  }
}

TEST_CASE("optimizers: invalid numbers and unknown names are refused") {
  const auto with = [](OptimizerOptions o) { return Optimizer(o, 16); };
  CHECK_THROWS_WITH(with({.lr = -1}), "[optimizer] lr is -1; it must not be negative");
  CHECK_THROWS_WITH(with({.momentum = 1}), "[optimizer] momentum 1 is outside [0, 1)");
  CHECK_THROWS_WITH(
      with({.nesterov = true}),
      "[optimizer] nesterov is on and momentum is 0; nesterov needs a positive momentum");
  CHECK_THROWS_WITH(with({.beta2 = 1}),
                    "[optimizer] the betas are 0.9 and 1; both must lie in [0, 1)");
  CHECK_THROWS_WITH(
      Optimizer({}, 15),
      "[optimizer] the arrays have 15 numbers; their number must be a multiple of 16");
  CHECK(optimizer_kind_named("adam") == OptimizerKind::adam);
  CHECK_THROWS_WITH(optimizer_kind_named("lion"),
                    "[optimizer] \"lion\" is not known; one of: sgd, adam, adamw");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
