// The conditioning of a network: time features and the embedding of a label.
#pragma once

#include <optional>
#include <span>

#include "nn/layers/layers.h"
#include "nn/layers/time_features.h"

namespace pushforward::inline PF_REAL {

// Maps time and label to the conditioning c of a network: features(t), or [features(t), embedding
// of the label] if there are classes. The embedding table has classes + 1 rows of label_dim
// columns. Its last row is for rows without a label (Ho, Salimans 2022). A network visits the
// members under the names "time." and "label.".
struct Conditioning {
  TimeFeatures time;
  std::optional<Embedding> label;  // empty if there are no classes

  // `its_where` names the network in error messages. Throws on negative classes
  // and on a label_dim below 1.
  Conditioning(const TimeOptions& options, int its_classes, int label_dim, const char* its_where);

  int columns() const;
  // Maps t (B, 1) and labels to (B, columns()). Each row's label is 0 .. classes - 1, or -1 for
  // none. An empty span means that no row has a label. Throws on any other label and names the row.
  Var operator()(Var t, std::span<const int> labels) const;

 private:
  void check_labels(std::span<const int> labels, int rows) const;

  int classes_;
  const char* where_;
};

}  // namespace pushforward::inline PF_REAL
