// Solves assignment problems for scipy_assignment.py until its input ends. It reads n (int32) and n
// * n doubles from stdin. It writes the column of each row (n int32) and the cost (double) to
// stdout.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <vector>

#include "flow/coupling/assignment.h"

int main() {
  try {
    pushforward::Assignment solver;
    std::int32_t n = 0;
    std::vector<double> cost;
    while (std::fread(&n, sizeof n, 1, stdin) == 1) {
      cost.resize(static_cast<std::size_t>(n) * n);
      if (std::fread(cost.data(), sizeof(double), cost.size(), stdin) != cost.size()) return 1;
      const auto columns = solver.solve(n, cost.data());
      const double total = solver.cost();
      std::fwrite(columns.data(), sizeof(std::int32_t), columns.size(), stdout);
      std::fwrite(&total, sizeof total, 1, stdout);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
