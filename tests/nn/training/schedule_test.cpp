#include "nn/training/schedule.h"

#include <cmath>

#include "nn/training/ema.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

TEST_CASE("schedule: warm-up rises to 1, then each shape follows its formula") {
  using Kind = Schedule::Kind;
  const Schedule constant{.kind = Kind::constant, .warmup = 4};
  CHECK(constant(0) == 0.25);
  CHECK(constant(3) == 1);
  CHECK(constant(1000) == 1);

  const Schedule linear{.kind = Kind::linear, .warmup = 10, .steps = 110, .final = 0.2};
  CHECK(linear(4) == 0.5);
  CHECK(linear(10) == 1);
  CHECK(linear(60) == Approx(0.6));
  CHECK(linear(110) == Approx(0.2));
  CHECK(linear(500) == Approx(0.2));

  const Schedule cosine{.kind = Kind::cosine, .warmup = 0, .steps = 100, .final = 0.1};
  CHECK(cosine(0) == 1);
  CHECK(cosine(25) == Approx(0.1 + 0.9 * (1 + std::cos(std::acos(-1.0) / 4)) / 2));
  CHECK(cosine(50) == Approx(0.55));
  CHECK(cosine(100) == Approx(0.1));
  CHECK(cosine(101) == Approx(0.1));

  const Schedule step{.kind = Kind::step, .warmup = 5, .every = 10, .gamma = 0.5};
  CHECK(step(4) == 1);
  CHECK(step(14) == 1);
  CHECK(step(15) == 0.5);
  CHECK(step(25) == 0.25);
}

TEST_CASE("schedule: invalid numbers and unknown names are refused") {
  CHECK_THROWS_WITH(
      (Schedule{.kind = Schedule::Kind::cosine, .warmup = 100, .steps = 50}.check_numbers()),
      "[schedule] the run has 50 steps and the warm-up 100; the run must be longer");
  CHECK_THROWS_WITH((Schedule{.warmup = -1}.check_numbers()),
                    Contains("warmup is -1; give 0 (none) or more"));
  CHECK_THROWS_WITH((Schedule{.kind = Schedule::Kind::step, .every = 0}.check_numbers()),
                    Contains("every is 0; it must be at least 1"));
  CHECK(schedule_kind_named("step") == Schedule::Kind::step);
  CHECK_THROWS_WITH(schedule_kind_named("exp"),
                    "[schedule] \"exp\" is not known; one of: constant, linear, cosine, step");
}

TEST_CASE("ema: the decay increases over the first updates") {
  CHECK(ema_decay(0.999, 0) == Approx(0.1));
  CHECK(ema_decay(0.999, 10) == Approx(11.0 / 20));
  CHECK(ema_decay(0.999, 100000) == 0.999);
  CHECK(ema_decay(0.5, 100) == 0.5);
}

}  // namespace
}  // namespace pushforward
