// Compares histograms of sequences by sorting the rows.
#include "apps/report/token_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

std::vector<std::span<const int>> sorted_rows(std::span<const int> tokens, std::size_t length) {
  std::vector<std::span<const int>> rows;
  rows.reserve(tokens.size() / length);
  for (std::size_t at = 0; at < tokens.size(); at += length)
    rows.push_back(tokens.subspan(at, length));
  std::sort(rows.begin(), rows.end(), [](std::span<const int> p, std::span<const int> q) {
    return std::lexicographical_compare(p.begin(), p.end(), q.begin(), q.end());
  });
  return rows;
}

}  // namespace

double total_variation(std::span<const int> a, std::span<const int> b, int length) {
  check(length >= 1 && a.size() % std::size_t(length) == 0 && b.size() % std::size_t(length) == 0,
        "total_variation", a.size(), " and ", b.size(), " tokens in sequences of ", length,
        "; give whole sequences");
  if (a.empty() || b.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto ours = sorted_rows(a, std::size_t(length)),
             theirs = sorted_rows(b, std::size_t(length));
  double apart = 0;
  for (std::size_t i = 0, j = 0; i < ours.size() || j < theirs.size();) {
    // Takes the lexicographically smallest sequence that remains in either set, and its count in
    // each set.
    const bool from_ours =
        j == theirs.size() ||
        (i < ours.size() && !std::lexicographical_compare(theirs[j].begin(), theirs[j].end(),
                                                          ours[i].begin(), ours[i].end()));
    const std::span<const int> row = from_ours ? ours[i] : theirs[j];
    const auto run = [&](const auto& rows, std::size_t& at) {
      const std::size_t first = at;
      while (at < rows.size() && std::equal(row.begin(), row.end(), rows[at].begin())) ++at;
      return double(at - first) / double(rows.size());
    };
    const double share = run(ours, i), other = run(theirs, j);
    apart += std::abs(share - other);
  }
  return apart / 2;
}

}  // namespace pushforward::app
