#include "apps/data/other_table.h"

#include <algorithm>
#include <tuple>

#include "apps/tables/csv_cells.h"
#include "apps/tables/csv_layout.h"
#include "apps/tables/csv_rows.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kRows = 200, kBytes = 1 << 18;  // the beginning of the file that is looked at

// Measures how well a layout fits, in the order of importance.
using Fit = std::tuple<std::size_t, std::size_t, double>;

bool has_name(const std::vector<std::string>& names, const CsvCell& cell) {
  return std::find(names.begin(), names.end(), unquoted(cell.text)) != names.end();
}

char separator_of(const CsvLines& lines, const CsvOptions& options) {
  return options.separator ? *options.separator
         : lines.separator ? *lines.separator
                           : find_separator(lines.rows.span(), number_style(options));
}

Fit fit_of_layout(const CsvLines& lines, const CsvOptions& options, const OtherColumns& columns) {
  const NumberStyle style = number_style(options);
  const char separator = separator_of(lines, options);
  std::size_t names = 0, rows = 0;
  double numbers = 0, cells = 0;
  for (std::size_t row = 0; row < std::min(lines.rows.size(), kRows); ++row) {
    const std::vector<CsvCell> all = split_cells_leniently(lines.rows[row].text, separator);
    rows += std::count(columns.widths.begin(), columns.widths.end(), all.size()) > 0;
    for (const CsvCell& cell : all) {
      names += row == 0 && has_name(columns.names, cell);
      numbers += read_cell(cell.text, style).kind == CellKind::number;
    }
    cells += static_cast<double>(all.size());
  }
  return {names, rows, cells > 0 ? numbers / cells : 0};
}

// Returns whether the commas of numbers may be other ones than decimal commas: those between the two cells
// of a row without names of the table, or those between thousands, which three digits follow.
bool is_doubtful(const CsvLines& lines, const CsvOptions& options, const OtherColumns& columns) {
  const NumberStyle style = number_style(options);
  const char separator = separator_of(lines, options);
  const std::vector<CsvCell> first =
      split_cells_leniently(lines.rows.span().front().text, separator);
  if (separator == kNoSeparator && !has_name(columns.names, first.front())) return true;
  for (std::size_t row = 0; row < std::min(lines.rows.size(), kRows); ++row)
    for (const CsvCell& cell : split_cells_leniently(lines.rows[row].text, separator)) {
      const std::size_t comma = cell.text.find(',');
      if (comma == std::string_view::npos || read_cell(cell.text, style).kind != CellKind::number)
        continue;
      if (cell.text.size() - comma != 4) return false;
    }
  return true;
}

// Decides about a first row of numbers that could be names. It holds names if they are those of the
// table. If none of them is, it is a row of numbers, except if they are in quotes.
void decide_header(const CsvLines& lines, const OtherColumns& columns, CsvOptions& options) {
  if (options.header != CsvHeader::automatic || lines.rows.empty()) return;
  const NumberStyle style = number_style(options);
  const std::vector<CsvCell> first =
      split_cells_leniently(lines.rows.span().front().text, separator_of(lines, options));
  const auto named =
      static_cast<std::size_t>(std::count_if(first.begin(), first.end(), [&](const CsvCell& cell) {
        return has_name(columns.names, cell);
      }));
  if (named > 0 && named >= columns.names.size()) {
    options.header = CsvHeader::yes;
  } else if (named == 0 && std::all_of(first.begin(), first.end(), [&](const CsvCell& cell) {
               return !cell.quoted && read_cell(cell.text, style).kind == CellKind::number;
             })) {
    // Names in a comment above the row stay names.
    const bool noted =
        !names_in_comment(lines, separator_of(lines, options), style, options.comment).empty();
    options.header = noted ? CsvHeader::comment : CsvHeader::no;
  }
}

}  // namespace

OtherLayout layout_of_other(std::string_view text, const CsvOptions& own,
                            const OtherColumns& columns) {
  if (text.size() > kBytes) {
    const std::size_t end = text.rfind('\n', kBytes);
    if (end != std::string_view::npos) text = text.substr(0, end);
  }
  CsvOptions separated = own, plain = own, commas = own;
  separated.separator.reset();
  plain.separator.reset();
  plain.decimal = CsvDecimal::automatic;
  if (plain.thousands == '.') plain.thousands.reset();
  commas.separator.reset();
  commas.decimal = CsvDecimal::comma;
  if (commas.thousands == ',') commas.thousands.reset();
  const CsvLines lines = csv_lines(text, own.comment);
  OtherLayout best{own, true};
  if (lines.rows.empty()) return best;
  Fit most = fit_of_layout(lines, own, columns);
  for (const CsvOptions& other : {separated, plain, commas}) {
    const Fit fit = fit_of_layout(lines, other, columns);
    if (fit <= most) continue;
    if (own.decimal != CsvDecimal::comma && other.decimal == CsvDecimal::comma &&
        is_doubtful(lines, other, columns))
      continue;
    most = fit;
    best = {other, false};
    best.options.separator = separator_of(lines, other);
  }
  decide_header(lines, columns, best.options);
  return best;
}

}  // namespace pushforward::app
