// One step of a continuous-time Markov chain for one token: the distribution of the token's next
// state, given the data token x1 that the posterior drew for it.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/corrector.h"
#include "flow/discrete/path.h"
#include "flow/discrete/remasking.h"

namespace pushforward {

// The methods of a step of length h from time t. lambda is the rate at which the token jumps at t,
// eta is the rate of the corrector, and kappa(t) is the path's probability of the data value.
//   kernel:   the exact transition of the conditional flow given x1, including the corrector. With
//             probability 1 - exp(-integral of eta), the token is resampled from p_{t+h}(. | x1).
//             Otherwise it jumps to x1 with the path's own probability (kappa(t + h) - kappa(t)) /
//             (1 - kappa(t)). This is exact for a sequence of one token. For longer sequences, the
//             only error is that the posterior does not see other tokens' jumps within the step.
//   euler:    the rates at t hold for the whole step: the token jumps with probability
//             1 - exp(-h lambda)
//   adaptive: the token jumps with probability h lambda, and each step is short enough that h
//   lambda <= 1
// With all methods, a step to t = 1 sets every token to its x1.
//
// On a metric-induced path, `kernel` is a transition from p_t(. | x1) to p_{t+h}(. | x1) in which as
// few tokens move as possible: a token in state z keeps it with probability min(1, p_{t+h}(z | x1) /
// p_t(z | x1)), and otherwise moves to y in proportion to max(0, p_{t+h}(y | x1) - p_t(y | x1)).
// `euler` and `adaptive` use the rates of TokenMetric.
//
// On the three-part path, `kernel` is the exact transition given x1: a token is drawn again with the
// probability (kappa(t + h) - kappa(t)) / (1 - kappa(t)), as x1 or as a uniform token. With the
// corrector `exchange`, `kernel` is a jump along the path and then the transition of the corrector
// with its rates at t + h, which leaves p_{t+h}(. | x1) unchanged.
enum class CtmcMethod { kernel, euler, adaptive };

// The probabilities that a token moves to its x1 (the data token drawn for it), moves to another
// state (one of the source or, on a metric-induced path, any) that differs from its current state,
// or stays. They add up to 1.
struct TokenMove {
  double to_x1 = 0, resampled = 0, stay = 1;
};

// The distribution of a step from one time to another. It is the same for all tokens with the same
// state x and the same x1. x is a state 0 .. states() - 1 of the path, and x1 a token of its
// vocabulary; every function fails on other numbers. Correctors need the mixture path and a mask or
// uniform source, and `exchange` a uniform one.
class TokenStep {
 public:
  // Fails on an invalid path, on times that do not rise within [0, 1], on a corrector with
  // SourceKind::data or a path that is not the mixture path, and on a method that needs rates where
  // they are infinite.
  TokenStep(const TokenPath& path, CtmcMethod method, const Corrector& corrector, double from,
            double to);
  // Creates a step of the kernel that remasks tokens. Two equal times are a step of a loop. Fails on
  // a path whose source is not the mask, and on a remasking that is not valid.
  TokenStep(const TokenPath& path, const Remasking& remasking, double from, double to);

  // Returns the probabilities of the moves of a token with state x and data token x1. Fails if one
  // is outside [0, 1]. In a step that remasks, `share` is the token's share of sigma
  // (Remasking::confidence), and 1 for other schedules.
  TokenMove move(int x, int x1, double share = 1) const;
  // Returns an upper bound on the probability that a token moves.
  double max_probability() const { return max_probability_; }
  // Returns whether unmasked tokens may move, as a corrector or remasking makes them do.
  bool remasks() const { return remasks_; }
  // Returns the state of the source that the uniform number u in [0, 1) selects, among those that
  // differ from x. Fails if the source has no other state: for SourceKind::data, for a vocabulary
  // of one uniform token, and for a token that is the mask already.
  int resampled_state(int x, double u) const;
  // Returns the state to which a token with state x and data token x1 moves, given that it neither
  // stays nor moves to x1: resampled_state or, on another path than the mixture path and with the
  // corrector `exchange`, the state that the uniform number u in [0, 1) selects.
  int other_state(int x, int x1, double u) const;
  // Compute the distribution of the next state of a token with state x and data token x1: one
  // probability for each of the states() states.
  std::vector<double> distribution(int x, int x1) const;
  void distribution(int x, int x1, std::span<double> out) const;

  double from() const { return from_; }
  double to() const { return to_; }

 private:
  TokenMove kernel(bool there, double own) const;
  TokenMove rates(bool there, double own) const;
  TokenMove remasked(int x, double share) const;
  TokenMove three_part(int x, int x1) const;
  TokenMove exchanged(bool there) const;
  void set_exchange(const Corrector& corrector, double t);
  // Returns whether a token that neither stays nor moves to x1 moves to a uniform token other than x
  // and, with `exchange`, other than x1.
  bool to_uniform_token() const { return path_.noise > 0 || exchanges_; }
  // The distribution of the moves of a token on a metric-induced path, given its state and x1: it
  // moves with probability `chance`, to y in proportion to `weight_to`, whose sum is `total`.
  struct MetricMove {
    double chance = 0, total = 0;
  };
  MetricMove metric_move(int x, int x1) const;
  double weight_to(int y, int x, int x1) const;

  TokenPath path_;
  CtmcMethod method_;
  double from_, to_;
  double jump_ = 0, redraw_ = 0;  // probabilities of a jump and of resampling in the step
  double hazard_ = 0, eta_ = 0;   // rates at the step's start
  double kappa_ = 0, left_ = 0;   // at the step's end for the kernel method, else at its start
  double begin_beta_ = 0, end_beta_ = 0;  // the metric's beta at the step's ends
  double sigma_ = 0, balance_ = 0;        // P(remask), and what unmasking gains by it
  double data_ = 0, uniform_ = 0;  // the three-part path: P(drawn again as x1), P(.. as uniform)
  double away_ = 0, back_ = 0;     // exchange: the rates from x1 to all others, and to x1
  double beta_slope_ = 0;          // and its derivative at the start
  std::vector<double> begin_sums_, end_sums_;  // the metric's normalisers at the step's ends
  double max_probability_ = 0;
  bool remasks_ = false, exchanges_ = false;
};

// Returns the times of a chain: `grid`, plus the times that the adaptive method adds, up to the
// step that sets every token to its x1. Fails on times outside [0, 1] or not increasing, on a
// method that needs the rates where they are infinite, and when the adaptive method needs more than
// a million steps.
// The overload for a path also works for metric-induced ones.
std::vector<double> chain_times(CtmcMethod method, const Corrector& corrector, const Kappa& kappa,
                                std::span<const double> grid);
std::vector<double> chain_times(CtmcMethod method, const Corrector& corrector,
                                const TokenPath& path, std::span<const double> grid);

// Returns times from begin to end between which kappa increases by equal amounts. From t = 0 to 1,
// the expected number of jumps is then equal in each step. Fails on less than one step, and on
// times outside [0, 1].
std::vector<double> kappa_grid(const Kappa& kappa, int steps, double begin = 0, double end = 1);

}  // namespace pushforward
