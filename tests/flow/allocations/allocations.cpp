// Tests that batches and samplers allocate nothing on the heap after their first use. It counts
// calls of operator new.
#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

#include "flow/coupling/ot.h"
#include "flow/coupling/partial.h"
#include "flow/coupling/unbalanced.h"
#include "flow/density/likelihood.h"
#include "flow/discrete/guidance.h"
#include "flow/discrete/loss.h"
#include "flow/discrete/quantised.h"
#include "flow/discrete/sampler.h"
#include "flow/distributions/array.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/maps/loss.h"
#include "flow/oracle/exact_field.h"
#include "flow/path/guidance.h"
#include "flow/path/predicted_field.h"
#include "flow/solve/sampler.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "nn/networks/token_network.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"
#include "tests/flow/discrete/posteriors.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"

namespace {
std::atomic<long> g_flow_allocations{0};

void* counted_allocation(std::size_t size, std::size_t align) {
  ++g_flow_allocations;
  size = (size + align - 1) / align * align;
  if (void* p = std::aligned_alloc(align, size ? size : align)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t n) { return counted_allocation(n, alignof(std::max_align_t)); }
void* operator new[](std::size_t n) { return counted_allocation(n, alignof(std::max_align_t)); }
void* operator new(std::size_t n, std::align_val_t a) {
  return counted_allocation(n, std::size_t(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
  return counted_allocation(n, std::size_t(a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace pushforward::inline PF_REAL {
namespace {

// Runs `work` three times and returns the number of allocations of the third run.
template <class Work>
long count_allocations(const Work& work) {
  work();
  work();
  const long before = g_flow_allocations;
  work();
  return g_flow_allocations - before;
}

}  // namespace

TEST_CASE("after its first use, a sampler makes no heap allocation, also for trajectories") {
  Workers workers(1);
  const RandomField net(2, 5);
  const GaussianSource source(2);
  SamplerOptions fixed;
  fixed.solver.tableau = &kRk4;
  fixed.solver.adaptive = false;
  fixed.steps = 30;
  Tensor x({1000, 2}), path({11, 1000, 2});
  std::vector<SamplerOptions> all{{}, fixed};
  for (SamplingMethod method : {SamplingMethod::euler_maruyama, SamplingMethod::stochastic_heun,
                                SamplingMethod::dpm_solver, SamplingMethod::edm_heun}) {
    SamplerOptions noisy = fixed;
    noisy.method = method;
    noisy.grid = cosine_grid(20, 0, 0.99);
    noisy.denoise_last = true;
    noisy.label_of = [](int sample) { return sample % 3; };
    all.push_back(noisy);
  }
  for (const SamplerOptions& options : all) {
    Sampler sampler(std::cref(net), 2, options, workers, 11);
    std::uint64_t seed = 0;
    CHECK(count_allocations([&] { sampler.sample(source, ++seed, 1000, x.data(), path.data()); }) ==
          0);
  }
}

TEST_CASE("after its first use, a likelihood makes no heap allocation in either direction") {
  Workers workers(1);
  const RandomField net(2, 5);
  Tensor x({300, 2});
  std::vector<double> log_p(300);
  for (DivergenceBy by : {DivergenceBy::exact, DivergenceBy::rademacher}) {
    LikelihoodOptions options;
    options.divergence.by = by;
    options.label_of = [](int) { return 0; };
    Likelihood likelihood(std::cref(net), std::make_shared<GaussianSource>(2), options, workers);
    std::uint64_t seed = 0;
    CHECK(count_allocations([&] { likelihood.sample(++seed, 300, x.data(), log_p.data()); }) == 0);
    CHECK(count_allocations([&] { likelihood.log_density(300, x.data(), log_p.data()); }) == 0);
  }
}

TEST_CASE("after its first use, an exact field makes no heap allocation, also at t = 1") {
  const auto points = std::make_shared<ArrayData>(Toy("moons").set({1, Purpose::data, 0}, 50));
  const auto images = std::make_shared<ArrayData>(Tensor({40, 6}, std::vector<real>(240, 1)));
  const auto clouds = std::make_shared<GaussianMixture>(
      std::vector<double>{1, 2}, Tensor({2, 2}, std::vector<real>{0, 1, 2, 3}),
      std::vector<double>{1, 2});
  for (const DistributionPtr& distribution :
       {DistributionPtr(points), DistributionPtr(images), DistributionPtr(clouds)}) {
    const int dim = distribution->dim();
    const Field field = oracle_field(make_oracle(GaussianSource(dim), *distribution), cond_ot());
    Evaluator evaluate(field, dim);
    std::vector<real> x(100 * static_cast<std::size_t>(dim), real(0.3)), dx(x.size());
    for (double t : {0.5, 1.}) {
      const std::vector<double> times(100, t);
      CHECK(count_allocations([&] { evaluate(100, x.data(), times.data(), dx.data()); }) == 0);
    }
  }
}

TEST_CASE("after its first use, a batch makes no heap allocation") {
  Workers workers(1);
  const RandomField net(2, 5);
  const Field field = std::cref(net);
  Tape tape;
  for (const ToyInfo& info : toys()) {
    Batch batch({std::make_shared<GaussianSource>(2), std::make_shared<Toy>(info.name)}, 256, 1);
    std::uint32_t step = 0;
    CAPTURE(info.name);
    CHECK(count_allocations([&] {
            batch.start(step++, workers);
            for (int first : {0, 128}) {
              Scope scope(tape);
              cfm_loss(field, batch.chunk(tape, first, 128));
            }
          }) == 0);
  }
}

TEST_CASE("after their first use, fields made of other fields make no heap allocation") {
  const RandomField net(2, 5);
  const Field model = [&net](Var x, Var t, Labels) { return net(x, t); };
  const Field scaled = edm_inputs(model, cosine(), 0.5);
  const Field velocity =
      converted(guided(scaled, {1.5, 0.2, 0.8}), {Prediction::edm, cosine()}, Prediction::velocity);
  const Field field = rescheduled(velocity, cosine(), vp());
  Tensor x({100, 2}), t({100, 1});
  std::vector<int> labels(100);
  for (int r = 0; r < 100; ++r) {
    labels[r] = r % 3 - 1;
    t(r, 0) = static_cast<real>(0.1 + 0.008 * r);
  }
  Tape tape;
  CHECK(count_allocations([&] {
          Scope scope(tape);
          field(tape.input(x.shape(), x.values()), tape.input(t.shape(), t.values()), labels);
        }) == 0);
}

TEST_CASE("after their first use, couplings by optimal transport make no heap allocation") {
  Workers workers(1);
  for (const Coupling& coupling :
       {ot_coupling(), ot_coupling(2), partial_coupling(0.8),
        unbalanced_coupling({.reg = 1, .mass_cost = 5}), sinkhorn_coupling({.reg = 1}),
        schroedinger_bridge_coupling(1)}) {
    Problem problem{std::make_shared<GaussianSource>(2), std::make_shared<Toy>("8gaussians")};
    problem.coupling = coupling;
    Batch batch(problem, 100, 1);
    std::uint32_t step = 0;
    CAPTURE(coupling.name);
    CHECK(count_allocations([&] { batch.start(step++, workers); }) == 0);
  }
}

TEST_CASE("after their first use, a batch of tokens and its losses make no heap allocation") {
  const auto data = std::make_shared<QuantisedDistribution>(std::make_shared<Toy>("8gaussians"),
                                                            TokenLevels{16, -4, 4});
  const std::vector<std::vector<double>> distributions(2, std::vector<double>(16, 1. / 16));
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform, SourceKind::data}) {
    TokenProblem problem{.data = data, .source_kind = kind, .labelled = true, .label_dropout = 0.1};
    if (kind == SourceKind::data) problem.source = std::make_shared<UniformTokens>(2, 16);
    TokenBatch batch(problem, 256, 1);
    const TokenPath path = problem.path();
    const Posterior p = independent_posterior(
        {path.kappa, kind == SourceKind::mask ? kind : SourceKind::uniform, 16}, distributions);
    Tape tape;
    std::uint32_t step = 0;
    CAPTURE(int(kind));
    CHECK(count_allocations([&] {
            batch.start(step++);
            for (int first : {0, 128}) {
              Scope scope(tape);
              const TokenSample s = batch.chunk(tape, first, 128);
              cross_entropy_loss(p, path, s);
              generalised_kl_loss(p, path, s);
            }
          }) == 0);
  }
}

TEST_CASE("training steps of token networks make no heap allocation") {
  Workers workers(2);
  for (const TokenNetworkKind kind : {TokenNetworkKind::mlp, TokenNetworkKind::transformer}) {
    TokenOptions options{.kind = kind, .length = 6, .vocabulary = 5, .states = 6};
    options.dropout = 0.1;
    options.width = 16;
    options.hidden = {16};
    TokenNetwork network(options);
    Parameters parameters(network);
    parameters.initialise({.seed = 1, .purpose = Purpose::init});
    Trainer trainer(parameters, {.clip_norm = 1, .ema_decay = 0.99}, workers);
    TokenBatch batch({.data = std::make_shared<UniformTokens>(6, 5)}, 64, 1);
    const TokenPath path = batch.problem().path();
    std::uint32_t step = 0;
    CAPTURE(int(kind));
    CHECK(count_allocations([&] {
            batch.start(step);
            trainer.step(64, [&](Tape& tape, RowRange rows) {
              const NetworkMode mode{.training = true,
                                     .dropout = {1, Purpose::dropout, step},
                                     .first_row = static_cast<std::uint32_t>(rows.first)};
              const Posterior p = [&](std::span<const int> x, Var t, Labels) {
                return network(x, t, {}, mode);
              };
              return cross_entropy_loss(p, path, batch.chunk(tape, rows.first, rows.count));
            });
            ++step;
          }) == 0);
  }
}

TEST_CASE("training steps of flow maps make no heap allocation") {
  Workers workers(2);
  VelocityOptions options{.dim = 2, .hidden = {16, 16}, .classes = 3, .two_times = true};
  Velocity network(options), averaged(options);
  Parameters parameters(network), average(averaged, static_cast<int>(parameters.list().size()));
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Trainer trainer(parameters, {.clip_norm = 1, .ema_decay = 0.99, .chunk = 32}, workers);
  average.use(trainer.ema());
  Batch batch({.source = std::make_shared<GaussianSource>(2),
               .data = std::make_shared<Toy>("moons"),
               .labelled = true},
              96, 1);
  const FlowMap map = [&](Var x, Var s, Var t, Labels labels) { return network(x, s, t, labels); },
                teacher = [&](Var x, Var s, Var t, Labels labels) {
                  return averaged(x, s, t, labels);
                };
  const MapTimes times{.both_ways = true};
  std::uint32_t step = 0;
  const auto count_steps = [&](const MapLoss& loss, const FlowMap* by) {
    return count_allocations([&] {
      batch.start(step, workers);
      trainer.step(96, [&](Tape& tape, RowRange rows) {
        const PathSample sample = batch.chunk(tape, rows.first, rows.count);
        return map_loss(map, loss,
                        divide(sample, cond_ot(), 0.5, times, {1, Purpose::path_noise, step},
                               rows.first, loss.end_velocity),
                        by);
      });
      ++step;
    });
  };
  for (const MapCondition condition : {MapCondition::lagrangian, MapCondition::eulerian,
                                       MapCondition::semigroup, MapCondition::alpha_flow}) {
    CAPTURE(name_of(condition));
    CHECK(count_steps({.condition = condition, .alpha = 0.5, .weight_power = 1}, nullptr) == 0);
  }
  MapLoss through_time{.condition = MapCondition::eulerian};
  through_time.eulerian.through_time = true;
  CHECK(count_steps(through_time, nullptr) == 0);
  CHECK(count_steps({.end_velocity = true}, &teacher) == 0);
}

TEST_CASE("after its first use, a token sampler makes no heap allocation, guided or not") {
  Workers workers(1);
  const std::vector<std::vector<double>> distributions(4, {0.1, 0.2, 0.3, 0.4});
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
      const TokenPath path{cosine_kappa(), kind, 4};
      // `given` fixes tokens in all samples (-1 means not fixed). From t = 0, only a sampler with a
      // mask source allows this.
      const std::vector<int> given{-1, kind == SourceKind::mask ? 2 : -1, -1, -1};
      TokenSamplerOptions options;
      options.method = method;
      options.steps = 8;
      options.top_p = 0.9;
      options.corrector = {Corrector::Kind::balanced, 1};
      options.label_of = [](int sample) { return sample % 3; };
      TokenSampler sampler(guided(independent_posterior(path, distributions), {1, 0.1, 0.9}), path,
                           4, options, workers, 3);
      std::vector<int> x(4 * 300), states(3 * x.size());
      std::uint64_t seed = 0;
      CHECK(count_allocations([&] {
              sampler.sample(++seed, 300, x.data(), nullptr, given, states.data());
            }) == 0);
    }
  }
}

}  // namespace pushforward::inline PF_REAL
