// Checks token flows, finds their saved times, and converts the tokens to grey levels for the
// pictures of images.
#include "apps/figures/tokens.h"

#include <algorithm>
#include <limits>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

void check_flow(const TokenFlow& flow) {
  check(flow.states.size() == flow.times * flow.rows * flow.length, "plot",
        "a token flow of shape (", flow.times, ", ", flow.rows, ", ", flow.length, ") holds ",
        flow.states.size(), " states; give times by rows by length");
  check(flow.t.size() == flow.times, "plot", flow.t.size(), " times for ", flow.times,
        " saved states; give one for each");
  check(std::adjacent_find(flow.t.begin(), flow.t.end(), std::greater_equal<>()) == flow.t.end(),
        "plot", "the times of a token flow must increase");
  const auto bad = std::find_if(flow.states.begin(), flow.states.end(),
                                [&](int s) { return s < 0 || s > flow.vocabulary; });
  check(bad == flow.states.end(), "plot", "state ", bad == flow.states.end() ? 0 : *bad,
        " in a token flow of ", flow.vocabulary, " tokens and a mask");
}

std::size_t index_at(const TokenFlow& flow, double t) {
  const auto after = std::upper_bound(flow.t.begin(), flow.t.end(), t);
  return after == flow.t.begin() ? 0 : std::size_t(after - flow.t.begin()) - 1;
}

std::vector<std::size_t> even_indices(const TokenFlow& flow, std::size_t count) {
  std::vector<std::size_t> indices;
  count = std::min(count, flow.times);
  for (std::size_t k = 0; k < count; ++k)
    indices.push_back(count > 1 ? k * (flow.times - 1) / (count - 1) : 0);
  return indices;
}

Trajectories make_level_paths(const TokenFlow& flow, double low, double step) {
  check_flow(flow);
  Trajectories levels{{}, flow.times, flow.rows, flow.length, flow.t, true};
  levels.values.reserve(flow.states.size());
  for (int state : flow.states) {
    levels.values.push_back(state == flow.mask() ? std::numeric_limits<double>::quiet_NaN()
                                                 : low + state * step);
  }
  return levels;
}

}  // namespace pushforward::app
