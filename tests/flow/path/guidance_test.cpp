// Tests classifier-free guidance, which combines a field with and without labels: the bits of the
// combination, rows that do not change, and evaluations that are left out.
#include "flow/path/guidance.h"

#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "autograd/sweep.h"
#include "flow/path/predicted_field.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// The field (label + 2) x + t, or 0.5 x + t without labels. It counts how often it is called.
struct Counting {
  mutable int with = 0, without = 0;

  Var operator()(Var x, Var t, Labels labels) const {
    ++(labels.empty() ? without : with);
    const int cols = x.shape().cols();
    std::span<real> out;
    const Var slope = x.tape->uninitialised(x.shape(), out);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = labels.empty() ? real(0.5) : real(labels[i / std::size_t(cols)] + 2);
    return slope * x + broadcast_cols(t, cols);
  }
};

const std::vector<real> kGuidancePoints{1, -2, real(0.5), 3, 4, -1, 2, 8};
const std::vector<int> kGuidanceLabels{0, 1, kNoLabel, 3};

std::vector<real> call(const Field& u, std::vector<real> times, const std::vector<int>& labels) {
  Tape tape;
  const Var y = u(tape.input({4, 2}, kGuidancePoints), tape.input({4, 1}, times), labels);
  return {y.values().begin(), y.values().end()};
}

bool same_bits(real a, real b) { return std::memcmp(&a, &b, sizeof a) == 0; }

}  // namespace

TEST_CASE("guidance: the result is (1 + w) u(label) - w u(no label)") {
  const std::vector<real> times{0, real(0.25), real(0.5), 1};
  const Counting u;
  const Field field = std::cref(u);
  const auto with = call(field, times, kGuidanceLabels), none = call(field, times, {});
  for (double w : {2., -1., 0.5, -0.5, 7.}) {
    const auto got = call(guided(field, {w}), times, kGuidanceLabels);
    CAPTURE(w);
    for (int i = 0; i < 8; ++i) {
      const real a = with[i], b = none[i];  // sums of these numbers are exact
      CHECK(got[i] == (i / 2 == 2 ? a : real(1 + w) * a - real(w) * b));
      if (w == -1 && i / 2 != 2) CHECK(got[i] == b);
    }
  }
}

TEST_CASE("guidance: rows outside the interval or without a label keep their bits") {
  // In rows outside of the interval [0.3, 0.7] or without a label, the field without labels, here
  // NaN, must have no effect, and the value -0 of the field with labels must stay -0.
  const real nan = std::numeric_limits<real>::quiet_NaN();
  const Field field = [&](Var x, Var, Labels labels) {
    return labels.empty() ? x.tape->full(x.shape(), nan) : x.tape->full(x.shape(), real(-0.0));
  };
  const Field u = guided(field, {3, 0.3, 0.7});
  const std::vector<real> times{real(0.29), real(0.3), real(0.5), real(0.71)};
  const auto got = call(u, times, kGuidanceLabels);
  for (int i = 0; i < 8; ++i) {
    CAPTURE(i);
    if (i / 2 == 1)
      CHECK(got[i] != got[i]);  // 0.3 is in the interval, also in float
    else
      CHECK(same_bits(got[i], real(-0.0)));
  }
  CHECK(call(u, {0, 0, 0, real(0.7)}, kGuidanceLabels)[6] != got[6]);
}

TEST_CASE("guidance: the second evaluation is only made if some row needs it") {
  const Counting u;
  const auto calls = [&](const Guidance& g, std::vector<real> times, std::vector<int> labels) {
    u.with = u.without = 0;
    call(guided(std::cref(u), g), std::move(times), labels);
    return std::pair(u.with, u.without);
  };
  const Guidance middle{2, 0.25, 0.75};
  CHECK(calls(middle, {0, 0, 0, real(0.5)}, kGuidanceLabels) == std::pair(1, 1));
  CHECK(calls(middle, {0, 0, real(0.5), 1}, kGuidanceLabels) ==
        std::pair(1, 0));  // the only row within the interval has no label
  CHECK(calls(middle, {0, 0, 0, 1}, kGuidanceLabels) == std::pair(1, 0));
  CHECK(calls(middle, {real(0.5), real(0.5), real(0.5), real(0.5)},
              {kNoLabel, kNoLabel, kNoLabel, kNoLabel}) == std::pair(1, 0));
  CHECK(calls(middle, {real(0.5), real(0.5), real(0.5), real(0.5)}, {}) == std::pair(0, 1));
  CHECK(calls({0}, {0, 0, 0, 0}, kGuidanceLabels) == std::pair(1, 0));
}

TEST_CASE("guidance: conversion before or after gives the same, and gradients pass through") {
  const Counting u;
  const std::vector<real> times{real(0.125), real(0.25), real(0.5), real(0.875)};
  const Parameterization parameterization{Prediction::data, cosine(), 0.5};
  const Guidance g{1.5, 0.2, 0.9};
  const auto first =
      call(converted(guided(std::cref(u), g), parameterization, Prediction::velocity), times,
           kGuidanceLabels);
  const auto last = call(guided(converted(std::cref(u), parameterization, Prediction::velocity), g),
                         times, kGuidanceLabels);
  for (int i = 0; i < 8; ++i)
    CHECK(double(first[i]) == Approx(double(last[i])).epsilon(sizeof(real) == 8 ? 1e-12 : 1e-4));

  Tape tape;
  const Var x = tape.input({4, 2}, kGuidancePoints);
  const Var slope =
      grad(sum(guided(std::cref(u), g)(x, tape.input({4, 1}, times), kGuidanceLabels)), x);
  const double rows[] = {2, 2.5 * 3 - 1.5 * 0.5, 1, 2.5 * 5 - 1.5 * 0.5};
  for (int i = 0; i < 8; ++i) CHECK(double(slope.values()[i]) == Approx(rows[i / 2]));
}

TEST_CASE("guidance: invalid settings are refused") {
  const Field u = [](Var x, Var) { return x; };
  CHECK_THROWS_WITH(guided(u, {std::numeric_limits<double>::infinity()}),
                    "[guidance] scale inf is not finite");
  CHECK_THROWS_WITH(
      guided(u, {1, 0.8, 0.2}),
      "[guidance] the interval of times is [0.8, 0.2]; it must lie in [0, 1], low before high");
  CHECK_THROWS_WITH(guided(u, {1, 0, 1.5}), Contains("[0, 1.5]"));
  CHECK_THROWS_WITH(call(guided(u, {1}), {0, 0, 0, 0}, {1, 2, 3}),
                    "[guidance] 3 labels for 4 rows; give one for each row, or none at all");
}

}  // namespace pushforward::inline PF_REAL
