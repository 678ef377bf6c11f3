// What the engine answers the requests (apps/requests.h) in plain tables, and the table of
// functions that do so: float32 and float64 stand behind one type.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/formats/npy.h"
#include "apps/requests.h"
#include "apps/run/token_traits.h"

namespace pushforward::app {

// Samples (n, D) in data units, the trajectory (times, n, D) and ln p (n) if they were asked for,
// the labels (n) of a conditional run, and what it cost. Of tokens: (n, L) and (times, n, L) whole
// numbers, but for quantized data's points, and each sample as text.
struct Samples {
  NdArray points, trajectory, log_density, labels;
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

// ln p of each point, and what it cost; of tokens an estimate of a bound on ln P.
struct Densities {
  NdArray log_density;      // (N)
  NdArray gradient;         // (N, D) if it was asked for, per unit of the data's
  double end = 1;           // the time on the path that was solved from
  std::size_t outside = 0;  // points of quantized data with numbers outside the levels
  // A bound's estimate has no finite spread: of tokens from rows of data.
  bool spread_unbounded = false;
  double nfe_mean = 0;
  double seconds = 0;
  // Rows whose ln p could not be computed, which are NaN, and the words about the first of them.
  std::size_t failed = 0;
  std::vector<std::string> notes{};  // what to say of them, a line each
};

// Rows of data (n, D) and their classes (n), (0) where there are none.
struct DataRows {
  NdArray points, labels;
};

// All points are given and returned in the data's units; velocities move them in these.
struct Engine {
  int (*train)(const Config&, const TrainRequest&);
  Samples (*sample)(const Config&, const SampleRequest&);
  // What the tokens of a run are.
  TokenTraits (*token_traits)(const Config&, const RunRequest&);
  // Lines of the text in `file`, for messages, as sequences of the run's tokens, (N, L).
  NdArray (*count_tokens)(const Config&, const RunRequest&, const std::vector<std::string>& lines,
                          const std::string& file);
  // The velocity at points (N, D). Rows that have none, or that cannot be solved, are NaN, here and
  // below; the notes say how many.
  Moved (*velocity)(const Config&, const RunRequest&, const NdArray& points, double t);
  Densities (*log_density)(const Config&, const DensityRequest&, const NdArray& points);
  // Points (N, D) to their latents x0 (N, D), in the source's units, and latents to points.
  Moved (*encode)(const Config&, const SolverRequest&, const NdArray& points);
  Moved (*decode)(const Config&, const SolverRequest&, const NdArray& latents);
  // (count, N, D): from points a (N, D) to points b (N, D) through their latents.
  // Latents are blended along the great circle where they are standard normal, unless `linear`.
  Moved (*interpolate)(const Config&, const SolverRequest&, const NdArray& a, const NdArray& b,
                       int count, bool linear);
  // One object of named measures.
  Json (*evaluate)(const Config&, const EvaluateRequest&);
  NdArray (*data)(const Config&, int n, std::uint64_t seed);
  // The first n rows of token data as text; of quantized data the tokens themselves.
  std::vector<std::string> (*data_text)(const Config&, int n, std::uint64_t seed);
  // The classes (n) of these same rows; (0) where the data has none.
  NdArray (*data_labels)(const Config&, int n, std::uint64_t seed);
  // All rows of a finite set of continuous data where they are no more than n, else n drawn.
  DataRows (*rows)(const Config&, int n, std::uint64_t seed);
  // ln p (N) of the data's own distribution at points (N, D), per unit of the data's volume; (0)
  // where the distribution has no density in closed form.
  NdArray (*data_log_density)(const Config&, const NdArray& points);
  // One training step's tape: format text, dot, json or trace.
  void (*inspect)(const Config&, const std::string& format, std::ostream&);
};

// The engine of the config's /precision.
const Engine& engine_of(const Config& config);

}  // namespace pushforward::app
