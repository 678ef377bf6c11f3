// Small discrete flows for the checks of theory.h and for tests. Their probabilities are computed
// independently of the oracle (flow/discrete/oracle.h), one pair of a source row and a data row at
// a time.
#pragma once

#include <string>
#include <vector>

#include "flow/discrete/oracle.h"

namespace pushforward::equations {

// Returns a path's kappa of every kind, including a polynomial one with a power below 1.
std::vector<Kappa> all_kappas();

// Returns a distribution in which every sequence of `length` tokens out of `vocabulary` has a
// positive probability and the tokens are dependent. Another value of `which` gives other
// probabilities.
TokenTable uneven_distribution(int vocabulary, int length, double which = 0.3);

struct TokenPair {
  double weight;
  const int *x0, *x1;  // x0 is null with a mask or uniform source
};

// A flow of token sequences between a finite source (or masks, or uniform tokens) and finite data.
struct SmallFlow {
  SmallFlow(std::string its_name, TokenPath its_path, TokenTable its_data,
            TokenTable its_source = {}, bool pairs_rows = false);

  std::string name;
  TokenPath path;
  TokenTable data, source;
  bool paired;

  int length() const { return data.length; }
  TokenOracle oracle() const;
  std::vector<TokenPair> pairs() const;
  // `token` returns the probability p_t of one token's state given the pair of rows, `token_slope`
  // its derivative in t, and `sequence` the probability p_t of a sequence x given the pair.
  double token(double t, int state, int position, const TokenPair& pair) const;
  double token_slope(double t, int state, int position, const TokenPair& pair) const;
  double sequence(double t, const int* x, const TokenPair& pair) const;
  // Returns the probability of one token's state at t = 0, given the pair of rows.
  double begin(int state, int position, const TokenPair& pair) const;
  // Returns the index, in the order of TokenOracle::all_states, of sequence `x` after position
  // `position` changes from `from` to `to`.
  int moved(int x, int position, int from, int to) const;
};

// Returns flows of every source with this kappa: vocabularies of 2 to 5 tokens and 1 to 3
// positions, with distributions on all sequences and on a few rows.
std::vector<SmallFlow> small_flows(const Kappa& kappa);
// Returns flows on metric-induced paths: 1 to 3 tokens, every distance and several values of c and a.
std::vector<SmallFlow> metric_flows();
// Returns flows on three-part paths, from masks and from rows: 1 to 3 tokens and several values of the
// noise.
std::vector<SmallFlow> three_part_flows();
// Returns the small flows of every kappa.
std::vector<SmallFlow> every_flow();

}  // namespace pushforward::equations
