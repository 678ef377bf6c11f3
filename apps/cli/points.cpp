#include "apps/cli/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>

#include "apps/cli/text_points.h"
#include "apps/config/data_types.h"
#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/run/table_of_run.h"
#include "apps/run/units.h"
#include "apps/suggest.h"
#include "apps/tables/array_file.h"
#include "apps/tables/arrays.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/typed_csv.h"
#include "apps/terminal/progress.h"

namespace pushforward::app {
namespace {

// Divides a table (N, D) into points and the conditions of the run. If `keeps` is true, a table
// with names may lack some of the columns, whose numbers become NaN. Throws Failure (exit 4) if the
// table has another number of columns.
RunPoints without_conditions(const RunTable& run, NdArray table, std::vector<int> labels,
                             const std::string& verb) {
  if (!run.condition) return {std::move(table), std::move(labels)};
  const ConditionCode& code = *run.condition;
  const std::size_t all = run.code->columns().size() + code.columns();
  if (table.shape.size() != 2 || (table.names.empty() && table.shape[1] != all))
    throw Failure(
        Exit::file,
        fmt::format("[{}] {}the points have shape {}, but the run's data has {} columns with its "
                    "conditions ({}); give a table (N, {})",
                    verb, file_prefix(table), shape_text(table.shape), all,
                    join_words(code.names(), ", "), all));
  std::vector<std::size_t> places(code.columns());  // of each condition; the table's width if it
                                                    // has no such column
  const std::size_t width = table.shape[1];
  for (std::size_t k = 0; k < places.size(); ++k)
    places[k] = table.names.empty()
                    ? code.places()[k]
                    : static_cast<std::size_t>(
                          std::find(table.names.begin(), table.names.end(), code.names()[k]) -
                          table.names.begin());
  RunPoints points{{}, std::move(labels)};
  for (std::size_t row = 0; row < table.shape[0]; ++row)
    for (const std::size_t place : places)
      points.conditions.push_back(place < width ? table.values[row * width + place] : std::nan(""));
  std::erase(places, width);
  std::sort(places.begin(), places.end());
  points.points = split_table(table, places).rest;
  return points;
}

// Returns the columns of a run with its column of classes, which a run without typed columns only
// remembers of its table.
RunTable columns_with_classes(const std::string& run) {
  const Json memory = memory_of_run(run).table;
  const Json* label = memory.is_null() ? nullptr : memory.find("class");
  if (!label) return columns_of_run(run);
  return columns_of_run(
      run, ClassColumn{label->at("column").text(), label->at("at").get<std::size_t>()});
}

// Reads points for the run, in which cells may be missing as `missing` says.
RunPoints read_run_points(const std::string& run, const std::string& path, MissingRows missing,
                          const std::string& verb) {
  const auto file = std::make_shared<const ArrayBytes>(read_array_bytes(path));
  const ArrayBytes& content = *file;
  const RunTable table = columns_with_classes(run);
  if (content.npy || !table.code)
    return without_conditions(table, read_points(content, path, verb), {}, verb);
  const Config config = load_run_config(run);
  const bool fills = !of_tokens(config) && !on_manifold(config) && why_not_imputed(config).empty();
  TypedTable read =
      read_text_points({.table = table,
                        .verb = verb,
                        .missing_rows = missing,
                        .cure_of_missing = fills ? "draw it with `pushforward impute`" : ""},
                       run, path, content);
  // A run without typed columns writes numbers as they are, with all of their digits.
  if (!table_of_run(run).code) read.table.columns.clear();
  RunPoints points = without_conditions(table, std::move(read.table), std::move(read.labels), verb);
  points.text = file;
  return points;
}

// A column of --given, and the text of its value.
struct GivenCell {
  std::string column, value;
};

std::vector<GivenCell> assignments_of(const std::string& text, const std::string& what) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  std::vector<GivenCell> assignments;
  for (const std::string& part : parts) {
    const std::size_t at = part.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == part.size())
      throw Failure(Exit::usage,
                    fmt::format("[{}] \"{}\" is no assignment to a column; write NAME=VALUE, with "
                                "commas between several",
                                what, part) +
                        (assignments.empty() || part.find_first_not_of("0123456789") != part.npos
                             ? ""
                             : "; numbers have decimal points here"));
    assignments.push_back({part.substr(0, at), part.substr(at + 1)});
  }
  return assignments;
}

