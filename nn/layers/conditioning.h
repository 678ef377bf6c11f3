// What a network is told beside its input: the time as features, and the embedding of a label.
#pragma once

#include <optional>
#include <span>

#include "nn/layers/layers.h"
#include "nn/layers/time_features.h"

namespace pushforward::inline PF_REAL {

// c = features(t), or [features(t), row of the label] with classes. The label's table has classes +
// 1 rows of label_dim columns, the last of which stands for no label (Ho, Salimans 2022). A network
// visits the two under the names "time." and "label.".
struct Conditioning {
  TimeFeatures time;
  std::optional<Embedding> label;  // with classes only

  // `its_where` is whom errors are from: the network.
  // Fails on negative classes and on a label_dim below 1.
  Conditioning(const TimeOptions& options, int its_classes, int label_dim, const char* its_where);

  int columns() const;
  // t (B, 1); each row's label, 0 .. classes - 1, or -1 for none; an empty span says none for all:
  // (B, columns()). Fails, naming the row, on any other label.
  Var operator()(Var t, std::span<const int> labels) const;

 private:
  void check_labels(std::span<const int> labels, int rows) const;

  int classes_;
  const char* where_;
};

}  // namespace pushforward::inline PF_REAL
