// Quantises numbers to tokens: a range is divided into equal intervals, called levels, and a token
// is the number of a level.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// Levels 0 .. count - 1 of the numbers from `low` to `high`. Numbers outside the range get the
// nearest level, so that a distribution on the whole line can be quantised. The member functions
// run for every number of every row, so they do not check the range; QuantisedDistribution does.
struct TokenLevels {
  // The number of levels, at least 1, which is the vocabulary of the tokens. More levels resolve
  // the numbers better, and the output of a network grows in proportion.
  int count = 64;

  // The range that the levels divide, in the units in which the distribution draws: low < high,
  // both finite. The default holds nearly all of a column of standard deviation 1.
  double low = -3, high = 3;

  double width() const { return (high - low) / count; }
  // Returns the number of the level that contains x. x must not be NaN.
  int of(double x) const {
    const double level = (x - low) / (high - low) * count;
    if (level >= count) return count - 1;
    return level > 0 ? static_cast<int>(level) : 0;
  }
  double centre(int level) const { return low + (level + 0.5) * width(); }
};

}  // namespace pushforward
