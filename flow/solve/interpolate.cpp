#include "flow/solve/interpolate.h"

#include <algorithm>
#include <cmath>

namespace pushforward::inline PF_REAL {

using detail::check;

void blend_latents(LatentBlend how, const real* a, const real* b, int dim, double s, real* out) {
  check(dim > 0 && s >= 0 && s <= 1, "interpolate", "the part ", s, " of the way between rows of ",
        dim, " numbers; the part lies in [0, 1], and there is a number");
  double left = 1 - s, right = s;
  if (how == LatentBlend::spherical) {
    double aa = 0, bb = 0, ab = 0;
    for (int j = 0; j < dim; ++j) {
      aa += double(a[j]) * a[j];
      bb += double(b[j]) * b[j];
      ab += double(a[j]) * b[j];
    }
    const double cosine = std::clamp(ab / std::sqrt(aa * bb), -1., 1.);
    const double angle = std::acos(cosine), sine = std::sin(angle);
    if (sine > 1e-6) {  // false for rows of zeros too
      left = std::sin((1 - s) * angle) / sine;
      right = std::sin(s * angle) / sine;
    }
  }
  for (int j = 0; j < dim; ++j) out[j] = static_cast<real>(left * a[j] + right * b[j]);
}

Tensor interpolate(Sampler& encode, Sampler& decode, const Tensor& a, const Tensor& b, int count,
                   LatentBlend how) {
  check(a.shape() == b.shape() && a.cols() == decode.dim() && encode.dim() == decode.dim(),
        "interpolate", "points ", a.shape(), " and ", b.shape(), " for flows of dimension ",
        encode.dim(), " and ", decode.dim(), "; all four must agree");
  check(encode.times().back() == decode.times().front(), "interpolate",
        "the encoder ends at t = ", encode.times().back(), " and the decoder begins at ",
        decode.times().front(), "; make the decoder run the encoder's times in reverse");
  check(count >= 2, "interpolate", count, " points from end to end; give at least 2");
  const int n = a.rows(), dim = a.cols();
  Tensor from = a, to = b, out({count, n, dim});
  encode.transport(n, from.data());
  encode.transport(n, to.data());
  for (int k = 0; k < count; ++k) {
    real* path = out.data() + static_cast<std::size_t>(k) * n * dim;
    for (std::size_t r = 0; r < static_cast<std::size_t>(n); ++r) {
      blend_latents(how, from.data() + r * dim, to.data() + r * dim, dim,
                    static_cast<double>(k) / (count - 1), path + r * dim);
    }
    decode.transport(n, path);
  }
  return out;
}

}  // namespace pushforward::inline PF_REAL