// Writes a cell of a CSV file in double quotes.
std::string quoted(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + '"';
}

// Returns one row with the values of `text` and without other columns. `known` are the names of the
// columns that may be given, and `what` names the option.
TypedTable assigned_row(const RunTable& table, const std::vector<std::string>& known,
                        const std::string& text, const std::string& what) {
  std::string names, values;
  std::vector<std::string> seen;
  for (const GivenCell& a : assignments_of(text, what)) {
    if (std::find(seen.begin(), seen.end(), a.column) != seen.end())
      throw Failure(Exit::usage, fmt::format("[{}] the column \"{}\" is given twice; give it one "
                                             "value",
                                             what, a.column));
    const std::string comma = seen.empty() ? "" : ",";
    names += comma + quoted(a.column);
    values += comma + a.value;
    seen.push_back(a.column);
  }
  for (const std::string& name : seen) {
    const bool label = table.code && table.code->label() && table.code->label()->name == name;
    if (label || std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw Failure(Exit::usage, fmt::format("[{}] there is no {} \"{}\"; {}choose from: {}", what,
                                           what == "given" ? "column" : "condition", name,
                                           did_you_mean(name, known), join_words(known)));
  }
  const std::string csv = names + "\n" + values + "\n";
  TypedCsvOptions options;
  options.csv.header = CsvHeader::yes;
  options.csv.separator = ',';
  const CsvRows layout(csv, "--" + what, options.csv);
  std::vector<std::size_t> chosen, present;
  std::optional<std::size_t> label;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    const auto at = std::find(known.begin(), known.end(), seen[k]);
    if (at == known.end()) {
      label = k;
      continue;
    }
    chosen.push_back(k);
    present.push_back(static_cast<std::size_t>(at - known.begin()));
  }
  TypedCsvOptions typed = options_of_columns(table, layout, chosen, present);
  typed.missing_rows = MissingRows::keep;
  if (label) {
    typed.label = seen[*label];
    typed.values[typed.label] = table.classes;
  }
  return parse_typed_csv(csv, "--" + what, typed);
}

}  // namespace

RunPoints read_labelled_points(const std::string& run, const std::string& path,
                               const std::string& verb) {
  return read_run_points(run, path, MissingRows::refuse, verb);
}

std::optional<NpyRows> open_point_blocks(const Config& config, const std::string& run,
                                         const std::string& path,
                                         const std::vector<std::string>& outputs,
                                         const std::string& verb) {
  if (of_tokens(config) || has_conditions(config) || on_manifold(config)) return std::nullopt;
  const TableCodePtr code = table_of_run(run).code;
  if (code && !code->plain()) return std::nullopt;
  for (const std::string& file : outputs)
    if (!file.empty() && read_status(posix(), file).kind == FileKind::other) return std::nullopt;
  std::optional<NpyRows> rows = NpyRows::open(path);
  if (rows) rows->check_all_finite(verb);
  return rows;
}

std::vector<std::string> write_blocks_of(const std::string& verb, NpyRows points,
                                         const std::string& out, const MoveBlocks& move) {
  files_read().add(table_report(points.table()), false);
  const std::size_t n = points.rows();
  std::optional<ArrayFile> file;
  std::int64_t done = 0;
  ProgressBar bar(verb, 0, static_cast<std::int64_t>(n), Terminal::of_stderr(), false, "points");
  const auto next = [&](std::size_t rows) {
    const std::size_t first = points.rows_read();
    NdArray block = points.next(rows);
    check_finite(block, verb.c_str(), first);
    return block;
  };
  const auto take = [&](const NdArray& block) {
    // The file is opened after the first block, so that a refusal leaves nothing behind.
    if (!file) file.emplace(out, n);
    file->append(block);
    done += static_cast<std::int64_t>(block.shape[0]);
    if (bar.due()) bar.show(done, "");
  };
  const Moved rest = move(points.table(), next, take);
  bar.finish();
  file->finish();
  return rest.notes;
}

