#include "apps/data/manifold.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "apps/config/makers.h"
#include "apps/failure_text.h"
#include "apps/run/units.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/manifold/sources.h"

namespace pushforward::app::inline PF_REAL {
namespace {

ManifoldMixture mixture_of(const Json& section, const char* widths) {
  ManifoldMixture mixture{section.at("means").get<std::vector<std::vector<double>>>(),
                          section.at(widths).get<std::vector<double>>(),
                          section.at("weights").get<std::vector<double>>()};
  if (mixture.widths.empty()) mixture.widths.assign(mixture.means.size(), 1);
  return mixture;
}

// Returns the code of points that are coordinates of a manifold with one factor.
ManifoldCodePtr plain_code(Geometry geometry, int dim) {
  ManifoldColumns part{
      {geometry, dim},
      geometry == Geometry::torus ? ManifoldForm::radians : ManifoldForm::coordinates};
  for (int k = 0; k < dim; ++k) part.columns.push_back(static_cast<std::size_t>(k));
  return std::make_shared<ManifoldCode>(std::vector{std::move(part)});
}

// Returns the numbers of the columns that a key names.
std::vector<std::size_t> columns_at(const Json& section, const char* key,
                                    const Distribution& data) {
  std::vector<std::size_t> columns;
  const auto names = data.names();
  for (const Json& column : section.at(key)) {
    std::size_t at = static_cast<std::size_t>(data.dim());
    if (column.is_string())
      at = static_cast<std::size_t>(std::find(names.begin(), names.end(), column.text()) -
                                    names.begin());
    else
      at = column.get<std::size_t>();
    if (at >= static_cast<std::size_t>(data.dim()))
      throw usage_error(
          "[data] /data/{} names the column {}, but the columns are {}; name one of them", key,
          column.dump(),
          names.empty() ? fmt::format("0 to {}", data.dim() - 1)
                        : fmt::format("{}", fmt::join(names, ", ")));
    columns.push_back(at);
  }
  return columns;
}

ManifoldCodePtr code_of_table(const Json& section, const Distribution& data) {
  std::vector<ManifoldColumns> parts;
  std::vector<bool> used(static_cast<std::size_t>(data.dim()));
  const auto add = [&](std::vector<std::size_t> columns, Factor factor, ManifoldForm form) {
    if (columns.empty()) return;
    for (const std::size_t column : columns) {
      if (used[column])
        throw usage_error(
            "[data] column {} is named twice, by name and by number; give each "
            "column to one part of the manifold",
            column_name(data.names(), column));
      used[column] = true;
    }
    parts.push_back({factor, form, std::move(columns)});
  };
  const auto named = [&](const char* key) { return columns_at(section, key, data); };
  const auto size = [](const auto& columns) { return static_cast<int>(columns.size()); };
  add(named("latlong"), {Geometry::sphere, 3}, ManifoldForm::latlong);
  const auto sphere = named("sphere"), rotation = named("rotation"), angles = named("angles");
  add(sphere, {Geometry::sphere, size(sphere)}, ManifoldForm::coordinates);
  add(rotation, {Geometry::rotation, 4},
      rotation.size() == 9 ? ManifoldForm::matrix : ManifoldForm::coordinates);
  add(angles, {Geometry::torus, size(angles)},
      section.at("angle_unit") == "degrees" ? ManifoldForm::degrees : ManifoldForm::radians);
  std::vector<std::size_t> rest;
  for (std::size_t k = 0; k < used.size(); ++k)
    if (!used[k]) rest.push_back(k);
  add(rest, {Geometry::euclidean, size(rest)}, ManifoldForm::coordinates);
  return std::make_shared<ManifoldCode>(
      std::move(parts), std::vector<std::string>(data.names().begin(), data.names().end()));
}

// Returns the rows of a finite set as points of the manifold, with their labels. Errors name `file`.
ArrayData points_of(const Distribution& rows, const ManifoldCode& code, const std::string& file,
                    RowOrder order) {
  NdArray table{{static_cast<std::size_t>(rows.all()->rows()), code.columns()},
                all_wide_rows(rows, RowUnits::data)};
  table.file = file;
  code.check(table, "data");
  return ArrayData(
      TableRows{code.encode(table.values), code.manifold().dim(), code.coordinate_names()},
      {rows.all_labels().begin(), rows.all_labels().end()}, order);
}

// Standardizes the euclidean coordinates, if there are any, by the moments of the training rows.
DistributionPtr with_scaled_numbers(DistributionPtr points, const Manifold& manifold) {
  if (manifold.compact()) return points;
  const ColumnMoments moments = column_moments(*points);
  const auto d = static_cast<std::size_t>(manifold.dim());
  std::vector<double> scale(d, 1), shift(d, 0);
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    if (factor.geometry != Geometry::euclidean) return;
    for (auto k = static_cast<std::size_t>(at); k < static_cast<std::size_t>(at + factor.dim);
         ++k) {
      if (moments.std[k] > 0) scale[k] = 1 / moments.std[k];
      shift[k] = -moments.mean[k] * scale[k];
    }
  });
  return std::make_shared<AffineData>(std::move(points), std::move(scale), std::move(shift));
}

