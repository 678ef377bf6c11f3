// Small discrete flows for the checks of theory.h and for tests, with probabilities computed
// independently of the oracle, one pair of rows at a time.
#pragma once

#include <string>
#include <vector>

#include "flow/discrete/oracle.h"

namespace pushforward::equations {

// Returns every kind of kappa, including a power below 1.
std::vector<Kappa> all_kappas();

// Returns a distribution in which every sequence of `length` tokens out of `vocabulary` has a
// positive probability and the tokens are dependent. `which` selects one.
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
  // Return p_t of one token's state given the pair, its derivative in t, and p_t of a sequence.
  double token(double t, int state, int position, const TokenPair& pair) const;
  double token_slope(double t, int state, int position, const TokenPair& pair) const;
  double sequence(double t, const int* x, const TokenPair& pair) const;
  // Returns p_0 of one token's state.
  double begin(int state, int position, const TokenPair& pair) const;
  // Returns the index, in the order of TokenOracle::all_states, of sequence `x` after position
  // `position` changes from `from` to `to`.
  int moved(int x, int position, int from, int to) const;
};

// Returns flows of every source with this kappa: vocabularies of 2 to 5 tokens and 1 to 3
// positions, with distributions on all sequences and on a few rows.
std::vector<SmallFlow> small_flows(const Kappa& kappa);
// Returns the small flows of every kappa.
std::vector<SmallFlow> every_flow();

}  // namespace pushforward::equations
