// The log-density of a flow on the tape, differentiable in the points and
// in the field's parameters.
//
// All computations of a fixed-step Runge-Kutta solve are recorded, including the divergences.
// `grad` then gives the exact gradient of the discretised log-density (discretise, then optimise).
// The tape holds steps x stages evaluations of the field with their jvps. If that needs too much
// memory, use fewer rows at a time.
#pragma once

#include <functional>

#include "autograd/sweep.h"
#include "flow/field.h"
#include "flow/solve/tableau.h"

namespace pushforward::inline PF_REAL {

// The options of a log-density on the tape.
struct TapeSolve {
  // The Runge-Kutta method of the fixed steps. The tape holds an evaluation of the field and its
  // divergence for each stage of each step, so a method with many stages needs much memory. It must
  // not be null.
  const Tableau* tableau = &kRk4;

  // The number of equal steps, at least 1. Time and memory are proportional to it.
  int steps = 20;

  // The times of the source and of the data, begin before end.
  double begin = 0, end = 1;

  // A probe e (B, D). If it is set, the divergence is Hutchinson's estimate with it, at the cost of
  // one sweep. Otherwise it is exact, at the cost of one sweep per dimension.
  Var probe{};

  // The labels of x's rows, for a field that takes labels (flow/field.h).
  Labels labels{};

  // With Record::no, the result is a value without derivatives, and the tape needs less memory.
  Record record = Record::yes;
};

// Maps points x (B, D) at TapeSolve::begin to their log-density there (B, 1): ln p_0 if `begin` is
// 0.
using SourceDensity = std::function<Var(Var x0)>;

// Returns the log-density (B, 1) of N(0, std^2 I) at x (B, D). Fails unless std is positive. To use
// it as a source:
//   [](Var x0) { return gaussian_log_density(x0, 1); }
Var gaussian_log_density(Var x, double std);

// Returns ln p_1 (B, 1) of points x (B, D) under the flow of `field` from `source`:
//   ln p_0(x(begin)) - integral of div u(x(t), t) dt.
// x(t) and the integral are computed by `steps` equal Runge-Kutta steps from `end` back
// to `begin`, on x's tape. Fails without a field, a source or a method, on a probe of another shape
// than x, on less than one step, and unless begin < end.
Var log_density(const Field& field, Var x, const SourceDensity& source,
                const TapeSolve& solve = {});

}  // namespace pushforward::inline PF_REAL
