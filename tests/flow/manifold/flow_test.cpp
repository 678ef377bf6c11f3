// Tests flows on manifolds: batches, losses, solvers that stay on the manifold, and log-densities
// against flows in closed form.
#include <cmath>
#include <numbers>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/density/likelihood.h"
#include "flow/manifold/coupling.h"
#include "flow/manifold/sources.h"
#include "flow/manifold/tape.h"
#include "flow/solve/sampler.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "tests/flow/manifold/points.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

Problem vmf_problem() {
  Problem problem;
  problem.source = UniformOnManifold(sphere(3));
  problem.data = VonMisesFisherMixture({{{0, 0, 1}, {1, 1, 0}}, {3, 20}, {1, 2}});
  problem.manifold = std::make_shared<Manifold>(sphere(3));
  return problem;
}

// A field with one weight matrix w (3, 3): the tangent part of tanh(x w).
Field weighted_field(Var w) {
  return tangent_field([w](Var x, Var) { return tanh(matmul(x, w)); }, sphere(3));
}

// The tangent part of c e, e = (0, 0, 1): z = x . e moves as dz/dt = c (1 - z^2), so atanh z grows by c
// t, and the divergence is -2 c z.
Field to_pole(double c) {
  return tangent_field(
      [c](Var x, Var) {
        const Var pole = x.tape->input({1, 3}, {0, 0, static_cast<real>(c)});
        return broadcast_rows(pole, x.shape()[0]);
      },
      sphere(3));
}

LikelihoodOptions on(const Manifold& manifold) {
  LikelihoodOptions options;
  options.solver.manifold = std::make_shared<Manifold>(manifold);
  options.solver.rtol = options.solver.atol = kDouble ? 1e-10 : 1e-6;
  return options;
}

double worst_drift(const Manifold& manifold, const Tensor& x) {
  double worst = 0;
  for (int r = 0; r < x.rows(); ++r)
    worst = std::max(worst,
                     off_manifold(manifold, std::vector<double>(x.row(r).begin(), x.row(r).end())));
  return worst;
}

}  // namespace

TEST_CASE("manifold flow: gradients of the loss agree with differences") {
  if (!kDouble) return;
  Workers workers(1);
  Batch batch(vmf_problem(), 32, 7, false);
  batch.start(0, workers);
  std::vector<real> weights{0.3, -0.2, 0.5, 0.1, 0.7, -0.4, 0.2, 0.6, -0.1};
  const auto loss = [&](std::vector<real>* slope) {
    Tape tape;
    const Var w = tape.input({3, 3}, weights);
    const Var total = cfm_loss(weighted_field(w), batch.chunk(tape, 0, 32));
    if (slope) {
      const Var g = grad(total, w);
      slope->assign(g.values().begin(), g.values().end());
    }
    return static_cast<double>(total.item());
  };
  std::vector<real> slope;
  loss(&slope);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const real kept = weights[k], h = real(1e-5);
    weights[k] = kept + h;
    const double up = loss(nullptr);
    weights[k] = kept - h;
    const double down = loss(nullptr);
    weights[k] = kept;
    CHECK(static_cast<double>(slope[k]) == Approx((up - down) / (2e-5)).epsilon(1e-6).margin(1e-9));
  }
}

TEST_CASE("manifold flow: a solver stays on the manifold for 1,000 steps") {
  Workers workers(2);
  for (const Manifold& manifold : {sphere(3), torus(2), rotations(), product_manifold()}) {
    INFO(manifold.words());
    const Field field = tangent_field(
        [&](Var z, Var) {
          std::vector<real> w;
          for (int k = 0; k < z.shape()[1] * manifold.dim(); ++k)
            w.push_back(static_cast<real>(5 * std::sin(1.7 * k)));
          return matmul(z, z.tape->input({z.shape()[1], manifold.dim()}, w));
        },
        manifold);
    SamplerOptions options;
    options.solver.tableau = &kEuler;
    options.solver.adaptive = false;
    options.solver.manifold = std::make_shared<Manifold>(manifold);
    options.steps = 1000;
    Sampler sampler(field, manifold.dim(), options, workers, 3);
    Tensor x({50, manifold.dim()}), way({3, 50, manifold.dim()});
    sampler.sample(UniformOnManifold(manifold), 3, 50, x.data(), way.data());
    CHECK(worst_drift(manifold, x) < (kDouble ? 1e-14 : 1e-6));
    Tensor half({50, manifold.dim()});
    std::copy_n(way.data() + x.values().size(), x.values().size(), half.data());
    CHECK(worst_drift(manifold, half) < (kDouble ? 1e-14 : 1e-6));
    Workers one(1);
    Sampler same(field, manifold.dim(), options, one);
    const Tensor again = same.sample(UniformOnManifold(manifold), 3, 50);
    CHECK(std::equal(x.values().begin(), x.values().end(), again.values().begin()));
  }
  SamplerOptions options;
  options.solver.manifold = std::make_shared<Manifold>(sphere(4));
  CHECK_THROWS_WITH(Sampler(to_pole(1), 3, options, workers),
                    "[integrate] rows of 3 numbers on a manifold of 4 coordinates; give rows that "
                    "begin with all of them");
}

