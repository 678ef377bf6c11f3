// Time grids: the times that a solver with fixed steps goes through, and the places on them that
// are saved.
//
// A grid is a list of strictly monotone times whose ends are exact. One that runs backwards, from
// data to noise, has begin > end and is the forward grid read from its end.
#pragma once

#include <span>
#include <vector>

#include "flow/scheduler.h"

namespace pushforward {

// steps + 1 evenly spaced times from `begin` to `end`, both exact.
std::vector<double> time_grid(int steps, double begin = 0, double end = 1);

// With u evenly spaced on [0, 1], u^power of the way from the earlier end to the later: a power
// above 1 is dense at the noise, below 1 at the data.
std::vector<double> power_grid(int steps, double power, double begin = 0, double end = 1);

// (1 - cos(pi u)) / 2 of the way: dense at both ends.
std::vector<double> cosine_grid(int steps, double begin = 0, double end = 1);

// Ratios alpha / sigma, the range that a grid in their logarithm spreads its inner times over.
struct Ratios {
  double low = 1e-3, high = 1e3;
};

// Evenly spaced in ln(alpha / sigma), half the log of the signal-to-noise ratio (Lu et al. 2022).
// An end of the path where the logarithm is beyond `ratios` counts as the ratio given there; the
// grid still begins and ends at `begin` and `end`.
std::vector<double> log_snr_grid(const Scheduler& path, int steps, double begin = 0, double end = 1,
                                 Ratios ratios = {});

// Noise levels s = sigma / alpha of Karras et al. 2022, eq. 5.
struct NoiseLevels {
  double sigma_max = 80, sigma_min = 0.002, rho = 7;
};

// levels >= 2 noise levels from sigma_max to sigma_min, (sigma_max^(1/rho) + i / (levels - 1)
// (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho, i = 0 .. levels - 1.
std::vector<double> noise_levels(int levels, const NoiseLevels& range = {});

// `steps` steps through EDM's levels at the times where the path has them, and on to t = 1 where
// sigma(1) = 0: `steps` levels and the level 0, as in Karras et al. 2022. A path that ends in noise
// has steps + 1 levels and no last step to 0 (SamplerOptions::denoise_last is that step). The grid
// begins where the noise is sigma_max, so sources are scaled by sigma(grid.front()).
std::vector<double> edm_grid(const Scheduler& path, int steps, const NoiseLevels& range = {});

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
