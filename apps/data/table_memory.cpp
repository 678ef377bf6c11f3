#include "apps/data/table_memory.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <vector>

#include "apps/config/file_memory.h"
#include "apps/failure_text.h"
#include "apps/tables/table_words.h"

namespace pushforward::app {
namespace {

bool has_changed(const Json& memory) { return memory.value("changed", false); }

// Returns the names of the columns in the keys of options, without those that two columns have.
std::set<std::string> single_keys(const Json& memory) {
  std::set<std::string> once, twice;
  for (const Json& key : memory.at("keys"))
    if (!once.insert(key.text()).second) twice.insert(key.text());
  for (const std::string& key : twice) once.erase(key);
  return once;
}

}  // namespace

FileReport remembered_report(const TypedTable& read, const std::string& key) {
  FileReport report = table_report(read.table);
  report.key = key;
  report.object["keys"] = read.keys;
  report.object["separator"] = read.layout.separator;
  report.object["decimal"] = read.layout.decimal;
  report.object["names_in"] = read.layout.names_in;
  report.object["file_columns"] = read.layout.file_columns;
  report.object["missing"] = read.layout.missing;
  Json categories = Json::object();
  for (std::size_t k = 0; k < read.keys.size(); ++k)
    if (read.table.columns[k].kind == ColumnKind::category)
      categories[read.keys[k]] = read.table.columns[k].values;
  if (!categories.empty()) report.object["categories"] = categories;
  Json conditions = Json::array();
  for (const std::size_t place : read.conditions) conditions.push_back(read.keys[place]);
  if (!conditions.empty()) report.object["conditions"] = conditions;
  if (!read.label.empty())
    report.object["class"] = {
        {"column", read.label}, {"at", read.label_at}, {"values", read.classes}};
  return report;
}

Json memory_of(const Json& section) {
  const Json* text = section.find(kFileMemory);
  return text ? Json::parse(text->text()) : Json();
}

bool is_table_memory(const Json& report) {
  const Json* separator = report.find("separator");
  if (!separator) return false;
  const std::size_t columns = report.at("keys").size();
  bool whole = value_of_word(kSeparatorWords, separator->text()) &&
               value_of_word(kNamesWords, report.at("names_in").text()) &&
               (report.at("decimal") == "point" || report.at("decimal") == "comma") &&
               report.at("kinds").size() == columns && report.at("rows").get<int>() > 0 &&
               report.at("file_columns").get<int>() > 0;
  for (const Json& key : report.at("keys")) whole = whole && key.is_string();
  for (const Json& kind : report.at("kinds")) whole = whole && column_kind(kind.text());
  if (const Json* conditions = report.find("conditions"))
    for (const Json& name : *conditions) whole = whole && name.is_string();
  TypedCsvOptions unused;
  if (whole) remember_kinds(report, unused);
  if (!whole) throw std::runtime_error("it is no memory of a table");
  return true;
}

void remember_layout(const Json& memory, CsvOptions& options) {
  if (!options.separator)
    options.separator = value_of_word(kSeparatorWords, memory.at("separator").text());
  if (options.decimal == CsvDecimal::automatic)
    options.decimal = memory.at("decimal") == "comma" ? CsvDecimal::comma : CsvDecimal::point;
  const std::string& place = memory.at("names_in").text();
  if (options.header == CsvHeader::automatic)
    options.header = place == "first row" ? CsvHeader::yes
                     : place == "comment" ? CsvHeader::comment
                                          : CsvHeader::no;
  options.remembered_columns = memory.at("file_columns").get<std::size_t>();
  if (!has_changed(memory) || !options.columns.empty() || place == "nowhere") return;
  std::vector<std::string> names = memory.at("keys").get<std::vector<std::string>>();
  if (const Json* label = memory.find("class"))
    names.insert(names.begin() + static_cast<std::ptrdiff_t>(
                                     std::min(label->at("at").get<std::size_t>(), names.size())),
                 label->at("column").text());
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size()) return;
  options.columns.assign(names.begin(), names.end());
  options.drop.clear();
}

void remember_kinds(const Json& memory, TypedCsvOptions& options) {
  // Numbers of columns in the config are those of the old file.
  const bool by_name = has_changed(memory) && memory.at("names_in") != "nowhere";
  if (const Json* label = memory.find("class"); label && by_name)
    options.label = label->at("column").text();
  if (const Json* conditions = memory.find("conditions"); conditions && by_name) {
    options.conditions.clear();
    for (const Json& name : *conditions) options.conditions.emplace_back(name.text());
  }
  const std::set<std::string> single = single_keys(memory);
  for (std::size_t k = 0; k < memory.at("keys").size(); ++k) {
    const std::string& name = memory.at("keys").at(k).text();
    if (single.contains(name) && !options.kinds.contains(name))
      options.remembered[name] = *column_kind(memory.at("kinds").at(k).text());
  }
  if (const Json* categories = memory.find("categories"))
    for (const std::string& name : categories->keys())
      if (single.contains(name))
        options.values[name] = categories->at(name).get<std::vector<std::string>>();
  if (const Json* label = memory.find("class"))
    options.values[label->at("column").text()] =
        label->at("values").get<std::vector<std::string>>();
}

void check_rows_remembered(const Json& memory, const NdArray& table) {
  const auto then = memory.at("rows").get<std::size_t>();
  if (has_changed(memory) || table.shape[0] == then) return;
  throw file_error(
      "[data] {} is read as {} rows, but the run was trained on {} rows of the same file; go on with "
      "the version of the program that trained the run, which its env.json names",
      table.file, table.shape[0], then);
}

}  // namespace pushforward::app
