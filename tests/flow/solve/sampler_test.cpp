// Tests sampling: exact distributions, the same bits for any number of samples and threads,
// trajectories, the reverse direction, and failures.
#include "flow/solve/sampler.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/solve/time_range.h"
#include "tests/flow/fields.h"
#include "tests/flow/gaussian_data.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

SamplerOptions fixed_options(const Tableau& t, int steps) {
  SamplerOptions o;
  o.solver.tableau = &t;
  o.solver.adaptive = false;
  o.steps = steps;
  return o;
}

bool same(const Tensor& a, const Tensor& b, int rows) {
  return std::equal(a.data(), a.data() + static_cast<std::size_t>(rows) * a.cols(), b.data());
}

}  // namespace

TEST_CASE("Gaussian data is sampled exactly") {
  // The flow moves x0 to 2 + 0.5 x0, so it moves N(0, I) to N(2, 0.25 I).
  Workers workers(2);
  const GaussianSource source(2);
  constexpr int n = 20000;
  SamplerOptions options;
  options.solver.rtol = options.solver.atol = kDouble ? 1e-8 : 1e-5;
  const Tensor x0 = draw_rows(source, sample_stream(3), n);
  for (const Tableau* t : {&kDopri5, &kTsit5, &kBosh3, &kRk4}) {
    if (t == &kRk4) options = fixed_options(kRk4, 50);
    options.solver.tableau = t;
    if (t == &kBosh3 && kDouble) options.solver.rtol = options.solver.atol = 1e-7;
    Sampler sampler(gaussian_field(2, real(0.5)), 2, options, workers);
    const Tensor x = sampler.sample(source, 3, n);
    double worst = 0, mean = 0, square = 0;
    for (int i = 0; i < 2 * n; ++i) {
      const double v = double(x.data()[i]);
      worst = std::max(worst, std::abs(v - 2 - 0.5 * double(x0.data()[i])));
      mean += v / (2 * n);
      square += v * v / (2 * n);
    }
    CAPTURE(t->name);
    CHECK(worst < (kDouble ? 2e-6 : 2e-4));
    CHECK(std::abs(mean - 2) < 5 * 0.5 / std::sqrt(2. * n));
    CHECK(square - mean * mean == Approx(0.25).epsilon(0.03));
  }
}

TEST_CASE("sample k depends only on the seed and on k, not on n or the number of threads") {
  const RandomField net(2, 5);
  const GaussianSource source(2);
  for (const SamplerOptions& options : {SamplerOptions{}, fixed_options(kHeun, 20)}) {
    Workers one(1), two(2), four(4);
    Sampler a(std::cref(net), 2, options, one), b(std::cref(net), 2, options, two),
        c(std::cref(net), 2, options, four);
    const Tensor many = a.sample(source, 9, 3000);
    for (int n : {1, 100, 128, 129}) CHECK(same(a.sample(source, 9, n), many, n));
    CHECK(b.sample(source, 9, 3000) == many);
    CHECK(c.sample(source, 9, 3000) == many);
    CHECK(b.sample(source, 9, 3000) == many);
    CHECK_FALSE(same(a.sample(source, 10, 100), many, 100));
  }
}

TEST_CASE("samples in blocks are the same bits as all at once, with their labels") {
  const GaussianSource source(1);
  Workers workers(2);
  SamplerOptions options = fixed_options(kHeun, 5);
  // The velocity is the label of the row, so a wrong label gives another sample.
  options.label_of = [](int row) { return row % 7; };
  const Field field = number_field([](double, double, int seen) { return double(seen); });
  Sampler sampler(field, 1, options, workers);
  const Tensor all = sampler.sample(source, 4, 1000);
  for (int from : {0, kSamplerChunkRows, 5 * kSamplerChunkRows}) {
    const int n = std::min(300, 1000 - from);
    Tensor block({n, 1});
    CHECK(sampler.sample(source, 4, n, block.data(), nullptr, from).rows == n);
    CHECK(std::equal(block.data(), block.data() + n, all.data() + from));
  }
  for (const int from : {-128, 5}) {
    Tensor block({1, 1});
    CHECK_THROWS_WITH(sampler.sample(source, 4, 1, block.data(), nullptr, from),
                      "[sample] the samples begin at number " + std::to_string(from) +
                          "; begin at a multiple of 128");
  }
}

