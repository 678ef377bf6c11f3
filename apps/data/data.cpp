#include "apps/data/data.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "apps/config/makers.h"
#include "apps/data/columns.h"
#include "apps/data/files.h"
#include "apps/data/holdout.h"
#include "apps/data/manifold.h"
#include "apps/data/pairs.h"
#include "apps/data/table.h"
#include "apps/failure.h"
#include "apps/failure_text.h"
#include "apps/formats/mapped_npy.h"
#include "apps/formats/npy.h"
#include "apps/report/files_read.h"
#include "apps/tables/class_file.h"
#include "apps/tables/csv.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Where a data set is built: the path of its section, the type of the data set that it is within, or
// "", and what is asked of it and told about it.
struct DataPlace {
  std::string key, around;
  const Holdout& holdout;
  DataTraits& traits;
};
using In = const DataPlace&;
using V = const Section&;

DistributionPtr build(V section, In place);

// Builds the data set that the section wraps.
DistributionPtr wrapped_by(V section, In in) {
  const bool plain = in.around.empty() || in.around == "standardize";
  return build(section.section("of"),
               {in.key + ".of", plain ? section.type() : in.around, in.holdout, in.traits});
}

Failure bad_number(const std::string& file, std::size_t row, const std::string& column,
                   double number) {
  return file_error("[data] {}: row {}, column {} is {}; remove or repair that row", file, row,
                    column, number);
}

// Converts a table (N, D) to rows with names. Throws Failure (exit 4) unless N, D > 0 and all
// numbers are finite.
TableRows as_rows(NdArray table, const std::string& file) {
  if (table.shape.size() != 2 || table.shape[0] == 0 || table.shape[1] == 0) {
    throw file_error(
        "[data] {} has shape {}; give a table (N, D) with at least one row and one column", file,
        shape_text(table.shape));
  }
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    if (!std::isfinite(table.values[i])) {
      throw bad_number(file, i / table.shape[1], column_name(table.names, i % table.shape[1]),
                       table.values[i]);
    }
  }
  return {std::move(table.values), static_cast<int>(table.shape[1]), std::move(table.names)};
}

// Returns the images of digits whose class is in `classes`, with grey levels 0 to 16, and their
// labels.
ArrayData digit_images(const std::vector<int>& classes) {
  const NdArray pixels = read_npy(data_file("digits.npy")),
                labels = read_npy(data_file("digits_labels.npy"));
  std::vector<real> values;
  std::vector<int> kept;
  const std::size_t cols = pixels.shape[1];
  for (std::size_t r = 0; r < pixels.shape[0]; ++r) {
    const int label = static_cast<int>(labels.values[r]);
    if (std::find(classes.begin(), classes.end(), label) == classes.end()) continue;
    values.insert(values.end(), pixels.values.begin() + static_cast<std::ptrdiff_t>(r * cols),
                  pixels.values.begin() + static_cast<std::ptrdiff_t>((r + 1) * cols));
    kept.push_back(label);
  }
  const Tensor table({static_cast<int>(kept.size()), static_cast<int>(cols)}, values);
  return ArrayData(table, kept);
}

DistributionPtr mixture(V section, In) {
  const auto means = section.matrix("means");
  auto stds = section.numbers("stds"), weights = section.numbers("weights");
  if (stds.empty()) stds.assign(means.size(), 1.0);
  if (weights.empty()) weights.assign(means.size(), 1.0);
  return std::make_shared<GaussianMixture>(weights, means, stds);
}

// The parameters of a 2D data set are named numbers, and the keys of its section have the same
// names.
DistributionPtr toy(const Json& section) {
  std::map<std::string, double> parameters;
  for (const std::string& key : section.keys()) {
    if (section.at(key).is_number()) parameters[key] = section.at(key).get<double>();
  }
  return std::make_shared<Toy>(section.at("type").get<std::string>(), parameters);
}

// Maps the NPY file of a section if it is large. An array of an NPZ file is compressed or one of several,
// so it is read.
MappedTable mapped(const Json& section, const std::string& path) {
  if (!section.at("array").text().empty()) return {};
  MappedTable table = map_npy(path);
  if (table.rows) files_read().add(table_report(table.about));
  return table;
}