RunPoints read_incomplete_points(const std::string& run, const std::string& path,
                                 const std::string& verb) {
  return read_run_points(run, path, MissingRows::keep, verb);
}

std::optional<PointsCells> read_as_text(const std::string& run, const std::string& path,
                                        const RunPoints& read) {
  if (!read.text) return {};
  return cells_of_points(
      {.table = columns_with_classes(run), .verb = "points", .missing_rows = MissingRows::keep},
      run, path, *read.text);
}

std::vector<std::optional<std::size_t>> columns_in_file(const std::string& run,
                                                        const PointsCells& file,
                                                        const NdArray& points) {
  const ConditionCodePtr condition = table_of_run(run).condition;
  if (!condition || points.shape.at(1) == file.columns.size()) return file.columns;
  std::vector<std::optional<std::size_t>> columns;
  for (std::size_t k = 0; k < file.columns.size(); ++k)
    if (!std::ranges::count(condition->places(), k)) columns.push_back(file.columns[k]);
  return columns;
}

RunPoints given_row(const std::string& run, const std::string& text) {
  const RunTable table = columns_with_classes(run);
  TypedTable row =
      assigned_row(table, names_of(all_columns(*table.code, table.condition)), text, "given");
  return without_conditions(table, std::move(row.table), std::move(row.labels), "given");
}

namespace {

// Returns the run's table. Throws Failure (exit 2) if it has no conditions.
RunTable conditioned_table(const std::string& run, const char* option) {
  RunTable table = table_of_run(run);
  if (table.condition) return table;
  throw Failure(
      Exit::usage,
      fmt::format("[condition] {} has no conditions, so {} has no effect; leave it out, or "
                  "train a run with `condition` in its data (`pushforward sample --given` "
                  "keeps values of any column)",
                  run, option));
}

}  // namespace

void check_takes_conditions(const Config& config, const RunRequest& request,
                            const std::string& option) {
  if (of_tokens(config))
    throw Failure(Exit::usage, "[condition] /data (" + config.string("/data/type") +
                                   ") of this run is tokens, which have no conditions; leave " +
                                   option + " out");
  if (request.exact)
    throw Failure(Exit::usage,
                  "[condition] " + option +
                      " needs the network, since the exact field given conditions is not known; "
                      "leave --exact out");
}

std::vector<double> given_conditions(const std::string& run, const std::string& text) {
  const RunTable table = conditioned_table(run, "--condition");
  const std::vector<std::string> names = table.condition->names();
  const RunTable only{std::make_shared<TableCode>(table.condition->table().columns())};
  const TypedTable row = assigned_row(only, names, text, "condition");
  std::vector<double> values;
  std::vector<std::string> lacking;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const auto found = std::find(row.table.names.begin(), row.table.names.end(), names[k]);
    if (found == row.table.names.end())
      lacking.push_back(names[k]);
    else
      values.push_back(row.table.values[static_cast<std::size_t>(found - row.table.names.begin())]);
  }
  if (lacking.empty()) return values;
  throw Failure(
      Exit::usage,
      fmt::format("[condition] \"{}\" gives no value of {}, but the run is conditioned on "
                  "{}; give each of them one value",
                  text, join_words(lacking, ", "), join_words(names, ", ")));
}

