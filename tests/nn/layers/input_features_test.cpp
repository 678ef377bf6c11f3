#include "nn/layers/input_features.h"

#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

Var times(Tape& tape) { return tape.input({2, 1}, {real(0.2), real(0.9)}); }

TEST_CASE("input features: the kind none gives x itself") {
  InputFeatures none({}, 3);
  CHECK(none.columns() == 3);
  Tape tape;
  const Var x = tape.input({1, 3}, {1, 2, 3});
  CHECK(none(x, tape.input({1, 1}, {real(0.5)})).id == x.id);
}

TEST_CASE("input features: x is followed by cosines, then sines, of x along the frequencies") {
  for (const InputKind kind :
       {InputKind::fourier, InputKind::learned_fourier, InputKind::positional}) {
    InputFeatures features({.kind = kind, .dim = 6, .scale = 2, .octaves = 1}, 2);
    CHECK(features.columns() == 8);
    Parameters parameters(features);
    parameters.initialise({3, Purpose::init});
    const Parameter& p = parameters.find("frequencies");
    CHECK(p.frozen == (kind != InputKind::learned_fourier));
    CHECK(p.stored == Shape({2, 3}));
    const std::vector<real> x{real(0.3), real(-1.2), real(2), real(0.7)};
    Tape tape;
    const Var y = features(tape.input({2, 2}, x), times(tape));
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
    check_gradients(parameters, [&](Tape& t) { return features(t.input({2, 2}, x), times(t)); });
  }
}

TEST_CASE("input features: random frequencies have the given scale, which grows by octaves") {
  for (const double octaves : {0., 3.}) {
    InputFeatures features(
        {.kind = InputKind::fourier, .dim = 4000, .scale = 0.4, .octaves = octaves}, 2);
    Parameters parameters(features);
    parameters.initialise({5, Purpose::init});
    double square = 0;
    for (int i = 0; i < 4000; ++i) {
      const double factor = std::exp2(octaves * (i % 2000) / 1999.);
      square += std::pow(static_cast<double>(parameters.find("frequencies").values[i]) / factor, 2);
    }
    CHECK(std::sqrt(square / 4000) == Approx(0.4).epsilon(0.05));  // the standard error is 1.1 %
  }
}

TEST_CASE(
    "input features: positional frequencies are along the axes, from scale to 2^octaves scale") {
  InputFeatures features({.kind = InputKind::positional, .dim = 10, .scale = 0.5, .octaves = 4}, 2);
  Parameters parameters(features);
  parameters.initialise({5, Purpose::init});
  const auto& f = parameters.find("frequencies").values;
  const std::vector<real> first{real(0.5), 0, real(2), 0, 8}, second{0, real(0.5), 0, 8, 0};
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(f[j] == first[j]);
    CHECK(f[5 + j] == second[j]);
  }
}

TEST_CASE("input features: blur is the mean over normal noise of standard deviation blur (1 - t)") {
  const double blur = 0.8;
  for (const InputKind kind :
       {InputKind::fourier, InputKind::learned_fourier, InputKind::positional}) {
    InputFeatures features({.kind = kind, .dim = 8, .scale = 0.3, .octaves = 2, .blur = blur}, 1);
    Parameters parameters(features);
    parameters.initialise({4, Purpose::init});
    const auto& f = parameters.find("frequencies").values;
    const std::vector<real> x{real(0.3), real(-1.2), real(0.7)}, t{0, real(0.6), 1};
    Tape tape;
    const Var y = features(tape.input({3, 1}, x), tape.input({3, 1}, t));
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t i = 0; i < 4; ++i) {
        // The trapezoidal rule is exact to rounding for integrands that are as smooth as a cosine
        // times a normal density.
        double cosine = 0, sine = 0;
        const double step = 0.01, noise = blur * (1 - static_cast<double>(t[r]));
        for (double z = -8; z <= 8; z += step) {
          const double weight = step * std::exp(-z * z / 2) / std::sqrt(2 * kPi);
          const double angle =
              2 * kPi * static_cast<double>(f[i]) * (static_cast<double>(x[r]) + noise * z);
          cosine += weight * std::cos(angle);
          sine += weight * std::sin(angle);
        }
        CHECK(static_cast<double>(y.values()[9 * r + 1 + i]) == Approx(cosine).margin(1e-5));
        CHECK(static_cast<double>(y.values()[9 * r + 5 + i]) == Approx(sine).margin(1e-5));
      }
    }
    check_gradients(parameters, [&](Tape& on) {
      return features(on.input({3, 1}, x), on.input({3, 1}, t));
    });
  }
}

TEST_CASE("input features: wrong options are refused") {
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier, .dim = 7}, 2),
                    "[input] dim 7 must be even and positive: half cosines, half sines");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier, .scale = -1}, 2),
                    "[input] scale -1 must be finite and at least 0");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier, .octaves = -1}, 2),
                    "[input] octaves -1 must be finite and at least 0");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier, .blur = -1}, 2),
                    "[input] blur -1 must be finite and at least 0");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::positional, .dim = 4}, 3),
                    "[input] dim 4 gives 2 frequencies for 3 coordinates; give each coordinate at "
                    "least one");
  InputFeatures blurred({.kind = InputKind::fourier, .blur = 1}, 2);
  Tape tape;
  CHECK_THROWS_WITH(blurred(tape.input({1, 2}, {1, 2}), tape.input({1, 2}, {1, 2})),
                    "[input] t is (1, 2) and x (1, 2); t must be (1, 1)");
  CHECK_THROWS_WITH(InputFeatures({.kind = InputKind::fourier}, 0),
                    "[input] the input has 0 columns; it must have at least 1");
  CHECK(input_kind_named("learned_fourier") == InputKind::learned_fourier);
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
