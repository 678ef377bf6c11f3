// N-gram models of tokens, the baseline that a discrete
// flow has to beat: each token given the n - 1 before it.
//
// Smoothed by Witten and Bell's interpolation ("The zero-frequency problem", IEEE Transactions on
// Information Theory 37, 1991), in each order from the one below and at last from the uniform
// distribution:
//   p(c | h) = (n(hc) + T(h) p(c | h')) / (n(h) + T(h)),
// with h' = h without its oldest token, n the counts
// and T(h) the number of distinct tokens seen after h.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/distribution.h"

namespace pushforward::app {

class Ngram {
 public:
  // Of order n = `order` >= 1, from the rows of `table`, tokens 0 .. vocabulary - 1. With `pad` >=
  // 0 a row is a word that ends before the first pad, or fills the row: the pad then stands for
  // both edges of a word, and the model says where a word ends. Without, rows are windows of a
  // longer text: their first tokens have only as much context as the window holds. Weights count;
  // labels do not. Fails on a table of more than 2^24 numbers, vocabulary^order.
  Ngram(const TokenTable& table, int vocabulary, int order, int pad = -1);

  int order() const { return order_; }

  // ln p(row) in nats; of a word, its end included.
  double log_probability(std::span<const int> row) const;

  // ln p(a word has so many letters), 0 .. the table's length: the sum over all strings of that
  // length, by the forward recursion. With a pad only.
  double log_length(int letters) const;

  // ln p(word | its number of letters): log_probability(row) - log_length(letters).
  double log_probability_given_length(std::span<const int> row) const;

  // p(token | context), the context's newest token last; longer ones are cut to the newest n - 1.
  double probability(std::span<const int> context, int token) const;

 private:
  // Calls f(context of the newest k <= order - 1 tokens, token) along the row, the end included.
  template <class F>
  void walk(std::span<const int> row, F f) const;
  void count(const TokenTable& table);
  void sum_over_lengths(int longest);

  int vocabulary_, order_, pad_;
  // p(c | h) at h * V + c, for contexts of 0 .. order - 1 tokens; h in base V, newest digit last.
  std::vector<std::vector<double>> tables_;
  std::vector<double> log_lengths_;
};

}  // namespace pushforward::app