// Returns the rows of a mapped file. They are checked once, and then read when they are drawn.
ArrayData stored(const MappedTable& table, std::vector<int> labels) {
  const StoredRows& rows = *table.rows;
  std::vector<double> row(static_cast<std::size_t>(rows.columns()));
  for (int r = 0; r < rows.rows(); ++r) {
    rows.read(r, 0, rows.columns(), row.data());
    for (std::size_t j = 0; j < row.size(); ++j)
      if (!std::isfinite(row[j])) throw bad_number(table.about.file, r, std::to_string(j), row[j]);
  }
  ArrayData data(table.rows, std::move(labels));
  table.file->release();
  return data;
}

// Reads the rows of the file `path` as a section of the type npy says.
ArrayData read_rows(const Json& section, const std::string& path) {
  if (MappedTable table = mapped(section, path); table.rows) return stored(table, {});
  NdArray table = as_table(read_array_named(path, section.at("array").text()), "data");
  if (table.shape.size() == 2) files_read().add(table_report(table));
  return ArrayData(as_rows(std::move(table), path));
}

// Reads an array with the classes of its rows.
ArrayData read_labelled_rows(const Json& section, const std::string& labels, DataTraits& traits) {
  const std::string path = section.at("path").text();
  if (MappedTable table = mapped(section, path); table.rows) {
    RowClasses classes =
        read_row_classes(labels, section.at("label").text(), table.about.shape.at(0), path);
    traits.classes = std::move(classes.names);
    return stored(table, std::move(classes.labels));
  }
  NdArray table = as_table(read_array_named(path, section.at("array").text()), "data");
  if (table.shape.size() == 2) files_read().add(table_report(table));
  RowClasses classes =
      read_row_classes(labels, section.at("label").text(), table.shape.at(0), path);
  traits.classes = std::move(classes.names);
  return ArrayData(as_rows(std::move(table), path), std::move(classes.labels));
}

// Returns the rows of a finite set that are not held out. `name` is that of the set in messages, and
// `read` reads the held-out rows if they are in a file.
DistributionPtr finite_set(ArrayData rows, const std::string& name, In in,
                           const std::function<ArrayData(const std::string& path)>& read) {
  if (in.holdout.empty()) return std::make_shared<ArrayData>(std::move(rows));
  return without_held_out(std::move(rows), in.holdout, name, read);
}
DistributionPtr digits(V v, In in) {
  const auto read = [&](const std::string&) {
    return digit_images(v.json().at("classes").get<std::vector<int>>());
  };
  return finite_set(read({}), "digits", in, read);
}
DistributionPtr geyser(V, In in) {
  const auto read = [](const std::string&) {
    return ArrayData(as_rows(read_csv(data_file("geyser.csv")), "geyser.csv"));
  };
  return finite_set(read({}), "geyser", in, read);
}
DistributionPtr npy(V v, In in) {
  const Json& section = v.json();
  const std::string path = v.string("path"), labels = v.string("labels");
  if (!labels.empty() && in.holdout.choice.is_string())
    throw Failure(Exit::usage,
                  classes_of_held_out(path, labels, in.holdout.choice.text(), "/train/holdout"));
  return finite_set(
      labels.empty() ? read_rows(section, path) : read_labelled_rows(section, labels, in.traits),
      path, in, [&](const std::string& other) { return read_rows(section, other); });
}

DistributionPtr pairs(V v, In in) {
  FlowPairs read = read_section_pairs(v.json());
  in.traits.classes = read.classes;
  return pair_ends(read, in.holdout);
}
DistributionPtr affine(V v, In in) {
  const DistributionPtr inner = wrapped_by(v, in);
  return std::make_shared<AffineData>(
      inner, per_column(v.json().at("scale"), inner->dim(), "scale"),
      per_column(v.json().at("shift"), inner->dim(), "shift"), AffineUnits::own);
}

// All data sets but those of toys().
constexpr TypeMaker<DistributionPtr, In> kDataSets[] = {
    {"gaussian",
     [](V v, In) -> DistributionPtr {
       return std::make_shared<GaussianSource>(static_cast<int>(v.integer("dim")));
     }},
    {"mixture", mixture},
    {"digits", digits},
    {"geyser", geyser},
    {"npy", npy},
    {"csv",
     [](V v, In in) {
       return build_table(v.json(), {in.key, in.around, in.holdout}, in.traits);
     }},
    {"pairs", pairs},
    {"standardize", [](V v, In in) { return standardize(wrapped_by(v, in)); }},
    {"dequantize",
     [](V v, In in) -> DistributionPtr {
       return std::make_shared<DequantisedData>(wrapped_by(v, in), v.number("width"));
     }},
    {"affine", affine},
    {"vmf_mixture", [](V v, In in) { return build_vmf_mixture(v.json(), in.traits); }},
    {"wrapped_mixture", [](V v, In in) { return build_wrapped_mixture(v.json(), in.traits); }},
    {"manifold", [](V v, In in) {
       return build_table_on_manifold(v.json(), *wrapped_by(v, in), in.holdout, in.traits);
     }}};

