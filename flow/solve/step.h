// One Runge-Kutta step of many rows at once, each with its own time and its own step size.
//
// It does not depend on tapes, step-size control or saving: it only needs rows of numbers, a
// right-hand side and a tableau.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/solve/tableau.h"

namespace pushforward::inline PF_REAL {

// The right-hand side of dx/dt = u(x, t): writes dx (n, D) at x (n, D), with row i at time
// t[i]. rows[i] is the sample number of row i, and n = rows.size(). It is built once, so
// that calls allocate nothing.
using Rhs =
    std::function<void(std::span<const int> rows, const real* x, const double* t, real* dx)>;

// The workspace of a step for up to `rows` rows of `dim` numbers. Rows in use are at the front. The
// constructor checks its arguments. The other functions do not, because they are the inner loop of
// every integration.
class Stepper {
 public:
  // Fails unless there are rows and numbers. The tableau must outlive the Stepper.
  Stepper(const Tableau& tableau, int rows, int dim);

  const Tableau& tableau() const { return tableau_; }
  int dim() const { return dim_; }

  real* y(int p = 0) { return at(y_, p); }          // the state, from row p on
  const real* y1(int p = 0) { return at(y1_, p); }  // the state after the step
  // The error estimate, if the method is adaptive.
  const real* error(int p = 0) { return at(error_, p); }
  const real* stage(int i, int p = 0) { return at(k_[i], p); }

  // Computes the first stage, k_0 = u(y, t). Needed before a step unless `advance` has set it.
  void first_stage(const Rhs& rhs, std::span<const int> rows, const double* t) {
    rhs(rows, y(), t, k_[0].data());
  }
  // Computes the other stages, y1 and the error. Row p goes from time t[p] to t1[p].
  void step(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1);
  // Sets stage 1 to the slope after an Euler step from t to t1. The estimate of the
  // first step size uses it.
  void try_euler(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1);
  // Computes the slope at y1 and time t1 as slope1(), for methods whose last
  // stage is not that slope.
  void end_slope(const Rhs& rhs, std::span<const int> rows, const double* t1) {
    rhs(rows, y1_.data(), t1, slope1_.data());
  }
  const real* slope1(int p = 0) { return at(tableau_.fsal ? k_[tableau_.stages - 1] : slope1_, p); }

  // Sets the state of row p to y1, and its first stage to slope1 if slope_known.
  void advance(int p, bool slope_known);
  // Copies the state and first stage of row `from` to row `to`.
  void move(int from, int to);

  // Writes to `out` (dim) the state of row p at t + s h, 0 <= s <= 1, for the step of size h
  // just taken. Needs slope1. Uses cubic Hermite interpolation, plus the method's quartic term
  // if it has one (Tableau::d).
  void interpolate(int p, double h, double s, real* out);

 private:
  real* at(AlignedVector<real>& v, int p) { return v.data() + static_cast<std::size_t>(p) * dim_; }
  void set_steps(std::size_t rows, const double* t, const double* t1);
  void combine(const StageRow& w, std::size_t size, real* out) const;
  void move_along(const StageRow& w, std::size_t size);

  const Tableau& tableau_;
  int dim_;
  // h_ holds each row's step size, repeated for each of its numbers.
  AlignedVector<real> y_, y1_, error_, slope1_, h_;
  std::array<AlignedVector<real>, kMaxStages> k_;
  std::vector<double> stage_time_;
};

}  // namespace pushforward::inline PF_REAL
