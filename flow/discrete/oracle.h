// The discrete oracle: the exact posterior, distribution and rates of a
// mixture path to a finite set of sequences, as plain numbers.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/path.h"

namespace pushforward {

// What can be summed about xt when x1 (and x0) is one of finitely many rows. Row k has weight w_k;
// given the row, tokens are independent,
//   p_t(x | k) = prod_l p_t(x_l | k),  p_t(s | k) = kappa [s = x1_kl] + (1 - kappa) p_0(s | k),
// with p_0 the mask, 1 / V, or [s = x0_kl], and r_k(x) = w_k p_t(x | k) / p_t(x) is the probability
// of the row given xt = x (Bayes). All else is made of r: the posterior of a token is the sum of
// r_k over the rows that end in it.
//
// Where kappa is 0 or 1, r is its limit from inside: at kappa = 1 the rows that differ from x in
// the fewest tokens. With a mask source r does not depend on t.
//
// A sampler that draws several tokens in a step comes to states that no row can be at, of
// probability 0. There r is the limit of a source with a vanishing share of uniform noise: the rows
// for which the fewest tokens are out of place, by their weights.
//
// States are L numbers below path().states() each; a label of -1 means all classes together. Every
// answer comes in two forms: returned as a vector, or written to a span `out` of the size that is
// said. Both fail on states, times, labels and sizes that are none.
class TokenOracle {
 public:
  // With a mask or uniform source. Fails on a data-coupled path, on an empty table, on tokens
  // outside [0, V) and on weights that are negative or do not add up to 1.
  TokenOracle(TokenPath path, const TokenTable& data);
  // Data-coupled: row k of both (`paired`; weights and labels are the data's), or each row of the
  // source with each of the data, independently.
  TokenOracle(TokenPath path, const TokenTable& source, const TokenTable& data, bool paired);

  const TokenPath& path() const { return path_; }
  int length() const { return length_; }
  int rows() const { return static_cast<int>(weights_.size()); }  // of the set, or pairs
  // How many numbers the functions below that allocate nothing need to work in.
  int scratch() const { return rows() + length_ + 1; }

  // r of one state, (rows). The form that writes it also returns ln p_t(state), -inf where that is
  // 0 at an end of the path.
  std::vector<double> rows_given(double t, std::span<const int> state, int label = -1) const;
  double rows_given(double t, std::span<const int> state, std::span<double> out,
                    int label = -1) const;
  // p(x1_l = v | xt) of every position of states (n, L), each row by itself: (n, L, V). With a mask
  // source an unmasked position has a 1 at its token, and a state without masks asks no row.
  std::vector<double> posterior(double t, std::span<const int> states, int label = -1) const;
  void posterior(double t, std::span<const int> states, std::span<double> out,
                 int label = -1) const;
  // The same of one state, in `work` (scratch()): allocates nothing.
  void posterior(double t, std::span<const int> state, std::span<double> out,
                 std::span<double> work, int label = -1) const;
  // ln p_t of states (n, L): (n).
  std::vector<double> log_probability(double t, std::span<const int> states, int label = -1) const;
  void log_probability(double t, std::span<const int> states, std::span<double> out,
                       int label = -1) const;
  // The marginal rates at which position l goes to s, u_t(l, s | x) = hazard(t) (p(x1_l = s | x) -
  // [s = x_l]), (n, L, states): each position's add up to 0 (Gat et
  // al. 2024, "Discrete flow matching"; Lipman et al. 2024, "Flow
  // matching guide and code"). Fails where the hazard is infinite.
  std::vector<double> rates(double t, std::span<const int> states, int label = -1) const;
  void rates(double t, std::span<const int> states, std::span<double> out, int label = -1) const;
  // p_t(x_l = s | the other tokens of x), (n, L, states).
  std::vector<double> given_others(double t, std::span<const int> states, int label = -1) const;
  void given_others(double t, std::span<const int> states, std::span<double> out,
                    int label = -1) const;

  // All states^L sequences, the last place fastest, (states^L, L),
  // and their probabilities. Fail where there are more than 2^20.
  std::vector<int> all_states() const;
  void all_states(std::span<int> out) const;
  std::vector<double> marginal(double t, int label = -1) const;
  void marginal(double t, std::span<double> out, int label = -1) const;

 private:
  // r up to a factor, leaving out position `skipped` (-1: none): p_t(state) = exp(answer) sum r.
  double weigh(double t, std::span<const int> state, std::span<double> r, std::span<double> powers,
               int label, int skipped) const;
  double weigh_masked(double t, std::span<const int> state, std::span<double> r, int label,
                      int skipped) const;
  double weigh_uniform(double t, std::span<const int> state, std::span<double> r,
                       std::span<double> powers, int label, int skipped) const;
  double weigh_coupled(double t, std::span<const int> state, std::span<double> r, int label,
                       int skipped) const;
  // The weights of the rows that the fewest unmasked tokens of `state` contradict, 0 elsewhere.
  void keep_nearest(std::span<const int> state, std::span<double> r, int label, int skipped) const;
  double weight(int row, int label) const {
    return label < 0 || labels_[row] == label ? weights_[row] : 0;
  }
  void check_state(std::span<const int> state) const;
  void check_room(std::size_t given, std::size_t wanted) const;
  std::size_t count_states() const;  // states^L; fails where there are more than 2^20
  std::size_t all_rows(std::span<const int> states) const;  // n; checks them

  TokenPath path_;
  int length_ = 0;
  std::vector<double> weights_;  // (rows), adding up to 1
  std::vector<int> labels_;      // (rows), or none
  std::vector<int> x1_, x0_;     // (L, rows): position by position, for loops along the rows
};

}  // namespace pushforward
