#include "flow/solve/impute.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "autograd/tensor/random_fill.h"
#include "flow/path/time_grid.h"
#include "flow/sampling.h"
#include "flow/solve/denoise_step.h"
#include "flow/solve/time_range.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// A block, the samples that are computed together, has about this number of particles. It is the
// number of rows of one evaluation of the model.
constexpr int kParticlesAtOnce = 256;
constexpr double kShift = 0.01;  // the difference that estimates a derivative, in units of sigma
constexpr double kMostRandomRows = 4294967296.;  // 2^32, the row numbers of a random stream

}  // namespace

// The step from one time to the next, as factors of the formulas of impute.h.
struct Imputer::Step {
  double t, sigma;        // the time at which it begins, and sigma there
  Conversion data;        // E[x1 | x] = data.a x + data.b output
  double of_data, of_x;   // mean = of_data E[x1 | x] + of_x x
  double variance;        // the variance of the step for a known x1; 0 for the last
  double spread;          // times d E[x1 | x] / dx: the variance that x1 adds
  double back, back_std;  // the chain to noise: x = back x' + back_std z
};

// The workspace of one thread: a number of samples, each with its own particles.
struct Imputer::Block {
  Block(const Field& field, int dim, int samples, int particles, std::size_t steps)
      : evaluate(field, dim),
        x(static_cast<std::size_t>(samples) * particles * dim),
        output(x.size()),
        nearby(x.size()),
        moved(x.size()),
        draws(x.size()),
        mean(x.size()),
        log_weight(static_cast<std::size_t>(samples) * particles),
        times(log_weight.size()),
        ancestors(particles),
        known(static_cast<std::size_t>(samples) * dim),
        path((steps + 1) * samples * dim),
        variance(known.size()),
        slopes(known.size()),
        least(samples) {}

  Evaluator evaluate;
  // All (samples, particles, D). `moved` is the model's output at the points `nearby`.
  AlignedVector<real> x, output, nearby, moved, draws, mean;
  std::vector<double> log_weight;  // (samples, particles)
  std::vector<double> times;
  std::vector<int> labels, ancestors;
  std::vector<char> known;   // (samples, D): whether the number is known
  std::vector<double> path;  // (steps + 1, samples, D): the known numbers at the times of steps_
  std::vector<double> variance, slopes;  // (samples, D): of the step, for each column
  std::vector<double> least;  // the smallest effective number of particles of each sample
  int first = 0;              // the number of the block's first sample
  int rows = 0;               // the samples that are wanted; the others repeat the last of them
  std::int64_t evaluations = 0;
};

Imputer::~Imputer() = default;

Imputer::Imputer(Field model, int dim, ImputeOptions options, Workers& workers)
    : dim_(dim), samples_(0), options_(std::move(options)), workers_(workers) {
  check(bool(model), "impute", "no model is given");
  check(dim > 0, "impute", "points of ", dim, " numbers; give at least 1");
  check(options_.particles >= 1, "impute", options_.particles,
        " particles for each sample; give at least 1");
  check_grid(options_.times);
  const Scheduler& path = options_.parameterization.scheduler;
  check(options_.times.front() < options_.times.back() && noise_alone(path, options_.times.front()),
        "impute", "the times go from ", options_.times.front(), " to ", options_.times.back(),
        " on ", path.name, "; they must increase, and begin where the path is noise alone");
  samples_ = std::max(1, kParticlesAtOnce / options_.particles);

  // The last step goes to the data itself, also if the path still has noise at its last time.
  std::vector<double> times = options_.times;
  if (path(times.back()).sigma == 0) times.pop_back();
  for (std::size_t k = 0; k < times.size(); ++k) {
    const Coefficients s = path(times[k]);
    const bool last = k + 1 == times.size();
    const Coefficients t = last ? Coefficients{1, 0, 0, 0} : path(times[k + 1]);
    const double a = s.alpha / t.alpha, v = s.sigma * s.sigma - a * a * t.sigma * t.sigma;
    check(std::isfinite(a) && v > 0, "impute", "the noise does not decrease from t = ", times[k],
          " on ", path.name, "; the path must lose noise at every step");
    const double all = s.sigma * s.sigma;
    steps_.push_back({times[k], s.sigma, conversion(options_.parameterization, Prediction::data, s),
                      v * t.alpha / all, a * t.sigma * t.sigma / all, v * t.sigma * t.sigma / all,
                      s.alpha > 0 ? std::pow(v * t.alpha / all, 2) * all / s.alpha : 0, a,
                      std::sqrt(v)});
  }
  for (int w = 0; w < workers.threads(); ++w)
    blocks_.push_back(
        std::make_unique<Block>(model, dim, samples_, options_.particles, steps_.size()));
}

