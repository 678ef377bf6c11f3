#include "apps/data/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/data/held_out_table.h"
#include "apps/data/table_memory.h"
#include "apps/data/table_rows.h"
#include "apps/data/table_style.h"
#include "apps/failure_text.h"
#include "apps/report/files_read.h"
#include "apps/run/units.h"
#include "apps/tables/typed_csv.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The transform that a config requests: a word of the key `types`, and the bounds of logit.
struct WantedTransform {
  std::string word = {};  // empty: none is requested
  double low = 0, high = 1;
};

// The content of the key `types`: kinds and transforms of columns.
struct WantedTypes {
  std::map<std::string, ColumnKind> kinds;
  std::map<std::string, WantedTransform> transforms;
};

void set_bounds(const Json& bounds, WantedTransform& transform) {
  transform = {"logit", bounds.at(0).get<double>(), bounds.at(1).get<double>()};
}

WantedTypes wanted_types(const Json& types) {
  WantedTypes wanted;
  for (const std::string& name : types.keys()) {
    const Json& type = types.at(name);
    if (type.is_array()) {
      set_bounds(type, wanted.transforms[name]);
    } else if (type.is_string()) {
      if (const auto kind = column_kind(type.text()))
        wanted.kinds[name] = *kind;
      else
        wanted.transforms[name].word = type.text();
    } else {
      if (const Json* kind = type.find("kind")) wanted.kinds[name] = *column_kind(kind->text());
      if (const Json* transform = type.find("transform"))
        wanted.transforms[name].word = transform->text();
      if (const Json* bounds = type.find("bounds")) set_bounds(*bounds, wanted.transforms[name]);
    }
  }
  return wanted;
}

std::vector<double> column_values(const NdArray& table, std::size_t k) {
  std::vector<double> values;
  values.reserve(table.shape[0]);
  for (std::size_t i = k; i < table.values.size(); i += table.shape[1])
    values.push_back(table.values[i]);
  return values;
}

void set_transform(const WantedTransform& wanted, const NdArray& table, std::size_t k,
                   CodedColumn& column) {
  column.scaled = wanted.word != "none";
  for (std::size_t t = 1; t < kColumnTransforms.size(); ++t)
    if (wanted.word == kColumnTransforms[t]) column.transform = static_cast<ColumnTransform>(t);
  if (column.transform == ColumnTransform::none) return;
  if (column.type.kind != ColumnKind::number && column.type.kind != ColumnKind::integer)
    throw usage_error(
        "[data] column {} is of kind {}, but its transform {} is for numbers; "
        "leave the transform out, or set the kind",
        column.name, name_of(column.type.kind), wanted.word);
  if (column.transform == ColumnTransform::logit) {
    column.low = wanted.low;
    column.high = wanted.high;
  }
  if (column.transform == ColumnTransform::quantile)
    column.knots = quantile_knots(column_values(table, k), column.whole());
}

// Returns how rows with missing cells are read. Throws Failure (exit 2) if their cells are to be
// drawn, but the data set around the table changes its units.
MissingRows missing_rows_of(const Json& section, const std::string& around) {
  const std::string word = section.at("missing_rows").get<std::string>();
  if (word == "drop") return MissingRows::drop;
  if (word == "refuse") return MissingRows::refuse;
  if (!around.empty() && around != "standardize")
    throw usage_error(
        "[data] missing_rows is \"model\", but {} around the table changes "
        "its numbers, and missing cells are drawn in those of the table; make "
        "the table all of /data, or set missing_rows to \"drop\"",
        around);
  return MissingRows::model;
}

// Returns whether column `k` of the table has one value in all rows.
bool is_constant_column(const NdArray& table, std::size_t k) {
  for (std::size_t i = k; i < table.values.size(); i += table.shape[1])
    if (table.values[i] != table.values[k]) return false;
  return true;
}

