#include "flow/sinkhorn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/check.h"
#include "flow/cost_rows.h"
#include "flow/plan_rows.h"

namespace pushforward {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kLargest = 1e300;

// The first reg is the range of the costs over this, or the one asked for; each next a fourth.
constexpr double kFirstParts = 10, kStage = 4;
constexpr double kStageTolerance = 1e-2;
constexpr int kStageIterations = 100;
// Scalings beyond this, or below its inverse, are absorbed into the potentials.
constexpr double kModerate = 1e50;
// The rate is observed over so many iterations.
constexpr int kWindow = 16;

// The over-relaxation that Young's theory makes best, from the rate seen per iteration under the
// relaxation w: (rate + w - 1)^2 = rate w^2 eta, best w = 2 / (1 + sqrt(1 - eta)).
double best_relaxation(double rate, double w) {
  const double eta = (rate + w - 1) * (rate + w - 1) / (rate * w * w);
  return eta < 1 ? 2 / (1 + std::sqrt(1 - eta)) : 1;
}

}  // namespace

void Sinkhorn::solve(int n, int m, const double* cost, const SinkhornOptions& options) {
  check(n > 0 && m > 0, "sinkhorn", "costs of shape (", n, ", ", m,
        "); both sides need at least one point");
  check(options.reg > 0 && options.reg <= kLargest, "sinkhorn", "the regularisation is ",
        options.reg, "; it must be positive and finite");
  check(options.tolerance > 0 && options.max_iterations > 0, "sinkhorn", "the tolerance is ",
        options.tolerance, " and max_iterations ", options.max_iterations,
        "; both must be positive");
  const std::size_t size = static_cast<std::size_t>(n) * static_cast<std::size_t>(m);
  double low = kInf, high = -kInf;
  for (std::size_t k = 0; k < size; ++k) {
    check(std::abs(cost[k]) <= kLargest, "sinkhorn", "the cost of row ", k / m, ", column ", k % m,
          " is ", cost[k], "; costs must be finite and at most 1e300 either way");
    low = std::min(low, cost[k]);
    high = std::max(high, cost[k]);
  }
  n_ = n, m_ = m, costs_ = cost;
  plan_.resize(size);
  u_.resize(n);
  f_.assign(n, 0);
  for (auto* columns : {&v_, &sum_, &most_}) columns->resize(m);
  g_.assign(m, 0);
  left_ = left_at_start_ = options.max_iterations;
  // The first reg is the largest of reg 4^k that is not above a part of the range.
  double reg = options.reg;
  while (reg * kStage <= (high - low) / kFirstParts) reg *= kStage;
  for (; reg > options.reg * 1.5; reg /= kStage) descend(reg, kStageTolerance, kStageIterations);
  if (!descend(options.reg, options.tolerance, left_)) {
    fail("sinkhorn", "after ", options.max_iterations, " iterations the marginals are off by ",
         error_, ", and the tolerance is ", options.tolerance, "; the regularisation ", options.reg,
         " is small for costs that differ by up to ", high - low,
         ": raise it, or allow more iterations, or use exact transport");
  }
  finish();
}

// Solves at one reg, from the potentials that are there; false when `most` iterations are used up.
bool Sinkhorn::descend(double reg, double tolerance, int most) {
  const int end = std::max(0, left_ - most);
  bool done = false;
  while (!done && left_ > end) {
    --left_;
    set_potentials(reg);
    set_plan(reg);
    done = scale(tolerance, left_ - end);
    if (!done && !moderate()) continue;  // the scalings ran away: log-sum-exps go on alone
    absorb(reg);
  }
  return done;
}

