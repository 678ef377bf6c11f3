// Random numbers of the examination. They are from splitmix64 (Steele, Lea, Flood 2014), so that
// they do not depend on the random generator of autograd, which is tested too.
#pragma once

#include <cstdint>
#include <vector>

namespace pushforward::exam {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // Returns a random whole number from 0 to n - 1.
  int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
  // Returns true with probability 1 / n.
  bool once_in(int n) { return below(n) == 0; }
  // Returns a random number in [low, high] that a float represents exactly.
  double between(double low, double high) {
    const double u = static_cast<double>(next() >> 40) * 0x1p-24;
    return static_cast<float>(low + u * (high - low));
  }
  std::vector<double> vector(std::size_t n, double low = -1, double high = 1) {
    std::vector<double> v;
    for (std::size_t i = 0; i < n; ++i) v.push_back(between(low, high));
    return v;
  }

 private:
  std::uint64_t state_;
};

}  // namespace pushforward::exam