TEST_CASE("points moved in blocks get the same bits as all at once, with their noise and labels") {
  Workers workers(2);
  SamplerOptions options;
  options.method = SamplingMethod::euler_maruyama;
  options.label_of = [](int row) { return row % 7; };
  const Field field = number_field([](double, double, int seen) { return double(seen); });
  Sampler sampler(field, 1, options, workers);
  const Tensor x0 = draw_rows(GaussianSource(1), sample_stream(1), 1000);
  Tensor all = x0, parts = x0;
  sampler.transport(1000, all.data(), nullptr, 6);
  for (int from = 0; from < 1000; from += 3 * kSamplerChunkRows)
    sampler.transport(std::min(3 * kSamplerChunkRows, 1000 - from), parts.data() + from, nullptr, 6,
                      from);
  CHECK(parts == all);
  CHECK_THROWS_WITH(sampler.transport(1, parts.data(), nullptr, 6, 5),
                    "[sample] the samples begin at number 5; begin at a multiple of 128");
}

TEST_CASE("trajectories begin at the noise and end at the samples") {
  Workers workers(2);
  const GaussianSource source(2);
  constexpr int n = 200, saves = 7;
  for (SamplerOptions options :
       {SamplerOptions{}, fixed_options(kRk4, 12), fixed_options(kRk4, 17)}) {
    if (kDouble) options.solver.rtol = options.solver.atol = 1e-8;
    Sampler sampler(gaussian_field(2, real(0.5)), 2, options, workers, saves);
    Tensor x({n, 2}), path({saves, n, 2});
    sampler.sample(source, 4, n, x.data(), path.data());
    const auto times = sampler.save_times();
    REQUIRE(times.size() == saves);
    CHECK(times.front() == 0);
    CHECK(times.back() == 1);
    const Tensor x0 = draw_rows(source, sample_stream(4), n);
    CHECK(std::equal(x0.data(), x0.data() + 2 * n, path.data()));
    CHECK(std::equal(x.data(), x.data() + 2 * n, path.data() + (saves - 1) * 2 * n));
    double worst = 0;
    for (int s = 0; s < saves; ++s) {
      const double t = times[s], std = std::sqrt(t * t * 0.25 + (1 - t) * (1 - t));
      for (int i = 0; i < 2 * n; ++i) {
        worst = std::max(worst, std::abs(double(path.data()[s * 2 * n + i]) - 2 * t -
                                         std * double(x0.data()[i])));
      }
    }
    CHECK(worst < 2e-3);
    CHECK(sampler.sample(source, 4, n) == x);  // saving a trajectory does not change the samples
  }
  Sampler plain(gaussian_field(2, 1), 2, {}, workers);
  Tensor x({1, 2});
  CHECK_THROWS_WITH(
      plain.sample(source, 0, 1, x.data(), x.data()),
      "[sample] a trajectory is requested, but the sampler was made with saves = 0; set saves to the number of points");
}

TEST_CASE("the flow runs backwards from data to noise") {
  Workers workers(2);
  const RandomField net(2, 2);
  SamplerOptions forth, back;
  forth.solver.rtol = forth.solver.atol = back.solver.rtol = back.solver.atol =
      kDouble ? 1e-10 : 1e-5;
  back.begin = 1;
  back.end = 0;
  Sampler generate(std::cref(net), 2, forth, workers), encode(std::cref(net), 2, back, workers);
  Tensor x = generate.sample(GaussianSource(2), 1, 300);
  encode.transport(300, x.data());
  const Tensor x0 = draw_rows(GaussianSource(2), sample_stream(1), 300);
  for (int i = 0; i < 600; ++i)
    CHECK(std::abs(x.data()[i] - x0.data()[i]) < real(kDouble ? 1e-7 : 1e-3));
}

TEST_CASE("costs are those of the requested rows") {
  Workers workers(2);
  const RandomField net(2, 2);
  Sampler euler(std::cref(net), 2, fixed_options(kEuler, 30), workers),
      adaptive(std::cref(net), 2, {}, workers);
  Tensor x({500, 2});
  const SampleCost fixed = euler.sample(GaussianSource(2), 1, 500, x.data());
  CHECK(fixed.rows == 500);
  CHECK(fixed.evaluations == 500 * 30);
  CHECK(fixed.steps == 500 * 30);
  CHECK(fixed.mean() == 30);
  CHECK(fixed.min_evaluations == 30);
  CHECK(fixed.max_evaluations == 30);
  const SampleCost cost = adaptive.sample(GaussianSource(2), 1, 500, x.data());
  CHECK(cost.min_evaluations < cost.max_evaluations);
  CHECK(cost.evaluations == 2 * 500 + 6 * (cost.steps + cost.rejected));
  CHECK(adaptive.sample(GaussianSource(2), 1, 0, x.data()).rows == 0);
}

