// The metric-induced path of tokens: the probability of a token falls with its distance from the
// data's token, the faster the later the time.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>
#include <string>
#include <vector>

namespace pushforward {

// The path p_t(x | x1) = softmax_x(-beta_t d(x, x1)) with beta_t = c (t / (1 - t))^a, for tokens x
// and x1 of a vocabulary of V (Shaul et al. 2024, "Flow matching with general discrete paths"). At
// t = 0 tokens are uniform, and at t = 1 they are the data's. It suits tokens with an order, such
// as levels of a number, because a token moves to x1 through the tokens between.
//
// Its rate of jumps from z to x is beta'_t p_t(x | x1) max(0, d(z, x1) - d(x, x1)): tokens only
// move nearer to x1. Functions take beta in place of t where they are called for many tokens. They
// run for every token and do not check that tokens are in the vocabulary.
class TokenMetric {
 public:
  // The distance d(x, x1).
  //   absolute: |x - x1|
  //   squared:  (x - x1)^2
  //   table:    given numbers
  enum class Distance { absolute, squared, table };

  // Creates the path with d absolute or squared. Fails on Distance::table, without tokens, and
  // unless c and a are positive and finite.
  TokenMetric(Distance distance, int vocabulary, double c, double a);
  // Creates the path with a table of distances (V, V): row x1 has d(x, x1) of each token x. Also
  // fails unless the table is square, its diagonal 0, and every other number positive and finite.
  TokenMetric(std::vector<double> table, double c, double a);

  Distance distance() const { return distance_; }
  int vocabulary() const { return vocabulary_; }
  double c() const { return c_; }
  double a() const { return a_; }

  // The distance d(x, x1).
  double distance(int x, int x1) const {
    if (distance_ == Distance::table)
      return table_[static_cast<std::size_t>(x1) * static_cast<std::size_t>(vocabulary_) +
                    static_cast<std::size_t>(x)];
    const double difference = x < x1 ? x1 - x : x - x1;
    return distance_ == Distance::absolute ? difference : difference * difference;
  }

  // beta and slope, d beta / dt, take times in [0, 1] and fail on other times. beta is infinite at
  // t = 1, and slope also at t = 0 if a < 1. time is the inverse of beta, for beta >= 0.
  double beta(double t) const;
  double slope(double t) const;
  double time(double beta) const;

  // Returns exp(-beta d(x, x1)), for beta from 0 to infinity.
  double weight(double beta, int x, int x1) const;
  // Returns Z, the sum of the weights over all tokens x, so that p_t(x | x1) is weight / Z.
  double normaliser(double beta, int x1) const;
  // Writes Z of each token x1 to z (V), in V operations for distances by formula and V^2 for tables.
  void normalisers(double beta, std::span<double> z) const;
  // Writes p_t(x | x1) of all tokens x1 and x to p (V, V), row x1 by row. Takes V exponentials for
  // distances by formula.
  void distributions(double beta, std::span<double> p) const;
  // Returns ln p_t(x | x1), -inf for x != x1 where beta is infinite.
  double log_probability(double beta, int x, int x1) const;
  // Writes p_t(x | x1) of each token x to p (V).
  void distribution(double beta, int x1, std::span<double> p) const;
  // Returns the token x of p_t(. | x1) that the uniform number u in [0, 1) selects.
  int draw(double beta, int x1, double u) const;

  // Returns the rate for each unit of beta at which a token in state z leaves it, given x1: the sum
  // over x of p_t(x | x1) max(0, d(z, x1) - d(x, x1)). Times slope, it is the rate in time.
  double exit_rate(double beta, int z, int x1) const;
  // Returns the greatest exit_rate of all z and x1. Takes V^2 operations.
  double max_exit_rate(double beta) const;
  // Writes the rates for each unit of beta from state z to each state x, averaged over x1 ~
  // posterior (V), to u (V). The entry at z is minus the sum of the others. Fails on spans of
  // another size. Takes V^2 operations.
  void rates(double beta, int z, std::span<const double> posterior, std::span<double> u) const;

 private:
  void check_valid() const;

  Distance distance_;
  int vocabulary_;
  double c_, a_;
  std::vector<double> table_;  // (V, V), or empty
};

std::string name_of(TokenMetric::Distance distance);  // "absolute", "squared", "table"

}  // namespace pushforward
