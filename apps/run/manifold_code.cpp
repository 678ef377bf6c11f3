#include "apps/run/manifold_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <utility>

#include "apps/failure.h"
#include "apps/json/json.h"
#include "apps/run/units.h"

namespace pushforward::app {
namespace {

constexpr double kDegree = std::numbers::pi / 180;
constexpr std::array kForms{ManifoldForm::coordinates, ManifoldForm::latlong, ManifoldForm::radians,
                            ManifoldForm::degrees, ManifoldForm::matrix};
constexpr std::array kGeometries{Geometry::euclidean, Geometry::sphere, Geometry::torus,
                                 Geometry::rotation};

Manifold manifold_of(const std::vector<ManifoldColumns>& parts) {
  std::vector<Factor> factors;
  for (const ManifoldColumns& part : parts) factors.push_back(part.factor);
  return Manifold(std::move(factors));
}

// Returns the unit quaternion of a rotation matrix, from the largest of its four squares (Shepperd
// 1978), so that nothing is divided by a small number.
std::array<double, 4> quaternion(const std::array<double, 9>& m) {
  const double trace = m[0] + m[4] + m[8];
  const std::array<double, 4> squares{1 + trace, 1 + 2 * m[0] - trace, 1 + 2 * m[4] - trace,
                                      1 + 2 * m[8] - trace};
  const auto k = std::max_element(squares.begin(), squares.end()) - squares.begin();
  const double root = std::sqrt(squares[static_cast<std::size_t>(k)]), half = 0.5 / root;
  const double wx = m[7] - m[5], wy = m[2] - m[6], wz = m[3] - m[1], xy = m[1] + m[3],
               xz = m[2] + m[6], yz = m[5] + m[7];
  if (k == 0) return {root / 2, half * wx, half * wy, half * wz};
  if (k == 1) return {half * wx, root / 2, half * xy, half * xz};
  if (k == 2) return {half * wy, half * xy, root / 2, half * yz};
  return {half * wz, half * xz, half * yz, root / 2};
}

std::array<double, 9> matrix_of(const double* q) {
  const double w = q[0], x = q[1], y = q[2], z = q[3];
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

double determinant(const std::array<double, 9>& m) {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
         m[2] * (m[3] * m[7] - m[4] * m[6]);
}

// Returns the largest difference of m m^T from the identity.
double off_orthogonal(const std::array<double, 9>& m) {
  double worst = 0;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) sum += m[3 * i + k] * m[3 * j + k];
      worst = std::max(worst, std::abs(sum - (i == j ? 1 : 0)));
    }
  return worst;
}

// The values of a part's columns in one row.
std::vector<double> values_of(const ManifoldColumns& part, std::span<const double> row) {
  std::vector<double> values;
  for (const std::size_t column : part.columns) values.push_back(row[column]);
  return values;
}

// Returns what is wrong with one part of a row, and the cure, or "" if it is on its manifold.
std::string fault_of(const ManifoldColumns& part, const std::vector<double>& v,
                     const std::vector<std::string>& names) {
  constexpr double kNear = 1e-3;
  const auto name = [&](std::size_t k) { return column_name(names, part.columns[k]); };
  if (part.form == ManifoldForm::latlong) {
    if (std::abs(v[0]) > 90)
      return fmt::format(
          "the latitude, in column {}, is {}; latitudes are from -90 to 90 degrees, and "
          "come before the longitude in `latlong`",
          name(0), v[0]);
    if (v[1] < -180 || v[1] > 360)
      return fmt::format(
          "the longitude, in column {}, is {}; longitudes are from -180 to 360 degrees", name(1),
          v[1]);
  }
  const bool degrees = part.form == ManifoldForm::degrees;
  if (degrees || part.form == ManifoldForm::radians)
    for (std::size_t k = 0; k < v.size(); ++k)
      if (std::abs(v[k]) > (degrees ? 360 : 2 * std::numbers::pi))
        return fmt::format("the angle in column {} is {}; angles in {} are from {} to {}{}",
                           name(k), v[k], name_of(part.form), degrees ? "-360" : "-2 pi",
                           degrees ? "360" : "2 pi",
                           degrees ? "" : ", or set \"angle_unit\": \"degrees\"");
  if (part.form == ManifoldForm::matrix) {
    std::array<double, 9> m{};
    std::copy_n(v.begin(), 9, m.begin());
    if (off_orthogonal(m) > kNear)
      return fmt::format(
          "its matrix times its transpose is off the identity by {:.3g}; give rotation "
          "matrices, or divide the scale out",
          off_orthogonal(m));
    if (determinant(m) < 0)
      return "its matrix has the determinant -1, a reflection; give rotations, of determinant 1";
  }
  const bool unit =
      part.factor.geometry == Geometry::sphere || part.factor.geometry == Geometry::rotation;
  if (part.form == ManifoldForm::coordinates && unit) {
    double square = 0;
    for (const double one : v) square += one * one;
    if (std::abs(std::sqrt(square) - 1) > kNear)
      return fmt::format(
          "the {} in the columns {} to {} has the length {:.6g}; give vectors of "
          "length 1",
          part.factor.geometry == Geometry::sphere ? "unit vector" : "quaternion", name(0),
          name(v.size() - 1), std::sqrt(square));
  }
  return "";
}

void encode_part(const ManifoldColumns& part, const std::vector<double>& v, double* to) {
  switch (part.form) {
    case ManifoldForm::coordinates: std::copy(v.begin(), v.end(), to); break;
    case ManifoldForm::latlong: {
      const double latitude = kDegree * v[0], longitude = kDegree * v[1];
      to[0] = std::cos(latitude) * std::cos(longitude);
      to[1] = std::cos(latitude) * std::sin(longitude);
      to[2] = std::sin(latitude);
      break;
    }
    case ManifoldForm::radians:
    case ManifoldForm::degrees:
      for (std::size_t k = 0; k < v.size(); ++k)
        to[k] = wrapped_angle(part.form == ManifoldForm::degrees ? kDegree * v[k] : v[k]);
      break;
    case ManifoldForm::matrix: {
      std::array<double, 9> m{};
      std::copy_n(v.begin(), 9, m.begin());
      const std::array<double, 4> q = quaternion(m);
      std::copy(q.begin(), q.end(), to);
      break;
    }
  }
}

void decode_part(const ManifoldColumns& part, const double* x, std::span<double> row) {
  const auto put = [&](std::size_t k, double value) { row[part.columns[k]] = value; };
  switch (part.form) {
    case ManifoldForm::coordinates:
    case ManifoldForm::radians:
    case ManifoldForm::degrees:
      for (std::size_t k = 0; k < part.columns.size(); ++k) {
        const bool negative = part.factor.geometry == Geometry::rotation && x[0] < 0;
        put(k, part.form == ManifoldForm::degrees ? x[k] / kDegree : negative ? -x[k] : x[k]);
      }
      break;
    case ManifoldForm::latlong: {
      double longitude = std::atan2(x[1], x[0]) / kDegree;
      if (longitude >= 180) longitude -= 360;
      put(0, std::atan2(x[2], std::hypot(x[0], x[1])) / kDegree);
      put(1, longitude);
      break;
    }
    case ManifoldForm::matrix: {
      const std::array<double, 9> m = matrix_of(x);
      for (std::size_t k = 0; k < 9; ++k) put(k, m[k]);
      break;
    }
  }
}

// As decode_part, for the velocity v of a point x.
void decode_velocity_part(const ManifoldColumns& part, const double* x, const double* v,
                          std::span<double> row) {
  const auto put = [&](std::size_t k, double value) { row[part.columns[k]] = value; };
  switch (part.form) {
    case ManifoldForm::coordinates:
    case ManifoldForm::radians:
    case ManifoldForm::degrees:
      for (std::size_t k = 0; k < part.columns.size(); ++k)
        put(k, part.form == ManifoldForm::degrees ? v[k] / kDegree : v[k]);
      break;
    case ManifoldForm::latlong: {
      const double flat = std::hypot(x[0], x[1]);
      const bool pole = flat < 1e-7;  // float32 holds a coordinate to about this
      const double north =
          pole ? std::nan("") : flat * v[2] - x[2] * (x[0] * v[0] + x[1] * v[1]) / flat;
      put(0, north / kDegree);
      put(1, pole ? std::nan("") : (x[0] * v[1] - x[1] * v[0]) / (flat * flat) / kDegree);
      break;
    }
    case ManifoldForm::matrix: {
      // The entries are quadratic in the quaternion, so this difference is the exact derivative.
      double ahead[4], behind[4];
      for (int k = 0; k < 4; ++k) {
        ahead[k] = x[k] + v[k];
        behind[k] = x[k] - v[k];
      }
      const std::array<double, 9> a = matrix_of(ahead), b = matrix_of(behind);
      for (std::size_t k = 0; k < 9; ++k) put(k, (a[k] - b[k]) / 2);
      break;
    }
  }
}

}  // namespace