// One iteration in the log domain: g, so that the columns add up to 1/m, then f, so that the rows
// add up to 1/n.
void Sinkhorn::set_potentials(double reg) {
  std::ranges::fill(most_, -kInf);
  std::ranges::fill(sum_, 0);
  const auto row = [&](int i) { return costs_ + static_cast<std::size_t>(i) * m_; };
  for (int i = 0; i < n_; ++i) raise_columns(row(i), f_[i], m_, most_.data());
  for (int i = 0; i < n_; ++i) add_exp_columns(row(i), f_[i], most_.data(), reg, m_, sum_.data());
  for (int j = 0; j < m_; ++j) g_[j] = -most_[j] - reg * std::log(sum_[j] * m_);
  for (int i = 0; i < n_; ++i)
    f_[i] = -reg * (log_sum_exp(row(i), g_.data(), reg, m_) + std::log(n_));
}

void Sinkhorn::set_plan(double reg) {
  for (int i = 0; i < n_; ++i) {
    const std::size_t at = static_cast<std::size_t>(i) * m_;
    plan_row(costs_ + at, f_[i], g_.data(), reg, m_, plan_.data() + at);
  }
}

// Scales rows and columns of the plan until the marginals hold (true), the scalings stop being
// moderate, or `most` iterations are used up.
bool Sinkhorn::scale(double tolerance, int most) {
  std::ranges::fill(u_, 1);
  std::ranges::fill(v_, 1);
  std::ranges::fill(sum_, 0);
  for (int i = 0; i < n_; ++i)
    add_scaled_row(plan_.data() + static_cast<std::size_t>(i) * m_, 1, m_, sum_.data());
  error_ = column_error();
  double relaxation = 1, window_start = error_;
  for (int k = 1; error_ > tolerance; ++k) {
    if (k > most) return false;
    --left_;
    double rows_off = update(relaxation);
    if (!moderate()) return false;
    error_ = column_error();
    if (relaxation != 1 && rows_off + error_ <= tolerance) {
      // A last update without over-relaxation makes the rows exact.
      --left_;
      rows_off = update(1);
      error_ = column_error();
    }
    error_ = relaxation == 1 ? error_ : std::max(error_, rows_off);
    if (k % kWindow == 0) {
      const double rate = std::pow(error_ / window_start, 1. / kWindow);
      relaxation = rate < 1 ? best_relaxation(rate, relaxation) : 1;
      window_start = error_;
    }
  }
  return true;
}

// v, then u, each a power `relaxation` of the way to its marginal; sum_ becomes u^T plan. Returns
// by how much the rows were off.
double Sinkhorn::update(double relaxation) {
  const double a = 1. / n_, b = 1. / m_;
  const auto step = [relaxation](double ratio) {
    return relaxation == 1 ? ratio : std::pow(ratio, relaxation);
  };
  for (int j = 0; j < m_; ++j) v_[j] *= step(b / (v_[j] * sum_[j]));
  std::ranges::fill(sum_, 0);
  double off = 0;
  for (int i = 0; i < n_; ++i) {
    const double* row = plan_.data() + static_cast<std::size_t>(i) * m_;
    const double mass = u_[i] * dot_row(row, v_.data(), m_);
    off += std::abs(mass - a);
    u_[i] *= step(a / mass);
    add_scaled_row(row, u_[i], m_, sum_.data());
  }
  return off;
}

double Sinkhorn::column_error() const {
  double off = 0;
  for (int j = 0; j < m_; ++j) off += std::abs(v_[j] * sum_[j] - 1. / m_);
  return off;
}

bool Sinkhorn::moderate() const {
  const auto fine = [](double x) { return x < kModerate && x > 1 / kModerate; };  // not NaN
  return std::ranges::all_of(u_, fine) && std::ranges::all_of(v_, fine);
}

void Sinkhorn::absorb(double reg) {
  for (int i = 0; i < n_; ++i) f_[i] += reg * std::log(u_[i]);
  for (int j = 0; j < m_; ++j) g_[j] += reg * std::log(v_[j]);
}

void Sinkhorn::finish() {
  cost_ = 0;
  for (int i = 0; i < n_; ++i) {
    double* row = plan_.data() + static_cast<std::size_t>(i) * m_;
    for (int j = 0; j < m_; ++j) row[j] *= u_[i] * v_[j];
    cost_ += dot_row(row, costs_ + static_cast<std::size_t>(i) * m_, m_);
  }
}

}  // namespace pushforward
