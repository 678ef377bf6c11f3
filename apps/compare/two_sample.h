// The classifier two-sample test: a network learns to tell the rows of two files apart, and then
// classifies rows that it was not trained on.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor/real.h"
#include "autograd/tensor/workers.h"
#include "flow/measure/point_set.h"

namespace pushforward::app {

// The test of Lopez-Paz and Oquab ("Revisiting classifier two-sample tests", ICLR 2017).
struct TwoSampleTest {
  int training = 0,
      asked = 0;        // rows of each file for training and for the test; 0: none
  double accuracy = 0;  // the share of right answers; near 1/2 for equal distributions
  double error = 0;     // its standard error for equal distributions
  double p = 1;  // the probability of this accuracy or a higher one for equal distributions; too
                 // large if the network gives one file more often than the other, else exact
  // The probability that the network gives a row of the first file a higher score than one of the
  // second, and its standard error for equal distributions.
  double auc = 0, auc_error = 0;
  // Whether training ended early because its loss or gradient was not finite. The network then tells
  // rows apart worse than it could.
  bool stopped = false;
};

// Fewer rows than this in a file are too few for the test.
inline constexpr int kRowsForTest = 40;
// At most this many rows of each file are used, drawn at random.
inline constexpr int kMostForTest = 5000;

// Uses the same number of rows of each set, drawn by `seed` without repetition: half of them to
// train a perceptron with two hidden layers of width 64 by AdamW, and half to test it. The result
// is the same for any number of threads. `asked`, the number of rows that it was tested on, is 0 if
// a set has fewer than kRowsForTest rows.
TwoSampleTest classifier_test(PointSet a, PointSet b, std::uint64_t seed, Workers& workers);

// Of all pairs of a score of `a` and a score of `b`, returns the share in which the score of `a` is
// larger. Equal scores count half. This is the area under the ROC curve (Mann and Whitney 1947).
double area_under_curve(const std::vector<double>& a, const std::vector<double>& b);

// Returns the probability of `right` or more heads among `n` tosses of a fair coin.
double fair_coin_tail(int right, int n);

// The scores that a network gives to rows. It was trained to give high scores to rows of one set
// and low scores to rows of another.
struct ClassifierScores {
  std::vector<double> a, b;  // of the rows asked_a and asked_b
  bool stopped = false;      // as in TwoSampleTest
};

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Trains the network with rows of `a` and `b`, and computes its scores of the rows `asked_a` and
// `asked_b`. All sets have the same dimension.
ClassifierScores classifier_scores(PointSet a, PointSet b, PointSet asked_a, PointSet asked_b,
                                   std::uint64_t seed, Workers& workers);

}  // namespace pushforward::app::inline PF_REAL
