// Computes Gaussian kernel density estimates on a grid in one or two dimensions. The bandwidth is
// chosen by leave-one-out likelihood.
#pragma once

#include <cstddef>
#include <vector>

#include "apps/figures/data.h"

namespace pushforward::app {

// Densities at the centres of columns x rows cells over the limits x and y; rows = 1 for one
// dimension. Row 0 is at y.low. density[row * columns + column], per unit area (or length).
struct DensityGrid {
  std::size_t columns = 0, rows = 0;
  Limits x, y;
  std::vector<double> density;
};

// Estimates the density of the finite `points` (N, 1 or 2) on a grid of `columns` by `rows` cells
// over the limits. The Gaussian kernels have the standard deviation `bandwidth` in data units.
// Without points the density is 0.
DensityGrid kernel_density(const Points& points, Limits x, Limits y, std::size_t columns,
                           std::size_t rows, double bandwidth);

// Returns the bandwidth that maximises the leave-one-out likelihood sum_i log (n f(x_i) - K(0)) /
// (n - 1) of the points (Silverman, "Density Estimation", 1986, sec. 3.4.4). It is between the size
// of a cell and Scott's rule, s n^(-1/(D+4)).
double kernel_bandwidth(const Points& points, Limits x, Limits y, std::size_t columns,
                        std::size_t rows);

// Returns the greatest finite value, or 0 if that is negative.
double greatest(const DensityGrid& grid);

// Returns the grid as pixels of colour(value / top). Row 0 of the raster is the upper edge.
Raster heat_map(const DensityGrid& grid, double top, Colour (*colour)(double));

// Returns the curve of a grid of one row.
std::vector<Spot> make_curve(const DensityGrid& grid, const Axes& axes);

}  // namespace pushforward::app
