// Tests schedulers: published numbers, derivatives, values at the ends, inverses, schedulers given
// as tables, and changes from one scheduler to another.
#include "flow/path/scheduler.h"

#include <cmath>

#include "tests/flow/schedulers.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward {
namespace {

void check_coefficients(const Coefficients& c, double alpha, double sigma, double dalpha,
                        double dsigma) {
  CHECK(std::abs(c.alpha - alpha) < 1e-9);
  CHECK(std::abs(c.sigma - sigma) < 1e-9);
  CHECK(std::abs(c.dalpha - dalpha) < 1e-9);
  CHECK(std::abs(c.dsigma - dsigma) < 1e-9);
}

// Returns the derivative of f at t from five points. Its error is of order h^4.
template <class F>
double slope(const F& f, double t, double h) {
  return (8 * (f(t + h) - f(t - h)) - (f(t + 2 * h) - f(t - 2 * h))) / (12 * h);
}

}  // namespace

TEST_CASE("scheduler: coefficients have independently computed values") {
  check_coefficients(cond_ot()(0.25), 0.25, 0.75, 1, -1);
  check_coefficients(cond_ot(0.2)(0.5), 0.5, 0.6, 1, -0.8);
  check_coefficients(polynomial(3)(0.9), 0.729, 0.271, 2.43, -2.43);
  check_coefficients(vp()(0.5), 0.2811828808, 0.9596542021, 1.412943976, -0.4139987682);
  check_coefficients(vp()(0), 0.006571586495, 0.9999784069, 0.06571586495, -0.000431866816);
  check_coefficients(linear_vp()(0.9), 0.9, 0.4358898944, 1, -2.064741605);
  check_coefficients(cosine()(0.25), 0.3826834324, 0.9238795325, 1.451226576, -0.6011177299);
  check_coefficients(ve(0.02, 100)(0.5), 1, std::sqrt(2), 0, -std::sqrt(2) * std::log(5000));
  // The expected sigma is the third of the five noise levels from 80 to 0.002 in Karras et al.
  // 2022, eq. 5.
  const double root = (std::pow(80, 1 / 7.) + std::pow(0.002, 1 / 7.)) / 2;
  check_coefficients(edm()(0.5), 1, std::pow(root, 7), 0,
                     7 * std::pow(root, 6) * (std::pow(0.002, 1 / 7.) - std::pow(80, 1 / 7.)));
}

TEST_CASE("scheduler: slopes are the derivatives of coefficients, and alpha / sigma rises") {
  for (const NamedScheduler& named : every_scheduler()) {
    const std::string& name = named.name;
    const Scheduler& s = named.scheduler;
    INFO(name);
    double worst = 0, last = -1;
    bool rises = true;
    for (int k = 0; k <= 1000; ++k) {
      const double t = k / 1000.;
      const Coefficients c = s(t);
      rises &= c.alpha / c.sigma > last;
      last = c.alpha / c.sigma;
      if (k == 0 || k == 1000) continue;
      const double h = 1e-4 * std::min(t, 1 - t);
      const double dalpha = slope([&](double at) { return s(at).alpha; }, t, h);
      const double dsigma = slope([&](double at) { return s(at).sigma; }, t, h);
      worst = std::max(worst, std::abs(dalpha - c.dalpha) / (1 + std::abs(c.dalpha)));
      worst = std::max(worst, std::abs(dsigma - c.dsigma) / (c.sigma + 1 + std::abs(c.dsigma)));
      worst = std::max(
          worst, std::abs(c.sigma_dsigma - c.sigma * c.dsigma) / (1e-3 + std::abs(c.sigma_dsigma)));
    }
    CHECK(worst < 1e-8);
    CHECK(rises);
  }
}

TEST_CASE("scheduler: coefficients at the ends are exact") {
  for (const Scheduler& s : {cond_ot(), polynomial(0.5), polynomial(3), cosine(), linear_vp(),
                             tabulated(five_points())}) {
    INFO(s.name);
    CHECK(s(0).alpha == 0);
    CHECK(s(0).sigma == 1);
    CHECK(s(1).alpha == 1);
    CHECK(s(1).sigma == 0);
    CHECK(s.source_scale() == 1);
  }
  CHECK(cond_ot(0.1)(1).sigma == Approx(0.1).epsilon(1e-15));
  CHECK(vp()(1).alpha == 1);
  CHECK(vp()(1).sigma == 0);
  for (const Scheduler& s : {linear_vp(), vp()}) {
    INFO(s.name);
    CHECK(s(1).dsigma == -kInfinity);
    CHECK(std::abs(s(1).sigma_dsigma - s(1 - 1e-9).sigma_dsigma) < 1e-6);
  }
  CHECK(ve(0.02, 100).source_scale() == Approx(100).epsilon(1e-14));
  CHECK(ve(0.02, 100)(1).sigma == 0.02);
  CHECK(edm(0.002, 80).source_scale() == Approx(80).epsilon(1e-14));
  CHECK(edm(0.002, 80)(1).sigma == Approx(0.002).epsilon(1e-13));
}

