// The velocity of a field as plain numbers, with the rate at which the
// log-density changes along the flow.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/field.h"

namespace pushforward {

// The method that computes the divergence of the velocity u. `exact` takes one forward sweep over
// the tape per dimension. `rademacher` and `gaussian` are Hutchinson's estimate e . (du/dx)^T e,
// with one reverse sweep per probe e; the entries of e are independent random signs (rademacher) or
// normal numbers (gaussian). Random signs have the smaller variance, and no variance at all if the
// Jacobian is diagonal.
enum class DivergenceBy { exact, rademacher, gaussian };

// The options of the divergence of the velocity, which a likelihood integrates.
struct DivergenceOptions {
  // The method. For each evaluation of the field, `exact` takes one forward sweep per dimension,
  // and an estimate takes one reverse sweep per probe. So take `rademacher` if the dimension is too
  // large for exact densities; its estimate has less variance than that of `gaussian`.
  DivergenceBy by = DivergenceBy::exact;

  // An estimate is the mean over this many probes, at least 1. The cost grows in proportion, and
  // the standard error falls as the root. `exact` ignores it.
  int probes = 1;

  // The seed of the random probes; sample k uses row k of Stream{seed, Purpose::probe}. Change it
  // for an independent estimate of the same densities.
  std::uint64_t seed = 0;

  // Fails if probes < 1.
  void check_valid() const {
    detail::check(probes >= 1, "divergence", probes, " probes for an estimate; give at least 1");
  }
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The right-hand side of the augmented state y = (x, l), D + 1 numbers per row:
//   dx/dt = u(x, t),   dl/dt = -div u(x, t),
// so that l changes along the flow as ln p_t(x(t)) does. This is the instantaneous change of
// variables (Chen et al. 2018, theorem 1; Grathwohl et al. 2019, FFJORD, eq. 3). The probes of a
// sample are fixed during a solve (FFJORD, section 3.1), so the estimated rate is also a smooth
// function. The tape is rewound after each evaluation, and nothing is allocated after the first
// evaluations. Not thread-safe: use one DensityRate per thread.
class DensityRate {
 public:
  // Evaluates up to `rows` rows. For a field that takes labels, `label_of` returns the label of
  // sample k; it is empty if no sample has a label. With `each_probe`, a row also has one number
  // l_k for each probe of an estimate: dl_k/dt is the rate that probe k alone gives, and dl/dt is
  // their mean. Fails without a field, rows or dimensions.
  DensityRate(Field field, int dim, const DivergenceOptions& options, int rows,
              std::function<int(int sample)> label_of = {}, bool each_probe = false);

  // Returns how many numbers a row of the state has: D + 1, plus one for each probe with
  // each_probe.
  int width() const { return dim_ + 1 + (each_probe_ ? options_.probes : 0); }

  // Begins to solve for samples first .. first + rows - 1: draws their probes and clears
  // `not_finite`. Fails if `rows` is more than the constructor was given.
  void start(int first, int rows);

  // Computes the time derivatives dy (n, width()) of the states y (n, width()), where n is
  // samples.size(). Row i of y is the state of sample samples[i] at time t[i]. Fails if the field
  // returns another shape than that of its points, and on samples for which `start` was not
  // called. Does not check that y, t and dy point to arrays of these sizes.
  void operator()(std::span<const int> samples, const real* y, const double* t, real* dy);

  // Returns a description of the first non-finite value and the operation that made it, as
  // Evaluator::not_finite does.
  const std::string& not_finite() const { return not_finite_; }

 private:
  Labels labels(std::span<const int> samples);
  Var rate(Var u, Var x, std::span<const int> samples);

  Field field_;
  int dim_, rows_;
  DivergenceOptions options_;
  std::function<int(int sample)> label_of_;
  bool each_probe_;
  std::vector<int> labels_;
  std::vector<Var> by_probe_;  // the estimates of one evaluation, (n, 1) each
  Tape tape_;
  AlignedVector<real> probes_;  // (probes, rows, dim), for the samples of the solve
  int first_ = 0, begun_ = 0;   // the solve's first sample number, and number of samples
  std::string not_finite_;
};

}  // namespace pushforward::inline PF_REAL
