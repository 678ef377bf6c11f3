// Times this project's side of the comparison that scripts/compare makes: training steps, sampling,
// log-densities, and matrix products.
//
// usage: compare_bench DIR THREADS
// It answers each line of stdin with a JSON object. "case NAME ARGUMENTS" prepares one of the cases
// in this file and returns its `check`, a number that all programs of the comparison must agree on.
// "time SECONDS" repeats the case for at least that long and returns the seconds of one repetition.
// DIR has the weights and points that all programs load; the case `save` writes them.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "autograd/tensor/blas.h"
#include "bench/mlp_training.h"
#include "flow/coupling/ot.h"
#include "flow/density/likelihood.h"
#include "flow/solve/sampler.h"

using namespace pushforward;

namespace {

constexpr int kWarmUp = 200;         // training steps before the timing
constexpr int kChecked = 100;        // `check`: mean loss of these last steps
constexpr int kLearned = 2000;       // training steps of the saved weights
constexpr int kSamples = 10000;      // points of a sampling, by kEulerSteps steps
constexpr int kPoints = 2000;        // points whose log-density is computed
constexpr int kEulerSteps = 100;     // steps of Euler's method from t = 0 to t = 1
constexpr double kTolerance = 1e-5;  // rtol and atol of dopri5

struct TimedCase {
  std::function<void()> once;
  std::string answer;  // the JSON object that answers "case ..."
};

struct Setting {
  std::string folder;
  int threads;
  std::string weights(int hidden) const {
    return folder + "/mlp" + std::to_string(hidden) + ".f32";
  }
  std::string points() const { return folder + "/points.f32"; }
};

std::string checked(double check) {
  std::ostringstream out;
  out.precision(9);
  out << "{\"check\": " << check << "}";
  return out.str();
}

void write(std::ofstream& file, std::span<const real> values) {
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(real)));
}

void read(std::ifstream& file, std::span<real> values) {
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(real)));
  if (!file)
    throw std::runtime_error("a file of weights or points is too short; run the case save");
}

TimedCase step_case(const Setting& setting, int rows, int hidden, Coupling coupling) {
  auto training = std::make_shared<MlpTraining>(rows, hidden, setting.threads, std::move(coupling));
  double sum = 0;
  for (int k = 0; k < kWarmUp; ++k) {
    const double loss = training->step();
    if (k >= kWarmUp - kChecked) sum += loss;
  }
  return {[training] { training->step(); }, checked(sum / kChecked)};
}

// Trains the network that all programs sample, and writes its weights and fresh points of the data.
TimedCase save_case(const Setting& setting, int hidden) {
  MlpTraining training(256, hidden, setting.threads);
  double loss = 0;
  for (int k = 0; k < kLearned; ++k) loss = training.step();
  std::ofstream weights(setting.weights(hidden), std::ios::binary);
  for (const Parameter* p : training.parameters().list())
    write(weights, training.parameters().part(*p, training.parameters().values()));
  std::ofstream points(setting.points(), std::ios::binary);
  write(points,
        draw_rows(*training.data(), {.seed = 2, .purpose = Purpose::data}, kPoints).values());
  if (!weights.flush() || !points.flush())
    throw std::runtime_error("cannot write to " + setting.folder);
  return {[] {}, checked(loss)};
}

std::shared_ptr<MlpTraining> trained(const Setting& setting, int hidden) {
  auto training = std::make_shared<MlpTraining>(1, hidden, setting.threads);
  std::ifstream file(setting.weights(hidden), std::ios::binary);
  Parameters& parameters = training->parameters();
  for (const Parameter* p : parameters.list()) read(file, parameters.part(*p, parameters.values()));
  return training;
}

// All compared programs must agree on `check`. Here it is the mean of |x|^2 over the samples.
TimedCase sample_case(const Setting& setting, int hidden) {
  auto training = trained(setting, hidden);
  SamplerOptions options;
  options.solver.tableau = &kEuler;
  options.steps = kEulerSteps;
  auto sampler = std::make_shared<Sampler>(training->field(), 2, options, training->workers());
  auto out = std::make_shared<Tensor>(Shape{kSamples, 2});
  const auto once = [=] { sampler->sample(*training->source(), 1, kSamples, out->data()); };
  once();
  double sum = 0;
  for (real x : out->values()) sum += double(x) * double(x);
  return {once, checked(sum / kSamples)};
}

