// A field as plain numbers, with the rate at which it changes the log-density along its flow.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/field.h"

namespace pushforward {

// How the divergence is found: exactly, by one jvp a dimension, or by Hutchinson's estimate
// e . (du/dx)^T e, one vjp a probe e of independent signs (Rademacher) or normal numbers. Signs
// have the smaller variance, and none at all where the Jacobian is diagonal.
enum class DivergenceBy { exact, rademacher, gaussian };

struct DivergenceOptions {
  DivergenceBy by = DivergenceBy::exact;
  int probes = 1;          // of an estimate: the mean over so many
  std::uint64_t seed = 0;  // of the probes; sample k's are row k of Stream{seed, Purpose::probe}

  // Fails on a number of probes that makes no sense.
  void check_valid() const {
    detail::check(probes >= 1, "divergence", probes, " probes for an estimate; give at least 1");
  }
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The right-hand side of the augmented state y = (x, l), D + 1 numbers a row:
//   dx/dt = u(x, t),   dl/dt = -div u(x, t),
// so that along the flow l changes as ln p_t(x(t)) does: the instantaneous change
// of variables (Chen et al. 2018, theorem 1; Grathwohl et al. 2019, FFJORD, eq. 3).
// A sample's probes stay the same for a whole solve (FFJORD, section 3.1), so the
// estimated rate is a smooth function as well. Has a tape of its own, rewound after
// each evaluation; after the first ones it allocates nothing. One thread at a time.
class DensityRate {
 public:
  // For up to `rows` rows. Fails without a field, rows or dimensions. `label_of` tells sample k's
  // label to a field that takes labels; empty: none has one.
  DensityRate(Field field, int dim, const DivergenceOptions& options, int rows,
              std::function<int(int sample)> label_of = {});

  // Begins a solve of samples first .. first + rows -
  // 1: draws their probes, and forgets `not_finite`. Fails on more rows than it was made for.
  void start(int first, int rows);

  // dy (n, D + 1) at y (n, D + 1), row i a state of sample samples[i] at time t[i]; n is
  // samples.size(). Fails when the field's answer has another shape than its points, and on samples
  // that were not begun. Does not check the memory of y, t and dy.
  void operator()(std::span<const int> samples, const real* y, const double* t, real* dy);

  // As Evaluator::not_finite: the line of the tape where
  // the first answer that was not finite went wrong.
  const std::string& not_finite() const { return not_finite_; }

 private:
  Labels labels(std::span<const int> samples);
  Var rate(Var u, Var x, std::span<const int> samples);

  Field field_;
  int dim_, rows_;
  DivergenceOptions options_;
  std::function<int(int sample)> label_of_;
  std::vector<int> labels_;
  Tape tape_;
  AlignedVector<real> probes_;  // (probes, rows, dim), of the solve's samples
  int first_ = 0, begun_ = 0;   // the first sample of the solve, and how many it has
  std::string not_finite_;
};

}  // namespace pushforward::inline PF_REAL