std::vector<double> read_conditions(const std::string& run, const std::string& path) {
  const RunTable table = conditioned_table(run, "--condition-file");
  const std::vector<std::string> names = table.condition->names();
  // A table that has only the columns of the conditions, as if the flow generated them.
  const RunTable only{
      std::make_shared<TableCode>(table.condition->table().columns(), table.code->named())};
  const ArrayBytes content = read_array_bytes(path);
  const NdArray read =
      content.npy
          ? read_points(content, path, "condition")
          : read_text_points({.table = only, .verb = "condition", .whose = "the run's condition"},
                             run, path, content)
                .table;
  if (read.shape.size() != 2 || read.shape[1] != names.size() || read.shape[0] == 0)
    throw Failure(
        Exit::file,
        fmt::format("[condition] {}the conditions have shape {}, but the run is conditioned on {} "
                    "({} columns); give a table (N, {}) with at least one row",
                    file_prefix(read), shape_text(read.shape), join_words(names, ", "),
                    names.size(), names.size()));
  return read.values;
}

namespace {

// Returns the table of a run's latents: a number for each column of the flow, then the conditions.
RunTable table_of_latents(const RunTable& run) {
  const std::vector<std::string> names = run.code->code_names();
  std::vector<CodedColumn> columns;
  for (std::size_t k = 0; k < run.code->width(); ++k) columns.push_back({column_name(names, k)});
  const bool named = !names.empty();
  RunTable latents{std::make_shared<TableCode>(columns, named)};
  if (!run.condition) return latents;
  const ConditionCode& given = *run.condition;
  std::vector<std::size_t> places(given.columns());
  std::iota(places.begin(), places.end(), columns.size());
  latents.condition =
      std::make_shared<ConditionCode>(std::make_shared<TableCode>(given.table().columns(), named),
                                      std::move(places), given.scale(), given.shift());
  return latents;
}

}  // namespace

RunPoints read_latents(const std::string& run, const std::string& path) {
  const ArrayBytes content = read_array_bytes(path);
  const RunTable table = columns_of_run(run);
  const RunTable latents = table_of_latents(table);
  if (content.npy)
    return without_conditions(latents, read_points(content, path, "decode"), {}, "decode");
  TypedTable read =
      read_text_points({.table = latents,
                        .verb = "decode",
                        .whose = "a latent of the run",
                        .data_names = names_of(all_columns(*table.code, table.condition))},
                       run, path, content);
  if (!table.condition) read.table.columns.clear();
  return without_conditions(latents, std::move(read.table), {}, "decode");
}

NdArray latents_with_conditions(const std::string& run, NdArray latents,
                                const std::vector<double>& conditions) {
  const RunTable table = table_of_run(run);
  if (!table.condition || conditions.empty()) return latents;
  return join_table(latents, *table_of_latents(table).condition, conditions);
}

NdArray with_conditions(const std::string& run, NdArray points,
                        const std::vector<double>& conditions, std::size_t each) {
  const RunTable table = table_of_run(run);
  if (!table.condition || conditions.empty()) return points;
  const std::size_t c = table.condition->columns();
  std::vector<double> rows;
  for (std::size_t row = 0; row < conditions.size() / c; ++row)
    for (std::size_t k = 0; k < each; ++k)
      rows.insert(rows.end(), conditions.begin() + static_cast<std::ptrdiff_t>(row * c),
                  conditions.begin() + static_cast<std::ptrdiff_t>((row + 1) * c));
  return join_table(points, *table.condition, rows);
}

NdArray with_column(NdArray table, const NdArray& column, const std::string& name, std::size_t at) {
  const std::size_t d = table.shape.at(1);
  std::vector<double> values;
  for (std::size_t row = 0; row < table.shape[0]; ++row)
    for (std::size_t k = 0; k <= d; ++k) {
      if (k == at) values.push_back(column.values[row]);
      if (k < d) values.push_back(table.values[row * d + k]);
    }
  table.columns.resize(d);
  table.columns.insert(table.columns.begin() + static_cast<std::ptrdiff_t>(at),
                       column.columns.empty() ? TableColumn{} : column.columns.front());
  if (!table.names.empty())
    table.names.insert(table.names.begin() + static_cast<std::ptrdiff_t>(at), name);
  table.values = std::move(values);
  table.shape[1] = d + 1;
  return table;
}

}  // namespace pushforward::app