TEST_CASE("the flow is the same for every prediction and every method") {
  Workers workers(2);
  constexpr int n = 100;
  const GaussianSource source(1);
  const Tensor x0 = draw_rows(source, sample_stream(8), n);
  for (const Scheduler& path : {cond_ot(), cosine(), vp(), ve(0.02, 10)}) {
    for (Prediction p : kPredictions) {
      const GaussianData data{{p, path}};
      for (SamplingMethod method :
           {SamplingMethod::ode, SamplingMethod::dpm_solver, SamplingMethod::edm_heun}) {
        const TimeRange range = safe_time_range(data.parameterization, method);
        const Coefficients first = path(range.begin);
        SamplerOptions options;
        options.method = method;
        options.parameterization = data.parameterization;
        options.solver.rtol = options.solver.atol = kDouble ? 1e-7 : 1e-5;
        options.begin = range.begin;
        options.end = range.end;
        options.source_scale = first.sigma;
        options.denoise_last = range.end < 1;
        if (method != SamplingMethod::ode) {
          options.grid = log_snr_grid(path, 400, range.begin, range.end);
        }
        Sampler sampler(make_field(data), 1, options, workers);
        const Tensor x = sampler.sample(source, 8, n);
        double worst = 0;
        for (int i = 0; i < n; ++i) {
          const double start = first.sigma * double(x0.data()[i]);
          worst = std::max(worst, std::abs(double(x.data()[i]) - data.flow(start, range.begin, 1)));
        }
        CAPTURE(path.name, name_of(p), name_of(method));
        // Near t = 0, predicting noise loses three digits, which matters in float.
        CHECK(worst < (kDouble ? 5e-3 : 2e-2));
      }
    }
  }
}

TEST_CASE("ends without a velocity are refused before any work") {
  Workers workers(1);
  const GaussianData data{{Prediction::data, cond_ot()}};
  SamplerOptions options;
  options.parameterization = data.parameterization;
  CHECK_THROWS_WITH(
      Sampler(make_field(data), 1, options, workers),
      "[sample] data on cond_ot does not determine the flow at t = 1, where ode ends; "
      "end a little inside of the path (safe_time_range) "
      "and set denoise_last, or take dpm_solver");
  options.parameterization.prediction = Prediction::noise;
  for (SamplingMethod method : kMethods) {
    options.method = method;
    CHECK_THROWS_WITH(
        Sampler(make_field(data), 1, options, workers),
        std::string("[sample] noise on cond_ot does not determine the flow at t = 0, where ") +
            name_of(method) + " begins; begin a little inside of the path (safe_time_range)");
  }
  // Euler's method does not evaluate the field at the end, so its last step can go to E[x1 | x].
  options = fixed_options(kEuler, 50);
  options.parameterization = data.parameterization;
  Sampler euler(make_field(data), 1, options, workers);
  const Tensor x = euler.sample(GaussianSource(1), 1, 50);
  options.parameterization.prediction = Prediction::velocity;
  Sampler same_flow(make_field({{Prediction::velocity, cond_ot()}}), 1, options, workers);
  const Tensor y = same_flow.sample(GaussianSource(1), 1, 50);
  for (int i = 0; i < 50; ++i)
    CHECK(std::abs(double(x.data()[i]) - double(y.data()[i])) < (kDouble ? 1e-12 : 1e-5));

  SamplerOptions gridded;
  gridded.grid = {0, 0.5, 1};
  CHECK_THROWS_WITH(Sampler(make_field(data), 1, gridded, workers),
                    "[sample] a time grid is given, and dopri5 chooses its own steps; "
                    "give begin and end, or make the solver not adaptive");
  options = fixed_options(kEuler, 3);
  options.begin = 1;
  options.end = 0;
  options.denoise_last = true;
  CHECK_THROWS_WITH(Sampler(make_field(data), 1, options, workers),
                    "[sample] denoise_last ends at the data, "
                    "and the flow runs from t = 1 to 0; swap them, or leave it out");
  SamplerOptions scaled;
  scaled.source_scale = 0;
  CHECK_THROWS_WITH(Sampler(make_field(data), 1, scaled, workers),
                    "[sample] source_scale is 0; it must be positive");
}

