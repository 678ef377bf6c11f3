// What batches of points and batches of tokens share: labels, some of which are dropped, and the
// condition for pairs of rows.
#pragma once

#include <span>
#include <string>

#include "autograd/tensor/rng.h"
#include "flow/field.h"

namespace pushforward {

// Fails if labels are requested of data without classes, or if the dropout is no probability.
// `where` names the caller in the error.
inline void check_labelling(const char* where, bool labelled, int classes, double dropout) {
  detail::check(!labelled || classes > 0, where,
                "labels are asked for, and the data has no classes; give labelled data");
  detail::check(dropout >= 0 && dropout <= 1, where, "label_dropout is ", dropout,
                "; it is a probability, 0 to 1");
}

// Sets each label to kNoLabel with the probability `dropout`, so that the model learns both the
// conditional and the unconditional flow (Ho, Salimans 2022). labels[k] belongs to row first + k of
// the random stream.
inline void drop_labels(const Stream& stream, int first, double dropout, std::span<int> labels) {
  auto row = static_cast<std::uint32_t>(first);
  for (int& label : labels)
    if (dropout > 0 && stream.uniform(row++) < dropout) label = kNoLabel;
}

// Fails unless source and data are finite sets of equal size. `where` names the caller in the
// error.
template <class Set>
void check_paired(const char* where, const Set* source, const Set* data) {
  const auto rows = [](const Set* set) {
    return set ? std::to_string(set->rows()) : "infinitely many";
  };
  detail::check(source && data && source->rows() == data->rows(), where,
                "paired rows need two finite sets of equal size: the source has ", rows(source),
                " rows, the data ", rows(data));
}

}  // namespace pushforward
