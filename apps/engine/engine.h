// The engine: a table of functions that answer requests (apps/requests.h) with plain tables. It has
// the same type for float32 and float64.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/formats/npy.h"
#include "apps/report/estimate.h"
#include "apps/requests.h"
#include "apps/run/token_traits.h"

namespace pushforward::app {

// How log-densities were estimated, if they were: by Hutchinson's estimate of the divergence, or at
// random times and states for a bound on tokens.
struct EstimateOf {
  std::string by;  // "rademacher", "gaussian" or "bound"; empty if exact
  int draws = 0;   // random vectors or times per row
  NdArray error;   // (N), the standard error of each row from these draws; NaN if unknown

  double row() const;   // the root mean square over rows; NaN if unknown
  double mean() const;  // of the mean over rows
  EstimateWords words() const { return {by, draws, row(), mean()}; }
};

// Samples (n, D) in data units, the trajectory (times, n, D) and ln p (n) if requested, the labels
// (n) of a conditional run, and the cost. For tokens, samples (n, L) and trajectory (times, n, L)
// are whole numbers, and `text` has each sample as text. Quantized data gives points instead,
// unless tokens are requested.
struct Samples {
  NdArray points, trajectory, log_density, labels;
  EstimateOf estimate;  // of log_density
  std::vector<std::string> text;
  std::vector<double> times;  // of the trajectory
  double nfe_mean = 0;        // evaluations of the field for one sample
  std::int64_t nfe_max = 0;
  double seconds = 0;
  std::vector<std::string> notes{};  // what to say of the samples, a line each
};

// Points that were moved, or their velocities, and what to say of them, a line each.
struct Moved {
  NdArray points;
  std::vector<std::string> notes{};
};

// ln p of each point, or for tokens an estimate of a bound on ln P, and the cost.
struct Densities {
  NdArray log_density;  // (N)
  NdArray gradient;     // (N, D) if requested: d ln p / dx, in the data's units
  EstimateOf estimate;
  double end = 1;           // the time from which the solver started
  std::size_t outside = 0;  // points of quantized data with numbers outside the levels
  // True for tokens if the source is rows of data: the variance of the estimate may be infinite.
  bool spread_unbounded = false;
  double nfe_mean = 0;
  double seconds = 0;
  // Rows whose ln p could not be computed, which are NaN, and the words about the first of them.
  std::size_t failed = 0;
  std::vector<std::string> notes{};  // what to say of them, a line each
};

// Rows of data (n, D) and their classes: (n), or (0) if there are none.
struct DataRows {
  NdArray points, labels;
};

// The first pairs of a training batch: x0 (n, D) from the source beside x1 (n, D) from the data, and
// if requested their paths (times, n, D): the conditional ones between the two ends, and those of the
// run's field from the same starts. All are in the data's units.
struct BatchPairs {
  NdArray x0, x1, conditional, marginal;
  std::vector<double> times;
};

// Points and velocities are in the data's units (docs/config.md), and tables have the names of the
// data's columns. Given tables with names are matched by name.
struct Engine {
  int (*train)(const Config&, const TrainRequest&);
  Samples (*sample)(const Config&, const SampleRequest&);
  // Returns the traits of a run's tokens.
  TokenTraits (*token_traits)(const Config&, const RunRequest&);
  // Converts lines of text to sequences of the run's tokens, (N, L). `file` is named in errors.
  NdArray (*count_tokens)(const Config&, const RunRequest&, const std::vector<std::string>& lines,
                          const std::string& file);
  // Returns the velocity at points, (N, D). Here and below, rows without a finite result are NaN,
  // and a note says how many they are.
  Moved (*velocity)(const Config&, const RunRequest&, const NdArray& points, double t);
  Densities (*log_density)(const Config&, const DensityRequest&, const NdArray& points);
  // Map points (N, D) to their latents x0 (N, D), in the units of the source's data, and back.
  Moved (*encode)(const Config&, const SolverRequest&, const NdArray& points);
  Moved (*decode)(const Config&, const SolverRequest&, const NdArray& latents);
  // Interpolates from points a (N, D) to points b (N, D) through their latents, along the great
  // circle if the latents are Gaussian and `linear` is false.
  // Returns (count, N, D).
  Moved (*interpolate)(const Config&, const SolverRequest&, const NdArray& a, const NdArray& b,
                       int count, bool linear);
  // Returns an object of named measures.
  Json (*evaluate)(const Config&, const EvaluateRequest&);
  NdArray (*data)(const Config&, int n, std::uint64_t seed);
  // Returns the first n rows of token data as text. Quantized data gives the numbers of its tokens.
  std::vector<std::string> (*data_text)(const Config&, int n, std::uint64_t seed);
  // Returns the classes of these rows: (n), or (0) if the data has none.
  NdArray (*data_labels)(const Config&, int n, std::uint64_t seed);
  // Returns all rows of continuous data that is a finite set of at most n rows, else n drawn rows.
  DataRows (*rows)(const Config&, int n, std::uint64_t seed);
  // Returns ln p of the data's distribution at points (N, D), per unit of the data's volume: (N),
  // or (0) if the distribution has no density in closed form.
  NdArray (*data_log_density)(const Config&, const NdArray& points);
  // Draws the pairs of a batch of continuous data as the training does, without the noise of a path.
  // Throws Failure (exit 2) if the batch has no row of the requested class.
  BatchPairs (*pairs)(const Config&, const PairRequest&);
  // Prints the tape of one training step. The format is text, dot, json or trace. If the folder of a
  // run is given, random rows stand in for its data.
  void (*inspect)(const Config&, const std::string& run, const std::string& format, std::ostream&);
};

// Returns the engine of the config's /precision.
const Engine& engine_of(const Config& config);

}  // namespace pushforward::app
