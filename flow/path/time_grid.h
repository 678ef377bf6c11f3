// Time grids: the times that a solver with fixed steps
// goes through, and the places on them that are saved.
//
// A grid is a list of strictly monotone times whose ends are exact. One that runs backwards, from
// data to noise, has begin > end and is the forward grid read from its end.
#pragma once

#include <span>
#include <vector>

#include "flow/path/scheduler.h"

namespace pushforward {

// steps + 1 evenly spaced times from `begin` to `end`, both exact.
std::vector<double> time_grid(int steps, double begin = 0, double end = 1);

// With u evenly spaced on [0, 1], u^power of the way from the earlier end to the later: a power
// above 1 is dense at the noise, below 1 at the data.
std::vector<double> power_grid(int steps, double power, double begin = 0, double end = 1);

// (1 - cos(pi u)) / 2 of the way: dense at both ends.
std::vector<double> cosine_grid(int steps, double begin = 0, double end = 1);

// A range of noise levels s = sigma / alpha, and the root
// in which Karras et al. 2022, eq. 5, space them evenly.
struct NoiseLevels {
  double sigma_max = 80, sigma_min = 0.002, rho = 7;
};

// levels >= 2 noise levels, (sigma_max^(1/rho) + i / (levels - 1) (sigma_min^(1/rho) -
// sigma_max^(1/rho)))^rho, i = 0 .. levels - 1.
std::vector<double> noise_levels(int levels, const NoiseLevels& range = {});

// Evenly spaced in ln(alpha / sigma), half the log of the signal-to-noise ratio (Lu et al. 2022);
// rho is not looked at. An end whose noise level is outside of `range` counts as having the level
// at that end of the range; the grid still begins and ends at `begin` and `end`.
std::vector<double> log_snr_grid(const Scheduler& path, int steps, double begin = 0, double end = 1,
                                 const NoiseLevels& range = {});

// EDM's levels, at the times where the path has them, and where sigma(1) = 0 on to t
// = 1: `steps` levels and the level 0, as in Karras et al. 2022. Where the path ends
// in noise there are steps + 1 levels and no step to 0 (SamplerOptions::denoise_last
// is that step). `range` is narrowed to the levels between `begin` and `end`. The
// grid begins at the time of sigma_max, so a source is scaled by sigma(grid.front()).
std::vector<double> edm_grid(const Scheduler& path, int steps, double begin = 0, double end = 1,
                             const NoiseLevels& range = {});

// A place on a grid: grid[index] + fraction (grid[index + 1] - grid[index]), 0 <= fraction < 1.
// Indices and not times, so that no two floating-point times are ever compared for equality.
struct SavePoint {
  int index = 0;
  double fraction = 0;
};

// count >= 2 points evenly spread over a grid of `steps` intervals, both ends included.
std::vector<SavePoint> evenly_saved(int steps, int count);

// The time of a point.
double time_of(const SavePoint& point, std::span<const double> grid);

// Fails on a grid of fewer than two times, or whose times are not finite or not strictly monotone.
void check_grid(std::span<const double> grid);
// Fails on points that are not on a grid of `steps` intervals, or not in the order of time.
void check_saves(std::span<const SavePoint> points, int steps);

}  // namespace pushforward