TEST_CASE("scheduler: the time with a given ratio alpha / sigma is found") {
  CHECK(cond_ot().time_of_ratio(3) == Approx(0.75).epsilon(1e-9));
  CHECK(polynomial(2).time_of_ratio(3) == Approx(0.8660254038).epsilon(1e-9));
  CHECK(polynomial(3).time_of_ratio(3) == Approx(0.9085602964).epsilon(1e-9));
  CHECK(linear_vp().time_of_ratio(1) == Approx(0.7071067812).epsilon(1e-9));
  CHECK(cosine().time_of_ratio(2) == Approx(0.7048327647).epsilon(1e-9));
  for (const NamedScheduler& named : every_scheduler()) {
    const std::string& name = named.name;
    const Scheduler& s = named.scheduler;
    INFO(name);
    double worst = 0;
    for (int k = 0; k <= 1000; ++k) {
      const double t = k / 1000.;
      worst = std::max(worst, std::abs(s.time_of_ratio(s(t).alpha / s(t).sigma) - t));
    }
    CHECK(worst < 1e-12);
  }
  for (const Scheduler& s :
       {cond_ot(), polynomial(3), cosine(), linear_vp(), tabulated(five_points())}) {
    INFO(s.name);
    CHECK(s.time_of_ratio(0) == 0);
    CHECK(s.time_of_ratio(kInfinity) == 1);
    CHECK_THROWS_WITH(s.time_of_ratio(-1),
                      "[path] " + std::string(s.name) +
                          " has no time at which alpha / sigma is -1; it runs from 0 to inf");
    CHECK_THROWS_WITH(s.time_of_ratio(std::nan("")), Contains("alpha / sigma is nan"));
  }
  const Scheduler part = tabulated(ScheduleTable({{0, 0.1, 1}, {1, 1, 0.5}}));
  CHECK_THROWS_WITH(
      part.time_of_ratio(0.05),
      "[path] table has no time at which alpha / sigma is 0.05; it runs from 0.1 to 2");
  for (double ratio : {3., kInfinity}) CHECK_THROWS(part.time_of_ratio(ratio));
  for (double ratio : {0., 1e-3, 60., kInfinity}) CHECK_THROWS(ve().time_of_ratio(ratio));
  CHECK_THROWS(vp().time_of_ratio(0.006));
  CHECK_THROWS(cond_ot(0.1).time_of_ratio(10.1));
}

TEST_CASE("scheduler: times outside of the path are refused") {
  for (const NamedScheduler& named : every_scheduler()) {
    CAPTURE(named.name);
    const std::string name = named.scheduler.name;
    for (const double t : {0., 1.}) CHECK_NOTHROW(named.scheduler(t));
    CHECK_THROWS_WITH(named.scheduler(1.5),
                      "[path] t is 1.5 on " + name + "; times of a path lie in [0, 1]");
    CHECK_THROWS_WITH(named.scheduler(-0.25),
                      "[path] t is -0.25 on " + name + "; times of a path lie in [0, 1]");
    CHECK_THROWS_WITH(named.scheduler(std::nan("")),
                      "[path] t is nan on " + name + "; times of a path lie in [0, 1]");
  }
  CHECK_THROWS_WITH(five_points().at(1.5), "[path] t is 1.5 in a table of times from 0 to 1");
  CHECK_THROWS_WITH(Scheduler{}(0.5),
                    "[path] a schedule without a formula; take one of flow/path/scheduler.h");
  CHECK_THROWS_WITH(Scheduler{}.time_of_ratio(1),
                    "[path] a schedule without a formula and its inverse; "
                    "take one of flow/path/scheduler.h");
}

