// Continuous data as tokens: the range of each coordinate is divided into equal levels.
#pragma once

#include "flow/discrete/distribution.h"
#include "flow/discrete/levels.h"
#include "flow/distributions/distribution.h"

namespace pushforward::inline PF_REAL {

// A quantised continuous distribution. Token l is the level of coordinate l, in the units in which
// the distribution draws (not those of the raw data). Labels are kept.
class QuantisedDistribution final : public TokenDistribution {
 public:
  // Fails without a distribution, on a range that is empty or not finite, and on more than 4096
  // coordinates.
  QuantisedDistribution(DistributionPtr of, TokenLevels levels);

  int length() const override { return of_->dim(); }
  int vocabulary() const override { return levels_.count; }
  int classes() const override { return of_->classes(); }
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;
  const TokenLevels& levels() const { return levels_; }

 private:
  DistributionPtr of_;
  TokenLevels levels_;
};

}  // namespace pushforward::inline PF_REAL
