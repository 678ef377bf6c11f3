#include "apps/cli/points.h"

#include <algorithm>

#include "apps/formats/arrays.h"
#include "apps/formats/csv_rows.h"
#include "apps/formats/stored_text.h"
#include "apps/formats/typed_csv.h"
#include "apps/report/files_read.h"
#include "apps/run/table_of_run.h"

namespace pushforward::app {
namespace {

bool is_array_file(const std::string& path) {
  return has_ending(path, ".npy") || has_ending(path, ".npy.gz") ||
         read_file(posix(), path).starts_with("\x93NUMPY");
}

}  // namespace

RunPoints read_labelled_points(const std::string& run, const std::string& path,
                               const std::string& verb) {
  const RunTable of_run = table_of_run(run);
  const TableCodePtr& code = of_run.code;
  if (!code || is_array_file(path)) return {read_points(path, verb)};
  TypedCsvOptions options;
  options.guess = false;
  options.missing_rows = MissingRows::refuse;
  const std::string text = read_stored_text(path, "csv").text;
  const CsvRows layout(text, path, {});
  const std::vector<std::string> names = layout.names(), wanted = code->names();
  const bool by_name = !names.empty() && !wanted.empty();
  if (by_name) options.csv.columns.assign(wanted.begin(), wanted.end());
  for (std::size_t k = 0; k < code->columns().size(); ++k) {
    const CodedColumn& c = code->columns()[k];
    const std::string name = by_name            ? c.name
                             : names.empty()    ? std::to_string(k)
                             : k < names.size() ? names[k]
                                                : "";
    if (name.empty() || (!by_name && k >= layout.width())) continue;
    options.kinds[name] = c.type.kind;
    if (c.type.kind == ColumnKind::category) options.values[name] = c.type.values;
  }
  if (by_name && code->label() &&
      std::find(names.begin(), names.end(), code->label()->name) != names.end()) {
    options.label = code->label()->name;
    options.values[options.label] = of_run.classes;
  }
  TypedTable read = read_typed_csv(path, options);
  files_read().add(table_report(read.table), false);
  return {std::move(read.table), std::move(read.labels)};
}

NdArray read_points_of_run(const std::string& run, const std::string& path,
                           const std::string& verb) {
  return read_labelled_points(run, path, verb).points;
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