// Moves the known numbers of each sample from the data to the noise, along the chain.
void Imputer::noise_known(Block& block, std::uint64_t seed) const {
  const std::size_t width = static_cast<std::size_t>(samples_) * dim_;
  for (std::size_t k = steps_.size(); k-- > 0;) {
    const double *to = block.path.data() + (k + 1) * width, back = steps_[k].back,
                 std = steps_[k].back_std;
    double* from = block.path.data() + k * width;
    fill_normal({seed, Purpose::path_noise, static_cast<std::uint32_t>(k)},
                static_cast<std::uint32_t>(block.first), samples_, dim_, block.draws.data());
    for (std::size_t e = 0; e < width; ++e)
      from[e] = back * to[e] + std * static_cast<double>(block.draws[e]);
  }
}

void Imputer::predict(Block& block, const AlignedVector<real>& x, double t,
                      AlignedVector<real>& output) const {
  options_.check_interrupted();
  const int rows = samples_ * options_.particles;
  std::ranges::fill(block.times, t);
  block.evaluate.forget();
  block.evaluate(rows, x.data(), block.times.data(), output.data(), block.labels);
  block.evaluations += block.rows * options_.particles;
  if (block.evaluate.not_finite().empty()) return;
  throw IntegrationFailure("[impute] the model's output at t=" + std::to_string(t) +
                               " is not finite\n" + block.evaluate.not_finite(),
                           block.first, 0, t);
}

// Estimates the variances of the step. The variance is that for a known x1 plus spread * d E[x1 |
// x] / dx, because x1 is not known. The derivative of column j is estimated by a difference along a
// vector of random signs, and averaged over the particles of the sample.
void Imputer::estimate_variance(Block& block, const Step& step, std::uint64_t seed) const {
  std::ranges::fill(block.variance, step.variance);
  if (step.spread == 0 || step.variance == 0) return;
  const int particles = options_.particles;
  const std::uint32_t k = static_cast<std::uint32_t>(&step - steps_.data());
  fill_rademacher({seed, Purpose::probe, k}, static_cast<std::uint32_t>(block.first) * particles,
                  samples_ * particles, dim_, block.draws.data());
  const real shift = static_cast<real>(kShift * step.sigma);
  for (std::size_t e = 0; e < block.x.size(); ++e)
    block.nearby[e] = block.x[e] + shift * block.draws[e];
  predict(block, block.nearby, step.t, block.moved);
  std::vector<double>& sum = block.slopes;
  std::ranges::fill(sum, 0);
  for (std::size_t e = 0; e < block.x.size(); ++e) {
    const double change = step.data.a * (block.nearby[e] - block.x[e]) +
                          step.data.b * (block.moved[e] - block.output[e]);
    sum[number_of(e)] += change / (shift * block.draws[e]);
  }
  for (std::size_t i = 0; i < sum.size(); ++i)
    block.variance[i] += step.spread * std::max(0., sum[i] / particles);
}

