// The law of a path of tokens at one time, as a distribution: what a chain that begins inside of
// its path starts from.
#pragma once

#include <functional>

#include "flow/discrete/path.h"

namespace pushforward {

// States of p_t: each token of a data row with probability kappa(t), and of a source row otherwise.
// Row k of a stream depends on (seed, k) alone. Drawing allocates a block of rows.
class TokenPathLaw final : public TokenDistribution {
 public:
  // `source` is for SourceKind::data, else null; `paired` draws rows of the same number from both.
  // If `label_of` is given, row k is drawn given that the label of its data row is label_of(k), by
  // drawing again until it is. Fails on an invalid path, on times outside [0, 1], on distributions
  // that do not fit the path or each other, and on labels of data without classes.
  TokenPathLaw(TokenPath path, double t, TokenDistributionPtr data,
               TokenDistributionPtr source = {}, bool paired = false,
               std::function<int(int row)> label_of = {});

  int length() const override { return data_->length(); }
  int vocabulary() const override { return path_.states(); }  // the states, with the mask
  // Fails if 100,000 rows in a row have another label than the one that is wanted.
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels = nullptr) const override;

 private:
  TokenPath path_;
  double kappa_;
  TokenDistributionPtr data_, source_;
  bool paired_;
  std::function<int(int row)> label_of_;
};

}  // namespace pushforward
