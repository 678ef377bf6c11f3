#include "nn/layers/input_features.h"

#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

TEST_CASE("input features: the kind none gives x itself") {
  InputFeatures none({}, 3);
  CHECK(none.columns() == 3);
  Tape tape;
  const Var x = tape.input({1, 3}, {1, 2, 3});
  CHECK(none(x).id == x.id);
}

TEST_CASE("input features: x is followed by cosines, then sines, of x along the frequencies") {
  for (const InputKind kind : {InputKind::fourier, InputKind::learned_fourier}) {
    InputFeatures features({.kind = kind, .dim = 6, .scale = 2}, 2);
    CHECK(features.columns() == 8);
    Parameters parameters(features);
    parameters.initialise({3, Purpose::init});
    const Parameter& p = parameters.find("frequencies");
    CHECK(p.frozen == (kind == InputKind::fourier));
    CHECK(p.stored == Shape({2, 3}));
    const std::vector<real> x{real(0.3), real(-1.2), real(2), real(0.7)};
    Tape tape;
    const Var y = features(tape.input({2, 2}, x));
    CHECK(y.shape() == Shape({2, 8}));
    for (std::size_t r = 0; r < 2; ++r) {
      for (std::size_t c = 0; c < 2; ++c) CHECK(y.values()[8 * r + c] == x[2 * r + c]);
      for (std::size_t i = 0; i < 3; ++i) {
        const double angle =
            2 * kPi *
            (static_cast<double>(x[2 * r]) * static_cast<double>(p.values[i]) +
             static_cast<double>(x[2 * r + 1]) * static_cast<double>(p.values[3 + i]));
        CHECK(static_cast<double>(y.values()[8 * r + 2 + i]) ==
              Approx(std::cos(angle)).margin(2e-5));
        CHECK(static_cast<double>(y.values()[8 * r + 5 + i]) ==
              Approx(std::sin(angle)).margin(2e-5));
      }
    }
    check_gradients(parameters, [&](Tape& t) { return features(t.input({2, 2}, x)); });
  }
}

TEST_CASE("input features: the standard deviation of the frequencies is the given scale") {
  InputFeatures features({.kind = InputKind::fourier, .dim = 4000, .scale = 0.4}, 2);
  Parameters parameters(features);
  parameters.initialise({5, Purpose::init});
  double square = 0;
  for (std::size_t i = 0; i < 4000; ++i)
    square += std::pow(static_cast<double>(parameters.find("frequencies").values[i]), 2) / 4000;
  CHECK(std::sqrt(square) == Approx(0.4).epsilon(0.05));  // the standard error is 1.1 %
}

TEST_CASE("input features: wrong options are refused") {
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier, .dim = 7}, 2),
                    "[input] dim 7 must be even and positive: half cosines, half sines");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier, .scale = -1}, 2),
                    "[input] scale -1 must be finite and at least 0");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier}, 0),
                    "[input] the input has 0 columns; it must have at least 1");
  CHECK(input_kind_named("learned_fourier") == InputKind::learned_fourier);
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
