// A finite mixture of round Gaussians as plain numbers, for exact computations.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstddef>
#include <vector>

namespace pushforward {

// The mixture p(x) = sum_k weights[k] N(x; means[k], stds[k]^2 I). A component with standard
// deviation 0 is a point mass, so a finite data set is a mixture too. Functions that take a Mixture
// check it.
struct Mixture {
  int dim = 0;
  std::vector<double> weights{};  // (K), positive, their sum is 1
  std::vector<double> means{};    // (K, dim), row-major
  std::vector<double> stds{};     // (K), not negative

  int components() const { return static_cast<int>(weights.size()); }
  // The mean of component k; does not check it.
  const double* mean(int k) const { return means.data() + static_cast<std::size_t>(k) * dim; }
};

}  // namespace pushforward