const char* name_of(ManifoldForm form) {
  switch (form) {
    case ManifoldForm::coordinates: return "coordinates";
    case ManifoldForm::latlong: return "latlong";
    case ManifoldForm::radians: return "radians";
    case ManifoldForm::degrees: return "degrees";
    case ManifoldForm::matrix: return "matrix";
  }
  return "";
}

ManifoldCode::ManifoldCode(std::vector<ManifoldColumns> parts, std::vector<std::string> names)
    : manifold_(manifold_of(parts)), parts_(std::move(parts)), names_(std::move(names)) {
  for (const ManifoldColumns& part : parts_) columns_ += part.columns.size();
}

std::vector<std::string> ManifoldCode::coordinate_names() const {
  std::vector<std::string> all;
  if (names_.empty()) return all;
  for (const ManifoldColumns& part : parts_) {
    std::string of;
    for (const std::size_t column : part.columns) of += (of.empty() ? "" : " ") + names_[column];
    const bool own = part.columns.size() == static_cast<std::size_t>(part.factor.dim);
    const char* const letters = part.factor.geometry == Geometry::rotation ? "wxyz" : "xyz";
    for (int k = 0; k < part.factor.dim; ++k)
      all.push_back(own ? names_[part.columns[static_cast<std::size_t>(k)]]
                        : fmt::format("{} ({})", of, letters[k]));
  }
  return all;
}

