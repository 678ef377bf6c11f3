// Pairs batches by exact optimal transport and times each batch, for peer_scipy_assignment.py.
//
// For each batch it reads from stdin n and dim (int32), then x0 and x1 (n, dim) as doubles. It
// writes to stdout the least cost, the seconds for squared distances and assignment together, and
// the seconds for the assignment alone (doubles). The first batch of a size is a warm-up.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "flow/coupling/assignment.h"
#include "flow/coupling/squared_costs.h"

int main() {
  using namespace pushforward;
  Assignment assignment;
  SquaredCosts costs;
  std::vector<double> x0, x1, matrix;
  std::int32_t size[2];
  while (std::fread(size, sizeof size, 1, stdin) == 1) {
    const std::size_t n = static_cast<std::size_t>(size[0]), numbers = n * size[1];
    x0.resize(numbers);
    x1.resize(numbers);
    matrix.resize(n * n);
    if (std::fread(x0.data(), sizeof(double), numbers, stdin) != numbers ||
        std::fread(x1.data(), sizeof(double), numbers, stdin) != numbers) {
      std::fprintf(stderr, "[assignment_bench] the batch ends early\n");
      return 1;
    }
    const auto begin = std::chrono::steady_clock::now();
    costs.set(size[0], x0.data(), size[0], x1.data(), size[1]);
    costs.fill(matrix.data());
    const auto filled = std::chrono::steady_clock::now();
    assignment.solve(size[0], matrix.data());
    const auto end = std::chrono::steady_clock::now();
    const double answer[] = {assignment.cost(), std::chrono::duration<double>(end - begin).count(),
                             std::chrono::duration<double>(end - filled).count()};
    std::fwrite(answer, sizeof answer, 1, stdout);
    std::fflush(stdout);
  }
}
