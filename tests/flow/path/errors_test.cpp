// Tests the texts of the errors for invalid arguments of paths, their noise, predictions and
// fields.
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "flow/evaluate.h"
#include "flow/path/gaussian_path.h"
#include "flow/path/guidance.h"
#include "flow/path/noise.h"
#include "flow/path/predicted_field.h"
#include "flow/path/time_grid.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

const Field kSame = [](Var x, Var) { return x; };
const double kPathNan = std::nan(""), kPathInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("the ends of a path need rows, columns and memory") {
  Tape t;
  const PathNoise noise = path_noise("sine", 1);
  const Scheduler straight = cond_ot();
  PathEnds whole = make_ends(t, 1, 2);
  whole.t[0] = real(0.5);
  whole.x0[0] = whole.x0[1] = whole.x1[0] = whole.x1[1] = 1;
  CHECK_NOTHROW(follow_path(straight, whole));
  check_refusals({
      {[&] { make_ends(t, 0, 2); }, "[path] 0 rows of 2 numbers; both must be at least 1"},
      {[&] { make_ends(t, 3, 0); }, "[path] 3 rows of 0 numbers; both must be at least 1"},
      {[&] { make_ends(t, -1, -1); }, "[path] -1 rows of -1 numbers; both must be at least 1"},
      {[&] { follow_path(straight, whole, noise, nullptr); },
       "[path] the path has noise, and no normal numbers are given for it"},
  });
  // Each case below lacks one part of PathEnds.
  const auto without = [&](auto change) {
    PathEnds ends = whole;
    change(ends);
    const char* text = "[path] the ends have no memory; make_ends gives them some";
    CHECK_THROWS_WITH(follow_path(straight, ends), text);
    CHECK_THROWS_WITH(follow_path(straight, ends, noise, whole.x0), text);
  };
  without([](PathEnds& e) { e.sample.t = {}; });
  without([](PathEnds& e) { e.sample.x0 = {}; });
  without([](PathEnds& e) { e.sample.x1 = {}; });
  without([](PathEnds& e) { e.t = nullptr; });
  without([](PathEnds& e) { e.x0 = nullptr; });
  without([](PathEnds& e) { e.x1 = nullptr; });
  whole.t[0] = real(1.5);
  CHECK_THROWS_WITH(follow_path(straight, whole),
                    "[path] t is 1.5 on cond_ot; times of a path lie in [0, 1]");
}

TEST_CASE("every noise on the path refuses invalid times and scales") {
  for (const PathNoise& shape : path_noises()) {
    const PathNoise noise = path_noise(shape.name, 2);
    CAPTURE(shape.name);
    check_refusals({
        {[&] { noise(-0.25); },
         "[path] the level of noise is asked for at t = -0.25; times of a path lie in [0, 1]"},
        {[&] { noise(1.5); },
         "[path] the level of noise is asked for at t = 1.5; times of a path lie in [0, 1]"},
        {[&] { noise(kPathNan); },
         "[path] the level of noise is asked for at t = nan; times of a path lie in [0, 1]"},
        {[&] { path_noise(shape.name, -1); },
         "[path] the scale of the path's noise is -1; give 0 or a positive number"},
        {[&] { path_noise(shape.name, kPathInf); },
         "[path] the scale of the path's noise is inf; give 0 or a positive number"},
        {[&] { path_noise(shape.name, kPathNan); },
         "[path] the scale of the path's noise is nan; give 0 or a positive number"},
    });
  }
}

TEST_CASE("a Gaussian path needs both of its functions, with shapes that fit") {
  Tape t;
  const auto wide = [](Var x1, Var at) { return broadcast_cols(at + real(1), x1.shape()[1]); };
  const auto narrow = [](Var, Var at) { return at; };
  const auto nothing = [](Var, Var) { return Var{}; };
  const GaussianPath path{wide, wide};
  const Var x = t.full({3, 2}, 1), time = t.full({3, 1}, real(0.5));
  PathEnds ends = make_ends(t, 3, 2);
  for (int k = 0; k < 6; ++k) ends.x0[k] = ends.x1[k] = 1;
  for (int k = 0; k < 3; ++k) ends.t[k] = real(0.5);
  CHECK_NOTHROW(follow_path(path, ends));
  PathEnds empty;
  const auto both = [&](const GaussianPath& of, const std::string& text) {
    CHECK_THROWS_WITH(conditional_velocity(of, x, x, time), text);
    CHECK_THROWS_WITH(follow_path(of, ends), text);
  };
  const std::string missing =
      "[gaussian_path] mu and sigma must both be given, as functions of x1 and t";
  both({nullptr, wide}, missing);
  both({wide, nullptr}, missing);
  both({narrow, wide},
       "[gaussian_path] mu or sigma is (3, 1) for x1 (3, 2); both must have its shape");
  both({wide, narrow},
       "[gaussian_path] mu or sigma is (3, 1) for x1 (3, 2); both must have its shape");
  both({wide, nothing},
       "[gaussian_path] mu or sigma is () for x1 (3, 2); both must have its shape");
  check_refusals({
      {[&] {
         conditional_velocity(path, x, x, t.full({1, 3}, 0));
       },
       "[gaussian_path] t is (1, 3) and x1 (3, 2); t must be a column of as many rows"},
      {[&] {
         conditional_velocity(path, x, x, t.full({2, 1}, 0));
       },
       "[gaussian_path] t is (2, 1) and x1 (3, 2); t must be a column of as many rows"},
      {[&] {
         conditional_velocity(path, t.full({2, 3}, 0), x, time);
       },
       "[gaussian_path] x is (2, 3) and x1 (3, 2); both are (B, D)"},
      {[&] { follow_path(path, empty); },
       "[gaussian_path] the ends have no memory; make_ends gives them some"},
  });
}

