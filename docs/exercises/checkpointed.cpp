// Exercise 5: a gradient in less memory, by segments that are computed twice.
//
// Only the values between segments are stored. Each segment is computed again when the downward
// sweep reaches it (Griewank, Walther 2000).
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "docs/exercises/exercise.h"

using namespace pushforward;

namespace {

constexpr int kSegments = 20, kDepth = 50, kNumbers = 100;

// One segment of a deep chain.
Var segment(Var x) {
  for (int k = 0; k < kDepth; ++k) x = x + real(0.01) * sin(real(3) * x);
  return x;
}

// Returns the gradient of sum(chain(x)) from one sweep over the whole chain.
std::vector<real> at_once(Tape& tape, const std::vector<real>& numbers) {
  const Var x = tape.input({kNumbers}, numbers);
  Var y = x;
  for (int s = 0; s < kSegments; ++s) y = segment(y);
  const auto g = grad(sum(y), x).values();
  return {g.begin(), g.end()};
}

// your part: std::vector<real> checkpointed(Tape& tape, const std::vector<real>& numbers), the same
// gradient, with the lines of no more than one segment on the tape at a time
std::vector<real> copy(Var v) { return {v.values().begin(), v.values().end()}; }

std::vector<real> checkpointed(Tape& tape, const std::vector<real>& numbers) {
  std::vector<std::vector<real>> inputs{numbers};
  for (int s = 0; s < kSegments; ++s) {
    const Scope forget(tape);
    inputs.push_back(copy(segment(tape.input({kNumbers}, inputs.back()))));
  }
  std::vector<real> g(kNumbers, 1);  // the cotangent of the chain's end
  for (int s = kSegments; s-- > 0;) {
    const Scope forget(tape);
    const Var x = tape.input({kNumbers}, inputs[static_cast<std::size_t>(s)]);
    const Var seed = tape.input({kNumbers}, g);
    Var pulled;
    grad(segment(x), seed, {&x, 1}, {&pulled, 1});
    g = copy(pulled);
  }
  return g;
}
// end of your part

}  // namespace

int main() {
  std::vector<real> numbers;
  for (int k = 0; k < kNumbers; ++k) numbers.push_back(std::cos(k));
  Tape whole, parts;
  const std::vector<real> want = at_once(whole, numbers), got = checkpointed(parts, numbers);
  exercise::expect("the gradient is the same to the last bit", got == want);
  const double saved = double(whole.arena().bytes_peak()) / double(parts.arena().bytes_peak());
  exercise::expect("the tape needs a tenth of the memory at most", saved >= 10);
  return exercise::result();
}
