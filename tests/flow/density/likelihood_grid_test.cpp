// Tests log-densities that are solved on a given grid of times.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "flow/density/likelihood.h"
#include "flow/distributions/source.h"
#include "flow/path/time_grid.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {

TEST_CASE("a grid of times replaces even steps, in both directions") {
  Workers workers(1);
  const RandomField net(2, 5);
  const auto source = std::make_shared<GaussianSource>(2);
  SamplerOptions sampling;
  sampling.solver.tableau = &kRk4;
  sampling.solver.adaptive = false;
  sampling.grid = power_grid(12, 2);
  LikelihoodOptions options;
  options.solver = sampling.solver;
  options.grid = sampling.grid;
  Likelihood likelihood(std::cref(net), source, options, workers);
  Tensor x({50, 2});
  std::vector<double> forth(50);
  likelihood.sample(3, 50, x.data(), forth.data());
  const Tensor same = Sampler(std::cref(net), 2, sampling, workers).sample(*source, 3, 50);
  options.grid = {};
  options.steps = 12;
  Tensor even({50, 2});
  Likelihood(std::cref(net), source, options, workers).sample(3, 50, even.data(), forth.data());
  double off = 0, apart = 0;
  for (int k = 0; k < 50; ++k) {
    for (int j = 0; j < 2; ++j) {
      off = std::max(off, std::abs(double(x(k, j)) - double(same(k, j))));
      apart = std::max(apart, std::abs(double(x(k, j)) - double(even(k, j))));
    }
  }
  const double eps = sizeof(real) == 8 ? 1e-13 : 1e-5;
  CHECK(off < eps);
  if (sizeof(real) == 8) CHECK(apart > 1e-10);
  const std::vector<double> back = likelihood.log_density(x), again = likelihood.log_density(x);
  CHECK(back == again);
}

}  // namespace pushforward::inline PF_REAL
