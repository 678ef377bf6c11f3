// What the program asks of the engine, in plain data, so that float32 and float64 stand behind one
// table.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "apps/config.h"
#include "apps/npy.h"

namespace pushforward {

// `pushforward train`: what the command line adds to the config.
struct TrainRequest {
  std::string out;  // the run folder; empty: named after the config below /output/dir
  bool resume = false, overwrite = false;
  bool quiet = false, json = false;
  std::optional<int> threads;             // instead of /train/threads
  std::optional<std::int64_t> max_steps;  // stop after this step, with a checkpoint
  std::vector<std::string> arguments;     // the whole command line, for env.json
};

// Which weights of a run, and on how many threads (0: all).
struct RunRequest {
  std::string run;
  bool raw = false;  // the weights themselves, not their average
  int threads = 0;
};

// `pushforward sample`: what differs from the run's /sampler.
struct SampleRequest : RunRequest {
  int n = 1000;
  std::uint64_t seed = 0;
  std::optional<std::string> solver;
  std::optional<int> steps;
  std::optional<double> rtol, atol;
  int times = 0;  // how many equal times to keep a trajectory at, both ends included; 0: none
};

// Samples (n, D) in data units, the trajectory (times, n, D) if one was asked for, and what it
// cost.
struct Samples {
  NdArray points, trajectory;
  double nfe_mean = 0;  // evaluations of the field for one sample
  std::int64_t nfe_max = 0;
  double seconds = 0;
};

// The velocity at points (N, D) given in data units, there too: what moves samples in their own
// units.
struct Engine {
  int (*train)(const Config&, const TrainRequest&);
  Samples (*sample)(const Config&, const SampleRequest&);
  NdArray (*velocity)(const Config&, const RunRequest&, const NdArray& points, double t);
  NdArray (*data)(const Config&, int n, std::uint64_t seed);
  // One training step's tape: format text, dot, json or trace.
  void (*inspect)(const Config&, const std::string& format, std::ostream&);
};

// The engine of the config's /precision.
const Engine& engine_of(const Config& config);

}  // namespace pushforward
