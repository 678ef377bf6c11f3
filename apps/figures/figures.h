// The pictures of a run as functions of plain data: each
// takes tables of doubles and returns a Picture to write.
//
// Values that are not finite are left out and counted in a note under the picture; empty, single
// and constant inputs give a picture too. Wrong shapes throw std::invalid_argument "[plot] ...".
#pragma once

#include <string>
#include <vector>

#include "apps/draw/animation.h"
#include "apps/draw/canvas.h"
#include "apps/figures/data.h"
#include "apps/figures/kernel.h"

namespace pushforward::app {

// Samples (N, D) beside data (M, D) in shared limits, and both in one panel. D = 1: histograms; D >
// 2: the first two principal axes of the data.
Picture samples_figure(const Points& samples, const Points& data, const std::string& title);

// Estimated densities of data (M, D) and samples (N, D) side by side on one colour scale: Gaussian
// kernel estimates whose common bandwidth maximises the leave-one-out likelihood of the data. D as
// in samples_figure; D = 1: curves.
Picture density_figure(const Points& samples, const Points& data, const std::string& title);

// One panel of the field figure: velocities (N, D) at `at`
// (N, D) for one time, over points of p_t (may be empty).
struct FieldSlice {
  double t = 0;
  Points at, velocity;
  Points flowing;
};

// The velocity field u_t(x), one panel a slice: arrows coloured by speed over faint points of p_t
// for D = 2, curves u(x) for D = 1.
Picture field_figure(const std::vector<FieldSlice>& slices, const std::string& title);

// The learned and the exact velocities at the same points and time. `error` is the learned one's,
// relative, in L2 over p_t; negative: not known.
struct FieldPair {
  FieldSlice learned;
  Points exact;
  double error = -1;
};

// Learned, exact and the difference between them, which has a scale of its own: rows of arrows, a
// column for each time, for D = 2; three panels of curves for D = 1.
Picture exact_figure(const std::vector<FieldPair>& pairs, const std::string& title);

// A model's density and the data's on one grid; `exact`:
// the data's is its distribution's own, else an estimate.
struct DensityPair {
  DensityGrid model, data;
  bool exact = false;
};

// Heat maps of both on one scale, and of their difference where the data's is exact; curves for
// grids of one row. The mass of the model's density in the picture is noted.
Picture likelihood_figure(const DensityPair& pair, const std::string& title);

// Samples (N, D) beside data (M, D), D > 1, each coloured by its class, one label for each row.
Picture classes_figure(const Points& samples, const std::vector<int>& labels, const Points& data,
                       const std::vector<int>& data_labels, const std::string& title);

// Paths from noise to data: thin lines with start and end marked; x over t for D = 1, principal
// axes of the end points for D > 2. At most 300 evenly chosen paths are drawn.
Picture trajectories_figure(const Trajectories& trajectories, const std::string& title);

// A training run's curves over its steps. All but `step`
// and `loss` may be empty; `eval` has steps of its own.
struct LossCurve {
  std::vector<double> step, loss;
  std::vector<double> rate, gradient_norm;  // at `step`
  std::vector<double> eval_step, eval_loss;
};

// The loss, raw and smoothed, logarithmic where it spans more than a factor of 8; learning rate and
// gradient norm in small panels underneath where given.
Picture loss_figure(const LossCurve& curve, const std::string& title);

// Noise flowing to data as an animation of `frames` frames that rests at both ends: points for D =
// 2 (or principal axes of the end points), a histogram for D = 1. At most 3000 points are drawn.
Animation flow_animation(const Trajectories& trajectories, const std::string& title,
                         std::size_t frames = 60);

// Six moments of the flow side by side.
Picture flow_strip(const Trajectories& trajectories, const std::string& title);

}  // namespace pushforward::app
