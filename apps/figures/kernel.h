// Computes Gaussian kernel density estimates on a grid in one or two dimensions. The bandwidth is
// chosen by leave-one-out likelihood.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/figures/data.h"

namespace pushforward::app {

// Densities, per unit of area or length, at the centres of the cells of a grid over the limits x
// and y. The cell in column i of row k has density[k * columns + i]. Row 0 is at y.low. In one
// dimension there is a single row.
struct DensityGrid {
  std::size_t columns = 0, rows = 0;
  Limits x, y;
  std::vector<double> density;
};

// The standard deviations of Gaussian kernels along both axes, in data units.
struct Bandwidth {
  double x = 0, y = 0;
};

// Estimates the density of the finite `points` (N, 1 or 2) on a grid of `columns` by `rows` cells
// over the limits, by Gaussian kernels. Without points the density is 0.
DensityGrid kernel_density(const Points& points, Limits x, Limits y, std::size_t columns,
                           std::size_t rows, Bandwidth bandwidth);

// Returns the bandwidth that maximises the leave-one-out likelihood of the n points x_i, sum_i
// log((n f(x_i) - K(0)) / (n - 1)). Here f is the estimate from all points, and K(0) is the
// kernel's value at 0 (Silverman, "Density Estimation", 1986, sec. 3.4.4). It is between the size
// of a cell and Scott's rule, s n^(-1/(D+4)) for points with standard deviation s in D dimensions.
// If `equal`, it is the same along both axes; else it is the same share of the width of each axis.
Bandwidth kernel_bandwidth(const Points& points, Limits x, Limits y, std::size_t columns,
                           std::size_t rows, bool equal = true);

// Smooths a density on a grid by Gaussian kernels of this bandwidth. Mass that leaves the grid is
// lost.
void smooth(DensityGrid& grid, Bandwidth bandwidth);

// Returns the bandwidth in words: "0.12", or "0.12 along eruptions and 2.1 along waiting".
std::string bandwidth_text(Bandwidth bandwidth, bool equal, const std::string& x_label,
                           const std::string& y_label);

// Returns the greatest finite value, or 0 if that is negative.
double greatest(const DensityGrid& grid);

// Returns the grid as a heat map whose last colour stands for the density `top`.
Heat heat_of(const DensityGrid& grid, double top);

// Returns the density on a grid of one row as a curve over x.
std::vector<Spot> make_curve(const DensityGrid& grid);

}  // namespace pushforward::app