// Marks the columns that have one value in all rows, which are not encoded. A table of numbers in
// which no column varies, such as one of a single row, becomes a point of plain numbers.
void set_constants(const NdArray& table, std::vector<CodedColumn>& columns) {
  bool varies = false, numbers = true;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    CodedColumn& c = columns[k];
    const bool constant = is_constant_column(table, k);
    if (constant) c.constant = table.values[k];
    varies = varies || !constant;
    numbers = numbers && c.transform == ColumnTransform::none &&
              (c.type.kind == ColumnKind::number || c.type.kind == ColumnKind::integer);
  }
  if (varies || !numbers) return;
  for (CodedColumn& c : columns) {
    c.type.kind = ColumnKind::number;
    c.constant.reset();
  }
}

// Returns a warning for each column that has one value in the rows that training sees, but others
// among the rows that are held out.
std::vector<std::string> constant_in_training(const NdArray& table, const NdArray& seen) {
  std::vector<std::string> warnings;
  for (std::size_t k = 0; k < table.columns.size() && seen.shape[0] < table.shape[0]; ++k) {
    if (is_constant_column(seen, k) && !is_constant_column(table, k))
      warnings.push_back(fmt::format(
          "column \"{}\" is {} in every row that is not held out, so samples have this value, and "
          "densities of held-out rows mean nothing in it; hold out other rows, or leave the column "
          "out",
          column_name(table.names, k), cell_text(table.columns[k], seen.values[k])));
  }
  return warnings;
}

// Returns the table with each constant column set, in all rows, to the value that it has in the
// training rows. Held-out rows may have another value there, which the code cannot represent.
NdArray with_constants(NdArray table, const TableCode& code) {
  const std::size_t columns = table.shape[1];
  for (std::size_t i = 0; i < table.values.size(); ++i)
    if (const auto& constant = code.columns()[i % columns].constant) table.values[i] = *constant;
  return table;
}

// Returns all columns of the table with their transforms, which are not checked yet. Quantiles are
// those of `seen`, the rows of the table that training sees.
std::vector<CodedColumn> coded_columns(const TypedTable& read, const NdArray& seen,
                                       const WantedTypes& wanted) {
  const NdArray& table = read.table;
  std::vector<CodedColumn> columns;
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    CodedColumn c{column_name(table.names, k), table.columns[k]};
    const auto transform = wanted.transforms.find(read.keys[k]);
    if (transform != wanted.transforms.end()) set_transform(transform->second, seen, k, c);
    if (c.angle() && std::ranges::any_of(column_values(table, k), [](double x) { return x < 0; }))
      c.low = c.type.kind == ColumnKind::degrees ? -180 : -std::acos(-1.);
    columns.push_back(std::move(c));
  }
  return columns;
}

// The columns of a table that flow, and those that are conditions.
struct SplitColumns {
  std::vector<CodedColumn> rest, conditions;
};

// `table` has the columns that flow, and the rows that training sees.
SplitColumns split_columns(std::vector<CodedColumn> columns, const std::vector<std::size_t>& places,
                           const NdArray& table) {
  SplitColumns split;
  bool plain = true;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    CodedColumn& c = columns[k];
    if (std::binary_search(places.begin(), places.end(), k)) {
      split.conditions.push_back(std::move(c));
      continue;
    }
    plain = plain && c.type.kind == ColumnKind::number && c.transform == ColumnTransform::none;
    split.rest.push_back(std::move(c));
  }
  if (!plain) set_constants(table, split.rest);
  return split;
}

// Standardizes the columns of a distribution that its code marks.
DistributionPtr scaled(DistributionPtr rows, const TableCode& code) {
  const ColumnMoments moments = column_moments(*rows);
  std::vector<double> scale, shift;
  for (const CodedColumn& c : code.columns()) {
    for (std::size_t j = 0; j < c.width(); ++j) {
      const double mean = moments.mean[scale.size()], std = moments.std[scale.size()];
      scale.push_back(!c.scaled || std == 0 ? 1 : 1 / std);
      shift.push_back(!c.scaled ? 0 : -mean * scale.back());
    }
  }
  return std::make_shared<AffineData>(std::move(rows), std::move(scale), std::move(shift));
}

