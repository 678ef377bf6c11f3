#include "apps/cli/text_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "apps/data/other_table.h"
#include "apps/data/run_data.h"
#include "apps/data/table_style.h"
#include "apps/failure_text.h"
#include "apps/formats/stored_text.h"
#include "apps/report/files_read.h"
#include "apps/run/config.h"
#include "apps/suggest.h"
#include "apps/tables/csv_remarks.h"
#include "apps/tables/named_columns.h"

namespace pushforward::app {

std::vector<std::string> names_of(const std::vector<CodedColumn>& columns) {
  std::vector<std::string> names;
  for (const CodedColumn& c : columns) names.push_back(c.name);
  return names;
}

namespace {

// The columns of a file that are taken, and the wanted columns that they are.
struct TakenColumns {
  std::vector<std::size_t> chosen, present;
  std::optional<std::size_t> label{};
  std::vector<std::string> left_out{};  // names
  std::string remark{};                 // says which columns were moved or left out
};

std::string columns_text(const std::vector<std::string>& names) {
  return fmt::format("column{} {}", names.size() == 1 ? "" : "s", joined(names, 50));
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Returns the names of the wanted columns, or nothing if they have none.
std::vector<std::string> names_of(const WantedTable& wanted) {
  const TableCode& code = *wanted.table.code;
  return code.named() ? names_of(all_columns(code, wanted.table.condition))
                      : std::vector<std::string>();
}

// The file of the points, and what is known about it.
struct PointsFile {
  const WantedTable& wanted;
  const std::string& path;
  const CsvRows& layout;
  Json memory;     // that of the run's table, or null
  bool same_file;  // the run was trained on it

  const TableCode& code() const { return *wanted.table.code; }
};

// Throws that the columns `missing` are not in the file.
[[noreturn]] void fail_of_missing(const PointsFile& file, const std::vector<std::string>& missing) {
  const std::vector<std::string>& theirs = file.layout.names();
  const std::vector<std::string> ours = names_of(file.wanted), &data = file.wanted.data_names;
  const auto in_file = [&](const std::string& name) { return holds(theirs, name); };
  if (!data.empty() && data != ours && std::all_of(data.begin(), data.end(), in_file))
    throw file_error(
        "[{}] {}: its columns are those of the run's data ({}), but latents have the {}; give "
        "latents, such as `pushforward encode` writes for these rows",
        file.wanted.verb, file.path, joined(data, 50), columns_text(ours));
  std::vector<std::string> extra;
  for (const std::string& name : theirs)
    if (!holds(ours, name)) extra.push_back(name);
  throw file_error(
      "[{}] {}: it has no {}: its columns are {}, but {} has {}; {}name the columns alike{}",
      file.wanted.verb, file.path, columns_text(missing), joined(theirs, 50), file.wanted.whose,
      joined(ours, 50), missing.size() == 1 ? did_you_mean(missing.front(), extra) : "",
      theirs.size() == ours.size()
          ? ", or remove the first line to take them in the order they have"
          : "");
}

// Returns the place of the column with this name, or nothing. Throws if there are two.
std::optional<std::size_t> place_of(const PointsFile& file, const std::string& name) {
  const std::vector<std::string>& names = file.layout.names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {};
  if (std::find(found + 1, names.end(), name) != names.end())
    throw file_error("[{}] {}: two columns are named \"{}\"; give each its own name",
                     file.wanted.verb, file.path, name);
  return static_cast<std::size_t>(found - names.begin());
}

// Returns the remark on columns that were moved or left out, or "".
std::string remark_of(const PointsFile& file, const TakenColumns& taken) {
  if (taken.left_out.empty() && std::is_sorted(taken.chosen.begin(), taken.chosen.end())) return "";
  std::vector<std::string> names;
  for (const std::size_t k : taken.chosen) names.push_back(file.layout.names()[k]);
  std::string text =
      fmt::format("its columns {} are taken by name, as {} has them: {}",
                  joined(file.layout.names(), 50), file.wanted.whose, joined(names, 50));
  if (!taken.left_out.empty()) text += "; without " + joined(taken.left_out, 50);
  return text;
}

TakenColumns take_by_name(const PointsFile& file) {
  const std::vector<std::string> wanted = names_of(file.wanted);
  TakenColumns taken;
  std::vector<std::string> missing;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    if (const auto place = place_of(file, wanted[k])) {
      taken.chosen.push_back(*place);
      taken.present.push_back(k);
    } else {
      missing.push_back(wanted[k]);
    }
  }
  const bool keeps = file.wanted.missing_rows == MissingRows::keep;
  if (keeps ? taken.chosen.empty() : !missing.empty()) fail_of_missing(file, missing);
  // A network without classes does not know those of the column.
  if (file.code().label() && !file.wanted.table.classes.empty())
    taken.label = place_of(file, file.code().label()->name);
  for (std::size_t k = 0; k < file.layout.width(); ++k)
    if (std::count(taken.chosen.begin(), taken.chosen.end(), k) == 0 && taken.label != k)
      taken.left_out.push_back(file.layout.names()[k]);
  taken.remark = remark_of(file, taken);
  return taken;
}

// Returns the columns that the training took of a file without names.
TakenColumns take_as_trained(const PointsFile& file) {
  TakenColumns taken;
  for (const Json& key : file.memory.at("keys"))
    taken.chosen.push_back(file.layout.find(CsvColumn(key.text())));
  if (const Json* label = file.memory.find("class"))
    taken.label = file.layout.find(CsvColumn(label->at("column").text()));
  return taken;
}

// Throws that the file has another number of columns than the run.
[[noreturn]] void fail_of_width(const PointsFile& file, std::size_t columns) {
  const std::size_t width = file.layout.width();
  const std::vector<std::string> names = names_of(file.wanted);
  throw file_error(
      "[{}] {}: the points have shape {}, but {} has {} column{}{}; give a table (N, {}){}",
      file.wanted.verb, file.path, shape_text({file.layout.size(), width}), file.wanted.whose,
      columns, columns == 1 ? "" : "s",
      names.empty() ? "" : fmt::format(" ({})", joined(names, 50)), columns,
      names.empty() || width < columns
          ? ""
          : ", or write the names of the columns above it: others are then left out");
}

TakenColumns take_in_order(const PointsFile& file) {
  const std::size_t columns = all_columns(file.code(), file.wanted.table.condition).size(),
                    width = file.layout.width();
  const bool nameless = !file.memory.is_null() && file.layout.names().empty() &&
                        file.memory.at("names_in") == "nowhere" &&
                        file.memory.at("keys").size() == columns;
  const bool as_file = nameless && width == file.memory.at("file_columns").get<std::size_t>();
  TakenColumns taken;
  const auto& label = file.code().label();
  if (as_file && (file.same_file || width != columns)) {
    taken = take_as_trained(file);
  } else {
    taken.chosen.resize(width);
    std::iota(taken.chosen.begin(), taken.chosen.end(), std::size_t{0});
    if (label && width == columns + 1) {
      taken.label = std::min(label->at, columns);
      std::erase(taken.chosen, *taken.label);
    }
    if (taken.chosen.size() != columns) fail_of_width(file, columns);
  }
  taken.present.resize(columns);
  std::iota(taken.present.begin(), taken.present.end(), std::size_t{0});
  return taken;
}

OtherColumns columns_of(const WantedTable& wanted, const std::vector<std::string>& names,
                        const Json& memory) {
  const std::size_t columns = all_columns(*wanted.table.code, wanted.table.condition).size();
  OtherColumns all{names, {columns}};
  if (wanted.table.code->label()) all.widths.push_back(columns + 1);
  if (!memory.is_null()) all.widths.push_back(memory.at("file_columns").get<std::size_t>());
  std::sort(all.widths.begin(), all.widths.end());
  all.widths.erase(std::unique(all.widths.begin(), all.widths.end()), all.widths.end());
  return all;
}

}  // namespace

TypedCsvOptions options_of_columns(const RunTable& table, const CsvRows& layout,
                                   const std::vector<std::size_t>& chosen,
                                   const std::vector<std::size_t>& present) {
  TypedCsvOptions options;
  options.guess = false;
  options.csv = layout.options();
  if (layout.has_header()) options.csv.header = CsvHeader::yes;
  options.csv.columns.assign(chosen.begin(), chosen.end());
  const std::vector<CodedColumn> columns = all_columns(*table.code, table.condition);
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    const std::string key = key_of(layout, chosen[k]);
    const TableColumn& type = columns[present[k]].type;
    options.kinds[key] = type.kind;
    if (type.kind == ColumnKind::category) options.values[key] = type.values;
  }
  return options;
}

