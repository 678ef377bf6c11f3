// The distribution p_t of the states on a token path at one time t. A sampler's chain that begins
// at a time t inside the path starts from a state drawn from p_t.
#pragma once

#include <functional>

#include "flow/discrete/path.h"

namespace pushforward {

// Draws states of p_t: on a mixture path, each token comes from a data row with probability
// kappa(t), and from a source row otherwise; on a metric-induced path, it is near a data row's. Row k of a stream depends on (seed, k) alone. Drawing allocates a block of
// rows.
class TokenPathLaw final : public TokenDistribution {
 public:
  // `source` is given for SourceKind::data, and null otherwise. With `paired`, the data row and the
  // source row have the same number. If `label_of` is given, row k is drawn again and again until
  // the label of its data row is label_of(k). Fails on an invalid path, on times outside [0, 1], on
  // distributions that do not fit the path or each other, and on labels of data without classes.
  TokenPathLaw(TokenPath path, double t, TokenDistributionPtr data,
               TokenDistributionPtr source = {}, bool paired = false,
               std::function<int(int row)> label_of = {});

  int length() const override { return data_->length(); }
  int vocabulary() const override { return path_.states(); }  // the states, with the mask
  // Fails if 100,000 consecutive draws of a data row give another label than the requested one.
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;

 private:
  TokenPath path_;
  double t_;
  TokenDistributionPtr data_, source_;
  bool paired_;
  std::function<int(int row)> label_of_;
};

}  // namespace pushforward