bool ManifoldCode::plain() const {
  std::size_t next = 0;
  for (const ManifoldColumns& part : parts_) {
    if (part.form != ManifoldForm::coordinates && part.form != ManifoldForm::radians) return false;
    for (const std::size_t column : part.columns)
      if (column != next++) return false;
  }
  return true;
}

bool ManifoldCode::globe() const {
  return parts_.size() == 1 && parts_.front().factor == Factor{Geometry::sphere, 3};
}

void ManifoldCode::check(const NdArray& table, const std::string& what) const {
  const std::size_t rows = table.values.size() / columns_;
  for (std::size_t r = 0; r < rows; ++r) {
    const auto row = std::span(table.values).subspan(r * columns_, columns_);
    for (const ManifoldColumns& part : parts_) {
      const std::string fault = fault_of(part, values_of(part, row), names_);
      if (!fault.empty())
        throw Failure(Exit::file,
                      fmt::format("[{}] {}row {}: {}", what, file_prefix(table), r, fault));
    }
  }
}

std::vector<double> ManifoldCode::encode(std::span<const double> rows) const {
  const std::size_t n = rows.size() / columns_, d = static_cast<std::size_t>(manifold_.dim());
  std::vector<double> points(n * d);
  for (std::size_t r = 0; r < n; ++r) {
    double* to = points.data() + r * d;
    for (const ManifoldColumns& part : parts_) {
      encode_part(part, values_of(part, rows.subspan(r * columns_, columns_)), to);
      to += part.factor.dim;
    }
    project_row(manifold_, points.data() + r * d);
  }
  return points;
}

std::vector<double> ManifoldCode::decode(std::span<const double> points) const {
  const std::size_t d = static_cast<std::size_t>(manifold_.dim()), n = points.size() / d;
  std::vector<double> rows(n * columns_);
  for (std::size_t r = 0; r < n; ++r) {
    const double* from = points.data() + r * d;
    for (const ManifoldColumns& part : parts_) {
      decode_part(part, from, std::span(rows).subspan(r * columns_, columns_));
      from += part.factor.dim;
    }
  }
  return rows;
}

std::vector<double> ManifoldCode::embed(std::span<const double> rows) const {
  const std::vector<double> points = encode(rows);
  std::vector<double> all;
  for (std::size_t at = 0; at < points.size();)
    for (const ManifoldColumns& part : parts_) {
      const double* const x = points.data() + at;
      const auto n = static_cast<std::size_t>(part.factor.dim);
      at += n;
      if (part.factor.geometry == Geometry::rotation) {
        const std::array<double, 9> m = matrix_of(x);
        all.insert(all.end(), m.begin(), m.end());
        continue;
      }
      const bool turns = part.factor.geometry == Geometry::torus;
      for (std::size_t k = 0; k < n; ++k)
        if (turns)
          all.insert(all.end(), {std::cos(x[k]), std::sin(x[k])});
        else
          all.push_back(x[k]);
    }
  return all;
}