namespace {

// The text of a file of points, its layout, and the columns that are taken of it.
struct PointsText {
  const MemoryOfTable memory;
  const TableStyle style;
  const std::string text;
  const std::vector<std::string> names;  // of the wanted columns
  const CsvRows layout;
  const TakenColumns taken;

  PointsText(const WantedTable& wanted, const std::string& run, const std::string& path,
             const ArrayBytes& content)
      : memory(memory_of_run(run)),
        style(style_of_data(load_run_config(run).section("/data").json(), memory.table)),
        text(decode_text(content.bytes, path, "csv").text),
        names(names_of(wanted)),
        layout(text, path,
               layout_of_other(text, style.csv, columns_of(wanted, names, memory.table)).options),
        taken(taken_of({wanted, path, layout, memory.table,
                        !memory.table.is_null() && content.mark == memory.file})) {}

  TakenColumns taken_of(const PointsFile& file) const {
    return layout.names().empty() || names.empty() ? take_in_order(file) : take_by_name(file);
  }
};

}  // namespace

TypedTable read_text_points(const WantedTable& wanted, const std::string& run,
                            const std::string& path, const ArrayBytes& content) {
  const PointsText file(wanted, run, path, content);
  TypedCsvOptions options =
      options_of_columns(wanted.table, file.layout, file.taken.chosen, file.taken.present);
  options.missing_rows = wanted.missing_rows;
  options.missing = file.style.missing;
  options.cure_of_missing = wanted.cure_of_missing;
  options.advises_missing = wanted.missing_rows == MissingRows::keep;
  if (file.taken.label) {
    options.label = key_of(file.layout, *file.taken.label);
    options.values[options.label] = wanted.table.classes;
  }
  TypedTable read = parse_typed_csv(file.text, path, options);
  read.table.file = path;
  read.table.mark = content.mark;
  if (!file.taken.remark.empty()) read.table.reading.left_out.push_back(file.taken.remark);
  files_read().add(table_report(read.table), false);
  return read;
}

PointsCells cells_of_points(const WantedTable& wanted, const std::string& run,
                            const std::string& path, const ArrayBytes& content) {
  const PointsText file(wanted, run, path, content);
  const std::vector<CodedColumn> columns = all_columns(*wanted.table.code, wanted.table.condition);
  std::vector<bool> texts(file.layout.width());
  for (std::size_t k = 0; k < file.taken.chosen.size(); ++k)
    texts[file.taken.chosen[k]] = columns[file.taken.present[k]].type.kind == ColumnKind::category;
  if (file.taken.label) texts[*file.taken.label] = true;
  PointsCells result{cell_table(file.layout, texts, file.style.missing)};
  const std::vector<std::size_t>& kept = file.layout.chosen();
  result.columns.resize(columns.size());
  for (std::size_t k = 0; k < file.taken.chosen.size(); ++k)
    result.columns[file.taken.present[k]] = static_cast<std::size_t>(
        std::find(kept.begin(), kept.end(), file.taken.chosen[k]) - kept.begin());
  return result;
}

}  // namespace pushforward::app