TEST_CASE("scheduler: parameters out of range are refused") {
  CHECK_THROWS_WITH(cond_ot(1), "[path] sigma_min of cond_ot is 1; it must lie in [0, 1)");
  CHECK_THROWS_WITH(cond_ot(-0.1), "[path] sigma_min of cond_ot is -0.1; it must lie in [0, 1)");
  CHECK_THROWS_WITH(polynomial(0), "[path] the power of polynomial is 0; it must be positive");
  CHECK_THROWS_WITH(vp(1, 1),
                    "[path] beta_min 1 and beta_max 1 of vp; give 0 < beta_min < beta_max");
  CHECK_THROWS_WITH(ve(0, 1),
                    "[path] sigma_min 0 and sigma_max 1 of ve; give 0 < sigma_min < sigma_max");
  CHECK_THROWS_WITH(edm(0.1, 1, 0.5),
                    "[path] sigma_min 0.1, sigma_max 1 and rho 0.5 of edm; "
                    "give 0 < sigma_min < sigma_max and rho of at least 1");
}

TEST_CASE("schedule table: it contains its points, is monotone and has a continuous slope") {
  const ScheduleTable table = five_points();
  for (const SchedulePoint& p : table.points()) {
    CHECK(table.at(p.t).alpha == Approx(p.alpha).margin(1e-15));
    CHECK(table.at(p.t).sigma == Approx(p.sigma).margin(1e-15));
    if (p.t == 0 || p.t == 1) continue;
    const auto before = table.at(p.t - 1e-10), after = table.at(p.t + 1e-10);
    CHECK(before.dalpha == Approx(after.dalpha).epsilon(1e-6));
    CHECK(before.dsigma == Approx(after.dsigma).epsilon(1e-6));
  }
  // A plain cubic interpolant would overshoot between the steep steps of `stairs`. This table also
  // has a constant part.
  const ScheduleTable stairs({{0, 0, 1},
                              {0.1, 0, 0.999},
                              {0.2, 0.9, 0.5},
                              {0.8, 0.9, 0.01},
                              {0.9, 0.99, 0.01},
                              {1, 1, 0}});
  ScheduleTable::Value last = stairs.at(0);
  bool monotone = true;
  for (int k = 1; k <= 10000; ++k) {
    const ScheduleTable::Value now = stairs.at(k / 10000.);
    monotone &= now.alpha >= last.alpha - 1e-15 && now.sigma <= last.sigma + 1e-15;
    monotone &= now.dalpha >= -1e-14 && now.dsigma <= 1e-14;
    last = now;
  }
  CHECK(monotone);
}

TEST_CASE("schedule table: points on a straight line give the straight line") {
  std::vector<SchedulePoint> line;
  for (int k = 0; k <= 64; ++k) line.push_back({k / 64., k / 64., 1 - k / 64.});
  for (const Scheduler& s :
       {tabulated(ScheduleTable(line)), tabulated(ScheduleTable({{0, 0, 1}, {1, 1, 0}}))}) {
    double worst = 0;
    for (int k = 0; k <= 1000; ++k) {
      const Coefficients a = s(k / 1000.), b = cond_ot()(k / 1000.);
      for (double miss :
           {a.alpha - b.alpha, a.sigma - b.sigma, a.dalpha - b.dalpha, a.dsigma - b.dsigma})
        worst = std::max(worst, std::abs(miss));
    }
    CHECK(worst < 1e-13);
  }
  // A dense table of points on a curve approximates the curve and its derivatives.
  std::vector<SchedulePoint> curve;
  for (int k = 0; k <= 100; ++k) {
    const Coefficients c = cosine()(k / 100.);
    curve.push_back({k / 100., c.alpha, c.sigma});
  }
  const ScheduleTable table(curve);
  for (double t : {0.123, 0.456, 0.789}) {
    CHECK(std::abs(table.at(t).alpha - cosine()(t).alpha) < 1e-6);
    CHECK(std::abs(table.at(t).dsigma - cosine()(t).dsigma) < 1e-3);
  }
}

