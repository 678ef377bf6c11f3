// Converts the columns of a table to coordinates of points on a manifold, and back: degrees of latitude
// and longitude to unit vectors, angles to radians, rotation matrices to quaternions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "flow/manifold/manifold.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// The form in which a table has a factor of the manifold.
enum class ManifoldForm {
  coordinates,  // as the flow has it: numbers, unit vectors, unit quaternions
  latlong,      // two columns: latitude and longitude in degrees
  radians,      // angles
  degrees,      // angles
  matrix        // nine columns: a rotation matrix, row by row
};
const char* name_of(ManifoldForm form);

// A factor of the manifold, and the table's columns that it comes from.
struct ManifoldColumns {
  Factor factor;
  ManifoldForm form = ManifoldForm::coordinates;
  std::vector<std::size_t> columns{};
};

// The code of a table whose rows are points of a manifold. Longitudes and angles come back in [-180,
// 180), or in [-pi, pi), and quaternions with w >= 0.
class ManifoldCode {
 public:
  // Each of the columns 0 .. C - 1 must belong to one part. `names` are those of the table's columns, or
  // empty.
  explicit ManifoldCode(std::vector<ManifoldColumns> parts, std::vector<std::string> names = {});

  const Manifold& manifold() const { return manifold_; }
  ManifoldPtr shared() const { return std::make_shared<Manifold>(manifold_); }
  const std::vector<ManifoldColumns>& parts() const { return parts_; }
  std::size_t columns() const { return columns_; }
  const std::vector<std::string>& names() const { return names_; }
  // Returns the name of each coordinate, such as "latitude longitude (x)"; empty without names.
  std::vector<std::string> coordinate_names() const;
  // Returns whether the table has the numbers of the flow, in their order.
  bool plain() const;
  // Returns whether the manifold is a sphere in R^3 and nothing else, or has latlong columns alone.
  bool globe() const;
  bool latlong() const { return parts_.front().form == ManifoldForm::latlong; }

  // Throws Failure (exit 4) "[what] file: row ..." if a row is not on the manifold: a latitude or angle
  // out of its range, a vector whose length is not 1 or a matrix that is no rotation to 1e-3.
  void check(const NdArray& table, const std::string& what) const;
  // Returns the coordinates (N, manifold().dim()) of rows (N, columns()), and back.
  std::vector<double> encode(std::span<const double> rows) const;
  std::vector<double> decode(std::span<const double> points) const;
  // Returns the embedding of rows (N, columns()), in which points that are close on the manifold are
  // close: unit vectors, the cosine and sine of each angle, the entries of rotation matrices, and plain
  // numbers. embedded_names has a name for each of its columns.
  std::vector<double> embed(std::span<const double> rows) const;
  std::vector<std::string> embedded_names() const;
  // Returns the velocities of the columns (N, columns()) of points (N, manifold().dim()) that move with
  // tangent velocities of that shape: degrees per unit of time for latlong and angles in degrees, and
  // the derivatives of a matrix's entries. Latitude and longitude of a
  // pole, which have none, get NaN.
  std::vector<double> decode_velocity(std::span<const double> points,
                                      std::span<const double> velocities) const;

 private:
  Manifold manifold_;
  std::vector<ManifoldColumns> parts_;
  std::vector<std::string> names_;
  std::size_t columns_ = 0;
};

using ManifoldCodePtr = std::shared_ptr<const ManifoldCode>;

// Stores the code as "data.manifold" of the metadata. Reading returns null if there is none, and throws
// Failure (exit 4), naming the file, if the entry is damaged.
void write_manifold_code(const ManifoldCodePtr& code, Metadata& metadata);
ManifoldCodePtr read_manifold_code(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
