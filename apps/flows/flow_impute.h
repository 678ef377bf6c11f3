// Fills missing numbers of points with draws from their distribution under a run's flow, given the
// known numbers, for `pushforward impute`, `pushforward sample --given`, and trainings on tables with
// missing cells.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "apps/data/data.h"
#include "apps/flows/answers.h"
#include "apps/flows/run_flow.h"
#include "autograd/tensor/rng.h"
#include "autograd/tensor/workers.h"
#include "flow/solve/impute.h"

namespace pushforward::app::inline PF_REAL {

// Documented at `impute` of Engine (apps/engine/engine.h).
Imputed impute_points(const Config& config, const ImputeRequest& request, const NdArray& points);

// Throws Failure (exit 2) "[what] ..." unless the path of the config is a Markov chain from data to
// standard normal noise, as impute_points needs.
void check_imputes(const Section& config, const std::string& what);

// Returns the options for filling points of the flow in this many steps. They have no labels.
ImputeOptions impute_options(const RunFlow& flow, int steps, int particles);

// Writes row `row` (D) of the flow's table as a point of the flow (E), before its units. Missing
// numbers are NaN, and so are their code columns. Known whole numbers and angles have the noise of
// row `number` of the stream.
void encode_incomplete(const RunFlow& flow, std::span<const double> row, Stream stream,
                       std::uint32_t number, std::span<double> out);

// Draws the missing cells of a table again and again while a flow is trained on it: Monte Carlo EM.
//
// A flow can only be trained on complete rows, since its network sees all columns of xt. So missing
// cells are drawn. At first a complete row of the same class, chosen at random, stands in for each
// incomplete one; if there is none, each missing cell is a known cell of its column, drawn
// independently of the row. After a fifth of the steps, and then every `every` steps, all missing cells
// are drawn from the distribution of the present flow given the
// known cells of the row (flow/solve/impute.h), and the training goes on with these. A flow that
// learns p(x) exactly and draws exactly makes this the stochastic EM algorithm (Celeux and Diebolt
// 1985; Wei and Tanner 1990), whose fixed point maximises the likelihood of the known cells. It needs
// cells that are missing at random: whether a cell is missing may depend on known cells of the row,
// but not on the missing ones (Rubin 1976).
class MissingFill {
 public:
  // `labels` are what the field is given for each row: its class or its number in the table of
  // conditions. They are empty if it is given nothing. Throws Failure (exit 2) if the path of the
  // config allows no draws (check_imputes).
  MissingFill(const Config& config, IncompleteRows rows, TableCodePtr code,
              std::vector<int> labels);

  std::size_t missing() const { return missing_; }  // cells
  std::int64_t every() const { return every_; }
  // Returns whether the cells are to be drawn before step `step` (from 0), and were not yet.
  bool due(std::int64_t step) const {
    return step >= first_ && step % every_ == 0 && step != filled_at_;
  }
  // Draws the cells by the flow. The draws depend on the seed and the step alone. Throws
  // SamplingInterrupted after a signal; no cell has changed then. Throws IntegrationFailure if the
  // flow gives a number that is not finite.
  void fill(RunFlow flow, std::int64_t step, std::uint64_t seed, Workers& workers);

  // `state` returns the step of the last draws and the drawn cells as text, with all of their
  // digits; `restore` takes it back. It throws Failure (exit 4), naming `file`, if it does not fit.
  std::string state() const;
  void restore(const std::string& state, const std::string& file);

 private:
  void put(const std::vector<double>& cells);
  void put_complete_rows(std::uint64_t seed);

  IncompleteRows rows_;
  TableCodePtr code_;
  std::vector<int> labels_;
  std::vector<std::size_t> incomplete_;  // the numbers of the rows with missing cells
  std::vector<double> cells_;            // the values of the missing cells, row by row
  std::size_t missing_ = 0;
  std::int64_t every_ = 1, first_ = 1, filled_at_ = 0;
};

}  // namespace pushforward::app::inline PF_REAL
