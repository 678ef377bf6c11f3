// The requests of the verbs: the options of the command line as types of the standard library. The
// engine (apps/engine/engine.h) and the functions of apps/from_config take a request and a config.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pushforward::app {

class Lead;      // apps/ranks/lead.h
class RowRanks;  // apps/ranks/rows.h

// The options of `pushforward train`.
struct TrainRequest {
  std::string out;  // the run folder; empty: a folder below /output/dir with the config's name
  bool resume = false, overwrite = false;
  bool quiet = false, json = false;
  std::optional<int> threads;             // replaces /train/threads
  std::optional<std::int64_t> max_steps;  // stop after this step, with a checkpoint
  std::vector<std::string> arguments;     // the whole command line, for env.json
  Lead* lead = nullptr;  // the processes that share the training; null: only this one
};

// Selects the velocity field of a run, and the number of threads (0: all).
struct RunRequest {
  std::string run;
  bool raw = false;    // use the network's weights instead of their moving average
  bool exact = false;  // use the exact field instead of the network; the run's data must be a
                       // mixture or a finite set
  int threads = 0;
  std::optional<int> label;  // the class of all samples; empty: drawn by the data's class shares
  std::optional<std::string> label_text;  // a given label that is no number; `label` is -1 then
  std::optional<std::string> label_word;  // any given label, as text, until its class is known
  std::string class_name;                 // the name of the class, if it has one
  std::optional<double> guidance;         // replaces /sampler/guidance/scale
  // For a run with conditions, the conditions (n, C) of its rows, as values of their columns before
  // encoding. If empty, rows have no conditions. Row k has conditions number k / rows_each.
  std::vector<double> conditions{};
  std::string condition_text{};  // the text of --condition that gave them, or empty
  int rows_each = 1;
  // The processes that share the rows of the request; null: only this one. Then only process 0 gets
  // the results of `sample`, `sample_blocks`, `vary`, `log_density` and `evaluate` (apps/engine/engine.h).
  RowRanks* ranks = nullptr;
};

// Says how a run's flow is solved. Options that are set replace those of the config's /sampler.
struct SolverRequest : RunRequest {
  std::uint64_t seed = 0;
  std::optional<std::string> solver;
  std::optional<int> steps;
  std::optional<double> rtol, atol;
  std::optional<double> temperature, top_p;  // only for tokens
  std::optional<double> begin;               // replaces /sampler/begin
};

// Says how the divergence of a flow is computed.
struct DivergenceRequest {
  std::string by =
      "auto";  // exact, rademacher, gaussian or auto, which is exact up to 16 dimensions
  std::optional<int> probes;  // random vectors per estimate; empty: kUsualProbes of the engine
};

// The options of `pushforward sample`.
struct SampleRequest : SolverRequest {
  int n = 1000;
  int times = 0;  // number of evenly spaced times of a trajectory, with both ends; 0: none
  bool log_density = false;
  bool labels = false;            // also return labels; an error if the network takes no labels
  bool tokens = false;            // for quantized data: return tokens instead of points
  std::string given;              // the fixed tokens of each sample, in their places; empty: none
  std::string free = "_";         // marks the positions of `given` that are not fixed
  std::vector<int> row_labels{};  // for samples from given rows: the class of each, or empty
  DivergenceRequest divergence;
};

// The options of `pushforward loglik`. For points (N, D) it computes ln p in the data's units, so p
// is a density per unit volume in these units. For tokens (N, L) it computes a bound on ln P.
// Points of quantized data are converted to tokens.
struct DensityRequest : SolverRequest {
  DivergenceRequest divergence;
  bool seed_given = false;        // the user gave a seed, an error if nothing is random
  bool gradient = false;          // also compute the score, the gradient with respect to the points
  bool tokens = false;            // for quantized data: the input is tokens instead of points
  std::vector<int> row_labels{};  // the class of each point; empty: that of `label`, or none
};

// The options of `pushforward eval`, which compares `n` samples with `n` new data points.
struct EvaluateRequest : SolverRequest {
  std::optional<int> n;
  DivergenceRequest divergence;
  std::string scale = "none";  // the units of distances (apps/report/comparison.h)
};

// The options of `pushforward impute`, which draws missing numbers from their distribution given the
// known numbers of the row (flow/solve/impute.h).
struct ImputeRequest : RunRequest {
  std::uint64_t seed = 0;
  int n = 1;                      // draws for each row
  int steps = 100;                // steps from noise to data
  int particles = 64;             // particles for each draw
  std::vector<int> row_labels{};  // the class of each row; empty: that of `label`, or none
  // What is asked, for messages: "impute" for the verb, or "given" for `sample --given`.
  std::string what = "impute";
};

// Asks for pairs of a training batch, each a point of the source and one of the data, for the
// pictures of couplings and paths.
struct PairRequest : RunRequest {
  std::uint64_t seed = 0;
  int n = 100;
  bool independent = false;  // pair source and data independently instead of by the run's coupling
  int times = 0;             // number of times on each pair's path; 0: only the pairs
};

// The options of `pushforward plot`, which draws pictures of a run from `n` samples.
struct PlotRequest : SolverRequest {
  std::string out;                // the folder of the pictures; empty: RUN/plots
  std::vector<std::string> only;  // the names of pictures; empty: all that the run has
  std::string drop;               // columns of a table that are left out, as --drop has them
  int n = 4000;
  bool marks = false;  // also write the dots, lines and cells that are drawn, as JSON
};

}  // namespace pushforward::app
