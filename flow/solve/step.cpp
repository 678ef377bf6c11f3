#include "flow/solve/step.h"

#include <algorithm>

namespace pushforward::inline PF_REAL {

using detail::check;

Stepper::Stepper(const Tableau& tableau, int rows, int dim) : tableau_(tableau), dim_(dim) {
  check(rows > 0 && dim > 0, "integrate", "a state of ", rows, " rows of ", dim,
        " numbers is empty; give at least one of both");
  stage_time_.resize(static_cast<std::size_t>(rows));
  const std::size_t size = static_cast<std::size_t>(rows) * dim;
  for (auto* v : {&y_, &y1_, &h_, &sum_}) v->resize(size);
  if (tableau.adaptive()) error_.resize(size);
  if (!tableau.fsal) slope1_.resize(size);
  for (int i = 0; i < tableau.stages; ++i) k_[i].resize(size);
}

void Stepper::set_steps(std::size_t rows, const double* t, const double* t1) {
  for (std::size_t p = 0; p < rows; ++p) {
    std::fill_n(h_.data() + p * dim_, dim_, static_cast<real>(t1[p] - t[p]));
  }
}

// Sets sum = sum_i w_i k_i over the first `size` numbers, where k_i is the slope at stage i of the
// Runge-Kutta method.
void Stepper::add_slopes(const StageRow& w, std::size_t size) {
  real* sum = sum_.data();
  std::fill_n(sum, size, real(0));
  for (int i = 0; i < tableau_.stages; ++i) {
    if (w[i] == 0) continue;
    const real wi = static_cast<real>(w[i]);
    const real* k = k_[i].data();
    for (std::size_t e = 0; e < size; ++e) sum[e] += wi * k[e];
  }
}

// Sets y1 = y + h sum_i w_i k_i over the first `size` numbers, where h is the step size of the row
// that a number belongs to, and k_i is the slope at stage i.
void Stepper::move_along(const StageRow& w, std::size_t size) {
  add_slopes(w, size);
  for (std::size_t e = 0; e < size; ++e) y1_[e] = y_[e] + h_[e] * sum_[e];
}

void Stepper::step(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1) {
  const std::size_t n = rows.size(), size = n * dim_;
  set_steps(n, t, t1);
  for (int i = 1; i < tableau_.stages; ++i) {
    move_along(tableau_.a[i], size);
    // A stage at c = 1, the end of the step, gets exactly the time t1, so that round-off cannot
    // move it beyond t1.
    const double c = tableau_.c[i];
    for (std::size_t p = 0; p < n; ++p) stage_time_[p] = c == 1 ? t1[p] : t[p] + c * (t1[p] - t[p]);
    rhs(rows, y1_.data(), stage_time_.data(), k_[i].data());
  }
  if (!tableau_.fsal) move_along(tableau_.b, size);  // otherwise the last stage was evaluated at y1
  if (!tableau_.adaptive()) return;
  add_slopes(tableau_.e, size);
  for (std::size_t e = 0; e < size; ++e) error_[e] = h_[e] * sum_[e];
}

void Stepper::try_euler(const Rhs& rhs, std::span<const int> rows, const double* t,
                        const double* t1) {
  const std::size_t size = rows.size() * dim_;
  set_steps(rows.size(), t, t1);
  move_along({1}, size);
  rhs(rows, y1_.data(), t1, k_[1].data());
}

void Stepper::advance(int p, bool slope_known) {
  std::copy_n(y1(p), dim_, y(p));
  if (slope_known) std::copy_n(slope1(p), dim_, at(k_[0], p));
}

void Stepper::move(int from, int to) {
  std::copy_n(y(from), dim_, y(to));
  std::copy_n(at(k_[0], from), dim_, at(k_[0], to));
}

void Stepper::interpolate(int p, double h, double s, real* out) {
  // With dy = y1 - y, the step size h, the slopes f and f1 at the two ends, and the slope k_i and
  // weight d_i of each stage:
  //   y + s dy + s (1 - s) [(1 - s) (h f - dy) + s (dy - h f1)] + s^2 (1 - s)^2 h sum_i d_i k_i
  const double r = 1 - s;
  for (int j = 0; j < dim_; ++j) {
    const double y0 = y(p)[j], dy = y1(p)[j] - y0;
    double free = 0;
    for (int i = 0; i < tableau_.stages; ++i) free += tableau_.d[i] * stage(i, p)[j];
    const double bend = r * (h * stage(0, p)[j] - dy) + s * (dy - h * slope1(p)[j]);
    out[j] = static_cast<real>(y0 + s * dy + s * r * bend + s * s * r * r * h * free);
  }
}

}  // namespace pushforward::inline PF_REAL