std::vector<std::string> ManifoldCode::embedded_names() const {
  std::vector<std::string> all;
  for (const ManifoldColumns& part : parts_) {
    const auto n = static_cast<std::size_t>(part.factor.dim);
    if (part.factor.geometry == Geometry::rotation)
      for (const char* entry : {"11", "12", "13", "21", "22", "23", "31", "32", "33"})
        all.push_back(std::string("matrix ") + entry);
    else if (part.form == ManifoldForm::latlong)
      all.insert(all.end(), {"x (0 N, 0 E)", "y (0 N, 90 E)", "z (90 N)"});
    else
      for (std::size_t k = 0; k < n; ++k) {
        const std::string name = column_name(names_, part.columns[k]);
        if (part.factor.geometry == Geometry::torus)
          all.insert(all.end(), {"cos " + name, "sin " + name});
        else
          all.push_back(name);
      }
  }
  return all;
}

std::vector<double> ManifoldCode::decode_velocity(std::span<const double> points,
                                                  std::span<const double> velocities) const {
  const std::size_t d = static_cast<std::size_t>(manifold_.dim()), n = points.size() / d;
  std::vector<double> rows(n * columns_);
  for (std::size_t r = 0; r < n; ++r) {
    std::size_t at = r * d;
    for (const ManifoldColumns& part : parts_) {
      decode_velocity_part(part, points.data() + at, velocities.data() + at,
                           std::span(rows).subspan(r * columns_, columns_));
      at += static_cast<std::size_t>(part.factor.dim);
    }
  }
  return rows;
}

void write_manifold_code(const ManifoldCodePtr& code, Metadata& metadata) {
  if (!code) return;
  Json parts = Json::array();
  for (const ManifoldColumns& part : code->parts()) {
    Json columns = Json::array();
    for (const std::size_t column : part.columns)
      columns.push_back(Json(static_cast<std::int64_t>(column)));
    parts.push_back(Json{{"geometry", name_of(part.factor.geometry)},
                         {"dim", part.factor.dim},
                         {"form", name_of(part.form)},
                         {"columns", columns}});
  }
  metadata["data.manifold"] = Json{{"parts", parts}, {"names", Json(code->names())}}.dump();
}

ManifoldCodePtr read_manifold_code(const Metadata& metadata, const std::string& file) {
  const auto found = metadata.find("data.manifold");
  if (found == metadata.end()) return nullptr;
  try {
    const Json object = Json::parse_or_null(found->second);
    std::vector<ManifoldColumns> parts;
    std::vector<bool> seen;
    for (const Json& entry : object.at("parts")) {
      ManifoldColumns part;
      const std::string &geometry = entry.at("geometry").text(), &form = entry.at("form").text();
      const auto g = std::find_if(kGeometries.begin(), kGeometries.end(),
                                  [&](Geometry one) { return geometry == name_of(one); });
      const auto f = std::find_if(kForms.begin(), kForms.end(),
                                  [&](ManifoldForm one) { return form == name_of(one); });
      if (g == kGeometries.end() || f == kForms.end()) throw std::runtime_error("unknown word");
      part.factor = {*g, entry.at("dim").get<int>()};
      part.form = *f;
      part.columns = entry.at("columns").get<std::vector<std::size_t>>();
      const std::size_t wanted = *f == ManifoldForm::latlong ? 2
                                 : *f == ManifoldForm::matrix
                                     ? 9
                                     : static_cast<std::size_t>(part.factor.dim);
      if (part.columns.size() != wanted) throw std::runtime_error("columns");
      seen.resize(seen.size() + wanted);
      parts.push_back(std::move(part));
    }
    for (const ManifoldColumns& part : parts)
      for (const std::size_t column : part.columns) {
        if (column >= seen.size() || seen[column]) throw std::runtime_error("columns");
        seen[column] = true;
      }
    auto names = object.at("names").get<std::vector<std::string>>();
    if (!names.empty() && names.size() != seen.size()) throw std::runtime_error("names");
    return std::make_shared<ManifoldCode>(std::move(parts), std::move(names));
  } catch (const std::exception&) {
    throw Failure(Exit::file,
                  fmt::format("[model] {}: \"data.manifold\" of its metadata describes no "
                              "manifold; use the unedited model file of a run",
                              file));
  }
}

}  // namespace pushforward::app
