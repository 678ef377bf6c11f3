#include "nn/layers/time_features.h"

#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

TEST_CASE("time: raw is the time itself") {
  TimeFeatures raw({.kind = TimeKind::raw});
  CHECK(raw.columns() == 1);
  Tape tape;
  const Var t = tape.input({2, 1}, {real(0.25), 1});
  CHECK(raw(t).id == t.id);
  CHECK_THROWS_WITH(raw(tape.input({2}, {0, 1})), "[time] t is (2); it must be a column (R, 1)");
}

TEST_CASE("time: sinusoidal features are cosines, then sines, of geometric frequencies") {
  TimeFeatures features({.kind = TimeKind::sinusoidal, .dim = 6, .max_period = 1000});
  CHECK(features.columns() == 6);
  Tape tape;
  const Var y = features(tape.input({1, 1}, {real(0.3)}));
  const double f[] = {1000, 100, 10};  // 1000 * 1000^(-2 i / 6) radians
  for (std::size_t i = 0; i < 3; ++i) {
    const double margin = kDouble ? 1e-12 : 1e-4;  // allows for the rounding of the angle
    CHECK(static_cast<double>(y.values()[i]) == Approx(std::cos(0.3 * f[i])).margin(margin));
    CHECK(static_cast<double>(y.values()[3 + i]) == Approx(std::sin(0.3 * f[i])).margin(margin));
  }
}

TEST_CASE("time: Fourier features, with fixed and with learned frequencies") {
  for (const TimeKind kind : {TimeKind::fourier, TimeKind::learned_fourier}) {
    TimeFeatures features({.kind = kind, .dim = 8, .scale = 2});
    Parameters parameters(features);
    parameters.initialise({3, Purpose::init});
    const Parameter& p = parameters.find("frequencies");
    CHECK(p.frozen == (kind == TimeKind::fourier));
    CHECK(p.stored == Shape{4});
    Tape tape;
    const Var y = features(tape.input({2, 1}, {real(0.3), real(0.8)}));
    CHECK(y.shape() == Shape({2, 8}));
    for (std::size_t i = 0; i < 4; ++i) {
      const double angle = 2 * kPi * 0.8 * static_cast<double>(p.values[i]);
      CHECK(static_cast<double>(y.values()[8 + i]) == Approx(std::cos(angle)).margin(1e-5));
      CHECK(static_cast<double>(y.values()[12 + i]) == Approx(std::sin(angle)).margin(1e-5));
    }
    check_gradients(parameters, [&](Tape& t) {
      return features(t.input({2, 1}, {real(0.3), real(0.8)}));
    });
  }
  CHECK_THROWS_WITH(TimeFeatures({.kind = TimeKind::fourier, .dim = 7}),
                    "[time] dim 7 must be even and positive: half cosines, half sines");
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