// Computes the means of the step, and multiplies the weights of the particles by the density of the
// known numbers at its end.
void Imputer::weigh(Block& block, const Step& step) const {
  const double of_x = step.of_data * step.data.a + step.of_x,
               of_output = step.of_data * step.data.b;
  for (std::size_t e = 0; e < block.x.size(); ++e)
    block.mean[e] = static_cast<real>(of_x * block.x[e] + of_output * block.output[e]);
  if (step.variance == 0) return;
  const std::size_t width = static_cast<std::size_t>(samples_) * dim_;
  const double* to = block.path.data() + (&step - steps_.data() + 1) * width;
  for (std::size_t p = 0; p < block.log_weight.size(); ++p) {
    const std::size_t sample = p / options_.particles;
    double square = 0;
    for (int j = 0; j < dim_; ++j) {
      if (!block.known[sample * dim_ + j]) continue;
      const double off = to[sample * dim_ + j] - block.mean[p * dim_ + j];
      square += off * off / block.variance[sample * dim_ + j];
    }
    block.log_weight[p] -= square / 2;
  }
}

// Normalises the weights of a sample of the block. If the effective number of its particles is
// below half of their number, draws them anew in proportion to the weights. The draw is systematic:
// one uniform number serves all particles.
void Imputer::resample(Block& block, int sample, std::uint64_t seed, int k) const {
  const int particles = options_.particles;
  double* log_weight = block.log_weight.data() + static_cast<std::size_t>(sample) * particles;
  const double top = *std::max_element(log_weight, log_weight + particles);
  double sum = 0, squares = 0;
  for (int p = 0; p < particles; ++p) {
    const double w = std::exp(log_weight[p] - top);
    sum += w, squares += w * w;
  }
  for (int p = 0; p < particles; ++p) log_weight[p] -= top + std::log(sum);
  const double effective = sum * sum / squares;
  block.least[sample] = std::min(block.least[sample], effective);
  if (effective >= 0.5 * particles) return;

  const Stream stream{seed, Purpose::shuffle, static_cast<std::uint32_t>(k)};
  const double u = stream.uniform(static_cast<std::uint32_t>(block.first + sample));
  double reached = std::exp(log_weight[0]);
  for (int p = 0, from = 0; p < particles; ++p) {
    while (reached < (p + u) / particles && from + 1 < particles)
      reached += std::exp(log_weight[++from]);
    block.ancestors[p] = from;
  }
  // The ancestor of a particle is the particle that it becomes a copy of. Ancestors increase with
  // the particle's number. So particles whose ancestor has a smaller number are copied from the
  // last to the first, and the others from the first to the last. No particle is overwritten before
  // it is read.
  real* mean = block.mean.data() + static_cast<std::size_t>(sample) * particles * dim_;
  const auto take = [&](int p) {
    std::copy_n(mean + static_cast<std::size_t>(block.ancestors[p]) * dim_, dim_,
                mean + static_cast<std::size_t>(p) * dim_);
  };
  for (int p = particles; p-- > 0;)
    if (block.ancestors[p] < p) take(p);
  for (int p = 0; p < particles; ++p)
    if (block.ancestors[p] > p) take(p);
  std::fill_n(log_weight, particles, -std::log(particles));
}

bool Imputer::is_incomplete(const real* row) const {
  return std::any_of(row, row + dim_, [](real x) { return std::isnan(x); });
}

