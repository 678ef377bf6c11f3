// One step of a continuous-time Markov chain, for one
// token whose x1 has been drawn: the distribution of where it goes.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/corrector.h"
#include "flow/discrete/path.h"

namespace pushforward {

// kernel:   what the conditional flow given x1 does over the step, corrector and all: with
//           probability 1 - exp(-integral of eta) the token is p_{t+h}(. | x1)'s, else it goes to
//           x1 with the path's own probability (kappa(t + h) - kappa(t)) / (1 - kappa(t)). Exact
//           for a sequence of one token; for more, only what the posterior would have learnt from
//           the other tokens' jumps within the step is missed;
// euler:    the rates of t over the whole step: it jumps with 1 - exp(-h lambda);
// adaptive: first-order steps, h lambda, each short enough that this is no more than 1.
// With all three a step to t = 1 settles every token: it becomes x1.
enum class CtmcMethod { kernel, euler, adaptive };

// Where a token goes: to its x1, to another state of the source (drawn among those that it is not
// in), or nowhere. Three probabilities that add up to 1.
struct TokenMove {
  double to_x1 = 0, resampled = 0, stay = 1;
};

// The distribution of a step from one time to another, the same for every token that is in state x
// and has drawn x1. States are 0 .. states() - 1 of the path, x1 a token of its vocabulary; every
// function fails, naming it, on another.
class TokenStep {
 public:
  // Fails on an invalid path, on times that do not rise within [0, 1], on a corrector of a source
  // of rows, and on a method that needs rates where they are infinite.
  TokenStep(const TokenPath& path, CtmcMethod method, const Corrector& corrector, double from,
            double to);

  // Each probability in [0, 1].
  TokenMove move(int x, int x1) const;
  // No token moves with a greater probability than this.
  double max_probability() const { return max_probability_; }
  // Whether tokens that are unmasked may move.
  bool remasks() const { return remasks_; }
  // The state that u in [0, 1) draws from the source, given that it is not x. Fails where the
  // source has no other state: rows of data, a single uniform token, and the mask of what is
  // masked.
  int resampled_state(int x, double u) const;
  // The distribution as a row of probabilities (states()), returned or written to `out`.
  std::vector<double> distribution(int x, int x1) const;
  void distribution(int x, int x1, std::span<double> out) const;

  double from() const { return from_; }
  double to() const { return to_; }

 private:
  TokenMove kernel(bool there, double own) const;
  TokenMove rates(bool there, double own) const;

  TokenPath path_;
  CtmcMethod method_;
  double from_, to_;
  double jump_ = 0, redraw_ = 0;  // over the step
  double hazard_ = 0, eta_ = 0;   // at its start
  double kappa_ = 0, left_ = 0;   // at its end for the kernel, at its start for the others
  double max_probability_ = 0;
  bool remasks_ = false;
};

// The times that a chain goes through: `grid`, and for the adaptive method
// as many more as its steps ask for, up to the step that settles. Fails on
// times outside of [0, 1] or not rising, on a method that needs the rates
// where they are infinite, and where they ask for more than a million steps.
std::vector<double> chain_times(CtmcMethod method, const Corrector& corrector, const Kappa& kappa,
                                std::span<const double> grid);

// Times from begin to end between which kappa rises by the same
// amount each: from t = 0 to 1, steps in which as many tokens jump.
std::vector<double> kappa_grid(const Kappa& kappa, int steps, double begin = 0, double end = 1);

}  // namespace pushforward
