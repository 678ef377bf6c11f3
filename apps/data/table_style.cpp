#include "apps/data/table_style.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "apps/config/data_types.h"
#include "apps/failure_text.h"
#include "apps/tables/csv_layout.h"
#include "apps/tables/table_words.h"

namespace pushforward::app {
namespace {

// Returns the sign between thousands. Throws Failure (exit 2) if it is the decimal sign.
std::optional<char> thousands_sign(const Json& section) {
  constexpr std::pair<const char*, char> kSigns[] = {
      {"comma", ','}, {"point", '.'}, {"blank", ' '}, {"apostrophe", '\''}, {"underscore", '_'}};
  const std::string wanted = section.at("thousands").get<std::string>();
  const char decimal = section.at("decimal") == "comma" ? ',' : '.';
  for (const auto& [name, sign] : kSigns) {
    if (wanted != name) continue;
    if (sign == decimal)
      throw usage_error(
          "[data] thousands is \"{0}\", but the decimal sign is a {0}, too; "
          "set decimal to \"{1}\", or leave thousands out",
          wanted, sign == '.' ? "comma" : "point");
    return sign;
  }
  return {};
}

// Sets thousands, percent and currency of the options from a csv section.
void set_number_signs(const Json& section, CsvOptions& options) {
  options.thousands = thousands_sign(section);
  const std::string percent = section.at("percent").get<std::string>();
  options.percent = percent == "share" ? 0.01 : percent == "number" ? 1 : 0;
  options.currency = section.at("currency") == "drop";
}

// Counts the cells of the first rows that are numbers, and more, the wanted names in the first row, if
// the text is read in this way.
std::size_t fit_of_layout(std::string_view text, const CsvOptions& options,
                          const std::vector<std::string>& names) {
  constexpr std::size_t kRows = 200, kName = 1'000'000;
  const CsvLines lines = csv_lines(text, options.comment);
  const std::span<const FileLine> rows = lines.rows.span();
  NumberStyle style(options.decimal == CsvDecimal::comma ? ',' : '.');
  style.thousands = options.thousands.value_or(NumberStyle::kNone);
  style.percent = options.percent;
  style.currency = options.currency;
  if (rows.empty()) return 0;
  const char separator = options.separator ? *options.separator : find_separator(rows, style);
  std::size_t fit = 0;
  for (std::size_t row = 0; row < std::min(rows.size(), kRows); ++row)
    for (const CsvCell& cell : split_cells_leniently(rows[row].text, separator)) {
      fit += read_cell(cell.text, style).kind == CellKind::number;
      if (row == 0 && std::find(names.begin(), names.end(), unquoted(cell.text)) != names.end())
        fit += kName;
    }
  return fit;
}

}  // namespace

void add_columns(const Json& section, const char* key, std::vector<CsvColumn>& columns) {
  for (const Json& column : section.at(key)) {
    if (column.is_string())
      columns.emplace_back(column.get<std::string>());
    else
      columns.emplace_back(column.get<std::size_t>());
  }
}

CsvOptions layout_options(const Json& section, const std::string& key) {
  CsvOptions options;
  options.keys = key + ".";
  const std::string header = section.at("header").get<std::string>();
  options.header = header == "yes"  ? CsvHeader::yes
                   : header == "no" ? CsvHeader::no
                                    : CsvHeader::automatic;
  const std::string decimal = section.at("decimal").get<std::string>();
  options.decimal = decimal == "comma"   ? CsvDecimal::comma
                    : decimal == "point" ? CsvDecimal::point
                                         : CsvDecimal::automatic;
  set_number_signs(section, options);
  const std::string separator = section.at("separator").get<std::string>();
  options.separator = value_of_word(kSeparatorWords, separator);
  add_columns(section, "columns", options.columns);
  add_columns(section, "drop", options.drop);
  const std::string comment = section.at("comment").get<std::string>();
  options.comment = comment == "none" ? "" : comment;
  return options;
}

TableStyle style_of_data(const Json& data) {
  const Json& inner = innermost(data);
  if (inner.at("type") != "csv") return {};
  TableStyle style{layout_options(inner, ""), inner.at("missing").get<std::vector<std::string>>()};
  style.csv.keys.clear();
  style.csv.columns.clear();
  style.csv.drop.clear();
  style.csv.header = CsvHeader::automatic;
  return style;
}

CsvOptions layout_of_points(std::string_view text, const TableStyle& style,
                            const std::vector<std::string>& names) {
  CsvOptions own = style.csv, found = own;
  if (own.decimal == CsvDecimal::point) own.decimal = CsvDecimal::automatic;
  found.decimal = CsvDecimal::automatic;
  found.separator.reset();
  if (found.thousands == '.') found.thousands.reset();
  if (!own.separator && own.decimal == CsvDecimal::automatic) return own;
  return fit_of_layout(text, own, names) >= fit_of_layout(text, found, names) ? own : found;
}

}  // namespace pushforward::app