TEST_CASE("manifold flow: log-densities on the sphere are those of flows in closed form") {
  Workers workers(2);
  const double near = kDouble ? 1e-8 : 2e-5;
  const Tensor x = draw_rows(UniformOnManifold(sphere(3)), {9, Purpose::data, 0}, 100);
  // To the pole: ln p_1(x) = ln p_0 + 2 ln cosh(a) / cosh(a - c), with a = atanh z.
  Likelihood squeezed(to_pole(0.8), UniformOnManifold(sphere(3)), on(sphere(3)), workers);
  const std::vector<double> found = squeezed.log_density(x);
  for (int r = 0; r < x.rows(); ++r) {
    const double a = std::atanh(static_cast<double>(x(r, 2)));
    CHECK(found[static_cast<std::size_t>(r)] ==
          Approx(-std::log(4 * std::numbers::pi) + 2 * std::log(std::cosh(a) / std::cosh(a - 0.8)))
              .margin(near * std::cosh(std::min(std::abs(a), 3.))));
  }
  // A rotation by 1.1 about the pole turns the density with it.
  const VonMisesFisherMixture p0({{{1, 0, 0}, {0, 1, 1}}, {4, 9}, {}});
  const VonMisesFisherMixture p1(
      {{{std::cos(1.1), std::sin(1.1), 0}, {-std::sin(1.1), std::cos(1.1), 1}}, {4, 9}, {}});
  const Field turn = tangent_field(
      [](Var v, Var) {
        const real w[] = {0, real(1.1), 0, real(-1.1), 0, 0, 0, 0, 0};
        return matmul(v, v.tape->input({3, 3}, w));
      },
      sphere(3));
  Likelihood turned(turn, p0, on(sphere(3)), workers);
  const std::vector<double> rotated = turned.log_density(x);
  std::vector<double> exact(rotated.size());
  p1.log_density(x.rows(), x.data(), exact.data());
  for (std::size_t r = 0; r < exact.size(); ++r) CHECK(rotated[r] == Approx(exact[r]).margin(near));
}

TEST_CASE("manifold flow: log-densities on the torus and on rotations are those of closed forms") {
  Workers workers(2);
  const double near = kDouble ? 1e-8 : 5e-5;
  // da/dt = sin a takes tan(a/2) to e tan(a/2), and ln p changes by -int cos a = -ln(sin a1/sin a0).
  const Field pull = tangent_field([](Var z, Var) { return slice(z, 1, 1, 1); }, torus(1));
  Likelihood circle(pull, UniformOnManifold(torus(1)), on(torus(1)), workers);
  const Tensor a({4, 1}, std::vector<real>{real(-2.5), real(-0.4), real(0.9), real(3)});
  const std::vector<double> found = circle.log_density(a);
  for (int r = 0; r < 4; ++r) {
    const double end = static_cast<double>(a(r, 0)),
                 start = 2 * std::atan(std::tan(end / 2) / std::exp(1.));
    CHECK(found[static_cast<std::size_t>(r)] ==
          Approx(-std::log(2 * std::numbers::pi) - std::log(std::sin(end) / std::sin(start)))
              .margin(near));
  }
  // A constant angular velocity in the body keeps the uniform density.
  const Field spin = tangent_field(
      [](Var z, Var) {
        const Var w = z.tape->input({1, 4}, {0, real(0.3), real(-1), real(0.5)});
        return broadcast_rows(w, z.shape()[0]);
      },
      rotations());
  Likelihood body(spin, UniformOnManifold(rotations()), on(rotations()), workers);
  const Tensor q = draw_rows(UniformOnManifold(rotations()), {9, Purpose::data, 0}, 10);
  for (const double log_p : body.log_density(q))
    CHECK(log_p == Approx(-std::log(8 * std::numbers::pi * std::numbers::pi)).margin(near));
}

TEST_CASE(
    "manifold flow: transport by geodesics is shorter than at random, and needs the manifold") {
  Workers workers(1);
  const auto cost = [&](Coupling coupling) {
    Problem problem = vmf_problem();
    problem.coupling = std::move(coupling);
    Batch batch(problem, 64, 7, false);
    batch.start(0, workers);
    Tape tape;
    const PathSample sample = batch.chunk(tape, 0, 64);
    double total = 0;
    for (int r = 0; r < 64; ++r)
      total += std::pow(row_distance(sphere(3), sample.x0.values().data() + 3 * r,
                                     sample.x1.values().data() + 3 * r),
                        2);
    return total;
  };
  CHECK(cost(geodesic_ot_coupling(sphere(3))) < 0.6 * cost(independent_coupling()));
  CHECK_THROWS_WITH(geodesic_ot_coupling(sphere(3), -1), Contains("it must be 0 or more"));
  Problem wrong = vmf_problem();
  wrong.manifold = std::make_shared<Manifold>(sphere(4));
  CHECK_THROWS_WITH(Batch(wrong, 8, 1),
                    "[batch] the data has dimension 3 and the manifold 4 "
                    "coordinates; give data on the manifold");
  wrong = vmf_problem();
  wrong.scheduler = cosine();
  CHECK_THROWS_WITH(
      Batch(wrong, 8, 1),
      "[batch] the path is cosine, and that of a manifold is a geodesic of constant speed; take "
      "cond_ot with sigma_min 0");
  wrong = vmf_problem();
  wrong.noise = path_noise("brownian", 1);
  CHECK_THROWS_WITH(Batch(wrong, 8, 1),
                    "[batch] the path has noise, and geodesics of a manifold have "
                    "none; leave the noise out");
}

}  // namespace pushforward::inline PF_REAL
