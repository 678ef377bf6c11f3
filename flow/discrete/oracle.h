// The discrete oracle: the exact posterior, distribution and rates of the path from a source of
// tokens to a finite set of sequences, as plain numbers.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/path.h"

namespace pushforward {

// Exact quantities of xt when x1 (and x0, for SourceKind::data) is one of finitely many rows,
// computed as sums over rows. Row k has weight w_k. Given the row, tokens are independent,
//   p_t(x | k) = prod_l p_t(x_l | k),  p_t(s | k) = kappa [s = x1_kl] + (1 - kappa) p_0(s | k),
// where l is the position, [.] is 1 if true and 0 if false, and p_0(s | k) is [s = mask], 1 / V, or
// [s = x0_kl]. On a metric-induced path, p_t(s | k) = softmax_s(-beta d(s, x1_kl)) instead, and on the
// three-part path it is that of TokenPath. r_k(x) = w_k p_t(x | k) / p_t(x) is the probability of the
// row given xt = x (Bayes).
// All other results follow from r. The posterior of a token is the sum of r_k over the rows that
// have that token at its position.
//
// Where kappa is 0 or 1, r is its limit from inside the interval. At kappa = 1, only the rows that
// differ from x in the fewest tokens have r > 0. With a mask source, r does not depend on t.
//
// A sampler that changes several tokens in a step can reach states that no row can produce, which
// have probability 0. For such states r is the limit of a source with a vanishing fraction of
// uniform noise: only the rows that disagree with x in the fewest tokens have r > 0, in proportion
// to their weights.
//
// A state is L numbers, each below path().states(). A label of -1 means all classes together. Every
// result comes in two forms: returned as a vector, or written to a span `out` of the stated size.
// The two forms fail on states, times, labels and sizes that do not exist.
class TokenOracle {
 public:
  // Creates the oracle of a mask or uniform source. Fails on a path of SourceKind::data, on an
  // empty table, on tokens outside [0, V), and on weights that are negative or do not add up to 1.
  TokenOracle(TokenPath path, const TokenTable& data);
  // Creates the oracle of SourceKind::data. If `paired`, row k of the source is paired with row k
  // of the data, and weights and labels are those of the data. Otherwise source and data rows are
  // independent.
  TokenOracle(TokenPath path, const TokenTable& source, const TokenTable& data, bool paired);

  const TokenPath& path() const { return path_; }
  int length() const { return length_; }
  // Returns the number of data rows or, for SourceKind::data, of pairs of a source row and a data
  // row.
  int rows() const { return static_cast<int>(weights_.size()); }
  // Returns the size of the array `work` that one overload of `posterior` needs.
  int scratch() const { return rows() + powers_size(); }

  // Computes the probabilities r of the rows given one state, (rows()). The overload with `out`
  // writes r there and returns ln p_t(state), which is -inf where the probability is 0.
  std::vector<double> rows_given(double t, std::span<const int> state, int label = -1) const;
  double rows_given(double t, std::span<const int> state, std::span<double> out,
                    int label = -1) const;
  // Computes the posterior p(x1_l = v | xt) of every position l and token v, for each of the n
  // states (n, L) separately: (n, L, V). With a mask source, the token of an unmasked position has
  // probability 1, and a state without masks needs no sum over the data's rows.
  std::vector<double> posterior(double t, std::span<const int> states, int label = -1) const;
  void posterior(double t, std::span<const int> states, std::span<double> out,
                 int label = -1) const;
  // Computes the posterior of one state, (L, V), with scratch() numbers of memory in `work`.
  // Allocates nothing.
  void posterior(double t, std::span<const int> state, std::span<double> out,
                 std::span<double> work, int label = -1) const;
  // Computes ln p_t of each of the n states (n, L): (n).
  std::vector<double> log_probability(double t, std::span<const int> states, int label = -1) const;
  void log_probability(double t, std::span<const int> states, std::span<double> out,
                       int label = -1) const;
  // Computes the marginal rates (n, L, states) at which position l of a state x jumps to s: u_t(l,
  // s | x) = hazard(t) (p(x1_l = s | x) - [s = x_l]), where [.] is 1 if true and 0 if false, and
  // hazard = dkappa / (1 - kappa); on the three-part path they are forward_rates. The rates of each position add up to 0 (Gat et al. 2024,
  // "Discrete flow matching"; Lipman et al. 2024, "Flow matching guide and code"). On a
  // metric-induced path they are forward_rates (rates.h) of the posterior. Fails where the hazard,
  // or dbeta, is infinite.
  std::vector<double> rates(double t, std::span<const int> states, int label = -1) const;
  void rates(double t, std::span<const int> states, std::span<double> out, int label = -1) const;
  // Computes p_t(x_l = s | the other tokens of x) for each position l and state s of each of the n
  // sequences: (n, L, states).
  std::vector<double> given_others(double t, std::span<const int> states, int label = -1) const;
  void given_others(double t, std::span<const int> states, std::span<double> out,
                    int label = -1) const;

  // all_states returns all states^L sequences (states^L, L), with the last position varying
  // fastest, and `marginal` returns the probabilities p_t of these sequences. Both fail if there
  // are more than 2^20.
  std::vector<int> all_states() const;
  void all_states(std::span<int> out) const;
  std::vector<double> marginal(double t, int label = -1) const;
  void marginal(double t, std::span<double> out, int label = -1) const;

 private:
  // Writes r, the probabilities of the rows given the state, up to a factor. Leaves position
  // `skipped` out of the state unless it is -1. Returns a number a with p_t(state) = exp(a) sum r.
  double weigh(double t, std::span<const int> state, std::span<double> r, std::span<double> powers,
               int label, int skipped) const;
  double weigh_masked(double t, std::span<const int> state, std::span<double> r, int label,
                      int skipped) const;
  double weigh_uniform(double t, std::span<const int> state, std::span<double> r,
                       std::span<double> powers, int label, int skipped) const;
  double weigh_metric(double t, std::span<const int> state, std::span<double> r,
                      std::span<double> log_sums, int label, int skipped) const;
  double weigh_three_part(double t, std::span<const int> state, std::span<double> r, int label,
                          int skipped) const;
  double weigh_coupled(double t, std::span<const int> state, std::span<double> r, int label,
                       int skipped) const;
  // Writes to r the weights of the rows that contradict the fewest unmasked tokens of `state`, and
  // 0 for all other rows. Does not look at position `skipped`.
  void keep_nearest(std::span<const int> state, std::span<double> r, int label, int skipped) const;
  double weight(int row, int label) const {
    return label < 0 || labels_[row] == label ? weights_[row] : 0;
  }
  // Returns the size of the workspace `powers` of weigh.
  int powers_size() const {
    return path_.metric && path_.vocabulary > length_ ? path_.vocabulary : length_ + 1;
  }
  void note_labels();  // fills known_labels_
  void check_asked(double t, int label) const;
  void check_state(std::span<const int> state) const;
  void check_room(std::size_t given, std::size_t wanted) const;
  std::size_t count_states() const;  // returns states^L; fails if it is more than 2^20
  std::size_t all_rows(std::span<const int> states) const;  // returns n; checks the states

  TokenPath path_;
  int length_ = 0;
  std::vector<double> weights_;    // (rows), with sum 1
  std::vector<int> labels_;        // (rows), or empty
  std::vector<int> known_labels_;  // the labels of rows with a weight above 0, rising
  std::vector<int> x1_, x0_;       // (L, rows), so that loops over rows are contiguous
};

}  // namespace pushforward