void Imputer::fill(Block& block, int first_sample, int rows, std::uint64_t seed, const real* points,
                   real* out) const {
  const int particles = options_.particles;
  const std::size_t width = static_cast<std::size_t>(samples_) * dim_;
  block.first = first_sample;
  block.rows = rows;
  double* data = block.path.data() + steps_.size() * width;
  for (int s = 0; s < samples_; ++s) {  // a block is always whole: its last row is repeated
    const real* row = points + static_cast<std::size_t>(std::min(s, rows - 1)) * dim_;
    for (int j = 0; j < dim_; ++j) {
      block.known[s * dim_ + j] = !std::isnan(row[j]);
      data[s * dim_ + j] = std::isnan(row[j]) ? 0 : static_cast<double>(row[j]);
    }
    block.least[s] = particles;
  }
  if (std::ranges::all_of(block.known, [](char known) { return known; })) {
    std::copy_n(points, static_cast<std::size_t>(rows) * dim_, out);
    return;
  }
  block.labels.clear();
  if (options_.label_of) {
    for (int p = 0; p < samples_ * particles; ++p)
      block.labels.push_back(options_.label_of(first_sample + p / particles));
  }
  noise_known(block, seed);
  const std::uint32_t first_particle = static_cast<std::uint32_t>(first_sample) * particles;
  fill_normal(sample_stream(seed), first_particle, samples_ * particles, dim_, block.x.data());
  const real start = static_cast<real>(steps_.front().sigma);
  for (real& x : block.x) x *= start;
  std::ranges::fill(block.log_weight, -std::log(particles));

  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const Step& step = steps_[k];
    const double* at = block.path.data() + k * width;
    for (std::size_t e = 0; e < block.x.size(); ++e) {
      const std::size_t number = number_of(e);
      if (block.known[number]) block.x[e] = static_cast<real>(at[number]);
    }
    predict(block, block.x, step.t, block.output);
    estimate_variance(block, step, seed);
    weigh(block, step);
    for (int s = 0; s < samples_; ++s)
      if (is_incomplete(points + static_cast<std::size_t>(std::min(s, rows - 1)) * dim_))
        resample(block, s, seed, static_cast<int>(k));
    if (step.variance > 0) {
      fill_normal({seed, Purpose::diffusion, static_cast<std::uint32_t>(k)}, first_particle,
                  samples_ * particles, dim_, block.draws.data());
    }
    for (std::size_t e = 0; e < block.x.size(); ++e)
      block.x[e] = step.variance == 0
                       ? block.mean[e]
                       : static_cast<real>(block.mean[e] + std::sqrt(block.variance[number_of(e)]) *
                                                               block.draws[e]);
  }

  const Stream choice{seed, Purpose::shuffle, static_cast<std::uint32_t>(steps_.size())};
  for (int s = 0; s < rows; ++s) {
    const double u = choice.uniform(static_cast<std::uint32_t>(first_sample + s));
    const double* log_weight = block.log_weight.data() + static_cast<std::size_t>(s) * particles;
    int chosen = 0;
    for (double reached = std::exp(log_weight[0]); reached < u && chosen + 1 < particles;)
      reached += std::exp(log_weight[++chosen]);
    const real* x = block.x.data() + (static_cast<std::size_t>(s) * particles + chosen) * dim_;
    for (int j = 0; j < dim_; ++j) {
      const std::size_t e = static_cast<std::size_t>(s) * dim_ + j;
      out[e] = block.known[e] ? points[e] : x[j];
    }
  }
}

ImputeReport Imputer::impute(int n, const real* points, std::uint64_t seed, real* out, int first) {
  check(n >= 0 && first >= 0, "impute", n, " points from sample ", first, " on; give 0 or more");
  check((double(first) + n + samples_) * options_.particles < kMostRandomRows, "impute", n,
        " points with ", options_.particles,
        " particles each, which is more than 2^32 in all; fill the points in parts");
  for (auto& block : blocks_) block->evaluations = 0;
  std::vector<double> least(n);
  std::vector<char> incomplete(n);
  for (int r = 0; r < n; ++r)
    incomplete[r] = is_incomplete(points + static_cast<std::size_t>(r) * dim_);
  const Chunks chunks{n, samples_};
  workers_.run(chunks.count(), [&](int i, int worker) {
    const int begin = chunks.begin(i), rows = chunks.rows_of(i);
    const std::size_t at = static_cast<std::size_t>(begin) * dim_;
    fill(*blocks_[worker], first + begin, rows, seed, points + at, out + at);
    std::copy_n(blocks_[worker]->least.begin(), rows, least.begin() + begin);
  });
  ImputeReport report;
  for (const auto& block : blocks_) report.evaluations += block->evaluations;
  double sum = 0;
  for (int r = 0; r < n; ++r) {
    if (!incomplete[r]) continue;
    ++report.incomplete;
    sum += least[r];
    report.least_effective =
        report.incomplete == 1 ? least[r] : std::min(report.least_effective, least[r]);
  }
  if (report.incomplete > 0) report.mean_effective = sum / report.incomplete;
  return report;
}

}  // namespace pushforward::inline PF_REAL