// Times only the matrix products of a sampling, in the order of the sampler: a chunk (a part of the
// rows) goes through all steps before the next chunk.
TimedCase sample_products_case(int hidden) {
  const Chunks chunks{.rows = kSamples};
  auto products = std::make_shared<MatrixProducts>(chunks.size, hidden);
  return {[=] {
            for (int c = 0; c < chunks.count(); ++c) {
              for (int k = 0; k < kEulerSteps; ++k) products->forward(chunks.rows_of(c));
            }
          },
          checked(0)};
}

// All compared programs must agree on `check`. Here it is the mean of ln p over the points.
TimedCase log_density_case(const Setting& setting, int hidden, const std::string& method) {
  auto training = trained(setting, hidden);
  LikelihoodOptions options;
  options.solver.tableau = method == "euler" ? &kEuler : &kDopri5;
  options.solver.rtol = options.solver.atol = kTolerance;
  options.steps = kEulerSteps;
  auto likelihood = std::make_shared<Likelihood>(training->field(), training->source(), options,
                                                 training->workers());
  auto points = std::make_shared<Tensor>(Shape{kPoints, 2});
  std::ifstream file(setting.points(), std::ios::binary);
  read(file, points->values());
  auto log_p = std::make_shared<std::vector<double>>(kPoints);
  const auto once = [=] {
    (void)training;  // keeps the network of the likelihood alive
    likelihood->log_density(kPoints, points->data(), log_p->data());
  };
  once();
  double sum = 0;
  for (double l : *log_p) sum += l;
  return {once, checked(sum / kPoints)};
}

// Returns the resident memory of this process in KiB (proc(5), statm).
long resident() {
  std::ifstream file("/proc/self/statm");
  long all = 0, pages = 0;
  file >> all >> pages;
  return pages * 4;
}

// Returns the resident memory of this process in KiB after 1,000 and after 20,000 training steps.
TimedCase memory_case(const Setting& setting) {
  MlpTraining training(256, 64, setting.threads);
  long early = 0;
  for (int k = 1; k <= 20000; ++k) {
    training.step();
    if (k == 1000) early = resident();
  }
  return {[] {}, "{\"early\": " + std::to_string(early) +
                     ", \"late\": " + std::to_string(resident()) + "}"};
}

TimedCase make_case(const Setting& setting, std::istream& line) {
  std::string name, method;
  line >> name;
  int rows = 0, hidden = 0;
  if (name == "step" || name == "ot_step" || name == "products") line >> rows;
  if (name != "memory") line >> hidden;
  if (name == "log_density") line >> method;
  if (!line) throw std::runtime_error("a number of the case " + name + " is missing");
  if (name == "step") return step_case(setting, rows, hidden, independent_coupling());
  if (name == "ot_step") return step_case(setting, rows, hidden, ot_coupling());
  if (name == "save") return save_case(setting, hidden);
  if (name == "sample") return sample_case(setting, hidden);
  if (name == "sample_products") return sample_products_case(hidden);
  if (name == "log_density") return log_density_case(setting, hidden, method);
  if (name == "memory") return memory_case(setting);
  if (name == "products") {
    auto products = std::make_shared<MatrixProducts>(rows, hidden);
    return {[products] { products->run(); }, checked(0)};
  }
  throw std::runtime_error("there is no case " + name);
}

double seconds_per_call(const std::function<void()>& once, double at_least) {
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::duration<double> took{};
  int count = 0;
  do {
    once();
    ++count;
    took = std::chrono::steady_clock::now() - begin;
  } while (took.count() < at_least);
  return took.count() / count;
}

void serve(const Setting& setting) {
  TimedCase now;
  for (std::string text, verb; std::getline(std::cin, text);) {
    std::istringstream line(text);
    line >> verb;
    if (verb == "case") {
      now = {};
      now = make_case(setting, line);
      std::cout << now.answer << std::endl;
    } else {
      double seconds = 0;
      line >> seconds;
      std::cout << "{\"seconds\": " << seconds_per_call(now.once, seconds) << "}" << std::endl;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: compare_bench DIR THREADS\n");
    return 2;
  }
  const MatrixLibrary library = matrix_library();
  std::cout.precision(9);
  std::cout << "{\"versions\": {\"matrix products\": \"" << library.name << ", kernels "
            << library.core << "\"}}" << std::endl;
  try {
    serve({argv[1], std::atoi(argv[2])});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "compare_bench: %s\n", e.what());
    return 1;
  }
}
