// One Runge-Kutta step of many rows at once, each with its own time and its own step size.
//
// Knows nothing of tapes, control or saving: rows of numbers, a right-hand side, a tableau.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/solve/tableau.h"

namespace pushforward::inline PF_REAL {

// The right-hand side of dx/dt = u(x, t): writes dx (n, D) at x (n, D), row i at time t[i]; rows[i]
// says which sample row i is, n = rows.size(). Built once: a call allocates nothing.
using Rhs =
    std::function<void(std::span<const int> rows, const real* x, const double* t, real* dx)>;

// The memory of a step, for up to `rows` rows of `dim` numbers that stand packed at the front. The
// inner loop of every integration: what is constructed is checked, and the functions below take
// rows that there are, times of as many, and a right-hand side, without a look.
class Stepper {
 public:
  // Fails unless there are rows and numbers. The tableau must outlive it.
  Stepper(const Tableau& tableau, int rows, int dim);

  const Tableau& tableau() const { return tableau_; }
  int dim() const { return dim_; }

  real* y(int p = 0) { return at(y_, p); }          // the state, row p on
  const real* y1(int p = 0) { return at(y1_, p); }  // the state after the step
  const real* error(int p = 0) {
    return at(error_, p);
  }  // its error estimate, of an adaptive method
  const real* stage(int i, int p = 0) { return at(k_[i], p); }

  // The first stage, k_0 = u(y, t). Needed before a step unless `advance` knew it.
  void first_stage(const Rhs& rhs, std::span<const int> rows, const double* t) {
    rhs(rows, y(), t, k_[0].data());
  }
  // The other stages, y1 and the error; row p goes from time t[p] to t1[p].
  void step(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1);
  // Stage 1 becomes the slope after an Euler step from
  // t to t1: what the choice of a first step looks at.
  void try_euler(const Rhs& rhs, std::span<const int> rows, const double* t, const double* t1);
  // The slope at y1 and time t1, into slope1(), for methods whose last stage is not that already.
  void end_slope(const Rhs& rhs, std::span<const int> rows, const double* t1) {
    rhs(rows, y1_.data(), t1, slope1_.data());
  }
  const real* slope1(int p = 0) { return at(tableau_.fsal ? k_[tableau_.stages - 1] : slope1_, p); }

  // Row p goes on from y1; its first stage is slope1 where that is known.
  void advance(int p, bool slope_known);
  // Row `from` moves to place `to`: state and first stage.
  void move(int from, int to);

  // out (dim): the state of row p at t + s h, 0 <= s <= 1, for the step
  // of size h just taken; needs slope1. Cubic Hermite interpolation,
  // plus the method's free quartic term where it has one (Tableau::d).
  void interpolate(int p, double h, double s, real* out);

 private:
  real* at(AlignedVector<real>& v, int p) { return v.data() + static_cast<std::size_t>(p) * dim_; }
  void set_steps(std::size_t rows, const double* t, const double* t1);
  void combine(const StageRow& w, std::size_t size, real* out) const;
  void move_along(const StageRow& w, std::size_t size);

  const Tableau& tableau_;
  int dim_;
  AlignedVector<real> y_, y1_, error_, slope1_, h_;  // h_: each row's step, once an element
  std::array<AlignedVector<real>, kMaxStages> k_;
  std::vector<double> stage_time_;
};

}  // namespace pushforward::inline PF_REAL
