// Types that samplers of points and samplers of tokens share: the random stream of their rows,
// their cost, and the two exceptions that end sampling early. Nothing here depends on `real`.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "autograd/tensor/rng.h"

namespace pushforward {

// Returns the random stream from which sample rows are drawn. No training step uses the step number
// of this stream.
constexpr Stream sample_stream(std::uint64_t seed) { return {seed, Purpose::noise, 0xffffffff}; }

// The cost of sampling one row, that is, one sample.
struct RowCost {
  int evaluations = 0;  // evaluations of the right-hand side
  int steps = 0;        // accepted steps
  int rejected = 0;
};

// The cost of sampling, over all requested rows.
struct SampleCost {
  std::int64_t rows = 0;
  std::int64_t evaluations = 0, steps = 0, rejected = 0;  // summed over rows
  int min_evaluations = 0, max_evaluations = 0;           // the least and the most of any row
  double mean() const {
    return rows ? static_cast<double>(evaluations) / static_cast<double>(rows) : 0;
  }

  void add(const RowCost& row);
  void add(const SampleCost& other);
};

// Thrown when an integration cannot continue. Holds the sample, the number
// of its step, and the time.
struct IntegrationFailure : std::runtime_error {
  IntegrationFailure(const std::string& text, int failed_sample, int failed_step, double at)
      : std::runtime_error(text), sample(failed_sample), step(failed_step), t(at) {}
  int sample, step;
  double t;
};

// The samples (rows) that could not be integrated, if the caller asked the sampler to continue
// without them.
struct RowFailures {
  int count = 0;
  int first = -1;        // the first such sample; -1: none
  std::string why = {};  // the text that IntegrationFailure would have

  void add(const RowFailures& other);
};

// Thrown when the caller's `interrupted` returns true.
struct SamplingInterrupted : std::runtime_error {
  SamplingInterrupted()
      : std::runtime_error("[interrupted] stopped before the end; nothing was written") {}
};

}  // namespace pushforward
