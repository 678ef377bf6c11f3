#include "apps/run/units.h"

#include <fmt/format.h>

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

void write_units(const Units& units, Metadata& metadata) {
  metadata["data.scale"] = Json(units.scale).dump();
  metadata["data.shift"] = Json(units.shift).dump();
}

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
  return units;
}

}  // namespace pushforward::app
