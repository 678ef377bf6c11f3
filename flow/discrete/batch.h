// A training batch of token sequences, drawn chunk by chunk:
// source and data rows, times, and the mixture between them.
#pragma once

#include "flow/discrete/path.h"
#include "flow/field.h"
#include "flow/train/time_distribution.h"

namespace pushforward::inline PF_REAL {

// What a discrete flow is trained to do.
struct TokenProblem {
  TokenDistributionPtr data;
  SourceKind source_kind = SourceKind::mask;
  TokenDistributionPtr source{};  // of SourceKind::data only
  bool paired = false;  // SourceKind::data: row k of both is the same row of two tables of one size
  Kappa kappa = linear_kappa();
  TimeDistribution time = uniform_time();
  bool labelled = false;     // samples carry the labels of their data rows
  double label_dropout = 0;  // probability that a row's label is left out

  // The path that these make; fails without data.
  TokenPath path() const;
};

// A chunk of rows on a path: t (B, 1), a constant of its
// tape, and states and tokens (B, L) in the tape's arena.
struct TokenSample {
  Var t;
  std::span<const int> xt, x1;
  int length = 0;
  Labels labels{};
};

// Batches of one problem: row k of step s depends on (seed,
// s, k) alone. After construction it allocates nothing.
class TokenBatch {
 public:
  // Fails where data and source disagree in length or vocabulary; where a source of kind data is
  // missing, or another kind has one; where paired rows are not of two tables of one size and the
  // same weights; where labels are asked of data without classes; and on a label_dropout that is no
  // probability.
  TokenBatch(TokenProblem problem, int rows, std::uint64_t seed);

  int rows() const { return rows_; }
  int length() const { return problem_.data->length(); }
  const TokenProblem& problem() const { return problem_; }
  void start(std::uint32_t step) { step_ = step; }
  // Rows first .. first + rows - 1 of the batch; several threads may ask at a time. Token l of row
  // k is the data's where a uniform number of its own is below kappa(t of row k).
  TokenSample chunk(Tape& tape, int first, int rows) const;

 private:
  TokenProblem problem_;
  int rows_;
  std::uint64_t seed_;
  std::uint32_t step_ = 0;
};

}  // namespace pushforward::inline PF_REAL
