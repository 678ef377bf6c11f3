#include "apps/flows/answers.h"

#include <cmath>

namespace pushforward::app {

EstimateWords EstimateOf::words() const {
  ErrorSum sum;
  sum.add(error.values);
  return {by, draws, sum.row(), sum.mean(), smoothed_to};
}

void ErrorSum::add(const std::vector<double>& errors) {
  for (const double e : errors) {
    if (std::isnan(e)) continue;
    square_ += e * e;
    ++known_;
  }
}

double ErrorSum::row() const { return known_ > 0 ? std::sqrt(square_ / known_) : std::nan(""); }

double ErrorSum::mean() const { return known_ > 0 ? std::sqrt(square_) / known_ : std::nan(""); }

}  // namespace pushforward::app
