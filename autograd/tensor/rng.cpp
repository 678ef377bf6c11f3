#include "autograd/tensor/rng.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

// Returns a number in (0, 1) from 52 bits of two words: the middle of one of 2^52 equal intervals,
// so never 0 or 1.
double unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c,
                                    std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p = std::uint64_t{0xD2511F53} * c[0], q = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(q >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(q),
         static_cast<std::uint32_t>(p >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p)};
    k = {k[0] + 0x9E3779B9, k[1] + 0xBB67AE85};
  }
  return c;
}

std::array<std::uint32_t, 4> Stream::words(std::uint32_t row, std::uint32_t block) const {
  return philox({block, row, step, static_cast<std::uint32_t>(purpose)},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

double Stream::uniform(std::uint32_t row, std::uint32_t index) const {
  const auto w = words(row, index / 2);
  return index % 2 == 0 ? unit(w[0], w[1]) : unit(w[2], w[3]);
}

double Stream::normal(std::uint32_t row, std::uint32_t index) const {
  const auto w = words(row, index / 2);
  const double r = std::sqrt(-2 * std::log(unit(w[0], w[1]))),
               a = 6.283185307179586477 * unit(w[2], w[3]);
  return index % 2 == 0 ? r * std::cos(a) : r * std::sin(a);
}

int Stream::integer(int n, std::uint32_t row, std::uint32_t index) const {
  check(n > 0, "rng", "an integer below ", n, " was requested; n must be positive");
  return static_cast<int>(std::min(uniform(row, index) * n, n - 1.0));
}

std::vector<int> permutation(Stream stream, int n) {
  check(n >= 0, "rng", "a permutation of ", n, " numbers was requested");
  std::vector<std::pair<std::uint64_t, int>> keyed(n);
  for (int i = 0; i < n; ++i) {
    const auto w = stream.words(static_cast<std::uint32_t>(i), 0);
    keyed[i] = {std::uint64_t{w[0]} << 32 | w[1], i};
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<int> order(n);
  for (int i = 0; i < n; ++i) order[i] = keyed[i].second;
  return order;
}

void categorical(Stream stream, std::span<const double> weights, std::uint32_t first_row,
                 std::span<int> out) {
  double total = 0;
  int last = -1;  // the last index with positive weight
  for (std::size_t k = 0; k < weights.size(); ++k) {
    check(std::isfinite(weights[k]) && weights[k] >= 0, "categorical", "weight ", k, " is ",
          weights[k], "; weights must be finite and not negative");
    total += weights[k];
    if (weights[k] > 0) last = static_cast<int>(k);
  }
  check(last >= 0, "categorical", "all ", weights.size(),
        " weights are 0; at least one must be positive");
  for (std::size_t i = 0; i < out.size(); ++i) {
    double left = stream.uniform(first_row + static_cast<std::uint32_t>(i)) * total;
    int k = 0;
    while (k < last && left >= weights[k]) left -= weights[k++];
    out[i] = k;
  }
}

}  // namespace pushforward
