// Tests that training steps on a tape that has run before allocate nothing on the heap. It counts
// calls of operator new.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/workers.h"
#include "tests/tools/catch.h"

namespace {
std::atomic<long> g_exam_allocations{0};

void* counted_new(std::size_t size, std::size_t align) {
  ++g_exam_allocations;
  size = (size + align - 1) / align * align;
  if (void* p = std::aligned_alloc(align, size ? size : align)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t n) { return counted_new(n, alignof(std::max_align_t)); }
void* operator new[](std::size_t n) { return counted_new(n, alignof(std::max_align_t)); }
void* operator new(std::size_t n, std::align_val_t a) { return counted_new(n, std::size_t(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return counted_new(n, std::size_t(a)); }
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

constexpr int kStepRows = 96, kStepWidth = 40;

// A multilayer perceptron with layer sizes 3, 40, 40 and 2. Its parameters are in one array.
struct Network {
  struct Part {
    Shape shape;
    std::size_t at;
  };
  std::vector<Part> parts;
  std::vector<real> values, gradient;

  Network() {
    for (const Shape& s :
         {Shape{kStepWidth, 3}, Shape{1, kStepWidth}, Shape{kStepWidth, kStepWidth},
          Shape{1, kStepWidth}, Shape{2, kStepWidth}, Shape{1, 2}}) {
      parts.push_back({s, values.size()});
      values.resize(values.size() + static_cast<std::size_t>(s.size()));
    }
    gradient.resize(values.size());
    fill_normal({.seed = 1, .purpose = Purpose::init}, 0, 1, static_cast<int>(values.size()),
                values.data());
    for (real& v : values) v *= real(0.2);
  }
  Var part(Tape& t, int k) const {
    const Part& p = parts[static_cast<std::size_t>(k)];
    return t.parameter(k, p.shape, values.data() + p.at, "part");
  }
  Var operator()(Var x) const {
    Tape& t = *x.tape;
    const Var h = silu(linear(x, part(t, 0), part(t, 1)));
    return linear(silu(linear(h, part(t, 2), part(t, 3))), part(t, 4), part(t, 5));
  }
};

// Takes one step of gradient descent on random data. With `nested`, the loss contains a divergence,
// so that the sweep also visits lines recorded by other sweeps.
real train(Tape& tape, Network& net, std::uint32_t step, bool nested) {
  Scope scope(tape);
  std::span<real> in, want;
  const Var x = tape.uninitialised({kStepRows, 3}, in),
            y = tape.uninitialised({kStepRows, 2}, want);
  fill_normal({.seed = 2, .purpose = Purpose::noise, .step = step}, 0, kStepRows, 3, in.data());
  for (int r = 0; r < kStepRows; ++r) want[2 * r] = in[3 * r], want[2 * r + 1] = -in[3 * r + 1];
  const Var u = net(x);
  Var loss = mse(u, y);
  if (nested) {
    const Var slope = jvp(u, x, tape.full(x.shape(), 1), Record::yes);
    loss = loss + real(0.01) * mean(square(slope));
  }
  std::array<Var, 6> wrt, out;
  for (int k = 0; k < 6; ++k) wrt[k] = net.part(tape, k);
  grad(loss, tape.full({}, 1), wrt, out);
  for (std::size_t k = 0; k < 6; ++k) {
    const auto g = out[k].values();
    for (std::size_t i = 0; i < g.size(); ++i) net.values[net.parts[k].at + i] -= real(0.05) * g[i];
  }
  return loss.item();
}

}  // namespace

TEST_CASE("50 training steps after warm-up make no heap allocation", "[allocations]") {
  for (const bool nested : {false, true}) {
    Tape tape;
    Network net;
    real first = 0, last = 0;
    for (std::uint32_t step = 0; step < 2; ++step) first = train(tape, net, step, nested);
    const long before = g_exam_allocations;
    for (std::uint32_t step = 2; step < 52; ++step) last = train(tape, net, step, nested);
    const long during = g_exam_allocations - before;
    CAPTURE(nested, first, last);
    CHECK(during == 0);
    CHECK(last < first);
  }
}

TEST_CASE("work on several threads makes no heap allocation", "[allocations][threads]") {
  Workers workers(3);
  std::array<std::atomic<int>, 16> done{};
  const auto job = [&](int index, int) { ++done[static_cast<std::size_t>(index)]; };
  workers.run(16, job);
  const long before = g_exam_allocations;
  for (int round = 0; round < 50; ++round) workers.run(16, job);
  CHECK(g_exam_allocations - before == 0);
  for (const auto& d : done) CHECK(d == 51);
}

TEST_CASE("the counter of allocations counts", "[allocations]") {
  const long before = g_exam_allocations;
  { const std::vector<int> v(3); }
  CHECK(g_exam_allocations - before == 1);
}

}  // namespace pushforward::inline PF_REAL