TEST_CASE("functions that take a field refuse an empty one") {
  const Field none;
  Workers workers(1);
  Tape t;
  const Var x = t.full({1, 2}, 0), time = t.full({1, 1}, 0);
  check_refusals({
      {[&] { none(x, time); }, "[field] nothing is given to call; make it from a function (x, t)"},
      {[&] { Evaluator(none, 2); }, "[field] nothing is given to evaluate"},
      {[&] { Evaluator(kSame, 0); }, "[field] points of 0 numbers; give at least 1"},
      {[&] {
         const std::vector<int> labels{0, 1};
         const real at[] = {0, 0, 0};
         const double times[] = {0, 0, 0};
         real out[3];
         Evaluator(kSame, 1)(3, at, times, out, labels);
       },
       "[field] 2 labels for 3 points; give one label per point, or none"},
      {[&] {
         evaluate_field(kSame, Tensor({3, 1}), 0, workers, std::vector<int>{0, 1});
       },
       "[field] 2 labels for 3 points; give one label per point, or none"},
      {[&] { evaluate_field(kSame, Tensor(Shape{3}), 0, workers); },
       "[field] points of shape (3); points are (rows, dimension)"},
      {[&] {
         evaluate_field(none, Tensor({1, 2}), 0, workers);
       },
       "[field] nothing is given to evaluate"},
      {[&] { converted(none, {Prediction::data}, Prediction::velocity); },
       "[prediction] no field is given to convert"},
      {[&] { converted(none, {Prediction::data}, Prediction::data); },
       "[prediction] no field is given to convert"},
      {[&] { edm_inputs(none, cond_ot(), 1); },
       "[prediction] no network is given to scale the inputs of"},
      {[&] { rescheduled(none, cond_ot(), cosine()); },
       "[prediction] no velocity is given to move to another schedule"},
      {[&] { guided(none, {1}); }, "[guidance] no field is given to guide"},
      {[&] { guided(none, {0}); }, "[guidance] no field is given to guide"},
  });
}

TEST_CASE("functions that need the data's standard deviation refuse invalid values") {
  for (const char* number : {"0", "-1", "nan", "inf"}) {
    const double sigma_data = std::stod(number);
    const Coefficients c = cond_ot()(0.5);
    const std::string text = "[prediction] sigma_data is " + std::string(number) +
                             "; the data's standard deviation is positive and finite";
    Tape t;
    const Var x = t.full({1, 2}, 0), time = t.full({1, 1}, real(0.5));
    check_refusals({
        {[&] { check_sigma_data(sigma_data); }, text},
        {[&] { prediction_mix(Prediction::edm, c, sigma_data); }, text},
        {[&] { conversion(Prediction::edm, Prediction::velocity, c, sigma_data); }, text},
        {[&] { conversion(Prediction::velocity, Prediction::edm, c, sigma_data); }, text},
        {[&] { edm_scaling(c, sigma_data); }, text},
        {[&] { edm_inputs(kSame, cond_ot(), sigma_data); }, text},
        {[&] {
           converted(kSame, {Prediction::edm, cond_ot(), sigma_data}, Prediction::velocity)(x,
                                                                                            time);
         },
         text},
    });
    // Conversions between predictions that do not use sigma_data do not check it.
    CHECK_NOTHROW(conversion(Prediction::data, Prediction::noise, c, sigma_data));
  }
}

TEST_CASE("points and times outside a grid are refused") {
  const std::vector<double> grid{0, 0.5, 1};
  const auto off = [&](int index, double fraction, const std::string& point) {
    CHECK_THROWS_WITH(time_of({index, fraction}, grid),
                      "[solver] point " + point + " is not on a grid of 3 times");
  };
  off(-1, 0, "-1 + 0");
  off(3, 0, "3 + 0");
  off(2, 0.5, "2 + 0.5");
  off(0, 1, "0 + 1");
  off(0, -0.5, "0 + -0.5");
  off(0, kPathNan, "0 + nan");
  CHECK(time_of({2, 0}, grid) == 1);
  CHECK(time_of({1, 0.5}, grid) == 0.75);
  CHECK_THROWS(time_of({0, 0}, {}));
}

}  // namespace pushforward::inline PF_REAL