// Returns whether the manifold is one factor of this geometry.
bool is_one(const Manifold& manifold, Geometry geometry) {
  return manifold.factors().size() == 1 && manifold.factors().front().geometry == geometry;
}

DistributionPtr vmf_source(const Section& section, const Manifold& manifold) {
  const auto mean = section.numbers("mean");
  if (!is_one(manifold, Geometry::sphere) ||
      static_cast<int>(mean.size()) != manifold.factors().front().dim)
    throw usage_error(
        "[source] vmf with a mean of {} numbers is not on the manifold of the "
        "data, {}; choose uniform, or give a mean of its sphere",
        mean.size(), manifold.words());
  return std::make_shared<VonMisesFisherMixture>(
      ManifoldMixture{{mean}, {section.number("kappa")}, {}});
}

DistributionPtr wrapped_source(const Section& section, const Manifold& manifold) {
  if (!is_one(manifold, Geometry::torus))
    throw usage_error(
        "[source] wrapped is a distribution of angles, and the manifold of the "
        "data is {}; choose uniform",
        manifold.words());
  const auto angles = static_cast<std::size_t>(manifold.factors().front().dim);
  return std::make_shared<WrappedNormalMixture>(
      ManifoldMixture{{std::vector<double>(angles, 0.)}, {section.number("std")}, {}});
}

constexpr TypeMaker<DistributionPtr, const Manifold&> kManifoldSources[] = {
    {"uniform",
     [](const Section&, const Manifold& manifold) -> DistributionPtr {
       return std::make_shared<UniformOnManifold>(manifold);
     }},
    {"vmf", vmf_source},
    {"wrapped", wrapped_source}};

}  // namespace

DistributionPtr build_vmf_mixture(const Json& section, DataTraits& traits) {
  auto data = std::make_shared<VonMisesFisherMixture>(mixture_of(section, "kappas"));
  traits.manifold = plain_code(Geometry::sphere, data->dim());
  return data;
}

DistributionPtr build_wrapped_mixture(const Json& section, DataTraits& traits) {
  auto data = std::make_shared<WrappedNormalMixture>(mixture_of(section, "stds"));
  traits.manifold = plain_code(Geometry::torus, data->dim());
  return data;
}

DistributionPtr build_table_on_manifold(const Json& section, const Distribution& inner,
                                        const Holdout& holdout, DataTraits& traits) {
  if (!inner.all())
    throw usage_error(
        "[data] /data/of ({}) draws its rows anew, and a manifold is made of the "
        "rows of a file; give csv or npy",
        section.at("of").at("type").text());
  const ManifoldCodePtr code = code_of_table(section, inner);
  const std::string file = section.at("of").value("path", std::string());
  const auto held_out = inner.held_out();
  ArrayData points = points_of(inner, *code, file + (held_out ? " (rows to train on)" : ""), {});
  if (held_out)
    points.hold_out(std::make_shared<ArrayData>(
        points_of(*held_out, *code, file + " (held-out rows)", {holdout.batch})));
  traits.manifold = code;
  return with_scaled_numbers(std::make_shared<ArrayData>(std::move(points)), code->manifold());
}

DistributionPtr build_manifold_source(const Json& section, const Manifold& manifold) {
  return make_by_type(kManifoldSources, Section::over(section), manifold);
}

std::vector<std::string> built_manifold_sources() { return types_of(kManifoldSources); }

}  // namespace pushforward::app::inline PF_REAL
