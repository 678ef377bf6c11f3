#include "flow/solve/dpm_solver.h"

#include <cmath>
#include <utility>

namespace pushforward::inline PF_REAL {

DpmSolver::DpmSolver(Parameterization parameterization, int rows, int dim)
    : GridDriver(std::move(parameterization), rows, dim),
      output_(memory()),
      data_(memory()),
      data_before_(memory()) {}

void DpmSolver::step(int i, const End& from, const End& to) {
  predict(x(), from.t, output_.data());
  const Conversion to_data = conversion(parameterization(), Prediction::data, from.c);
  combine(data_.data(), to_data, x(), output_.data());
  combine(x1(), denoise_step(parameterization(), from.c, to.c), x(), output_.data());
  const double log_ratio = std::log(from.c.alpha) - std::log(from.c.sigma);
  const double h = std::log(to.c.alpha) - std::log(to.c.sigma) - log_ratio;
  const double before = log_ratio - log_ratio_before_;
  if (i > 0 && std::isfinite(h) && std::isfinite(before)) {
    // Adds the second-order term of the formula in dpm_solver.h, alpha' (1 - exp(-h)) h / (2
    // before) (D - D_before). Here alpha' is alpha at the end of the step, D = E[x1 | x], and
    // D_before is D at the previous step. h and `before` are the increases of ln(alpha / sigma)
    // over this step and over the previous one.
    const double weight = -to.c.alpha * std::expm1(-h) * h / (2 * before);
    combine(x1(), Term{weight, data_.data()}, Term{-weight, data_before_.data()}, Term{1, x1()});
  }
  std::swap(data_, data_before_);
  log_ratio_before_ = log_ratio;
}

}  // namespace pushforward::inline PF_REAL
