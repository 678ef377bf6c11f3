// A training batch of token sequences: source and data rows, times, and states on the path between
// source and data. It is drawn in chunks, which are ranges of rows; each row is a sequence.
#pragma once

#include "flow/discrete/path.h"
#include "flow/field.h"
#include "flow/train/time_distribution.h"

namespace pushforward::inline PF_REAL {

// The training problem of a discrete flow, which takes sequences of tokens from a source to data.
// TokenBatch fails on parts that do not fit together.
struct TokenProblem {
  // The distribution of the data's sequences. It is required.
  TokenDistributionPtr data;

  // The distribution of tokens at t = 0. With the default, the loss and the sampler are concerned
  // with masked tokens only, and tokens can be given when sampling.
  SourceKind source_kind = SourceKind::mask;

  // The distribution of the source's sequences, with the length and vocabulary of the data. It is
  // required for SourceKind::data, and an error otherwise.
  TokenDistributionPtr source{};

  // If true, row k of the source is paired with row k of the data; source and data must be tables
  // of equal size and equal weights. It is an error for sources of other kinds than data.
  bool paired = false;

  // The probability, over time, that a token has its data value.
  Kappa kappa = linear_kappa();

  // If it is given, the path is the metric-induced one. The source must then be uniform, and kappa
  // the linear one, because it has no effect.
  std::shared_ptr<const TokenMetric> metric{};

  // If it is above 0, the path is the three-part one (TokenPath::noise), from masks or from rows.
  double noise = 0;

  // The distribution of the times of training. All distributions cost the same. A distribution that
  // is not uniform weights the bound of generalised_kl_loss by its density.
  TimeDistribution time = uniform_time();

  // If true, samples have the labels of their data rows, which must have classes. Set it for a
  // conditional model.
  bool labelled = false;

  // The probability, 0 to 1, that a row's label is dropped, so that the model learns both the
  // conditional and the unconditional posterior. Guidance needs it above 0; 0.1 is a usual value.
  double label_dropout = 0;

  // Returns the probability path that these options define; fails without data.
  TokenPath path() const;
};

// A chunk of B rows of L tokens on the path from source to data. The times t (B, 1) are a constant
// of the tape. The states xt (tokens or masks) and the data tokens x1, (B, L) each, are in the
// tape's memory.
struct TokenSample {
  Var t;
  std::span<const int> xt, x1;
  int length = 0;
  Labels labels{};
};

// Draws the batches of one training problem. Row k of step s depends on (seed, s, k) alone. Drawing
// allocates nothing after construction, except on the tape.
class TokenBatch {
 public:
  // Makes batches of `rows` rows. Fails when data and source differ in length or vocabulary, and
  // when SourceKind::data has no source or another kind has one. Also fails when paired rows are
  // not of two tables of equal size and equal weights, when labels are requested of data without
  // classes, and when label_dropout is not in [0, 1].
  TokenBatch(TokenProblem problem, int rows, std::uint64_t seed);

  int rows() const { return rows_; }
  int length() const { return problem_.data->length(); }
  const TokenProblem& problem() const { return problem_; }
  void start(std::uint32_t step) { step_ = step; }
  // Returns rows first .. first + rows - 1 of the batch. Several threads may call it at the same
  // time. A token of xt is that of the data row if a uniform number, drawn for this token, is below
  // kappa at the row's time. Otherwise it is that of the source row. Fails on rows that the batch
  // does not have.
  TokenSample chunk(Tape& tape, int first, int rows) const;

 private:
  TokenProblem problem_;
  int rows_;
  std::uint64_t seed_;
  std::uint32_t step_ = 0;
};

}  // namespace pushforward::inline PF_REAL
