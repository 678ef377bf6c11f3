// The coupling of unbalanced optimal transport (unbalanced.h).
#include <algorithm>
#include <memory>

#include "flow/coupling/batch_costs.h"
#include "flow/coupling/unbalanced.h"

namespace pushforward::inline PF_REAL {
namespace {

// Draws pairs from a plan of n rows and n columns. `sums` has the running sums of its rows' masses.
class PlanDraw {
 public:
  void set(int n, const double* plan) {
    n_ = static_cast<std::size_t>(n);
    plan_ = plan;
    sums_.resize(n_);
    double sum = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < n_; ++j) sum += plan[i * n_ + j];
      sums_[i] = sum;
    }
  }
  // Returns the pair at which the running sum of the plan exceeds u times the sum of all of it.
  RowPair at(double u) const {
    const double goal = u * sums_.back();
    const std::size_t i = static_cast<std::size_t>(
        std::min(std::upper_bound(sums_.begin(), sums_.end(), goal) - sums_.begin(),
                 static_cast<std::ptrdiff_t>(n_) - 1));
    double sum = i == 0 ? 0 : sums_[i - 1];
    // This is the last column with positive mass, in case round-off keeps the sum below the goal.
    std::size_t last = 0;
    for (std::size_t j = 0; j < n_; ++j) {
      const double mass = plan_[i * n_ + j];
      if (mass <= 0) continue;
      last = j;
      sum += mass;
      if (sum > goal) break;
    }
    return {static_cast<int>(i), static_cast<int>(last)};
  }

 private:
  std::size_t n_ = 0;
  const double* plan_ = nullptr;
  AlignedVector<double> sums_;
};

}  // namespace

Coupling unbalanced_coupling(const UnbalancedOptions& options) {
  detail::check(options.reg > 0 && options.mass_cost > 0, "unbalanced coupling",
                "the regularisation is ", options.reg, " and the cost of mass ", options.mass_cost,
                "; both must be positive");
  struct Memory {
    BatchCosts costs;
    UnbalancedTransport transport;
    PlanDraw draw;
  };
  const auto replaced = std::make_shared<std::atomic<std::int64_t>>(0);
  Coupling coupling{"unbalanced", nullptr};
  coupling.replaced = replaced;
  coupling.pair = [options, replaced, memory = std::make_shared<Memory>()](
                      const Endpoints& ends, Stream stream, std::span<RowPair> pairs) {
    const int n = ends.rows;
    memory->transport.interrupted = ends.interrupted;
    if (!memory->transport.solve(n, n, memory->costs.of(ends), options)) ++*replaced;
    detail::check(memory->transport.total() > 0, "unbalanced coupling", "the plan of a batch of ",
                  n, " rows has no mass left at the cost ", options.mass_cost,
                  " of leaving it out; raise mass_cost, or scale the data");
    memory->draw.set(n, memory->transport.plan());
    for (std::size_t k = 0; k < pairs.size(); ++k)
      pairs[k] = memory->draw.at(stream.uniform(static_cast<std::uint32_t>(k)));
  };
  return coupling;
}

}  // namespace pushforward::inline PF_REAL