TEST_CASE("schedule table: invalid points are refused, with their row") {
  const auto make = [](std::vector<SchedulePoint> points) { return ScheduleTable(points); };
  CHECK_THROWS_WITH(make({{0, 0, 1}}),
                    "[path] the table has 1 points; give at least the points at t = 0 and t = 1");
  CHECK_THROWS_WITH(make({{0.1, 0, 1}, {1, 1, 0}}),
                    "[path] the table's times run from 0.1 to 1; they must run from 0 to 1");
  CHECK_THROWS_WITH(make({{0, 0, 1}, {0.5, -0.1, 1}, {1, 1, 0}}),
                    "[path] row 1 of the table is (0.5, -0.1, 1); "
                    "all three must be finite, and alpha and sigma not negative");
  CHECK_THROWS_WITH(
      make({{0, 0, 1}, {0.5, 0, 0}, {1, 1, 0}}),
      "[path] row 1 of the table has alpha and sigma 0; one of them must be positive");
  CHECK_THROWS_WITH(
      make({{0, 0, 1}, {0.5, 0.5, 0.5}, {0.5, 0.6, 0.4}, {1, 1, 0}}),
      "[path] time 0.5 of row 2 is not later than 0.5, the time before it; times must rise");
  CHECK_THROWS_WITH(make({{0, 0, 1}, {0.5, 0.5, 0.5}, {1, 0.4, 0}}),
                    "[path] row 2 of the table goes from alpha 0.5, sigma 0.5 to 0.4, 0; "
                    "alpha must not fall, sigma must not rise, and one of them must change");
  CHECK_THROWS_WITH(make({{0, 0.2, 1}, {0.5, 0.2, 1}, {1, 1, 0}}), Contains("row 1"));
  CHECK_THROWS_WITH(make({{0, 0.2, 0}, {1, 1, 0}}),
                    "[path] the table has sigma 0 at t = 0; the path must begin at the source");
  CHECK_THROWS_WITH(make({{0, 0, 1}, {1, 0, 0.5}}),
                    "[path] the table has alpha 0 at t = 1; the path must end at the data");
}

TEST_CASE("change of schedule: a case has known numbers, and slopes are right for every pair") {
  const ScheduleChange c = change_schedule(cond_ot(), cosine(), 0.75);
  CHECK(std::abs(c.t - 0.7071067812) < 1e-9);
  CHECK(std::abs(c.scale - 1.306562965) < 1e-9);
  CHECK(std::abs(c.dt - 0.9201511845) < 1e-9);
  CHECK(std::abs(c.dscale - -0.8501088462) < 1e-9);
  // u is the velocity at x = 1.5 that the field x t^2 gets by the change of schedule c.
  const double u = c.dscale / c.scale * 1.5 + c.scale * c.dt * (1.5 / c.scale) * c.t * c.t;
  CHECK(std::abs(u - -0.285854325) < 1e-9);

  for (const NamedScheduler& named_from : every_scheduler()) {
    const std::string& from_name = named_from.name;
    const Scheduler& from = named_from.scheduler;
    for (const NamedScheduler& named_to : every_scheduler()) {
      const std::string& to_name = named_to.name;
      const Scheduler& to = named_to.scheduler;
      INFO(from_name << " to " << to_name);
      for (int k = 1; k < 100; ++k) {
        const double r = k / 100. + 1e-3, h = 1e-4 * std::min(r, 1 - r);
        const double low = from(0).alpha / from(0).sigma, high = from(1).alpha / from(1).sigma;
        const auto ratio = [&](double at) { return to(at).alpha / to(at).sigma; };
        if (ratio(r - 2 * h) <= low || ratio(r + 2 * h) >= high) continue;
        const ScheduleChange at = change_schedule(from, to, r);
        INFO("at " << r);
        CHECK(std::abs(at.scale * from(at.t).alpha - to(r).alpha) < 1e-12);
        CHECK(std::abs(at.scale * from(at.t).sigma - to(r).sigma) < 1e-12 * (1 + to(r).sigma));
        const auto change = [&](double x) { return change_schedule(from, to, x); };
        const double dt = slope([&](double x) { return change(x).t; }, r, h);
        const double dscale = slope([&](double x) { return change(x).scale; }, r, h);
        CHECK(std::abs(dt - at.dt) < 1e-5 * (1 + std::abs(at.dt)));
        CHECK(std::abs(dscale - at.dscale) < 1e-5 * (1 + at.scale + std::abs(at.dscale)));
      }
    }
  }
}

TEST_CASE("change of schedule: the ends are right") {
  for (double r : {0., 1.}) {
    const ScheduleChange c = change_schedule(cond_ot(), cosine(), r);
    CHECK(c.t == r);
    CHECK(c.scale == 1);
    CHECK(c.dt == Approx(1.5707963267949));
    CHECK(c.dscale == Approx(r == 0 ? c.dt : -c.dt));
  }
  CHECK_THROWS_WITH(change_schedule(cond_ot(), linear_vp(), 1),
                    "[path] from cond_ot at t = 1 to linear_vp at 1 the change "
                    "of schedule has no finite derivative; begin after t = 0 or end before t = 1");
  CHECK_THROWS_WITH(change_schedule(vp(), cond_ot(), 0),
                    Contains("[path] vp has no time at which alpha / sigma is 0; it runs from"));
}

}  // namespace pushforward
