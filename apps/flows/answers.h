// The answers of the engine's functions: plain values, the same in both precisions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/formats/npy.h"
#include "apps/report/estimate.h"
#include "apps/requests.h"
#include "apps/run/table_code.h"
#include "apps/run/token_traits.h"

namespace pushforward::app {

// The random estimate behind log-densities, if they are not exact: Hutchinson's estimate of the
// divergence, or for tokens a bound estimated at random times and states.
struct EstimateOf {
  std::string by;          // "rademacher", "gaussian" or "bound"; empty if exact
  int draws = 0;           // random vectors or times per row
  NdArray error;           // (N), standard error of each row over these draws; NaN if unknown
  double smoothed_to = 1;  // EstimateWords::smoothed_to

  EstimateWords words() const;
};

// The standard errors of rows, added up. Rows of unknown error, NaN, do not count.
class ErrorSum {
 public:
  void add(const std::vector<double>& errors);
  double row() const;   // root mean square of the rows' standard errors; NaN if unknown
  double mean() const;  // standard error of the mean over all rows

 private:
  double square_ = 0, known_ = 0;
};

// Samples (n, D) in the data's units and the cost of drawing them. If requested, also the
// trajectory (times, n, D) and ln p (n); for a conditional run, the labels (n). For tokens, samples
// (n, L) and trajectory (times, n, L) are whole numbers, and `text` has each sample as text.
// Quantized data gives points instead of tokens, unless tokens are requested.
struct Samples {
  NdArray points, trajectory, log_density, labels;
  EstimateOf estimate;  // the estimate behind log_density
  std::vector<std::string> text;
  std::vector<double> times;  // the times of the trajectory
  double nfe_mean = 0;        // evaluations of the field for one sample
  std::int64_t nfe_max = 0;
  double seconds = 0;
  std::vector<std::string> notes{};           // remarks about the samples, one line each
  std::optional<ClassColumn> class_column{};  // the column of the table that has `labels`
  std::vector<double> conditions{};           // (n, C), of a run with conditions
};

// Takes a block of samples. The blocks come in order.
using TakeSamples = std::function<void(const Samples& block)>;

// Points that were moved along the flow, or velocities at given points, and remarks about them, one
// line each.
struct Moved {
  NdArray points;
  std::vector<std::string> notes{};
};

// ln p of each point (for tokens an estimate of a bound on ln P of each sequence) and the cost of
// computing it.
struct Densities {
  NdArray log_density;  // (N)
  NdArray gradient;     // (N, D) if requested: d ln p / dx, in the data's units
  EstimateOf estimate;
  double end = 1;           // the time from which the solver went back to the source
  std::size_t outside = 0;  // points of quantized data with numbers outside the levels
  // True for tokens whose source is a data set and not masks or uniform tokens. The variance of the
  // estimate may then be infinite.
  bool spread_unbounded = false;
  // For an encoded table, says for which columns ln p is exact or a bound; "" if exact for all.
  std::string of_columns{};
  double nfe_mean = 0;
  double seconds = 0;
  // The number of rows whose ln p could not be computed and is NaN. `notes` describes the first of
  // these rows.
  std::size_t failed = 0;
  std::vector<std::string> notes{};  // remarks about the failed rows, one line each
};

// Returns the next rows of a table of points that is read block by block, at most `rows` of them.
using NextPoints = std::function<NdArray(std::size_t rows)>;

// Takes `log_density` and `estimate` of a block of rows. The blocks come in order.
using TakeDensities = std::function<void(const Densities& block)>;

// Rows with their missing numbers filled, (rows * n, D): the n draws of a row follow one another.
// If the effective number of particles (flow/solve/impute.h) is small, the draws may be inaccurate.
struct Imputed {
  NdArray points;
  std::size_t missing = 0, incomplete = 0;  // missing numbers, and rows that have some
  double mean_effective = 0, least_effective = 0;
  double evaluations = 0;  // of the field: a call with n rows counts as n
  double seconds = 0;
  std::vector<std::string> notes{};  // remarks about the draws, one line each
};

// Rows of data (n, D) and their classes: (n), or (0) if there are none.
struct DataRows {
  NdArray points, labels;
  std::vector<double> conditions{};  // of all rows (n, C) of a finite set, if its table has some
};

// The first pairs of a training batch: x0 (n, D) from the source beside x1 (n, D) from the data. If
// requested, also paths (times, n, D): the conditional paths between x0 and x1, and the paths of
// the run's velocity field from the same x0. All are in the data's units.
struct BatchPairs {
  NdArray x0, x1, conditional, marginal;
  std::vector<double> times;
};

// The rows of a block of samples or data.
constexpr int kBlockRows = 1 << 17;

// Takes a block of rows (n, D). The blocks come in order.
using TakeRows = std::function<void(const NdArray& block)>;

}  // namespace pushforward::app
