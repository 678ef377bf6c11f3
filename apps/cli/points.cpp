#include "apps/cli/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/formats/csv_rows.h"
#include "apps/formats/stored_text.h"
#include "apps/formats/typed_csv.h"
#include "apps/report/files_read.h"
#include "apps/run/table_of_run.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

bool is_array_file(const std::string& path) {
  return has_ending(path, ".npy") || has_ending(path, ".npy.gz") ||
         read_file(posix(), path).starts_with("\x93NUMPY");
}

// Returns the options for reading a table with this layout by the kinds of the columns of a run's
// table.
TypedCsvOptions options_of(const RunTable& table, const CsvRows& layout, MissingRows missing_rows) {
  TypedCsvOptions options;
  options.guess = false;
  options.missing_rows = missing_rows;
  if (!table.code) return options;
  const TableCode& code = *table.code;
  const std::vector<std::string> names = layout.names(), wanted = code.names();
  const auto in_file = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const bool by_name = !names.empty() && !wanted.empty(), keeps = missing_rows == MissingRows::keep;
  for (const std::string& name : wanted)
    if (by_name && (!keeps || in_file(name))) options.csv.columns.emplace_back(name);
  for (std::size_t k = 0; k < code.columns().size(); ++k) {
    const CodedColumn& c = code.columns()[k];
    const std::string name = by_name            ? c.name
                             : names.empty()    ? std::to_string(k)
                             : k < names.size() ? names[k]
                                                : "";
    // By name, a column without a name is the one whose name is "".
    if (!by_name && (name.empty() || k >= layout.width())) continue;
    if (by_name && keeps && !in_file(name)) continue;
    options.kinds[name] = c.type.kind;
    if (c.type.kind == ColumnKind::category) options.values[name] = c.type.values;
  }
  if (by_name && code.label() && in_file(code.label()->name)) {
    options.label = code.label()->name;
    options.values[options.label] = table.classes;
  }
  return options;
}

RunPoints read_typed_points(const RunTable& table, const std::string& path, MissingRows missing) {
  const std::string text = read_stored_text(path, "csv").text;
  TypedTable read = read_typed_csv(path, options_of(table, CsvRows(text, path, {}), missing));
  files_read().add(table_report(read.table), false);
  return {std::move(read.table), std::move(read.labels)};
}

// A column of --given, and the text of its value.
struct GivenCell {
  std::string column, value;
};

std::vector<GivenCell> assignments_of(const std::string& text) {
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
      throw Failure(
          Exit::usage,
          fmt::format("[given] \"{}\" is no assignment to a column; write NAME=VALUE, with "
                      "commas between several",
                      part));
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

}  // namespace

RunPoints read_labelled_points(const std::string& run, const std::string& path,
                               const std::string& verb) {
  const RunTable table = table_of_run(run);
  if (!table.code || is_array_file(path)) return {read_points(path, verb)};
  return read_typed_points(table, path, MissingRows::refuse);
}

RunPoints read_incomplete_points(const std::string& run, const std::string& path,
                                 const std::string& verb) {
  if (is_array_file(path)) return {read_points(path, verb)};
  return read_typed_points(table_of_run(run), path, MissingRows::keep);
}

RunPoints given_row(const std::string& run, const std::string& text) {
  const RunTable table = table_of_run(run);
  std::string names, values;
  std::vector<std::string> seen;
  for (const GivenCell& a : assignments_of(text)) {
    if (std::find(seen.begin(), seen.end(), a.column) != seen.end())
      throw Failure(Exit::usage,
                    fmt::format("[given] the column \"{}\" is given twice; give it one "
                                "value",
                                a.column));
    const std::string comma = seen.empty() ? "" : ",";
    names += comma + quoted(a.column);
    values += comma + a.value;
    seen.push_back(a.column);
  }
  const std::vector<std::string> known =
      table.code ? table.code->names() : std::vector<std::string>();
  for (const std::string& name : seen) {
    const bool label = table.code && table.code->label() && table.code->label()->name == name;
    if (known.empty() || label || std::find(known.begin(), known.end(), name) != known.end())
      continue;
    const std::string meant = nearest(name, known);
    throw Failure(
        Exit::usage,
        fmt::format("[given] there is no column \"{}\"; {}choose from: {}", name,
                    meant.empty() ? "" : "did you mean \"" + meant + "\"? ", join_words(known)));
  }
  const std::string csv = names + "\n" + values + "\n";
  TypedCsvOptions options;
  options.csv.header = CsvHeader::yes;
  options.csv.separator = ',';
  const CsvRows layout(csv, "--given", options.csv);
  TypedCsvOptions typed = options_of(table, layout, MissingRows::keep);
  typed.csv.header = options.csv.header;
  typed.csv.separator = options.csv.separator;
  TypedTable row = parse_typed_csv(csv, "--given", typed);
  return {std::move(row.table), std::move(row.labels)};
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
