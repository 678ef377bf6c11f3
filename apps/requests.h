// What the verbs ask for, in types of the standard library alone: what the command line says beside
// a run's config. The engine answers (apps/engine/engine.h), and what is built from a config heeds
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pushforward::app {

// `pushforward train`: what the command line adds to the config.
struct TrainRequest {
  std::string out;  // the run folder; empty: named after the config below /output/dir
  bool resume = false, overwrite = false;
  bool quiet = false, json = false;
  std::optional<int> threads;             // instead of /train/threads
  std::optional<std::int64_t> max_steps;  // stop after this step, with a checkpoint
  std::vector<std::string> arguments;     // the whole command line, for env.json
};

// Which field of a run, and on how many threads (0: all).
struct RunRequest {
  std::string run;
  bool raw = false;    // the weights themselves, not their average
  bool exact = false;  // no network: the exact field of the run's data, where it is a mixture or a
                       // finite set
  int threads = 0;
  std::optional<int> label;        // one class; else each sample's is drawn by the data's shares
  std::optional<double> guidance;  // instead of /sampler/guidance/scale
};

// How a run's flow is solved: what differs from its /sampler.
struct SolverRequest : RunRequest {
  std::uint64_t seed = 0;
  std::optional<std::string> solver;
  std::optional<int> steps;
  std::optional<double> rtol, atol;
  std::optional<double> temperature, top_p;  // of tokens
};

// How the divergence of a flow is found; probes 0: exactly, whatever `by` says.
struct DivergenceRequest {
  std::string by = "auto";  // exact, rademacher, gaussian; auto: exact up to 16 dimensions
  int probes = 1;
};

// `pushforward sample`.
struct SampleRequest : SolverRequest {
  int n = 1000;
  int times = 0;  // how many equal times to keep a trajectory at, both ends included; 0: none
  bool log_density = false;
  bool labels = false;     // they are wanted: a usage error where the field sees none
  bool tokens = false;     // of quantized data: tokens are wanted, not points
  std::string given;       // tokens that stay as they are; empty: none
  std::string free = "_";  // marks the places in `given` where the sampler is free
  DivergenceRequest divergence;
};

// `pushforward loglik`: ln p of points (N, D) in data units, per unit of the data's volume; of
// tokens (N, L) a bound on ln P. Points of quantized data stand for their tokens.
struct DensityRequest : SolverRequest {
  DivergenceRequest divergence;
  bool gradient = false;  // also the score, the gradient in the points
  bool tokens = false;    // of quantized data: tokens are given, not points
};

// `pushforward eval`: what is measured of a run. `n` samples against as many fresh data points.
struct EvaluateRequest : SolverRequest {
  std::optional<int> n;
  DivergenceRequest divergence;
};

// `pushforward plot`: which pictures of a run, drawn from `n` samples.
struct PlotRequest : RunRequest {
  std::string out;                // the folder they go to; empty: RUN/plots
  std::vector<std::string> only;  // the names of pictures; empty: all that the run has
  int n = 4000;
  std::uint64_t seed = 0;
};

}  // namespace pushforward::app
