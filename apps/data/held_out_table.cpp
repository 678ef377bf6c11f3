#include "apps/data/held_out_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "apps/data/other_table.h"
#include "apps/data/table_memory.h"
#include "apps/failure_text.h"
#include "apps/formats/stored_text.h"
#include "apps/tables/csv_remarks.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/table_words.h"

namespace pushforward::app {
namespace {

// Inserts the name of the column of classes at its place.
std::vector<std::string> with_class(std::vector<std::string> names, const std::string& label,
                                    std::size_t at) {
  if (!label.empty())
    names.insert(names.begin() + static_cast<std::ptrdiff_t>(std::min(at, names.size())), label);
  return names;
}

void check_names(const CsvRows& rows, const std::string& where, const TrainedTable& table) {
  const std::vector<std::string>& theirs = rows.names();
  const std::string wanted = joined(table.names, 50);
  if (theirs.empty())
    throw file_error(
        "[data] {} has no names of columns, but {} has {}; write the names above its rows", where,
        table.file, wanted);
  std::vector<std::string> missing;
  for (const std::string& name : table.names)
    if (std::find(theirs.begin(), theirs.end(), name) == theirs.end()) missing.push_back(name);
  if (!missing.empty())
    throw file_error(
        "[data] {} has no column{} {}: its columns are {}, but {} has {}; name the columns alike",
        where, missing.size() == 1 ? "" : "s", joined(missing, 50), joined(theirs, 50), table.file,
        wanted);
}

}  // namespace

TrainedTable trained_table(const TypedTable& read) {
  TrainedTable table{read.table.file, read.layout};
  if (!read.table.names.empty()) table.names = with_class(read.keys, read.label, read.label_at);
  return table;
}

TrainedTable trained_table(const Json& report, const std::string& file) {
  TrainedTable table{file,
                     {report.at("separator").text(), report.at("decimal").text(),
                      report.at("names_in").text(), report.at("file_columns").get<std::size_t>()}};
  if (report.at("names_in") == "nowhere") return table;
  const Json* label = report.find("class");
  table.names = with_class(report.at("keys").get<std::vector<std::string>>(),
                           label ? label->at("column").text() : "",
                           label ? label->at("at").get<std::size_t>() : 0);
  return table;
}

CsvOptions layout_of_held_out(const std::string& path, const std::string& key, CsvOptions asked,
                              const TrainedTable& table, const Json& memory) {
  CsvOptions whole = asked;
  whole.columns.clear();
  whole.drop.clear();
  whole.remembered_columns = 0;
  whole.separator = value_of_word(kSeparatorWords, table.layout.separator);
  whole.decimal = table.layout.decimal == "comma" ? CsvDecimal::comma : CsvDecimal::point;
  const std::string text = read_stored_text(path, "csv").text;
  if (memory.is_null()) {
    whole = layout_of_other(text, whole, {table.names, {table.layout.file_columns}}).options;
  } else {
    whole.separator.reset();
    whole.decimal = CsvDecimal::automatic;
    whole.header = CsvHeader::automatic;
    Json layout = memory;
    layout["changed"] = false;  // the columns are taken by name in any case
    remember_layout(layout, whole);
    const char decimal = whole.decimal == CsvDecimal::comma ? ',' : '.';
    if (whole.thousands == decimal) whole.thousands.reset();
  }
  if (!table.names.empty()) check_names(CsvRows(text, path, whole), path + " (" + key + ")", table);
  whole.columns = std::move(asked.columns);
  whole.drop = std::move(asked.drop);
  return whole;
}

std::string remark_on_style(const TableLayout& layout, const TrainedTable& table) {
  if (layout.separator == table.layout.separator && layout.decimal == table.layout.decimal)
    return "";
  return fmt::format("read in this style, in which it is written, and not in that of {}",
                     table.file);
}

}  // namespace pushforward::app
