// Warm batches and warm samplers make no heap allocation: operator new is counted.
#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

#include "catch.h"
#include "flow/batch.h"
#include "flow/loss.h"
#include "flow/sampler.h"
#include "flow/source.h"
#include "flow/toy.h"
#include "flow_fields.h"

namespace {
std::atomic<long> g_allocations{0};

void* counted(std::size_t size, std::size_t align) {
  ++g_allocations;
  size = (size + align - 1) / align * align;
  if (void* p = std::aligned_alloc(align, size ? size : align)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t n) { return counted(n, alignof(std::max_align_t)); }
void* operator new[](std::size_t n) { return counted(n, alignof(std::max_align_t)); }
void* operator new(std::size_t n, std::align_val_t a) { return counted(n, std::size_t(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return counted(n, std::size_t(a)); }
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

// Allocations of `work` once it has run twice.
template <class Work>
long allocations(const Work& work) {
  work();
  work();
  const long before = g_allocations;
  work();
  return g_allocations - before;
}

}  // namespace

TEST_CASE("a warm sampler makes no heap allocation, trajectories included") {
  Workers workers(1);
  const RandomField net(2, 5);
  const GaussianSource source(2);
  SamplerOptions fixed;
  fixed.solver.tableau = &kRk4;
  fixed.solver.adaptive = false;
  fixed.steps = 30;
  Tensor x({1000, 2}), path({11, 1000, 2});
  std::vector<SamplerOptions> all{{}, fixed};
  for (Method method :
       {Method::euler_maruyama, Method::stochastic_heun, Method::dpm_solver, Method::edm_heun}) {
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
    CHECK(allocations([&] { sampler.sample(source, ++seed, 1000, x.data(), path.data()); }) == 0);
  }
}

TEST_CASE("a warm batch makes no heap allocation") {
  Workers workers(1);
  const RandomField net(2, 5);
  const Field field = std::cref(net);
  Tape tape;
  for (const ToyInfo& info : toys()) {
    Batch batch({std::make_shared<GaussianSource>(2), std::make_shared<Toy>(info.name)}, 256, 1);
    std::uint32_t step = 0;
    CAPTURE(info.name);
    CHECK(allocations([&] {
            batch.start(step++, workers);
            for (int first : {0, 128}) {
              Scope scope(tape);
              cfm_loss(field, batch.chunk(tape, first, 128), 256);
            }
          }) == 0);
  }
}

}  // namespace pushforward::inline PF_REAL
