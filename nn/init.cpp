#include "nn/init.h"

#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

void check_sizes(int in, int out, double gain) {
  check(in > 0 && out > 0 && std::isfinite(gain), "init", "sizes ", in, " -> ", out, " and gain ",
        gain, "; sizes must be at least 1, the gain finite");
}

}  // namespace

// A uniform distribution on (-b, b) has variance b^2 / 3.
Init kaiming_uniform(int in, double gain) {
  check_sizes(in, 1, gain);
  return uniform_init(gain * std::sqrt(3.0 / in));
}
Init kaiming_normal(int in, double gain) {
  check_sizes(in, 1, gain);
  return normal_init(gain / std::sqrt(in));
}
Init xavier_uniform(int in, int out, double gain) {
  check_sizes(in, out, gain);
  return uniform_init(gain * std::sqrt(6.0 / (double(in) + out)));
}
Init xavier_normal(int in, int out, double gain) {
  check_sizes(in, out, gain);
  return normal_init(gain * std::sqrt(2.0 / (double(in) + out)));
}

LinearInit linear_init(InitScheme scheme, int in, int out) {
  check(in > 0 && out > 0, "init", "a linear layer of sizes ", in, " -> ", out,
        "; both must be at least 1");
  switch (scheme) {
    case InitScheme::pytorch: {
      const double bound = 1 / std::sqrt(in);
      return {uniform_init(bound), uniform_init(bound)};
    }
    case InitScheme::kaiming_uniform: return {kaiming_uniform(in, std::sqrt(2)), zero_init()};
    case InitScheme::kaiming_normal: return {kaiming_normal(in, std::sqrt(2)), zero_init()};
    case InitScheme::xavier_uniform: return {xavier_uniform(in, out), zero_init()};
    case InitScheme::xavier_normal: return {xavier_normal(in, out), zero_init()};
    case InitScheme::orthogonal: return {orthogonal_init(), zero_init()};
    case InitScheme::zeros: break;
  }
  return {zero_init(), zero_init()};
}

}  // namespace pushforward
