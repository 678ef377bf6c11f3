#include "nn/layers/conditioning.h"

#include <algorithm>

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;

Conditioning::Conditioning(const TimeOptions& options, int its_classes, int label_dim,
                           const char* its_where)
    : time(options), classes_(its_classes), where_(its_where) {
  check(classes_ >= 0, where_, classes_, " classes; give 0 (no labels) or more");
  check(classes_ == 0 || label_dim > 0, where_, "a label's embedding has ", label_dim,
        " columns; it must have at least 1");
  if (classes_ > 0) label.emplace(classes_ + 1, label_dim);
}

int Conditioning::columns() const { return time.columns() + (label ? label->weight.shape[1] : 0); }

void Conditioning::check_labels(std::span<const int> labels, int rows) const {
  if (labels.empty()) return;
  check(labels.size() == static_cast<std::size_t>(rows), where_, labels.size(), " labels for ",
        rows, " rows; give one for each row, or none at all");
  for (int r = 0; r < rows; ++r) {
    if (labels[r] == -1 || (labels[r] >= 0 && labels[r] < classes_)) continue;
    if (classes_ == 0)
      fail(where_, "row ", r, " has label ", labels[r],
           "; the network was made without classes: leave the labels out");
    fail(where_, "row ", r, " has label ", labels[r], "; the network was made for 0 to ",
         classes_ - 1, ", and -1 for none");
  }
}

Var Conditioning::operator()(Var t, std::span<const int> labels) const {
  const int rows = t.shape()[0];
  check_labels(labels, rows);
  const Var features = time(t);
  if (!label) return features;
  const std::size_t count = static_cast<std::size_t>(rows);
  const std::span<int> numbers(t.tape->arena().array<int>(count), count);
  std::ranges::fill(numbers, classes_);
  for (std::size_t r = 0; r < labels.size(); ++r)
    if (labels[r] >= 0) numbers[r] = labels[r];
  return concat(features, (*label)(*t.tape, numbers), 1);
}

}  // namespace pushforward::inline PF_REAL
