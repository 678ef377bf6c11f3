// Initial values of parameters: each parameter stores a distribution, from which `fill_init` draws
// later.
#pragma once

#include <span>
#include <string>

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"
#include "autograd/tensor/shape.h"
#include "nn/choice.h"

namespace pushforward {

// A distribution for the elements of one parameter.
struct Init {
  enum class Kind { constant, uniform, normal, orthogonal, axes };
  Kind kind = Kind::constant;
  // The number of the distribution. constant: the value. uniform: the bound b of (-b, b). normal:
  // the standard deviation. orthogonal: the gain. axes: the smallest element that is not 0.
  double scale = 0;
  // normal and axes: the last column is 2^octaves times as large as the first (see normal_init and
  // axes_init).
  double octaves = 0;
};

// The functions that follow return an Init. They accept any number; fill_init checks it later.
constexpr Init zero_init() { return {}; }
constexpr Init constant_init(double value) { return {Init::Kind::constant, value}; }
constexpr Init uniform_init(double bound) { return {Init::Kind::uniform, bound}; }
// The elements of column j, of n columns, are normal numbers with mean 0 and a standard deviation
// of `deviation` times 2^(octaves j / (n - 1)).
constexpr Init normal_init(double deviation, double octaves = 0) {
  return {Init::Kind::normal, deviation, octaves};
}
// Column j of a matrix (R, n) has one element that is not 0, in row j mod R. The elements of one
// row that are not 0 grow evenly in logarithm from `smallest` to smallest 2^octaves. Nothing is
// random.
constexpr Init axes_init(double smallest, double octaves) {
  return {Init::Kind::axes, smallest, octaves};
}
// A random matrix times `gain`. Its rows or its columns, whichever are fewer, are orthonormal, and
// the matrix is uniformly distributed among those with this property (Saxe, McClelland, Ganguli
// 2014, section 3).
constexpr Init orthogonal_init(double gain = 1) { return {Init::Kind::orthogonal, gain}; }
// Distributions with variance gain^2 / in, for a layer with `in` inputs (He, Zhang, Ren, Sun 2015,
// eq. 10; they use gain = sqrt 2 for relu). The kaiming and xavier functions throw unless sizes are
// positive and gains finite.
Init kaiming_uniform(int in, double gain);
Init kaiming_normal(int in, double gain);
// Distributions with variance 2 gain^2 / (in + out) (Glorot, Bengio 2010, eq. 16).
Init xavier_uniform(int in, int out, double gain = 1);
Init xavier_normal(int in, int out, double gain = 1);

// The initialisation of all linear layers of a network. `pytorch` draws weight and bias uniformly
// with bound 1/sqrt(in), as torch.nn.Linear does (PyTorch calls this Kaiming uniform with a = sqrt
// 5). All other schemes set the bias to 0. The Kaiming schemes use gain sqrt 2.
enum class InitScheme {
  pytorch,
  kaiming_uniform,
  kaiming_normal,
  xavier_uniform,
  xavier_normal,
  orthogonal,
  zeros
};
inline std::span<const Choice> init_schemes() {
  static constexpr Choice table[] = {
      {"pytorch", "weight and bias uniform within 1/sqrt(in), the default of torch.nn.Linear"},
      {"kaiming_uniform", "weight uniform, variance 2/in; bias 0"},
      {"kaiming_normal", "weight normal, variance 2/in; bias 0"},
      {"xavier_uniform", "weight uniform, variance 2/(in + out); bias 0"},
      {"xavier_normal", "weight normal, variance 2/(in + out); bias 0"},
      {"orthogonal", "weight a random orthogonal matrix; bias 0"},
      {"zeros", "weight and bias 0"},
  };
  return table;
}
inline InitScheme init_scheme_named(const std::string& name) {
  return static_cast<InitScheme>(choose("init", name, init_schemes()));
}

// The distributions of a linear layer's weight and bias.
struct LinearInit {
  Init weight, bias;
};
LinearInit linear_init(InitScheme scheme, int in, int out);  // fails unless both sizes are positive

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Fills `out`, which has one number per element of `shape`, from the distribution. Each number
// depends only on the stream and on the element's row and column. float and double agree up to
// round-off. Throws if the scale is not finite, and if `orthogonal` gets a shape that is not a
// matrix. Does not check the size of `out`.
void fill_init(Init init, Shape shape, Stream stream, real* out);

}  // namespace pushforward::inline PF_REAL
