// The faults of a table's rows and cells, and the advice for each.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "apps/formats/stored_text.h"
#include "apps/tables/csv_rows.h"

namespace pushforward::app {

// Throws if the text is a table in another format.
void CsvRows::check_format() const {
  const std::string_view first = trimmed(lines_.rows.front().text);
  const auto begins = [&](std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return first.starts_with(start); });
  };
  if (begins({"{\"", "[{", "[[", "{'"}) || first == "{" || first == "[" || first == "{}" ||
      first == "[]")
    fault_in_file("it is JSON, not a table of cells", "save the table as CSV");
  if (begins({"<!DOCTYPE", "<!doctype", "<html", "<HTML", "<?xml", "<table", "<TABLE"}))
    fault_in_file("it is a page of HTML or XML, not a table of cells", "save the table as CSV");
  if (begins({"@relation", "@RELATION"}))
    fault_in_file("it is an ARFF file", "remove its lines that begin with @, and save it as CSV");
  // The line below the names of Markdown, and of the tables that data bases print.
  if (lines_.rows.size() < 2) return;
  const std::string_view second = trimmed(lines_.rows[1].text);
  if (second.find_first_not_of("|+-: ") == second.npos && second.find("--") != second.npos &&
      second.find_first_of("|+") != second.npos)
    fault_in_file(fmt::format("line {} is a ruled line below the names", lines_.rows[1].number),
                  "remove it, and bars at the ends of rows");
}

// Throws that the first row has fewer cells than it had when a run was trained on the file.
void CsvRows::fault_of_width() const {
  const char now = find_separator(lines_.rows.span(), style_);
  fault(
      lines_.rows.front().number, 1,
      fmt::format("the first row, {}, has {} cell{}, but the file had {} columns when the run was "
                  "trained on it{}",
                  shown_row(), width_, width_ == 1 ? "" : "s", options_.remembered_columns,
                  now == separator_ ? ""
                                    : fmt::format(", {}, and now its cells seem to be {}",
                                                  separator_text(separator_), separator_text(now))),
      "put the old file back");
}

// Returns the advice for a row with another number of cells than the first.
std::string CsvRows::cure_of_width(const FileLine& line, std::size_t cells) const {
  std::map<std::size_t, std::size_t> counts;  // number of rows by number of cells
  for (const FileLine& other : lines_.rows)
    ++counts[split_cells_leniently(other.text, separator_).size()];
  std::size_t most = cells;
  for (const auto& [width, count] : counts)
    if (count > counts[most]) most = width;
  const auto cells_of = [&](const FileLine& l) {
    return split_cells_leniently(l.text, separator_).size();
  };
  const std::size_t first = cells_of(lines_.rows.front());
  if (first != most && (first < most || cells == most) && 2 * counts[most] > lines_.rows.size()) {
    // The table begins with its header, which may have more cells than the rows below it.
    auto table = std::find_if(lines_.rows.begin(), lines_.rows.end(), [&](const FileLine& l) {
                   return cells_of(l) == most;
                 }).get();
    while (table != lines_.rows.data() && cells_of(*(table - 1)) >= most) --table;
    return fmt::format(
        "if the lines above line {0} are no part of the table, remove them: tail -n +{0} {1} > "
        "table.csv",
        table->number, source_);
  }
  if (line.number == lines_.rows.back().number && cells < most)
    return "give all rows the same length; if the last line is a note or a total, remove it";
  return cells > most ? "give all rows the same length, and write cells that contain the separator "
                        "in quotes"
                      : "give all rows the same length";
}

// Throws if the header has another number of cells than the rows below it.
void CsvRows::check_names_of_rows(std::size_t cells) const {
  if (lines_.rows.size() < 2) return;
  const FileLine& row = lines_.rows[1];
  const std::size_t line = lines_.rows.front().number,
                    below = split_cells_leniently(row.text, separator_).size();
  if (below == cells) return;
  const std::string what =
      fmt::format("the header has {} name{}, but the row in line {} has {} cells", width_,
                  width_ == 1 ? "" : "s", row.number, below);
  const std::span<const FileLine> rows = lines_.rows.span().subspan(1);
  if (separator_ == ',' && below == 2 * width_ && doubt_decimals(rows) != DecimalDoubt::none)
    fault(
        line, 1, what,
        options_.keys.empty()
            ? std::string("if the numbers have decimal commas, write decimal points")
            : fmt::format("if the numbers have decimal commas, set {}=comma", setting("decimal")));
  if (below == width_ + 1 && trimmed(row.text).ends_with(separator_))
    fault(line, 1, what, "end all rows alike: the header does not end in a separator");
  const std::string cure = cure_of_width(row, below);
  const bool above = cure.starts_with("if the lines above");
  if (below == width_ + 1)
    fault(line, 1, what,
          "if the first cell of each row is its name, write the table without them "
          "(row.names=FALSE in R), or put a name for that column into the header" +
              (above ? "; " + cure : ""));
  if (above) fault(line, 1, what, cure);
}

