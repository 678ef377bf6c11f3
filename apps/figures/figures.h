// The figures of a run. Each function takes tables of doubles and returns a Figure.
//
// Values that are not finite are left out and counted in a note below the panels. Empty, single and
// constant inputs are allowed. Wrong shapes throw std::invalid_argument "[plot] ...".
#pragma once

#include <string>
#include <vector>

#include "apps/figures/data.h"
#include "apps/figures/figure.h"
#include "apps/figures/kernel.h"

namespace pushforward::app {

// Shows samples (N, D), data (M, D), and both in one panel, with common limits. D = 1 gives
// histograms; D > 2 uses the first two principal axes of the data's standardised columns.
Figure samples_figure(const Points& samples, const Points& data, const std::string& title);

// Shows estimated densities of data (M, D) and samples (N, D) side by side on one colour scale.
// They are Gaussian kernel estimates; their common bandwidth maximises the leave-one-out likelihood
// of the data. D = 1 gives curves; D > 2 uses principal axes as in samples_figure.
Figure density_figure(const Points& samples, const Points& data, const std::string& title);

// One panel of the field figure: the velocities (N, D) at the points `at` (N, D) at one time.
// `flowing` are points of p_t and may be empty.
struct FieldSlice {
  double t = 0;
  Points at, velocity;
  Points flowing;
};

// Shows the velocity field u_t(x). For D = 2 each slice is a panel of arrows, coloured by speed,
// over faint points of p_t. For D = 1 the slices are curves u(x).
Figure field_figure(const std::vector<FieldSlice>& slices, const std::string& title);

// The learned and the exact velocities at the same points and time. `error` is the relative L2
// error of the learned velocity over p_t; negative if unknown.
struct FieldPair {
  FieldSlice learned;
  Points exact;
  double error = -1;
};

// Shows the learned field, the exact field and their difference, which has its own scale. For D = 2
// they are rows of arrow panels with a column for each time; for D = 1 three panels of curves.
Figure exact_figure(const std::vector<FieldPair>& pairs, const std::string& title);

// The densities of a model and of the data on one grid. The data's density is exact if `exact` is
// true, else a kernel estimate with `bandwidth`.
struct DensityPair {
  DensityGrid model, data;
  bool exact = false;
  Bandwidth bandwidth;
  bool equal = true;  // whether a unit is as long on both axes
  std::string x_label = "x\u2081", y_label = "x\u2082";
};

// Shows heat maps of the densities of model and data on one scale, and of their difference. If the
// data's density is a kernel estimate, the model's density is smoothed by the same kernel. Grids of
// one row give curves. A note gives the mass of the model's density in the picture.
Figure likelihood_figure(const DensityPair& pair, const std::string& title);

// Returns the name of a class, or its number if `names` has none.
std::string class_name(const std::vector<std::string>& names, int label);

// Shows samples (N, D) and data (M, D), D > 1, coloured by class. There is one label for each row.
Figure classes_figure(const Points& samples, const std::vector<int>& labels, const Points& data,
                      const std::vector<int>& data_labels, const std::string& title,
                      const std::vector<std::string>& names = {});

// Shows paths from `source` ("Gaussian noise") to data as thin lines with marked start and end. D =
// 1 shows x over t; D > 2 uses principal axes of the end points. At most 200 evenly chosen paths
// are drawn, and fewer if the paths are much longer than the distances between their ends, as paths
// with noise are. No path leaves the panel.
Figure trajectories_figure(const Trajectories& trajectories, const std::string& title,
                           const std::string& source);

// The curves of a training run. All except `step` and `loss` may be empty. `eval_loss`, the loss of
// held-out rows, has its own steps, `eval_step`.
struct LossCurve {
  std::vector<double> step, loss;
  std::vector<double> rate, gradient_norm;  // at `step`
  std::vector<double> eval_step, eval_loss;
};

// Shows the loss, raw and smoothed, on a logarithmic axis if it spans more than a factor of 8.
// Learning rate and gradient norm, if given, are in small panels below.
Figure loss_figure(const LossCurve& curve, const std::string& title);

// Shows the flow from `source` to data as an animation of `frames` frames that rests at both ends:
// points for D >= 2 (on principal axes of the end points for D > 2), a histogram for D = 1. At
// most 3000 points are drawn. A point keeps the colour of its rank along the first axis at the start.
MovingFigure flow_animation(const Trajectories& trajectories, const std::string& title,
                            const std::string& source, std::size_t frames = 60);

// Shows the points of a flow at six times side by side.
Figure flow_strip(const Trajectories& trajectories, const std::string& title);

}  // namespace pushforward::app
