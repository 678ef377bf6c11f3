// This file is compiled as C++17, because LEMON 1.3 calls members of std::allocator
// that C++20 removed.
#include "tests/judges/lemon/oracle.h"

#include <lemon/full_graph.h>
#include <lemon/network_simplex.h>

#include <cstdint>
#include <stdexcept>

namespace pushforward {

double lemon_min_cost(int n, const double* cost) {
  // In the network, each row of the matrix supplies one unit, and each column receives one.
  using Graph = lemon::FullDigraph;
  Graph graph(2 * n);
  Graph::ArcMap<std::int64_t> price(graph), room(graph, 0);
  Graph::NodeMap<std::int64_t> supply(graph, 0);
  for (int i = 0; i < n; ++i) {
    supply[graph(i)] = 1;
    supply[graph(n + i)] = -1;
    for (int j = 0; j < n; ++j) {
      const Graph::Arc arc = graph.arc(graph(i), graph(n + j));
      price[arc] = static_cast<std::int64_t>(cost[static_cast<long>(i) * n + j]);
      room[arc] = 1;
    }
  }
  lemon::NetworkSimplex<Graph, std::int64_t, std::int64_t> simplex(graph);
  simplex.costMap(price).upperMap(room).supplyMap(supply);
  if (simplex.run() != simplex.OPTIMAL) throw std::runtime_error("LEMON found no optimum");
  return static_cast<double>(simplex.totalCost<std::int64_t>());
}

}  // namespace pushforward