// Throws Failure (exit 2) if a column is not a plain number although the data set that wraps the
// table, such as `affine`, needs numbers.
void check_around(const TableCode& code, const std::string& around) {
  if (around.empty() || around == "standardize" || code.plain()) return;
  for (const CodedColumn& c : code.columns()) {
    if (c.type.kind == ColumnKind::number && c.transform == ColumnTransform::none) continue;
    throw usage_error(
        "[data] column {} is {}, but {} around the table needs plain numbers; leave its "
        "type out, or make the table all of /data",
        c.name,
        c.transform == ColumnTransform::none
            ? fmt::format("of kind {}", name_of(c.type.kind))
            : fmt::format("transformed by {}", name_of(c.transform)),
        around);
  }
}

// Returns the key of the config that names the file of the csv section at `key`, such as "data.of".
std::string config_path(std::string key) {
  std::replace(key.begin(), key.end(), '.', '/');
  return "/" + key + "/path";
}

// Returns the stream of the noise, which differs from that of the rows in its purpose.
Stream noise_stream_of(Stream rows) {
  return rows.with(static_cast<Purpose>(static_cast<std::uint32_t>(rows.purpose) + 0x50000000));
}

double uniform_of(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

}  // namespace

CodedRows::CodedRows(DistributionPtr table, TableCodePtr code)
    : table_(std::move(table)), code_(std::move(code)), names_(code_->code_names()) {}

void CodedRows::draw_core(Stream stream, std::uint32_t first_row, int rows, real* out,
                          int* labels) const {
  // A row is computed from its number in `finish`, so its core holds nothing.
  std::fill_n(out, static_cast<std::size_t>(rows) * static_cast<std::size_t>(dim()), real(0));
  const std::span<const int> all = all_labels();
  for (int r = 0; labels && r < rows; ++r) {
    const int row = table_->index(stream, first_row + static_cast<std::uint32_t>(r));
    labels[r] = all.empty() ? 0 : all[static_cast<std::size_t>(row)];
  }
}

void CodedRows::draw(Stream stream, std::uint32_t first_row, int rows, real* out,
                     int* labels) const {
  draw_core(stream, first_row, rows, out, labels);
  for (int r = 0; r < rows; ++r, out += dim())
    finish_row(*this, {stream, first_row + static_cast<std::uint32_t>(r)}, out);
}

void CodedRows::finish(const RowAt& at, int first_column, int columns, double* x, RowUnits) const {
  std::vector<double> row(code_->columns().size());
  const int index = at.index < 0 ? table_->index(at.stream, at.row) : at.index;
  table_->finish({at.stream, at.row, index}, 0, static_cast<int>(row.size()), row.data(),
                 RowUnits::own);
  const Stream noise = noise_stream_of(at.stream);
  std::array<std::uint32_t, 4> words{};
  std::size_t block = SIZE_MAX;
  for (int k = 0; k < columns; ++k) {
    const std::size_t j = static_cast<std::size_t>(first_column + k), from = code_->noise_column(j);
    if (from / 4 != block) {
      block = from / 4;
      words = noise.words(at.row, static_cast<std::uint32_t>(block));
    }
    x[k] = code_->encoded(j, row, uniform_of(words[from % 4]));
  }
}

std::vector<double> code_noise(Stream stream, std::uint32_t row, std::size_t columns) {
  std::vector<double> noise;
  const Stream words_of = noise_stream_of(stream);
  for (std::size_t j = 0; j < columns; j += 4) {
    const auto words = words_of.words(row, static_cast<std::uint32_t>(j / 4));
    for (std::size_t k = 0; k < 4 && j + k < columns; ++k) noise.push_back(uniform_of(words[k]));
  }
  return noise;
}

std::shared_ptr<const Distribution> CodedRows::held_out() const {
  DistributionPtr rows = table_->held_out();
  if (!rows) return nullptr;
  return std::make_shared<CodedRows>(std::move(rows), code_);
}