// What is asked of a source in flat space: the number of its coordinates, and the rows to hold out.
struct SourcePlace {
  int dim;
  const Holdout& holdout;
};

DistributionPtr rows_as_source(V v, const SourcePlace& place) {
  const DistributionPtr data = build_data(v.json().at("of"), "source.of", place.holdout);
  if (data->dim() != place.dim) {
    throw usage_error("[source] the source has {} columns, but the data has {}; make them equal",
                      data->dim(), place.dim);
  }
  return data;
}

// All sources in flat space. apps/data/manifold.cpp has those on manifolds.
constexpr TypeMaker<DistributionPtr, const SourcePlace&> kSources[] = {
    {"gaussian",
     [](V v, const SourcePlace& place) -> DistributionPtr {
       return std::make_shared<GaussianSource>(place.dim, v.number("std"));
     }},
    {"uniform",
     [](V v, const SourcePlace& place) -> DistributionPtr {
       return std::make_shared<UniformSource>(place.dim, v.number("low"), v.number("high"));
     }},
    {"data", rows_as_source}};

DistributionPtr build(V section, In place) {
  const std::vector<std::string> others = types_of(kDataSets);
  const bool other = std::find(others.begin(), others.end(), section.type()) != others.end();
  return other ? make_by_type(kDataSets, section, place) : toy(section.json());
}

}  // namespace

ConditionTablePtr condition_table(const RowConditions& given) {
  if (!given.code) return nullptr;
  const std::vector<double> codes = given.code->encode(given.rows);
  const auto width = static_cast<int>(given.code->width());
  return std::make_shared<ConditionTable>(Tensor({static_cast<int>(codes.size()) / width, width},
                                                 std::vector<real>(codes.begin(), codes.end())));
}

DistributionPtr build_data(const Json& section, const std::string& key, const Holdout& holdout,
                           DataTraits* traits) {
  DataTraits unwanted;
  // The key of a wrapped section, or of a source, is not "data".
  const std::string around = key == "data" ? "" : key;
  DistributionPtr data =
      build(Section::over(section), {key, around, holdout, traits ? *traits : unwanted});
  check_range(*data);
  if (const DistributionPtr rows = data->held_out()) check_range(*rows);
  return data;
}

std::vector<std::string> built_data_sets() {
  std::vector<std::string> types = types_of(kDataSets);
  for (const ToyInfo& info : toys())
    if (std::string_view(info.name) != "gaussian") types.emplace_back(info.name);
  return types;
}

DistributionPtr build_run_data(const Config& config, DataTraits* traits) {
  return build_data(config.section("/data").json(), "data", holdout_of(config), traits);
}

DistributionPtr build_source(const Json& section, int dim, const Holdout& holdout) {
  return make_by_type(kSources, Section::over(section), SourcePlace{dim, holdout});
}

std::vector<std::string> built_flat_sources() { return types_of(kSources); }

DistributionPtr build_run_source(const Config& config, int dim, const ManifoldCodePtr& manifold) {
  const Json& section = config.section("/source").json();
  if (manifold && section.at("type") != "data")
    return build_manifold_source(section, manifold->manifold());
  const bool paired =
      config.string("/coupling/type") == "paired" && config.string("/data/type") != "pairs";
  const Holdout holdout = paired ? holdout_of(config) : Holdout{};
  if (!manifold) return build_source(section, dim, holdout);
  DataTraits traits;
  DistributionPtr data = build_data(section.at("of"), "source.of", holdout, &traits);
  if (!traits.manifold || !(traits.manifold->manifold() == manifold->manifold()))
    throw usage_error(
        "[source] the source is on the manifold {}, but the data on {}; give both on the same one",
        traits.manifold ? traits.manifold->manifold().words() : "of flat space",
        manifold->manifold().words());
  return data;
}

DistributionPtr build_training_source(const Config& config, int dim,
                                      const ManifoldCodePtr& manifold) {
  if (config.string("/data/type") != "pairs") return build_run_source(config, dim, manifold);
  const FlowPairs pairs = read_section_pairs(config.section("/data").json());
  check_source(pairs, config);
  return pair_starts(pairs, holdout_of(config));
}

}  // namespace pushforward::app::inline PF_REAL
