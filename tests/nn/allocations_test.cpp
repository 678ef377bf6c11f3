// Tests that training allocates nothing on the heap after the first steps. It counts calls of
// operator new.
#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#include "nn/networks/token_network.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"
#include "tests/nn/check.h"

namespace {
std::atomic<long> g_nn_allocations{0};

void* allocate(std::size_t size, std::size_t alignment) {
  ++g_nn_allocations;
  size = (size + alignment - 1) / alignment * alignment;
  if (void* p = std::aligned_alloc(alignment, size ? size : alignment)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new[](std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) {
  return allocate(size, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t size, std::align_val_t a) {
  return allocate(size, static_cast<std::size_t>(a));
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

TEST_CASE("trainer: the steps after the first two make no heap allocation") {
  for (const int threads : {1, 2}) {
    // A thread computes a batch in chunks of rows. The batch of 200 rows has 7 chunks, and the
    // batch of 2400 rows has 75, which is several for each thread. A container that grows with the
    // number of steps shows in 50 steps of the small batch.
    for (const int rows : {200, 2400}) {
      VelocityOptions o{.kind = NetworkKind::res_mlp, .hidden = {32, 32}};
      o.time = {.kind = TimeKind::learned_fourier, .dim = 8};
      o.condition = Condition::film;
      o.dropout = 0.1;
      o.classes = 3;
      Velocity net(o);
      Parameters parameters(net);
      parameters.initialise({1, Purpose::init});
      Workers workers(threads);
      TrainerOptions training;
      training.clip_norm = 1;
      training.ema_decay = 0.99;
      training.chunk = 32;
      Trainer trainer(parameters, training, workers);
      const auto loss = [&](Tape& tape, RowRange chunk) {
        std::span<real> x, t;
        const Var vx = tape.uninitialised({chunk.count, 2}, x);
        const Var vt = tape.uninitialised({chunk.count, 1}, t);
        const Stream stream{1, Purpose::noise, static_cast<std::uint32_t>(trainer.updates())};
        const auto first = static_cast<std::uint32_t>(chunk.first);
        fill_normal(stream, first, chunk.count, 2, x.data());
        fill_uniform(stream.with(Purpose::time), first, chunk.count, 1, t.data());
        std::array<int, 32> labels;
        for (int r = 0; r < chunk.count; ++r) labels[r] = (chunk.first + r) % 4 - 1;
        const auto of_rows = std::span<const int>(labels).first(chunk.count);
        return mse(net(vx, vt, of_rows, {true, stream.with(Purpose::dropout), first}), vx);
      };
      for (int k = 0; k < 2; ++k) trainer.step(rows, loss);
      const long before = g_nn_allocations;
      for (int k = 0; k < (rows == 200 ? 50 : 8); ++k) trainer.step(rows, loss);
      const long made = g_nn_allocations - before;
      INFO(threads << " threads, " << rows << " rows");
      CHECK(made == 0);
    }
  }
}

TEST_CASE("trainer: steps of a network over tokens make no heap allocation") {
  for (const TokenNetworkKind kind : {TokenNetworkKind::mlp, TokenNetworkKind::transformer}) {
    TokenOptions o;
    o.kind = kind;
    o.length = 4;
    o.vocabulary = 5;
    o.states = 6;
    o.classes = 3;
    o.width = 16;
    o.positions = Positions::rotary;
    o.dropout = 0.1;
    TokenNetwork net(o);
    Parameters parameters(net);
    parameters.initialise({1, Purpose::init});
    Workers workers(2);
    TrainerOptions training;
    training.chunk = 8;
    Trainer trainer(parameters, training, workers);
    const auto loss = [&](Tape& tape, RowRange chunk) {
      std::array<int, 32> states, targets;
      std::array<int, 8> labels;
      for (int k = 0; k < 4 * chunk.count; ++k)
        states[k] = (chunk.first + k) % 6, targets[k] = (chunk.first + k) % 5;
      for (int r = 0; r < chunk.count; ++r) labels[r] = (chunk.first + r) % 4 - 1;
      const auto first = static_cast<std::size_t>(chunk.count);
      const NetworkMode mode{true, {1, Purpose::dropout}, static_cast<std::uint32_t>(chunk.first)};
      const Var y =
          net(std::span<const int>(states).first(4 * first), tape.full({chunk.count, 1}, real(0.5)),
              std::span<const int>(labels).first(first), mode);
      return -mean(pick_cols(log_softmax(reshape(y, {4 * chunk.count, 5})),
                             std::span<const int>(targets).first(4 * first)));
    };
    for (int k = 0; k < 2; ++k) trainer.step(50, loss);
    const long before = g_nn_allocations;
    for (int k = 0; k < 20; ++k) trainer.step(50, loss);
    const long made = g_nn_allocations - before;
    CHECK(made == 0);
  }
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
