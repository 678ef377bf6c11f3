#include "nn/layers/conditioning.h"

#include <algorithm>

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;

Conditioning::Conditioning(const TimeOptions& options, int its_classes, int label_dim,
                           const char* its_where, int its_numbers)
    : time(options), classes_(its_classes), numbers_(its_numbers), where_(its_where) {
  check(numbers_ >= 0, where_, "conditions of ", numbers_, " numbers; give 0 (none) or more");
  check(classes_ >= 0, where_, classes_, " classes; give 0 (no labels) or more");
  check(classes_ == 0 || label_dim > 0, where_, "a label's embedding has ", label_dim,
        " columns; it must have at least 1");
  if (classes_ > 0) label.emplace(classes_ + 1, label_dim);
}

int Conditioning::columns() const {
  return time.columns() + (label ? label->weight.shape[1] : 0) + (numbers_ > 0 ? numbers_ + 1 : 0);
}

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

Var Conditioning::condition_of(Var t, Var conditions) const {
  const Shape shape{t.shape()[0], numbers_ + 1};
  if (!conditions) return t.tape->full(shape, 0);
  check(conditions.shape() == shape, where_, "the conditions are ", conditions.shape(),
        "; the network was made for ", shape, ", ", numbers_, " numbers and a 1 in each row");
  return conditions;
}

Var Conditioning::operator()(Var t, std::span<const int> labels, Var conditions) const {
  const int rows = t.shape()[0];
  check_labels(labels, rows);
  check(numbers_ > 0 || !conditions, where_,
        "conditions are given, but the network was made without; leave them out");
  Var features = time(t);
  if (numbers_ > 0 && !label) return concat(features, condition_of(t, conditions), 1);
  if (!label) return features;
  const std::size_t count = static_cast<std::size_t>(rows);
  const std::span<int> numbers(t.tape->arena().array<int>(count), count);
  std::ranges::fill(numbers, classes_);
  for (std::size_t r = 0; r < labels.size(); ++r)
    if (labels[r] >= 0) numbers[r] = labels[r];
  features = concat(features, (*label)(*t.tape, numbers), 1);
  return numbers_ > 0 ? concat(features, condition_of(t, conditions), 1) : features;
}

}  // namespace pushforward::inline PF_REAL
