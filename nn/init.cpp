#include "nn/init.h"

#include <cmath>

namespace pushforward {

// A uniform distribution on (-b, b) has variance b^2 / 3.
Init kaiming_uniform(int in, double gain) { return uniform(gain * std::sqrt(3.0 / in)); }
Init kaiming_normal(int in, double gain) { return normal(gain / std::sqrt(in)); }
Init xavier_uniform(int in, int out, double gain) {
  return uniform(gain * std::sqrt(6.0 / (double(in) + out)));
}
Init xavier_normal(int in, int out, double gain) {
  return normal(gain * std::sqrt(2.0 / (double(in) + out)));
}

LinearInit linear_init(InitScheme scheme, int in, int out) {
  switch (scheme) {
    case InitScheme::pytorch: {
      const double bound = 1 / std::sqrt(in);
      return {uniform(bound), uniform(bound)};
    }
    case InitScheme::kaiming_uniform: return {kaiming_uniform(in, std::sqrt(2)), zeros()};
    case InitScheme::kaiming_normal: return {kaiming_normal(in, std::sqrt(2)), zeros()};
    case InitScheme::xavier_uniform: return {xavier_uniform(in, out), zeros()};
    case InitScheme::xavier_normal: return {xavier_normal(in, out), zeros()};
    case InitScheme::orthogonal: return {orthogonal(), zeros()};
    case InitScheme::zeros: break;
  }
  return {zeros(), zeros()};
}

}  // namespace pushforward
