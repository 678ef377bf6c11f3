#include "apps/plot/sphere_data.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "apps/failure.h"
#include "apps/plot/data.h"
#include "apps/plot/no_picture.h"
#include "flow/solve/integrate.h"

namespace pushforward::app {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

NdArray table_of(const ManifoldCode& code, const Points& vectors) {
  NdArray table{{vectors.rows, code.columns()}, code.decode(vectors.values)};
  table.names = code.names();
  return table;
}

// Returns points along a spiral from pole to pole, each in a part of the sphere of the same area
// (Fibonacci's lattice).
Points even_points(std::size_t count) {
  Points all{{}, count, 3};
  for (std::size_t k = 0; k < count; ++k) {
    const double z = 1 - (2 * double(k) + 1) / double(count), flat = std::sqrt(1 - z * z),
                 turn = 2 * std::numbers::pi * std::fmod(double(k) * std::numbers::phi, 1);
    all.values.insert(all.values.end(), {flat * std::cos(turn), flat * std::sin(turn), z});
  }
  return all;
}

// Converts velocities in the columns of the table to tangent vectors at the points.
Points tangents(const ManifoldCode& code, const Points& at, const Points& velocity) {
  Points all{{}, at.rows, 3};
  const std::vector<std::size_t>& columns = code.parts().front().columns;
  for (std::size_t r = 0; r < at.rows; ++r) {
    const double x = at.at(r, 0), y = at.at(r, 1), z = at.at(r, 2), flat = std::hypot(x, y);
    if (!code.latlong()) {
      for (const std::size_t column : columns) all.values.push_back(velocity.at(r, column));
      continue;
    }
    const double north = kDegree * velocity.at(r, columns[0]),
                 turn = kDegree * velocity.at(r, columns[1]);
    all.values.insert(all.values.end(), {-z * x / flat * north - y * turn,
                                         -z * y / flat * north + x * turn, flat * north});
  }
  return all;
}

}  // namespace

Points on_sphere(const ManifoldCode& code, const Points& rows) {
  return {code.encode(rows.values), rows.rows, 3};
}

Trajectories on_sphere(const ManifoldCode& code, const Trajectories& rows) {
  Trajectories all = rows;
  all.values = code.encode(rows.values);
  all.cols = 3;
  all.names.clear();
  return all;
}

std::vector<FieldSlice> find_sphere_field(const Engine& engine, const Config& config,
                                          const RunRequest& run, const ManifoldCode& code,
                                          const Trajectories& flow) {
  const Points at = even_points(500);
  const NdArray table = table_of(code, at);
  const Trajectories shown = on_sphere(code, flow);
  std::vector<FieldSlice> slices;
  for (const double t : {0., 0.25, 0.5, 0.75, 1.}) {
    const Points velocity = as_points(engine.velocity(config, run, table, t).points);
    slices.push_back({t, at, tangents(code, at, velocity), points_at(shown, t)});
  }
  return slices;
}

DensityGrid find_sphere_density(const Engine& engine, const Config& config, const RunRequest& run,
                                const ManifoldCode& code) {
  DensityGrid grid{90, 45, {-180, 180}, {-90, 90}, {}};
  Points centres{{}, grid.columns * grid.rows, 3};
  for (std::size_t row = 0; row < grid.rows; ++row)
    for (std::size_t column = 0; column < grid.columns; ++column) {
      const double a = kDegree * (4 * double(row) - 88), b = kDegree * (4 * double(column) - 178);
      centres.values.insert(centres.values.end(),
                            {std::cos(a) * std::cos(b), std::cos(a) * std::sin(b), std::sin(a)});
    }
  DensityRequest request;
  static_cast<RunRequest&>(request) = run;
  request.solver = "dopri5";
  request.rtol = request.atol = 1e-3;
  try {
    const Densities found = engine.log_density(config, request, table_of(code, centres));
    if (found.failed > 0) throw NoPicture(Exit::diverged, found.notes.front());
    for (const double one : found.log_density.values) grid.density.push_back(std::exp(one));
  } catch (const std::invalid_argument& e) {
    throw NoPicture(Exit::usage, e.what());
  } catch (const IntegrationFailure& e) {
    throw NoPicture(Exit::diverged, e.what());
  }
  return grid;
}

}  // namespace pushforward::app