TEST_CASE("the last step goes to the expected data, and is counted and saved") {
  Workers workers(1);
  for (const auto& [path, prediction] :
       {std::pair(cond_ot(), Prediction::velocity), std::pair(ve(0.1, 10), Prediction::velocity),
        std::pair(cond_ot(), Prediction::data), std::pair(ve(0.1, 10), Prediction::data)}) {
    CAPTURE(path.name, name_of(prediction));
    const GaussianData data{{prediction, path}};
    SamplerOptions options = fixed_options(kRk4, 20);
    options.parameterization = data.parameterization;
    options.source_scale = path.source_scale();
    options.end = path(1).sigma == 0 ? 0.9 : 1;
    Sampler plain(make_field(data), 1, options, workers, 3);
    options.denoise_last = true;
    Sampler last(make_field(data), 1, options, workers, 3);
    Tensor x({10, 1}), y({10, 1}), path_x({3, 10, 1}), path_y({3, 10, 1});
    const SampleCost without = plain.sample(GaussianSource(1), 3, 10, x.data(), path_x.data());
    const SampleCost with = last.sample(GaussianSource(1), 3, 10, y.data(), path_y.data());
    CHECK(with.evaluations == without.evaluations + 10);
    CHECK(with.steps == without.steps + 10);
    const Coefficients c = path(options.end);
    for (int i = 0; i < 10; ++i) {
      const double off = (double(x.data()[i]) - c.alpha * 2) / data.variance(c);
      CHECK(double(y.data()[i]) == Approx(2 + c.alpha * 0.25 * off).epsilon(1e-5));
      CHECK(path_y.data()[20 + i] == y.data()[i]);
      CHECK(path_y.data()[10 + i] == path_x.data()[10 + i]);
    }
    CHECK(last.save_times().back() == 1);
    CHECK(plain.save_times().back() == options.end);
  }
}

TEST_CASE("a wide source is sampled and encoded back") {
  Workers workers(2);
  const Scheduler path = ve(0.02, 50);
  const GaussianData data{{Prediction::score, path}};
  SamplerOptions forth, back;
  forth.solver.rtol = forth.solver.atol = kDouble ? 1e-10 : 1e-6;
  forth.parameterization = data.parameterization;
  forth.source_scale = path.source_scale();
  CHECK(forth.source_scale == Approx(50));
  back = forth;
  back.begin = 1;
  back.end = 0;
  Sampler generate(make_field(data), 2, forth, workers), encode(make_field(data), 2, back, workers);
  Tensor x = generate.sample(GaussianSource(2), 1, 200);
  double mean = 0;
  for (int i = 0; i < 400; ++i) mean += double(x.data()[i]) / 400;
  CHECK(mean == Approx(2).margin(0.15));
  encode.transport(200, x.data());
  const Tensor x0 = draw_rows(GaussianSource(2), sample_stream(1), 200);
  for (int i = 0; i < 400; ++i) {
    CHECK(std::abs(double(x.data()[i]) - 50 * double(x0.data()[i])) < (kDouble ? 1e-4 : 0.3));
  }
}

TEST_CASE("a field gets the label of every row that it evaluates") {
  // The velocity is the label, so x(1) - x(0) is the label that the field got. Rows with adaptive
  // steps finish at different times.
  Workers workers(2);
  const auto label = [](int sample) { return sample % 7 == 3 ? kNoLabel : sample % 7; };
  const Field field = number_field([](double x, double t, int seen) {
    return seen + 0.5 * std::sin(20 * t * seen) * std::exp(-x * x);
  });
  const GaussianSource source(1);
  const Tensor x0 = draw_rows(source, sample_stream(2), 500);
  for (SamplingMethod method :
       {SamplingMethod::ode, SamplingMethod::euler_maruyama, SamplingMethod::edm_heun}) {
    SamplerOptions options;
    options.method = method;
    options.diffusion.scale = 0;
    options.label_of = label;
    Sampler sampler(field, 1, options, workers);
    const Tensor many = sampler.sample(source, 2, 500);
    CHECK(same(sampler.sample(source, 2, 130), many, 130));
    if (method != SamplingMethod::ode) continue;
    for (int k : {0, 3, 130, 499}) {
      SamplerOptions alone = options;
      alone.label_of = [&](int) { return label(k); };
      Tensor x({1, 1}, std::vector<real>{x0.data()[k]});
      Sampler(field, 1, alone, workers).transport(1, x.data());
      CHECK(double(x.data()[0]) == Approx(double(many.data()[k])).epsilon(1e-6));
    }
  }
  const Field none =
      number_field([](double, double, int seen) { return seen == kNoLabel ? 0 : 1; });
  Tensor still({3, 1});
  Sampler(none, 1, {}, workers).transport(3, still.data());
  CHECK(still == Tensor({3, 1}));
}