DistributionPtr build_table(const Json& section, const TablePlace& place, DataTraits& traits) {
  const std::string &key = place.key, &around = place.around;
  const std::string guess = section.at("guess").get<std::string>(),
                    scale = section.at("scale").get<std::string>();
  const WantedTypes wanted = wanted_types(section.at("types"));
  TypedCsvOptions options;
  options.csv = layout_options(section, key);
  options.guess = guess == "yes" || (guess == "auto" && around.empty());
  options.kinds = wanted.kinds;
  for (const auto& [name, transform] : wanted.transforms) options.named.push_back(name);
  options.label = section.at("label").get<std::string>();
  add_columns(section, "condition", options.conditions);
  options.missing_rows = missing_rows_of(section, around);
  options.missing = section.at("missing").get<std::vector<std::string>>();
  const TypedCsvOptions asked = options;
  const Json memory = memory_of(section);
  if (!memory.is_null()) {
    remember_layout(memory, options.csv);
    remember_kinds(memory, options);
  }
  TypedTable read = read_typed_csv(section.at("path").get<std::string>(), options);
  if (!memory.is_null()) check_rows_remembered(memory, read.table);
  traits.all_rows = static_cast<int>(read.table.shape[0]);
  const TableSplit split = split_rows(read, place.holdout, traits.fill_missing);
  const MissingTable missing = fill_missing(read, split, place.holdout.seed);
  // A table that is all of another one is not copied, since it may fill most of the memory.
  NdArray without_given, only_seen, both;
  const bool given = !read.conditions.empty(), hides = split.seen.size() != read.table.shape[0];
  if (given) without_given = split_table(read.table, read.conditions).rest;
  if (hides) only_seen = rows_of(read.table, split.seen);
  const NdArray &table = given ? without_given : read.table, &seen = hides ? only_seen : read.table;
  if (given && hides) both = split_table(seen, read.conditions).rest;
  const NdArray& flowing = given && hides ? both : given ? table : seen;
  for (std::string& warning : constant_in_training(table, flowing))
    read.table.reading.warnings.push_back(std::move(warning));
  if (const Json* other = memory.find("other_of")) {
    const std::string remark = remark_on_style(read.layout, trained_table(memory, other->text()));
    if (!remark.empty()) read.table.reading.left_out.push_back(remark);
  }
  files_read().add(remembered_report(read, config_path(key)));
  SplitColumns columns = split_columns(coded_columns(read, seen, wanted), read.conditions, flowing);
  std::optional<ClassColumn> label;
  if (!options.label.empty()) label = ClassColumn{read.label, read.label_at};
  const auto code =
      std::make_shared<TableCode>(std::move(columns.rest), !table.names.empty(), std::move(label));
  check_around(*code, around);
  const auto constant = [](const CodedColumn& c) { return c.constant.has_value(); };
  if (std::ranges::any_of(code->columns(), constant))
    code->check(with_constants(table, *code), "data");
  else
    code->check(table, "data");
  traits.classes = read.classes;
  traits.given = row_conditions(read, std::move(columns.conditions), split);
  // Without guesses and types the numbers of the file are the data, with all of their digits.
  // So they are in a file of points, unless it also has conditions, which may be of any kind.
  if ((options.guess || !code->plain() || traits.given.code) &&
      (around.empty() || around == "standardize"))
    traits.code = code;
  const bool filled = traits.fill_missing && !missing.known.values.empty();
  const auto trained =
      training_rows(read, {asked, memory}, *code, place.holdout, split, filled, traits.given);
  if (filled) traits.incomplete = incomplete_rows(trained, rows_of(missing.known, split.trained));
  DistributionPtr rows = trained;
  traits.rows = rows;
  // Other distributions may copy the rows of a finite set, but not encoded ones, so that rows whose
  // missing cells change are encoded, too.
  if (!code->plain() || traits.incomplete.rows)
    rows = std::make_shared<CodedRows>(std::move(rows), code);
  const bool standardized = scale == "standardize" || (scale == "auto" && around.empty());
  return standardized ? scaled(std::move(rows), *code) : rows;
}

}  // namespace pushforward::app::inline PF_REAL
