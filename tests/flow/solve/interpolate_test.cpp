// Tests interpolation between samples through their latents (the noise to which the flow maps
// them): hand-computed blends, samples at the ends that are reproduced, and labels.
#include "flow/solve/interpolate.h"

#include <cmath>

#include "flow/distributions/source.h"
#include "tests/flow/fields.h"
#include "tests/flow/gaussian_data.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

SamplerOptions ode(double begin, double end) {
  SamplerOptions options;
  options.solver.rtol = options.solver.atol = kDouble ? 1e-9 : 1e-6;
  options.begin = begin;
  options.end = end;
  return options;
}

}  // namespace

TEST_CASE("blends of two points have hand-computed values") {
  const real a[] = {2, 0, 0}, b[] = {0, 0, 3};
  real out[3];
  const double root = std::sqrt(0.5);
  blend_latents(LatentBlend::spherical, a, b, 3, 0.5, out);
  CHECK(double(out[0]) == Approx(2 * root));
  CHECK(double(out[2]) == Approx(3 * root));
  blend_latents(LatentBlend::linear, a, b, 3, 0.25, out);
  CHECK(double(out[0]) == Approx(1.5));
  CHECK(double(out[2]) == Approx(0.75));
  for (LatentBlend how : {LatentBlend::spherical, LatentBlend::linear}) {
    for (double s : {0., 1.}) {
      blend_latents(how, a, b, 3, s, out);
      for (int j = 0; j < 3; ++j)
        CHECK(double(out[j]) == Approx(s == 0 ? a[j] : b[j]).margin(1e-7));
    }
  }
  // On a circle, the angle of the blend is proportional to the fraction s.
  const real e[] = {1, 0}, f[] = {real(std::cos(1.2)), real(std::sin(1.2))};
  for (double s : {0.2, 0.7}) {
    blend_latents(LatentBlend::spherical, e, f, 2, s, out);
    CHECK(double(out[0]) == Approx(std::cos(1.2 * s)).epsilon(1e-6));
    CHECK(double(out[1]) == Approx(std::sin(1.2 * s)).epsilon(1e-6));
  }
  // Through opposite points, equal points or zero there is no unique great circle. The blend is
  // then linear.
  const real opposite[] = {-2, 0, 0}, zero[] = {0, 0, 0};
  for (const real* other : {opposite, zero, a}) {
    blend_latents(LatentBlend::spherical, a, other, 3, 0.25, out);
    CHECK(double(out[0]) == Approx(0.75 * 2 + 0.25 * other[0]));
  }
}

TEST_CASE("interpolation between two samples through their latents reproduces both ends") {
  Workers workers(2);
  const RandomField net(3, 5);
  Sampler forth(std::cref(net), 3, ode(0, 1), workers), back(std::cref(net), 3, ode(1, 0), workers);
  const Tensor a = forth.sample(GaussianSource(3), 1, 150),
               b = forth.sample(GaussianSource(3), 2, 150);
  const Tensor noise_a = draw_rows(GaussianSource(3), sample_stream(1), 150),
               noise_b = draw_rows(GaussianSource(3), sample_stream(2), 150);
  for (LatentBlend how : {LatentBlend::spherical, LatentBlend::linear}) {
    const Tensor path = interpolate(back, forth, a, b, 5, how);
    REQUIRE(path.shape() == Shape{5, 150, 3});
    const double eps = kDouble ? 1e-6 : 1e-3;
    double worst = 0;
    Tensor middle({150, 3});
    for (int r = 0; r < 150; ++r) {
      blend_latents(how, noise_a.data() + 3 * r, noise_b.data() + 3 * r, 3, 0.5,
                    middle.data() + 3 * r);
    }
    forth.transport(150, middle.data());
    for (int e = 0; e < 450; ++e) {
      worst = std::max({worst, std::abs(double(path.data()[e]) - double(a.data()[e])),
                        std::abs(double(path.data()[4 * 450 + e]) - double(b.data()[e])),
                        std::abs(double(path.data()[2 * 450 + e]) - double(middle.data()[e]))});
    }
    CHECK(worst < eps);
  }
}

TEST_CASE("interpolated pairs keep their labels") {
  // The flow of label k moves every point by k.
  const Field shifted = number_field([](double, double, int label) { return label; });
  Workers workers(1);
  SamplerOptions forth = ode(0, 1), back = ode(1, 0);
  forth.label_of = back.label_of = [](int sample) { return sample % 3; };
  Sampler decode(shifted, 1, forth, workers), encode(shifted, 1, back, workers);
  const Tensor a({4, 1}, std::vector<real>{0, 1, 2, 3}), b({4, 1}, std::vector<real>{1, 1, 4, 7});
  const Tensor path = interpolate(encode, decode, a, b, 3, LatentBlend::linear);
  for (int r = 0; r < 4; ++r) {
    CHECK(double(path.data()[4 + r]) == Approx((a.data()[r] + b.data()[r]) / 2));
    CHECK(double(path.data()[8 + r]) == Approx(b.data()[r]));
  }
}

TEST_CASE("two flows that do not fit together are refused") {
  Workers workers(1);
  Sampler forth(gaussian_field(2, 1), 2, ode(0, 1), workers),
      back(gaussian_field(2, 1), 2, ode(1, 0.1), workers),
      all(gaussian_field(2, 1), 2, ode(1, 0), workers);
  const Tensor a({3, 2}), b({2, 2});
  CHECK_THROWS_WITH(interpolate(back, forth, a, a, 3),
                    "[interpolate] the encoder ends at t = 0.1 and the decoder begins at 0; "
                    "make the decoder run the encoder's times in reverse");
  CHECK_THROWS_WITH(
      interpolate(all, forth, a, b, 3),
      "[interpolate] points (3, 2) and (2, 2) for flows of dimension 2 and 2; all four must agree");
  CHECK_THROWS_WITH(interpolate(all, forth, a, a, 1),
                    "[interpolate] 1 points from end to end; give at least 2");
}

}  // namespace pushforward::inline PF_REAL
