// The verbs of the program: their arguments, and the functions
// that do them. All throw on errors (apps/failure.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/report/comparison.h"

namespace CLI {
class App;
}

namespace pushforward::app {

struct TrainArguments {
  std::string config;
  std::vector<std::string> overrides;
  TrainRequest request;
};

struct SampleArguments {
  SampleRequest request;
  std::string out, trajectory, log_density, labels;
  int times = 101;
  bool json = false;
};

struct LoglikArguments {
  DensityRequest request;
  std::string points, out, gradient;  // of files; no gradient: empty
  bool json = false;
};

struct EvalArguments {
  EvaluateRequest request;
  bool json = false;
};

struct LatentArguments {
  SolverRequest request;
  std::string points, out;
};

struct InterpolateArguments {
  SolverRequest request;
  std::string from, to, out;
  int count = 9;
  bool linear = false;
};

struct VelocityArguments {
  RunRequest request;
  std::string points, out;
  double t = 0;
};

struct InspectArguments {
  std::string target, format = "text", out;
  std::vector<std::string> overrides;
  bool tour = false;
};

struct ConfigArguments {
  std::string action, config;
  std::vector<std::string> overrides;
  bool markdown = false;
};

struct DataArguments {
  std::string name, out;
  std::vector<std::string> settings;
  int n = 1000;
  std::uint64_t seed = 0;
};

struct VerifyArguments {
  std::vector<std::string> names;  // of equations; none: all
  double plant = 0;                // an error for the checks to find
  bool list = false, json = false;
};

struct CompareArguments {
  std::string samples, truth;
  ComparisonOptions options;
  int threads = 0;
  bool json = false;
};

// Each returns the exit code.
int verb_train(const TrainArguments&);
int verb_sample(const SampleArguments&);
int verb_velocity(const VelocityArguments&);
int verb_loglik(const LoglikArguments&);
int verb_eval(const EvalArguments&);
int verb_encode(const LatentArguments&);
int verb_decode(const LatentArguments&);
int verb_interpolate(const InterpolateArguments&);
int verb_plot(const PlotRequest&);
int verb_inspect(const InspectArguments&);
int verb_config(const ConfigArguments&);
int verb_data(const DataArguments&);
int verb_compare(const CompareArguments&);
int verb_list(const std::string& topic, bool names);
int verb_verify(const VerifyArguments&);
int verb_doctor(bool json);
int verb_completion(const CLI::App& app);
int print_completions(const std::string& word);

}  // namespace pushforward::app