TEST_CASE("a given time grid is used") {
  Workers workers(1);
  const RandomField net(2, 3);
  SamplerOptions even = fixed_options(kHeun, 10), listed = fixed_options(kHeun, 99);
  listed.grid = time_grid(10);
  Sampler a(std::cref(net), 2, even, workers, 4), b(std::cref(net), 2, listed, workers, 4);
  CHECK(a.sample(GaussianSource(2), 1, 40) == b.sample(GaussianSource(2), 1, 40));
  CHECK(a.save_times() == b.save_times());
  listed.grid = {0, 0.1, 0.5};
  Sampler c(std::cref(net), 2, listed, workers, 3);
  CHECK(c.times() == listed.grid);
  CHECK(c.save_times() == listed.grid);
  CHECK(c.options().steps == 99);
}

TEST_CASE("velocities at given points are those of the field") {
  Workers workers(2);
  const GaussianSource source(3);
  const Tensor x = draw_rows(source, sample_stream(0), 300);
  const Tensor u = evaluate_field(gaussian_field(2, real(0.5)), x, 0.4, workers);
  for (int i = 0; i < 900; ++i) {
    CHECK(std::abs(double(u.data()[i]) - (2 - 1.25 * (double(x.data()[i]) - 0.8))) <
          (kDouble ? 1e-13 : 1e-5));
  }
  std::vector<int> labels(300);
  for (int i = 0; i < 300; ++i) labels[i] = i % 5;
  const Tensor seen = evaluate_field(number_field([](double, double, int label) { return label; }),
                                     x, 0.4, workers, labels);
  for (int i = 0; i < 900; ++i) CHECK(seen.data()[i] == (i / 3) % 5);
  labels.pop_back();
  CHECK_THROWS_WITH(evaluate_field(gaussian_field(2, 1), x, 0.4, workers, labels),
                    "[field] 299 labels for 300 points; give one label per point, or none");
}

TEST_CASE("sampling can be interrupted") {
  Workers workers(2);
  const RandomField net(2, 2);
  std::atomic<int> asked{0};
  SamplerOptions options = fixed_options(kEuler, 1000);
  options.interrupted = [&] { return ++asked > 50; };
  Sampler sampler(std::cref(net), 2, options, workers);
  CHECK_THROWS_AS(sampler.sample(GaussianSource(2), 1, 5000), SamplingInterrupted);
  CHECK(asked < 200);
}

TEST_CASE("failures name the sample, the time and the line of the tape") {
  Workers workers(2);
  const GaussianSource source(2);
  // The field becomes NaN as soon as a coordinate is below -1.
  const Field bad = [](Var x, Var) { return log(shift(x, 1)); };
  Sampler sampler(bad, 2, fixed_options(kEuler, 10), workers);
  try {
    sampler.sample(source, 1, 300);
    FAIL("no failure");
  } catch (const IntegrationFailure& e) {
    CHECK_THAT(e.what(), Contains("[integrate] step 1 at t=0: the state is not finite") &&
                             Contains("log (128, 2)") && Contains("solve/sampler_test.cpp"));
    CHECK(e.sample >= 0);
    CHECK(e.sample < 128);  // the failure in the first failing chunk is reported
  }
  CHECK_THROWS_WITH(
      Sampler([](Var x, Var) { return sum_cols(x); }, 2, {}, workers).sample(source, 1, 3),
      "[field] the velocity at points (128, 2) has shape (128, 1); "
      "a field must return the shape of its points");
  CHECK_THROWS_WITH(sampler.sample(GaussianSource(3), 1, 3),
                    "[sample] the source has dimension 3 and the field 2");
  CHECK_THROWS_WITH(sampler.sample(source, 1, -1), "[sample] -1 samples asked for; give 0 or more");
  SamplerOptions o;
  o.begin = 1;
  CHECK_THROWS_WITH(Sampler(bad, 2, o, workers),
                    "[sample] begin and end are both 1; noise is at time 0 and data at time 1");
  CHECK_THROWS_WITH(Sampler(bad, 2, {}, workers, 1),
                    "[sample] 1 points of a trajectory; give at least 2, or 0 for none");
  SamplerOptions adaptive;
  adaptive.solver.tableau = &kRk4;
  adaptive.solver.adaptive = true;
  CHECK_THROWS_WITH(Sampler(bad, 2, adaptive, workers),
                    Contains("method rk4 has no error estimate"));
}

}  // namespace pushforward::inline PF_REAL
