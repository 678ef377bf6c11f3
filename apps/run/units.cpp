#include "apps/run/units.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "apps/failure.h"
#include "apps/json/json.h"

namespace pushforward::app {
namespace {

std::vector<double> read_numbers(const Metadata& metadata, const char* key,
                                 const std::string& file) {
  const auto found = metadata.find(key);
  const Json numbers = found == metadata.end() ? Json() : Json::parse_or_null(found->second);
  bool good = numbers.is_array() && !numbers.empty();
  for (const Json& number : numbers) good = good && number.is_number();
  if (!good) {
    throw Failure(Exit::file,
                  fmt::format("[model] {}: its metadata has no array of numbers \"{}\"; "
                              "use the unedited model file of a run",
                              file, key));
  }
  return numbers.get<std::vector<double>>();
}

template <class F>
void each(std::span<double> rows, std::size_t dim, F f) {
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = f(rows[i], i % dim);
}

}  // namespace

void Units::to_data(std::span<double> rows) const {
  each(rows, dim(), [this](double x, std::size_t j) { return scale[j] * x + shift[j]; });
}
void Units::from_data(std::span<double> rows) const {
  each(rows, dim(), [this](double x, std::size_t j) { return (x - shift[j]) / scale[j]; });
}
void Units::velocity_to_data(std::span<double> rows) const {
  each(rows, dim(), [this](double u, std::size_t j) { return scale[j] * u; });
}

void Units::set_constants(std::span<double> rows) const {
  if (constant.empty()) return;
  each(rows, dim(),
       [this](double x, std::size_t j) { return std::isnan(x) ? x : constant[j].value_or(x); });
}

bool Units::need_double() const {
  using Float = std::numeric_limits<float>;
  for (std::size_t j = 0; j < dim(); ++j) {
    const double unit = std::abs(scale[j]), around = std::abs(shift[j]);
    if (around * Float::epsilon() > 1e-4 * unit || unit < 1e6 * Float::min() ||
        std::max(unit, around) > 1e-6 * Float::max())
      return true;
  }
  return false;
}

Units Units::then(const std::vector<double>& by, const std::vector<double>& plus) const {
  Units units = *this;
  for (std::size_t j = 0; j < dim(); ++j) {
    units.scale[j] *= by[j];
    units.shift[j] = by[j] * units.shift[j] + plus[j];
    if (!constant.empty() && constant[j]) units.constant[j] = by[j] * *constant[j] + plus[j];
    if (low.empty()) continue;
    units.low[j] = by[j] * low[j] + plus[j];
    units.high[j] = by[j] * high[j] + plus[j];
    if (by[j] < 0) std::swap(units.low[j], units.high[j]);
  }
  return units;
}

std::string column_name(std::span<const std::string> names, std::size_t column) {
  return names.empty() ? std::to_string(column) : names[column];
}

void write_units(const Units& units, Metadata& metadata) {
  metadata["data.units"] = "own";
  metadata["data.scale"] = Json(units.scale).dump();
  metadata["data.shift"] = Json(units.shift).dump();
  if (!units.names.empty()) metadata["data.names"] = Json(units.names).dump();
  if (!units.low.empty()) {
    metadata["data.low"] = Json(units.low).dump();
    metadata["data.high"] = Json(units.high).dump();
  }
  if (units.constant.empty()) return;
  Json numbers = Json::array();
  for (const std::optional<double>& number : units.constant)
    numbers.push_back(number ? Json(*number) : Json());
  metadata["data.constant"] = numbers.dump();
}

bool units_undo_affine(const Metadata& metadata) { return !metadata.contains("data.units"); }

Units read_units(const Metadata& metadata, const std::string& file) {
  Units units{read_numbers(metadata, "data.scale", file),
              read_numbers(metadata, "data.shift", file)};
  if (units.scale.size() != units.shift.size()) {
    throw Failure(
        Exit::file,
        fmt::format("[model] {}: \"data.scale\" has {} numbers, but \"data.shift\" has {}; "
                    "use the unedited model file of a run",
                    file, units.scale.size(), units.shift.size()));
  }
  const auto array = [&](const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? Json::array() : Json::parse_or_null(found->second);
  };
  const Json names = array("data.names"), constant = array("data.constant"),
             low = array("data.low"), high = array("data.high");
  bool good = true;
  for (const Json& list : {names, constant, low, high})
    good = good && list.is_array() && (list.empty() || list.size() == units.dim());
  for (const Json& name : names) good = good && name.is_string();
  for (const Json& number : constant) good = good && (number.is_null() || number.is_number());
  good = good && low.size() == high.size();
  for (const Json& list : {low, high})
    for (const Json& number : list) good = good && number.is_number();
  if (!good) {
    throw Failure(
        Exit::file,
        fmt::format(
            "[model] {}: \"data.names\", \"data.constant\", \"data.low\" or "
            "\"data.high\" of its metadata has no entry for each of the {} columns; use the unedited model file of "
            "a run",
            file, units.dim()));
  }
  if (!low.empty()) units.low = low.get<std::vector<double>>();
  if (!high.empty()) units.high = high.get<std::vector<double>>();
  if (!names.empty()) units.names = names.get<std::vector<std::string>>();
  for (const Json& number : constant)
    units.constant.push_back(number.is_null() ? std::nullopt
                                              : std::optional<double>(number.get<double>()));
  return units;
}

}  // namespace pushforward::app
