// Small discrete flows for the checks of theory.h and for tests: distributions of every support,
// and their probabilities by another hand than the oracle's, one pair of rows at a time. Called by
// the checks and by tests alone: none checks what it is given.
#pragma once

#include <string>
#include <vector>

#include "flow/discrete/oracle.h"

namespace pushforward::equations {

// Every kind of kappa, and a power below 1.
std::vector<Kappa> all_kappas();

// A distribution that gives every sequence of `length` tokens out of `vocabulary` a probability
// above 0, and whose tokens depend on one another; `which` picks one.
TokenTable uneven_distribution(int vocabulary, int length, double which = 0.3);

struct TokenPair {
  double weight;
  const int *x0, *x1;  // x0 is null with a mask or uniform source
};

// A flow between finite distributions.
struct SmallFlow {
  std::string name;
  TokenPath path;
  TokenTable data, source{};
  bool paired = false;

  int length() const { return data.length; }
  TokenOracle oracle() const;
  std::vector<TokenPair> pairs() const;
  // p_t of one token's state given the pair, its slope in t, and p_t of a sequence.
  double token(double t, int state, int position, const TokenPair& pair) const;
  double token_slope(double t, int state, int position, const TokenPair& pair) const;
  double sequence(double t, const int* x, const TokenPair& pair) const;
  // p_0 of one token's state.
  double begin(int state, int position, const TokenPair& pair) const;
  // In the order of TokenOracle::all_states: what number `x` becomes when position l goes from a to
  // b.
  int moved(int x, int position, int from, int to) const;
};

// Flows of every source with this kappa: 2 to 5 tokens in the vocabulary, 1 to 3 positions; with
// distributions that have every sequence, and with a few rows only.
std::vector<SmallFlow> small_flows(const Kappa& kappa);
// Those of every kappa.
std::vector<SmallFlow> every_flow();

}  // namespace pushforward::equations
