// N-gram models of tokens, a baseline for discrete flows: each token depends on
// the n - 1 tokens before it.
//
// The probabilities are smoothed by Witten and Bell's interpolation ("The zero-frequency problem",
// IEEE Transactions on Information Theory 37, 1991). Each order is interpolated with the order
// below, and the lowest order with the uniform distribution:
//   p(c | h) = (n(hc) + T(h) p(c | h')) / (n(h) + T(h)).
// Here c is a token, h its context, h' is h without its oldest token, n(.) is the number of
// occurrences, and T(h) is the number of distinct tokens seen after h.
#pragma once

#include <span>
#include <vector>

#include "flow/discrete/distribution.h"

namespace pushforward::app {

class Ngram {
 public:
  // Fits a model of order n = `order` >= 1 to the rows of `table`, whose tokens are 0 .. vocabulary
  // - 1. With `pad` >= 0 a row is a word that ends before the first token `pad` or fills the row.
  // The token `pad` then also stands for both edges of a word, and the model predicts where a word
  // ends. With `pad` < 0 the rows are windows of a longer text, and the first tokens only have the
  // context inside the window. Weights of the rows are used, labels are not. Throws if the model
  // needs vocabulary^order > 2^24 numbers.
  Ngram(const TokenTable& table, int vocabulary, int order, int pad = -1);

  int order() const { return order_; }

  // Returns ln p(row) in nats. For a word it includes the end of the word.
  double log_probability(std::span<const int> row) const;

  // Returns the log of the probability that a word has this many letters, 0 .. length of a row. The
  // forward recursion sums over all strings of that length. Needs a model with a pad.
  double log_length(int letters) const;

  // Returns ln p(word | its number of letters) = log_probability(row) - log_length(letters).
  double log_probability_given_length(std::span<const int> row) const;

  // Returns p(token | context). The newest token of the context is the last one; only
  // the newest n - 1 are used.
  double probability(std::span<const int> context, int token) const;

 private:
  // Calls f(context, token) for each token of the row and for the end of a word. The context has
  // the newest tokens, at most order - 1.
  template <class F>
  void walk(std::span<const int> row, F f) const;
  void count(const TokenTable& table);
  void sum_over_lengths(int longest);

  int vocabulary_, order_, pad_;
  // One table for each context length 0 .. order - 1. The probability p(c | h) of token c after
  // context h is at index h * V + c, where V is the number of tokens. The context h is read as a
  // number in base V whose last digit is the newest token.
  std::vector<std::vector<double>> tables_;
  std::vector<double> log_lengths_;
};

}  // namespace pushforward::app
