// The engine: a table of functions that answer requests (apps/requests.h), one for float32 and one
// for float64. The functions of the two tables return plain values of the same types.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/flows/answers.h"
#include "apps/formats/npy.h"
#include "apps/report/estimate.h"
#include "apps/requests.h"
#include "apps/run/table_code.h"
#include "apps/run/token_traits.h"
#include "nn/training/ranks.h"

namespace pushforward::app {

// The table of the engine's functions. Points and velocities are in the data's units
// (docs/config.md), and the arrays that the functions return have the names of the data's columns.
// If a given array has column names, its columns are matched by name.
struct Engine {
  int (*train)(const Config&, const TrainRequest&);
  // Takes the steps of a training that process 0 of a group leads (apps/ranks/lead.h), until
  // it ends. `threads` = 0 uses all cores.
  void (*follow)(const Config&, Ranks&, int threads);
  Samples (*sample)(const Config&, const SampleRequest&);
  // Draws the samples of `sample`, bit for bit, in blocks of at most kBlockRows, and calls
  // take(block) for each, so that memory does not grow with request.n. A block has `points`,
  // `labels` and `class_column`. Returns the rest: cost and notes. It is for continuous data without
  // conditions. Trajectories and log-densities are not drawn.
  Samples (*sample_blocks)(const Config&, const SampleRequest&, const TakeSamples& take);
  // Samples variations of points (N, D): sample k takes point k mod N to the time request.begin on the
  // path, alpha x1 + sigma x0 with x0 from the source, and follows the flow from there. Throws Failure
  // (exit 2) if the source is no noise, or if x0 depends on x1 in the run's coupling.
  Samples (*vary)(const Config&, const SampleRequest&, const NdArray& points);
  // Returns the traits of a run's tokens: length, vocabulary and how they are written as text.
  TokenTraits (*token_traits)(const Config&, const RunRequest&);
  // Converts lines of text to sequences of the run's tokens, (N, L). Errors name `file`.
  NdArray (*count_tokens)(const Config&, const RunRequest&, const std::vector<std::string>& lines,
                          const std::string& file);
  // Returns the velocity at points, (N, D). Here and in log_density, encode, decode and
  // interpolate, rows without a finite result are NaN, and a note says how many there are.
  Moved (*velocity)(const Config&, const RunRequest&, const NdArray& points, double t);
  // Computes the same numbers, bit for bit, block by block, as log_density_blocks does, for the same runs.
  // Returns notes without points.
  Moved (*velocity_blocks)(const Config&, const RunRequest&, double t, const NdArray& table,
                           const NextPoints& next, const TakeRows& take);
  Densities (*log_density)(const Config&, const DensityRequest&, const NdArray& points);
  // Computes the same numbers, bit for bit, of points that next(rows) returns block by block, and
  // calls take(block) for each, so that memory does not grow with the number of rows. `table` is the
  // table of points without its numbers. Returns the rest: cost and notes. It is for continuous data
  // without conditions, whose columns are not encoded, in flat space. Gradients are not computed.
  Densities (*log_density_blocks)(const Config&, const DensityRequest&, const NdArray& table,
                                  const NextPoints& next, const TakeDensities& take);
  // `encode` maps points (N, D) to their latents x0 (N, D), in the units of the source's data.
  // `decode` maps latents to points.
  Moved (*encode)(const Config&, const SolverRequest&, const NdArray& points);
  Moved (*decode)(const Config&, const SolverRequest&, const NdArray& latents);
  // They do the same, bit for bit, to points that next(rows) returns block by block, as
  // log_density_blocks does, for the same runs. Return notes without points.
  Moved (*encode_blocks)(const Config&, const SolverRequest&, const NdArray& table,
                         const NextPoints& next, const TakeRows& take);
  Moved (*decode_blocks)(const Config&, const SolverRequest&, const NdArray& table,
                         const NextPoints& next, const TakeRows& take);
  // Interpolates from points a (N, D) to points b (N, D) through their latents: along a great
  // circle if the source is Gaussian and `linear` is false, else along a line. Returns (count, N,
  // D).
  Moved (*interpolate)(const Config&, const SolverRequest&, const NdArray& a, const NdArray& b,
                       int count, bool linear);
  // Fills the numbers of points (N, D) that are NaN. Throws Failure (exit 2) if the flow's source,
  // coupling or path do not allow it.
  Imputed (*impute)(const Config&, const ImputeRequest&, const NdArray& points);
  // Measures a trained run. Returns a JSON object with a number for the name of each measure, such
  // as distances between samples and data.
  Json (*evaluate)(const Config&, const EvaluateRequest&);
  NdArray (*data)(const Config&, int n, std::uint64_t seed);
  // The same rows of continuous data in blocks of at most kBlockRows: calls take(block) for each.
  void (*data_blocks)(const Config&, int n, std::uint64_t seed, const TakeRows& take);
  // Returns the first n rows of token data as text. For quantized data, the text is the numbers of
  // the tokens.
  std::vector<std::string> (*data_text)(const Config&, int n, std::uint64_t seed);
  // Returns the classes of the first n rows of the data: (n), or (0) if the data has no classes.
  NdArray (*data_labels)(const Config&, int n, std::uint64_t seed);
  // Returns all rows of continuous data if it is a finite set of at most n rows, else n drawn rows.
  DataRows (*rows)(const Config&, int n, std::uint64_t seed);
  // Returns the data's log-density at points (N, D), per unit of volume in the data's units: (N),
  // or (0) if the density has no closed form.
  NdArray (*data_log_density)(const Config&, const NdArray& points);
  // Draws the first pairs (x0, x1) of a batch of continuous data as the training does, but without
  // the noise that /path/noise adds. Throws Failure (exit 2) if the batch has no row of the
  // requested class.
  BatchPairs (*pairs)(const Config&, const PairRequest&);
  // Prints the tape of one training step. `format` is text, dot, json or trace. If `run` is a run's
  // folder, random rows take the place of the run's data.
  void (*inspect)(const Config&, const std::string& run, const std::string& format, std::ostream&);
};

// Returns the engine for the precision (float32 or float64) that the config chooses.
const Engine& engine_of(const Config& config);

}  // namespace pushforward::app
