#include "flow/coupling/sinkhorn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/check.h"
#include "flow/coupling/cost_rows.h"
#include "flow/coupling/plan_rows.h"

namespace pushforward {

using detail::check, detail::fail;

using namespace detail;

namespace {

constexpr double kSinkhornInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargestPlanCost = 1e300;

// The problem is solved first with larger weights of the entropy than the requested reg. The first
// is the largest reg 4^k that is at most the range of the costs divided by kFirstParts, and each of
// the next is a fourth of the one before.
constexpr double kFirstParts = 10, kScalingStage = 4;
// The tolerance and the iteration limit for each weight of the entropy before the requested one.
constexpr double kStageTolerance = 1e-2;
constexpr int kStageIterations = 200;
// Factors that scale the plan's rows and columns are added to the potentials as logarithms. They
// are discarded instead if one is above kModerate or below its inverse.
constexpr double kModerate = 1e50;
// The number of times that the plan is scaled, for one weight reg of the entropy, before Newton's
// method takes over. Most plans need fewer.
constexpr int kScalings = 50;
// One Newton step changes the ratio of two columns' scalings by a factor of at most e^4.
constexpr double kLargestStep = 4;

}  // namespace

void Sinkhorn::solve(int n, int m, const double* cost, const SinkhornOptions& options) {
  if (converges(n, m, cost, options)) return;
  fail("sinkhorn", "after ", options.max_iterations, " iterations the error of the marginals is ",
       error_, ", and the tolerance is ", options.tolerance, "; the regularisation ", options.reg,
       " is small for costs that differ by up to ", range_,
       ": raise it, or allow more iterations, or use exact transport");
}

bool Sinkhorn::converges(int n, int m, const double* cost, const SinkhornOptions& options) {
  check(n > 0 && m > 0, "sinkhorn", "costs of shape (", n, ", ", m,
        "); both sides need at least one point");
  check(options.reg > 0 && options.reg <= kLargestPlanCost, "sinkhorn", "the regularisation is ",
        options.reg, "; it must be positive and finite");
  check(options.tolerance > 0 && options.max_iterations > 0, "sinkhorn", "the tolerance is ",
        options.tolerance, " and max_iterations ", options.max_iterations,
        "; both must be positive");
  const std::size_t size = static_cast<std::size_t>(n) * static_cast<std::size_t>(m);
  double low = kSinkhornInfinity, high = -kSinkhornInfinity;
  for (std::size_t k = 0; k < size; ++k) {
    check(std::abs(cost[k]) <= kLargestPlanCost, "sinkhorn", "the cost of row ", k / m, ", column ",
          k % m, " is ", cost[k], "; costs must be finite and at most 1e300 either way");
    low = std::min(low, cost[k]);
    high = std::max(high, cost[k]);
  }
  n_ = n, m_ = m, costs_ = cost;
  plan_.resize(size);
  u_.resize(n);
  f_.assign(n, 0);
  for (auto* columns : {&v_, &sum_, &maxima_, &step_, &residual_, &search_, &image_})
    columns->resize(m);
  g_.assign(m, 0);
  g_before_.resize(m);
  left_ = left_at_start_ = options.max_iterations;
  double reg = options.reg;
  while (reg * kScalingStage <= (high - low) / kFirstParts) reg *= kScalingStage;
  for (; reg > options.reg * 1.5; reg /= kScalingStage)
    descend(reg, kStageTolerance, kStageIterations);
  range_ = high - low;
  if (!descend(options.reg, options.tolerance, left_)) return false;
  finish();
  return true;
}

// Solves the problem for one weight reg of the entropy, starting at the current potentials. Returns
// false if `max_iterations` iterations are used up.
bool Sinkhorn::descend(double reg, double tolerance, int max_iterations) {
  const int end = std::max(0, left_ - max_iterations);
  for (bool first = true; left_ > end; first = false) {
    take_iteration();
    set_columns(reg);
    set_rows(reg);
    set_plan(reg);
    if (first) {
      if (!scale(tolerance, std::min(kScalings, left_ - end)) && !moderate()) continue;
      absorb(reg);
    }
    if (error_ <= tolerance) return true;
    if (!first) newton_step(reg, left_ - end);
  }
  return false;
}

// Sets the potentials g so that each of the plan's m columns sums to 1/m, computed with logarithms
// to avoid overflow.
void Sinkhorn::set_columns(double reg) {
  std::ranges::fill(maxima_, -kSinkhornInfinity);
  std::ranges::fill(sum_, 0);
  for (int i = 0; i < n_; ++i) raise_columns(costs(i), f_[i], m_, maxima_.data());
  for (int i = 0; i < n_; ++i)
    add_exp_columns(costs(i), f_[i], maxima_.data(), reg, m_, sum_.data());
  for (int j = 0; j < m_; ++j) g_[j] = -maxima_[j] - reg * std::log(sum_[j] * m_);
}

// Sets the potentials f so that each of the plan's n rows sums to 1/n, computed with logarithms to
// avoid overflow. Returns the dual objective, mean f + mean g, which the optimum maximizes.
double Sinkhorn::set_rows(double reg) {
  double dual = 0;
  for (int i = 0; i < n_; ++i) {
    f_[i] = -reg * (log_sum_exp(costs(i), g_.data(), reg, m_) + std::log(n_));
    dual += f_[i] / n_;
  }
  for (const double g : g_) dual += g / m_;
  return dual;
}

// Computes the plan from the potentials f and g, with all scalings 1, the sums of its columns, and
// the error of these sums.
void Sinkhorn::set_plan(double reg) {
  std::ranges::fill(u_, 1);
  std::ranges::fill(v_, 1);
  std::ranges::fill(sum_, 0);
  for (int i = 0; i < n_; ++i) {
    plan_row(costs(i), f_[i], g_.data(), reg, m_, row(i));
    add_scaled_row(row(i), 1, m_, sum_.data());
  }
  error_ = column_error();
}

// Scales columns and rows of the plan in turn. Returns true when the marginals are within
// the tolerance. Returns false when a scaling exceeds kModerate or its inverse, or when
// `max_iterations` are used up.
bool Sinkhorn::scale(double tolerance, int max_iterations) {
  for (; error_ > tolerance; --max_iterations) {
    if (max_iterations <= 0) return false;
    take_iteration();
    for (int j = 0; j < m_; ++j) v_[j] = 1. / m_ / sum_[j];
    std::ranges::fill(sum_, 0);
    for (int i = 0; i < n_; ++i) {
      u_[i] = 1. / n_ / dot_row(row(i), v_.data(), m_);
      add_scaled_row(row(i), u_[i], m_, sum_.data());
    }
    if (!moderate()) return false;
    error_ = column_error();
  }
  return true;
}

// Takes a Newton step of the potentials g on the dual problem; f follows from g. Newton's method is
// fast where scaling rows and columns is slow because it moves mass slowly between clusters. For
// the plan P (n, m) with the column sums c, the step solves
//   (diag c - n P^T P) s = 1/m - c,  g += reg s,
// by conjugate gradients, which take one pass over the plan per iteration. The step is halved until
// the dual objective grows.
void Sinkhorn::newton_step(double reg, int max_iterations) {
  solve_newton(max_iterations);
  const auto [low, high] = std::ranges::minmax(step_);
  double dual = 0;
  for (const double f : f_) dual += f / n_;
  for (const double g : g_) dual += g / m_;
  std::ranges::copy(g_, g_before_.begin());
  double length = std::min(1., kLargestStep / (high - low));
  for (int trial = 0; trial < 30; ++trial, length /= 2) {
    for (int j = 0; j < m_; ++j) g_[j] = g_before_[j] + reg * length * step_[j];
    take_iteration();
    if (set_rows(reg) >= dual) return;
  }
  std::ranges::copy(g_before_, g_.begin());
  set_rows(reg);
}

// Solves (diag c - n P^T P) s = 1/m - c, the system of newton_step for the plan P (n, m) with the
// column sums c. Stores s in step_, with a residual of at most a tenth of the right-hand side. The
// preconditioner is diag c. The iterates stay orthogonal to constant vectors, which are the null
// space of the matrix.
void Sinkhorn::solve_newton(int max_iterations) {
  const auto dot = [](const auto& a, const auto& b, const auto& weight) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j] / weight[j];
    return sum;
  };
  for (int j = 0; j < m_; ++j) {
    step_[j] = 0;
    residual_[j] = 1. / m_ - sum_[j];
    search_[j] = residual_[j] / sum_[j];
  }
  double size = dot(residual_, residual_, sum_);
  const double enough = 0.01 * size;
  for (int k = 0; k < std::min(max_iterations, 2 * m_ + 10) && size > enough; ++k) {
    take_iteration();
    for (int j = 0; j < m_; ++j) image_[j] = sum_[j] * search_[j];
    for (int i = 0; i < n_; ++i)
      add_scaled_row(row(i), -n_ * dot_row(row(i), search_.data(), m_), m_, image_.data());
    double curvature = 0;
    for (int j = 0; j < m_; ++j) curvature += search_[j] * image_[j];
    if (!(curvature > 0)) break;  // only round-off remains
    const double along = size / curvature;
    for (int j = 0; j < m_; ++j) {
      step_[j] += along * search_[j];
      residual_[j] -= along * image_[j];
    }
    const double next = dot(residual_, residual_, sum_);
    for (int j = 0; j < m_; ++j) search_[j] = residual_[j] / sum_[j] + next / size * search_[j];
    size = next;
  }
}

double Sinkhorn::column_error() const {
  double off = 0;
  for (int j = 0; j < m_; ++j) off += std::abs(v_[j] * sum_[j] - 1. / m_);
  return off;
}

bool Sinkhorn::moderate() const {
  const auto fine = [](double x) { return x < kModerate && x > 1 / kModerate; };  // false for NaN
  return std::ranges::all_of(u_, fine) && std::ranges::all_of(v_, fine);
}

void Sinkhorn::absorb(double reg) {
  for (int i = 0; i < n_; ++i) f_[i] += reg * std::log(u_[i]);
  for (int j = 0; j < m_; ++j) g_[j] += reg * std::log(v_[j]);
}

void Sinkhorn::finish() {
  cost_ = 0;
  for (int i = 0; i < n_; ++i) {
    for (int j = 0; j < m_; ++j) row(i)[j] *= u_[i] * v_[j];
    cost_ += dot_row(row(i), costs(i), m_);
  }
}

}  // namespace pushforward
