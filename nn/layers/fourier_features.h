// Fourier features: cosines and sines of an input along random directions.
#pragma once

#include <string>

#include "nn/module.h"

namespace pushforward::inline PF_REAL {

// Returns [cos(2 pi x F), sin(2 pi x F)] (R, 2 n) for x (R, in) and frequencies F (in, n).
Var waves(Var x, Var frequencies);

// Maps x (R, in) to waves(x, F) (R, dim). Each column of F (in, dim / 2) is one frequency, in periods per
// unit of x. The frequencies start as normal numbers with standard deviation `scale` (Tancik et al.
// 2020, eq. 5). They keep these values unless `learned`.
class FourierFeatures {
 public:
  // `where` names the layer in errors. Throws unless dim is even and positive, in is positive, and scale is
  // finite and at least 0.
  FourierFeatures(const char* where, int in, int dim, double scale, bool learned);

  Var operator()(Var x) const;
  // Visits the parameter "frequencies". Files store it with one axis (dim / 2) if `in` is 1.
  void visit(const std::string& at, const Visitor& f) { f(at + "frequencies", frequencies_); }

 private:
  Parameter frequencies_;
};

// Throws unless dim is even and positive.
void check_waves(const char* where, int dim);

}  // namespace pushforward::inline PF_REAL
