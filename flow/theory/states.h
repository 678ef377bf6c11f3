// All sequences of a small discrete flow and the distribution of these sequences, for the checks of
// chains and of paths of tokens.
#pragma once

#include <span>
#include <vector>

#include "flow/theory/tokens.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {

// The times at which the checks of tokens evaluate the equations.
inline const Numbers kTokenTimes{0.2, 0.5, 0.8};

// A small flow's oracle, with all sequences of states and all pairs of a source row and a data row.
struct States {
  explicit States(const SmallFlow& f)
      : flow(f), oracle(f.oracle()), all(oracle.all_states()), pairs(f.pairs()) {}

  int count() const { return static_cast<int>(all.size()) / flow.length(); }
  const int* of(int i) const { return all.data() + static_cast<std::size_t>(i) * flow.length(); }
  std::span<const int> row(int i) const { return {of(i), static_cast<std::size_t>(flow.length())}; }
  // Returns p_t of each sequence in `all`, as a sum over the pairs of rows.
  Numbers distribution(double t) const {
    Numbers p(count(), 0.);
    for (int i = 0; i < count(); ++i)
      for (const TokenPair& pair : pairs) p[i] += pair.weight * flow.sequence(t, of(i), pair);
    return p;
  }
  // Returns the time derivative of `distribution` at t, by finite differences.
  Numbers distribution_slope(double t) const {
    const double h = 1e-3;
    const Numbers a = distribution(t - 2 * h), b = distribution(t - h), c = distribution(t + h),
                  d = distribution(t + 2 * h);
    Numbers out;
    for (std::size_t i = 0; i < a.size(); ++i)
      out.push_back((a[i] - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h));
    return out;
  }

  const SmallFlow& flow;
  TokenOracle oracle;
  std::vector<int> all;
  std::vector<TokenPair> pairs;
};

}  // namespace pushforward::equations
