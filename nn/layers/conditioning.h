// The conditioning of a network: time features, the embedding of a label, and given numbers.
#pragma once

#include <optional>
#include <span>

#include "nn/layers/layers.h"
#include "nn/layers/time_features.h"

namespace pushforward::inline PF_REAL {

// Maps time, label and given numbers to the conditioning c of a network: features(t), then, if
// there are classes, the embedding of the label, and then the condition, if there is one. The
// embedding table has classes + 1 rows of label_dim columns. Its last row is for rows without a
// label (Ho, Salimans 2022). A network visits the members under the names "time." and "label.".
//
// The condition of a row is k numbers and a 1. A row without a condition, which classifier-free
// guidance needs, has k + 1 zeros. The first layer computes W [.., condition] + b. Let W_k be the
// columns of W for the k numbers, and w the column for the 1. A row without a condition then gets
// b, and any other row W_k numbers + w + b. So w tells the two kinds of rows apart, and no numbers
// of the data are mistaken for "none". It has the role of the learned null embedding of Ho and
// Salimans (2022), which is added to the rows without a condition.
struct Conditioning {
  TimeFeatures time;
  std::optional<Embedding> label;  // empty if there are no classes

  // `its_where` names the network in error messages, and `its_numbers` is k, 0 for no condition.
  // Throws on negative classes or numbers, and on a label_dim below 1.
  Conditioning(const TimeOptions& options, int its_classes, int label_dim, const char* its_where,
               int its_numbers = 0);

  int columns() const;
  // Maps t (B, 1), labels and conditions (B, k + 1) to (B, columns()). Each row's label is 0 ..
  // classes - 1, or -1 for none. An empty span means that no row has a label, and a null Var that no
  // row has a condition. Throws on any other label and names the row, and on conditions of another
  // shape.
  Var operator()(Var t, std::span<const int> labels, Var conditions = {}) const;

 private:
  void check_labels(std::span<const int> labels, int rows) const;

  Var condition_of(Var t, Var conditions) const;

  int classes_, numbers_;
  const char* where_;
};

}  // namespace pushforward::inline PF_REAL
