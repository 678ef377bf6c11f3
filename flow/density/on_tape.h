// The log-density of a flow on the tape, so that its gradient in
// the points and in the parameters of the field is a sweep away.
//
// Everything a fixed-step Runge-Kutta solve computes is recorded, the divergences too, and `grad`
// goes through all of it: the exact gradient of the discretised log-density (discretise, then
// optimise). The tape holds steps x stages evaluations of the field with their jvps; where that is
// too much, take fewer rows at a time.
#pragma once

#include <functional>

#include "autograd/sweep.h"
#include "flow/field.h"
#include "flow/solve/tableau.h"

namespace pushforward::inline PF_REAL {

struct TapeSolve {
  const Tableau* tableau = &kRk4;
  int steps = 20;
  double begin = 0, end = 1;  // the source stands at `begin`, data at `end`
  // (B, D): Hutchinson's estimate of the divergence with this probe. Null: the exact one.
  Var probe{};
  // Of x's rows, for a field that takes labels (flow/field.h).
  Labels labels{};
  // no: a value only, through which no sweep may go; a smaller tape.
  Record record = Record::yes;
};

// ln p_0 of points x0 (B, D) as a (B, 1) column.
using SourceDensity = std::function<Var(Var x0)>;

// ln N(0, std^2 I) of x (B, D), (B, 1); fails unless std is positive. As a source:
// [](Var x0) { return gaussian_log_density(x0, 1); }
Var gaussian_log_density(Var x, double std);

// ln p_1 of points x (B, D) of the flow of `field` from `source`, (B, 1):
//   ln p_0(x(begin)) - integral of div u(x(t), t) dt,
// x(t) and the integral by `steps` equal Runge-Kutta steps from `end` back to `begin`, on x's tape.
// Fails without a field, a source or a method, on points or a probe of another shape, and on times
// that do not rise.
Var log_density(const Field& field, Var x, const SourceDensity& source,
                const TapeSolve& solve = {});

}  // namespace pushforward::inline PF_REAL
