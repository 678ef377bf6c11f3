// One Runge-Kutta step of many rows at once, each with its own time and its own step size.
//
// This code does not depend on tapes, step-size control or saving: it only needs rows of numbers, a
// right-hand side and a Runge-Kutta table (tableau.h).
#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/solve/tableau.h"

namespace pushforward::inline PF_REAL {

// The right-hand side of dx/dt = u(x, t): writes dx (n, D) at x (n, D), with row i at time t[i].
// rows[i] is the sample number of row i, and n = rows.size(). A Rhs is built once for a whole
// integration, so that its calls allocate nothing.
using Rhs =
    std::function<void(std::span<const int> rows, const real* x, const double* t, real* dx)>;

// The workspace of a step for up to `rows` rows of `dim` numbers. If fewer rows are in use, they
// are the first ones. The constructor checks its arguments. The other functions do not, because
// they are the inner loop of every integration.
class Stepper {
 public:
  // Fails if rows or dim is below 1. The tableau must outlive the Stepper.
  Stepper(const Tableau& tableau, int rows, int dim);

  const Tableau& tableau() const { return tableau_; }
  int dim() const { return dim_; }

  real* y(int p = 0) { return at(y_, p); }    // the state, from row p on
  real* y1(int p = 0) { return at(y1_, p); }  // the state after the step
  // The error estimate of the step from row p on, if the method is adaptive.
  const real* error(int p = 0) { return at(error_, p); }
  const real* stage(int i, int p = 0) { return at(k_[i], p); }

  // Computes the first stage, k_0 = u(y, t). Call it before `step` unless `advance` has set this
  // stage.
  void first_stage(const Rhs& rhs, std::span<const int> rows, const double* t) {
    rhs(rows, y(), t, k_[0].data());
  }
  // Computes the stages after the first, the state y1 after the step, and the error estimate. Row p
  // goes from time t[p] to t1[p].
  void step(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1);
  // Sets stage 1 to the slope u at the point that an Euler step from t to t1 reaches. The estimate
  // of the first step size uses this slope.
  void try_euler(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1);
  // Computes the slope at y1 and time t1, which slope1() returns. Call it only for methods whose
  // last stage is not that slope.
  void end_slope(const Rhs& rhs, std::span<const int> rows, const double* t1) {
    rhs(rows, y1_.data(), t1, slope1_.data());
  }
  const real* slope1(int p = 0) { return at(tableau_.fsal ? k_[tableau_.stages - 1] : slope1_, p); }

  // Sets the state of row p to y1. If slope_known, also sets the row's first stage to slope1.
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
  void add_slopes(const StageRow& w, std::size_t size);
  void move_along(const StageRow& w, std::size_t size);

  const Tableau& tableau_;
  int dim_;
  // h_ holds each row's step size, repeated for each number of the row.
  AlignedVector<real> y_, y1_, error_, slope1_, h_, sum_;
  std::array<AlignedVector<real>, kMaxStages> k_;
  std::vector<double> stage_time_;
};

}  // namespace pushforward::inline PF_REAL
