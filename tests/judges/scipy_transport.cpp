// Solves partial and unbalanced transport problems for scipy_transport.py until its input ends. It reads
// n and the number of pairs (int32), reg and mass_cost, and n * n costs (double) from stdin. It writes
// the cost of the partial plan and the unbalanced plan (n * n double) to stdout.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <vector>

#include "flow/coupling/partial.h"
#include "flow/coupling/unbalanced.h"

int main() {
  try {
    pushforward::PartialAssignment partial;
    pushforward::UnbalancedTransport unbalanced;
    std::int32_t head[2];
    double numbers[2];
    std::vector<double> cost;
    while (std::fread(head, sizeof head, 1, stdin) == 1) {
      if (std::fread(numbers, sizeof numbers, 1, stdin) != 1) return 1;
      const std::size_t size =
          static_cast<std::size_t>(head[0]) * static_cast<std::size_t>(head[0]);
      cost.resize(size);
      if (std::fread(cost.data(), sizeof(double), size, stdin) != size) return 1;
      partial.solve(head[0], head[1], cost.data());
      const double total = partial.cost();
      if (!unbalanced.solve(head[0], head[0], cost.data(),
                            {.reg = numbers[0], .mass_cost = numbers[1], .tolerance = 1e-10}))
        return 1;
      std::fwrite(&total, sizeof total, 1, stdout);
      std::fwrite(unbalanced.plan(), sizeof(double), size, stdout);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
