// Tests the texts of the errors for invalid arguments of times, losses and weights.
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "flow/coupling/ot.h"
#include "flow/distributions/array.h"
#include "flow/distributions/source.h"
#include "flow/train/loss.h"
#include "flow/train/path_law.h"
#include "flow/train/time_distribution.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {

TEST_CASE("a distribution of times names its invalid numbers") {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  check_refusals({
      {[] { logit_normal_time(0, -1); },
       "[time] logit_normal has mean 0 and std -1; both must be finite, and std positive"},
      {[&] { logit_normal_time(inf, 1); },
       "[time] logit_normal has mean inf and std 1; both must be finite, and std positive"},
      {[] { noise_level_time(edm(), 0, 0); },
       "[time] noise_level has mean 0 and std 0; both must be finite, and std positive"},
      {[&] { noise_level_time(edm(), nan, 1); },
       "[time] noise_level has mean nan and std 1; both must be finite, and std positive"},
      {[] { mode_time(2); },
       "[time] the scale of mode is 2; it must lie in [-1, 1.75194] for t to rise with u"},
      {[] { mode_time(-1.5); },
       "[time] the scale of mode is -1.5; it must lie in [-1, 1.75194] for t to rise with u"},
      {[&] { mode_time(nan); },
       "[time] the scale of mode is nan; it must lie in [-1, 1.75194] for t to rise with u"},
      {[&] { u_shaped_time(nan); },
       "[time] the sharpness of u_shaped is nan; it must be above 0 and at most 100"},
      {[] { u_shaped_time(101); },
       "[time] the sharpness of u_shaped is 101; it must be above 0 and at most 100"},
      {[] { beta_time(0, 1); }, "[time] beta has a 0 and b 1; both must be positive"},
      {[&] { beta_time(1, inf); }, "[time] beta has a 1 and b inf; both must be positive"},
  });
}

TEST_CASE("every quantile function refuses numbers that are not probabilities") {
  for (const TimeDistribution& d :
       {uniform_time(), stratified_time(), logit_normal_time(), mode_time(), cosmap_time(),
        u_shaped_time(), beta_time(2, 3), noise_level_time(cond_ot())}) {
    for (const char* u : {"-0.25", "1.5", "nan"}) {
      CHECK_THROWS_WITH(d.quantile(std::stod(u)), "[time] the quantile function of " + d.name +
                                                      " is asked at u = " + u +
                                                      "; u is a probability, 0 to 1");
    }
    CHECK(d.quantile(0) == 0);
    CHECK(d.quantile(1) == 1);
  }
}

TEST_CASE("losses refuse outputs, times, weights and parts that do not fit") {
  Tape t;
  PathEnds ends = make_ends(t, 2, 2);
  for (int k = 0; k < 4; ++k) ends.x0[k] = ends.x1[k] = 1;
  ends.t[0] = real(0.5), ends.t[1] = 1;
  const PathSample sample = follow_path(cond_ot(), ends);
  const Field same = [](Var x, Var) { return x; }, times = [](Var, Var at) { return at; },
              nothing = [](Var, Var) { return Var{}; };
  const Var mean = t.full({}, 1);
  const Parameterization velocity{}, score{Prediction::score};
  check_refusals({
      {[&] { cfm_loss(Field(), sample); },
       "[field] nothing is given to call; make it from a function (x, t)"},
      {[&] { cfm_loss(times, sample); },
       "[cfm_loss] the field gave (2, 1) for points (2, 2); "
       "a velocity has the shape of its points"},
      {[&] { cfm_loss(nothing, sample); },
       "[cfm_loss] the field gave () for points (2, 2); a velocity has the shape of its points"},
      {[&] { prediction_loss(times, velocity, {}, sample); },
       "[cfm_loss] the field gave (2, 1) for points (2, 2); "
       "a velocity has the shape of its points"},
      {[&] { prediction_loss(same, score, {}, sample); },
       "[cfm_loss] at t = 1 the score is infinite; draw times inside of the path"},
      {[&] {
         prediction_loss(same, velocity, {Prediction::data, -1}, sample);
       },
       "[loss] the limit on weights is -1; it must be 0 or more"},
      {[&] {
         loss_weight({{}, -1}, velocity, 0.5);
       },
       "[loss] the limit on weights is -1; it must be 0 or more"},
      {[&] {
         loss_weight({Prediction::data, std::nan("")}, velocity, 0.5);
       },
       "[loss] the limit on weights is nan; it must be 0 or more"},
      {[&] { part_of_batch(mean, 0, 5); },
       "[part_of_batch] a chunk of 0 rows in a batch of 5; "
       "give the rows of the chunk, then of the batch"},
      {[&] { part_of_batch(mean, 6, 5); },
       "[part_of_batch] a chunk of 6 rows in a batch of 5; "
       "give the rows of the chunk, then of the batch"},
  });
}

TEST_CASE("the law of a path refuses invalid batches and labels") {
  const Problem plain{.source = GaussianSource(2), .data = GaussianSource(2)};
  Problem transported = plain, labelled = plain;
  transported.coupling = ot_coupling();
  labelled.data = ArrayData(Tensor({1, 2}), {0});
  const auto label = [](int) { return 7; };
  real x[2];
  check_refusals({
      {[&] { PathLaw(transported, 0.5); },
       "[path law] the coupling ot pairs the rows of batches, and a batch has 0; "
       "give the batch of the training"},
      {[&] { PathLaw(plain, 1.5); }, "[path] t is 1.5 on cond_ot; times of a path lie in [0, 1]"},
      {[&] { PathLaw(plain, 0.5, 0, label); },
       "[batch] labels are asked for, and the data has no classes; give labelled data"},
      {[&] { PathLaw(labelled, 0.5, 0, label).draw({}, 0, 1, x, nullptr); },
       "[path law] none of 100000 rows of the data has label 7; ask for a label that occurs"},
  });
  CHECK_NOTHROW(PathLaw(transported, 0.5, 4));
}

}  // namespace pushforward::inline PF_REAL
