// Time grids: the times of a fixed-step solver, and the points on them that are saved.
//
// A grid is a list of strictly monotone times whose first and last are exact. A grid from data to
// noise has begin > end, and is the forward grid in reverse order. The functions that make a grid
// throw if there is less than one step, if two times are equal, or if a time is not finite.
#pragma once

#include <span>
#include <vector>

#include "flow/path/scheduler.h"

namespace pushforward {

// Returns steps + 1 evenly spaced times from `begin` to `end`, both exact.
std::vector<double> time_grid(int steps, double begin = 0, double end = 1);

// Returns the times at fractions u^power of the way from the earlier end to the later one, with u
// evenly spaced on [0, 1]. A power above 1 makes steps smaller near the noise, and a power below 1
// near the data.
std::vector<double> power_grid(int steps, double power, double begin = 0, double end = 1);

// Returns the times at fractions (1 - cos(pi u)) / 2 of the way from the earlier end to the later
// one, with u evenly spaced on [0, 1]. Steps are smaller near both ends.
std::vector<double> cosine_grid(int steps, double begin = 0, double end = 1);

// A range of noise levels s = sigma / alpha. Levels are evenly spaced in s^(1/rho)
// (Karras et al. 2022, eq. 5, whose values are the defaults).
struct NoiseLevels {
  // The first and the last noise level, 0 < sigma_min < sigma_max. Lower sigma_min if samples
  // should keep finer detail of the data.
  double sigma_max = 80, sigma_min = 0.002;

  // The root in which levels are evenly spaced; positive. A larger one puts more levels near
  // sigma_min. log_snr_grid ignores it.
  double rho = 7;
};

// Returns `levels` >= 2 noise levels,
//   (sigma_max^(1/rho) + i / (levels - 1) (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho,
// for i = 0 .. levels - 1.
std::vector<double> noise_levels(int levels, const NoiseLevels& range = {});

// Returns times that are evenly spaced in ln(alpha / sigma), half the log of the
// signal-to-noise ratio (Lu et al. 2022). range.rho is ignored. If the noise level at an end is
// outside `range`, the nearest level of the range replaces it in the spacing; the grid still
// begins and ends at `begin` and `end`.
std::vector<double> log_snr_grid(const Scheduler& path, int steps, double begin = 0, double end = 1,
                                 const NoiseLevels& range = {});

// Returns the times at which the path has the noise levels of EDM (see noise_levels). If sigma(1) =
// 0, there are `steps` levels followed by t = 1, as in Karras et al. 2022. If the path still has
// noise at t = 1, there are steps + 1 levels; SamplerOptions::denoise_last takes the step to noise
// level 0. `range` is limited to the levels between `begin` and `end`. The grid begins at the time
// of sigma_max, so scale the source by sigma(grid.front()). With a sigma_max below 80, samples have
// to start from the path at that time (SamplerOptions::starts_on_path).
std::vector<double> edm_grid(const Scheduler& path, int steps, double begin = 0, double end = 1,
                             const NoiseLevels& range = {});

// A point on a grid: grid[index] + fraction (grid[index + 1] - grid[index]), with 0 <=
// fraction < 1. It holds an index rather than a time, so that floating-point times are
// never compared for equality.
struct SavePoint {
  int index = 0;
  double fraction = 0;
};

// Returns count >= 2 points that are evenly spaced over a grid of `steps`
// intervals and include both ends.
std::vector<SavePoint> evenly_saved(int steps, int count);

// Returns the time of a point. Throws on a point that is not on the grid.
double time_of(const SavePoint& point, std::span<const double> grid);

// Throws if the grid has fewer than two times, or if they are not finite or not strictly monotone.
void check_grid(std::span<const double> grid);
// Throws if the points to save are not on a grid of `steps` intervals, or not in order of time.
void check_saves(std::span<const SavePoint> points, int steps);

}  // namespace pushforward