void CsvRows::check_decimals() const {
  // Points are read in the style of the run's table, which has no such doubt.
  const bool asked = !options_.keys.empty() || options_.has_drop;
  if (separator_ != ',' || options_.decimal != CsvDecimal::automatic || !asked) return;
  if (doubt_decimals(lines_.rows.span()) == DecimalDoubt::likely)
    fault(lines_.rows.front().number, 1,
          fmt::format("the first row, {}, may be {} numbers with points or {} with decimal commas",
                      shown_row(), width_, width_ / 2),
          options_.keys.empty()
              ? fmt::format("write decimal points if it has decimal commas, or names above the {} "
                            "columns if not",
                            width_)
              : fmt::format("set {0}=comma if it has decimal commas, {0}=point if not",
                            setting("decimal")));
}

void CsvRows::fault_in_cell(std::size_t row, std::size_t column, CellKind kind,
                            const std::string& note) const {
  const CsvCell cell = row_leniently(row)[column];
  std::string what =
      kind == CellKind::empty ? "an empty cell" : fmt::format("\"{}\"", shown_text(cell.text));
  if (!names_.empty() && !names_[column].empty())
    what += fmt::format(" in column \"{}\"", shown_text(names_[column]));
  what += kind == CellKind::missing      ? " is a missing value"
          : kind == CellKind::not_finite ? " is not a finite number"
          : kind == CellKind::too_large  ? " is above the greatest double, 1.8e308"
          : kind == CellKind::empty      ? ""
                                         : " is not a number";
  fault_in_row(row, cell.column, what, cure_of_fault(row, column, cell.text, kind, note));
}

std::string CsvRows::cure_of_fault(std::size_t row, std::size_t column, std::string_view text,
                                   CellKind kind, const std::string& note) const {
  const bool of_text = kind == CellKind::text || kind == CellKind::numeric_text;
  std::string cure = kind == CellKind::too_large ? "scale the column"
                     : of_text                   ? cure_of_cell(text, style_, options_.keys)
                                                 : "fill it in, or remove the row";
  // A text in the first row, above a column of numbers, may be a name.
  const bool first = row == 0 && !header_ && options_.header == CsvHeader::automatic;
  if (first && lines_.rows.size() > 1 && numbers_below(1)[column]) {
    if (cure.empty()) cure = "correct it, or remove the row";
    return cure +
           (options_.keys.empty()
                ? std::string("; if the first row holds names, none may be a number")
                : fmt::format("; if the first row holds names, set {}=yes", setting("header")));
  }
  if (kind == CellKind::text && cure.empty()) cure = cure_of_row(row);
  if (!note.empty()) return cure.empty() ? note : cure + ", or " + note;
  const std::string choice = choice_of_numbers();
  if (cure.empty() && is_text(column))
    cure = !choice.empty()         ? ""
           : options_.keys.empty() ? "remove that column"
                                   : "give a table with a column of numbers";
  else if (cure.empty())
    cure = "correct it, or remove the row";
  return cure + (cure.empty() || choice.empty() ? "" : "; ") + choice;
}

// Returns the advice for a text in place of a number in a row that has no number at all, or in the
// last row, or "".
std::string CsvRows::cure_of_row(std::size_t row) const {
  const std::vector<CsvCell> cells = row_leniently(row);
  const bool words = std::none_of(cells.begin(), cells.end(), [&](const CsvCell& cell) {
    return read_cell(cell.text, style_).kind == CellKind::number;
  });
  const std::size_t line = line_of(row);
  if (words && row == 0 && header_ && size() > 1)
    return fmt::format("if line {} holds units or more names, remove it", line);
  if (words && row == 1 && !header_ && cells.size() > 1)
    return fmt::format(
        "if line {0} holds names, remove the lines above it: tail -n +{0} {1} > "
        "table.csv",
        line, source_);
  if (row + 1 == size() && row > 1)
    return fmt::format("if line {} is a total or a note, remove it", line);
  return "";
}

// Returns whether no cell of the column is a number.
bool CsvRows::is_text(std::size_t column) const {
  for (std::size_t k = 0; k < size(); ++k) {
    const auto cells = row_leniently(k);
    if (column < cells.size() && read_cell(cells[column].text, style_).kind == CellKind::number)
      return false;
  }
  return true;
}

// Returns for each column whether all its cells are numbers, from row `first_row` of the file on.
std::vector<bool> CsvRows::numbers_below(std::size_t first_row) const {
  std::vector<bool> numbers(width_, true);
  for (std::size_t row = first_row; row < lines_.rows.size(); ++row) {
    const std::vector<CsvCell> cells = split_cells_leniently(lines_.rows[row].text, separator_);
    for (std::size_t k = 0; k < width_; ++k)
      numbers[k] = numbers[k] && k < cells.size() &&
                   read_cell(cells[k].text, style_).kind == CellKind::number;
  }
  return numbers;
}

// Returns a value of the key `columns` that selects the columns with only numbers. Returns "" if
// all columns or no columns have only numbers.
std::string CsvRows::choice_of_numbers() const {
  if (options_.keys.empty()) return "";
  const std::string columns = chosen_columns(numbers_below(header_ ? 1 : 0), names_);
  return columns.empty()
             ? ""
             : fmt::format("the columns of numbers alone are '{}={}'", setting("columns"), columns);
}

}  // namespace pushforward::app
