// Fourier features: cosines and sines of an input along random directions.
#pragma once

#include <string>

#include "nn/module.h"

namespace pushforward::inline PF_REAL {

// Returns [cos(2 pi x F), sin(2 pi x F)] (R, 2 n) for x (R, in) and frequencies F (in, n).
Var waves(Var x, Var frequencies);

// Returns waves(x, F) averaged over normal noise on x, which has in row r the standard deviation
// noise[r] in every direction. The average multiplies the two waves of frequency f in row r by
// exp(-2 pi^2 |f|^2 noise[r]^2) (Barron et al. 2021, eq. 13). `noise` is (R, 1).
Var blurred_waves(Var x, Var frequencies, Var noise);

// The frequencies F of Fourier features, one in each column.
struct FrequencyOptions {
  // The size of the frequencies, in periods per unit of x: the standard deviation of the elements
  // of the first column, or with `axes` the smallest frequency. It must be finite and at least 0.
  double scale = 1;

  // The last frequency is 2^octaves times as large as the first. It must be finite and at least 0.
  double octaves = 0;

  // If true, each frequency is along one coordinate, and none is random. Each coordinate then needs
  // at least one frequency. If false, each has a random direction.
  bool axes = false;

  // If true, the frequencies are trained; otherwise they stay as they were drawn.
  bool learned = false;
};

// Maps x (R, in) to waves(x, F) (R, dim). Each column of F (in, dim / 2) is one frequency, in
// periods per unit of x. The elements of the first column start as normal numbers with standard
// deviation `scale`, those of the last column with 2^octaves scale (Tancik et al. 2020, eq. 5, with
// octaves = 0). With `axes` the frequencies of each coordinate grow from scale to 2^octaves scale
// (Mildenhall et al. 2020, eq. 4).
class FourierFeatures {
 public:
  // `where` names the layer in errors. Throws unless dim is even and positive, in is positive,
  // scale and octaves are finite and at least 0, and `axes`, if set, has a frequency for every
  // coordinate.
  FourierFeatures(const char* where, int in, int dim, const FrequencyOptions& options);

  Var operator()(Var x) const;
  // Returns blurred_waves(x, F, noise).
  Var operator()(Var x, Var noise) const;
  // Visits the parameter "frequencies". Files store it with one axis (dim / 2) if `in` is 1.
  void visit(const std::string& at, const Visitor& f) { f(at + "frequencies", frequencies_); }

 private:
  Parameter frequencies_;
};

// Throws unless dim is even and positive.
void check_waves(const char* where, int dim);

}  // namespace pushforward::inline PF_REAL
