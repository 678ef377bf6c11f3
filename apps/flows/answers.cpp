#include "apps/flows/answers.h"

#include <cmath>

namespace pushforward::app {

double EstimateOf::row() const {
  double square = 0, known = 0;
  for (const double e : error.values) {
    if (std::isnan(e)) continue;
    square += e * e;
    ++known;
  }
  return known > 0 ? std::sqrt(square / known) : std::nan("");
}

double EstimateOf::mean() const {
  double square = 0, known = 0;
  for (const double e : error.values) {
    if (std::isnan(e)) continue;
    square += e * e;
    ++known;
  }
  return known > 0 ? std::sqrt(square) / known : std::nan("");
}

}  // namespace pushforward::app
