#include "flow/coupling/unbalanced.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "autograd/tensor/check.h"
#include "flow/coupling/plan_rows.h"

namespace pushforward {

using detail::check;

namespace {

void check_options(int n, int m, const UnbalancedOptions& o) {
  check(n > 0 && m > 0, "unbalanced", "costs of shape (", n, ", ", m,
        "); both sides need at least one point");
  const auto good = [](double x) { return x > 0 && x <= 1e300; };
  check(good(o.reg) && good(o.mass_cost), "unbalanced", "the regularisation is ", o.reg,
        " and the cost of mass ", o.mass_cost, "; both must be positive and finite");
  check(o.tolerance > 0 && o.max_iterations > 0, "unbalanced", "the tolerance is ", o.tolerance,
        " and max_iterations ", o.max_iterations, "; both must be positive");
}

// Returns mass_cost ln(mean exp(-f / mass_cost)), without overflow.
double soft_least(std::span<const double> f, double mass_cost) {
  const double least = *std::min_element(f.begin(), f.end());
  double sum = 0;
  for (const double one : f) sum += std::exp((least - one) / mass_cost);
  return mass_cost * std::log(sum / static_cast<double>(f.size())) - least;
}

}  // namespace

bool UnbalancedTransport::solve(int n, int m, const double* cost, const UnbalancedOptions& o) {
  check_options(n, m, o);
  const std::size_t rows = static_cast<std::size_t>(n), columns = static_cast<std::size_t>(m);
  for (std::size_t k = 0; k < rows * columns; ++k)
    check(std::abs(cost[k]) <= 1e300, "unbalanced", "the cost of row ", k / columns, ", column ",
          k % columns, " is ", cost[k], "; costs must be finite and at most 1e300 either way");
  plan_.resize(rows * columns);
  f_.assign(rows, 0);
  before_.resize(rows);
  for (auto* of_columns : {&g_, &maxima_, &sum_}) of_columns->assign(columns, 0);
  const double slope = o.mass_cost / (o.mass_cost + o.reg) * o.reg;
  bool settled = false;
  for (int k = 0; k < o.max_iterations && !settled; ++k) {
    check_interrupted();
    std::ranges::copy(f_, before_.begin());
    for (std::size_t i = 0; i < rows; ++i)
      f_[i] = -slope * (detail::log_sum_exp(cost + i * columns, g_.data(), o.reg, m) - std::log(m));
    std::ranges::fill(maxima_, -std::numeric_limits<double>::infinity());
    std::ranges::fill(sum_, 0);
    for (std::size_t i = 0; i < rows; ++i)
      detail::raise_columns(cost + i * columns, f_[i], m, maxima_.data());
    for (std::size_t i = 0; i < rows; ++i)
      detail::add_exp_columns(cost + i * columns, f_[i], maxima_.data(), o.reg, m, sum_.data());
    for (std::size_t j = 0; j < columns; ++j)
      g_[j] = -slope * (maxima_[j] / o.reg + std::log(sum_[j] / n));
    const double shift = (soft_least(f_, o.mass_cost) - soft_least(g_, o.mass_cost)) / 2;
    double change = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      f_[i] += shift;
      change = std::max(change, std::abs(f_[i] - before_[i]));
    }
    for (double& g : g_) g -= shift;
    settled = k > 0 && change <= o.tolerance * o.reg;
  }
  total_ = cost_ = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    double* const row = plan_.data() + i * columns;
    detail::plan_row(cost + i * columns, f_[i], g_.data(), o.reg, m, row);
    for (std::size_t j = 0; j < columns; ++j) {
      row[j] /= static_cast<double>(n) * m;
      total_ += row[j];
    }
    cost_ += detail::dot_row(row, cost + i * columns, m);
  }
  return settled;
}

}  // namespace pushforward
