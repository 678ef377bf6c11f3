// A training batch of token sequences, drawn chunk by chunk (a chunk is a range of rows, one
// sequence each): source and data rows, times, and states on the path between source and data.
#pragma once

#include "flow/discrete/path.h"
#include "flow/field.h"
#include "flow/train/time_distribution.h"

namespace pushforward::inline PF_REAL {

// The training problem of a discrete flow, which takes sequences of tokens from a source to data.
struct TokenProblem {
  TokenDistributionPtr data;
  SourceKind source_kind = SourceKind::mask;
  TokenDistributionPtr source{};  // used by SourceKind::data only
  // If true, row k of the source is paired with row k of the data; source and data must be tables
  // of equal size. Used for SourceKind::data only.
  bool paired = false;
  Kappa kappa = linear_kappa();
  TimeDistribution time = uniform_time();
  bool labelled = false;     // samples have the labels of their data rows
  double label_dropout = 0;  // the probability that a row's label is dropped

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
  // Makes batches of `rows` rows. Fails when data and source differ in length or vocabulary; when
  // SourceKind::data has no source, or another kind has one; when paired rows are not of two tables
  // of equal size and equal weights; when labels are requested of data without classes; and when
  // label_dropout is not in [0, 1].
  TokenBatch(TokenProblem problem, int rows, std::uint64_t seed);

  int rows() const { return rows_; }
  int length() const { return problem_.data->length(); }
  const TokenProblem& problem() const { return problem_; }
  void start(std::uint32_t step) { step_ = step; }
  // Returns rows first .. first + rows - 1 of the batch. Several threads may call it at the same
  // time. Each token of xt is the data's if a uniform number, drawn for this token, is below kappa
  // at its row's time, and the source's otherwise. Fails on rows that the batch does not have.
  TokenSample chunk(Tape& tape, int first, int rows) const;

 private:
  TokenProblem problem_;
  int rows_;
  std::uint64_t seed_;
  std::uint32_t step_ = 0;
};

}  // namespace pushforward::inline PF_REAL
