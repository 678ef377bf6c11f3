#include "apps/tables/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "apps/failure.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

NumberStyle style_of(const CsvOptions& options) {
  NumberStyle style(options.decimal == CsvDecimal::comma ? ',' : '.');
  style.thousands = options.thousands.value_or(NumberStyle::kNone);
  style.percent = options.percent;
  style.currency = options.currency;
  return style;
}

}  // namespace

CsvRows::CsvRows(std::string_view text, std::string source, CsvOptions options)
    : lines_(csv_lines(text, options.comment)),
      source_(std::move(source)),
      options_(std::move(options)),
      style_(style_of(options_)) {
  if (lines_.rows.empty()) fault_in_file("it holds no rows", "give a table with at least one row");
  check_format();
  separator_ = options_.separator ? *options_.separator
               : lines_.separator ? *lines_.separator
                                  : find_separator(lines_.rows, style_);
  const std::vector<CsvCell> first = split(lines_.rows.front());
  width_ = first.size();
  trailing_ = ends_in_separators();
  if (trailing_) --width_;
  read_names(first);
  if (header_) remove_repeated_headers();
  if (!header_) check_decimals();
  choose_columns();
}

void CsvRows::fault(std::size_t line, std::size_t column, const std::string& what,
                    const std::string& cure) const {
  throw Failure(Exit::file,
                fmt::format("[csv] {}:{}:{}: {}; {}", source_, line, column, what, cure));
}
void CsvRows::fault_in_file(const std::string& what, const std::string& cure) const {
  throw Failure(Exit::file, fmt::format("[csv] {}: {}; {}", source_, what, cure));
}
void CsvRows::fault_in_row(std::size_t row, std::size_t text_column, const std::string& what,
                           const std::string& cure) const {
  fault(lines_.rows[row + (header_ ? 1 : 0)].number, text_column, what, cure);
}

// Throws if the text is a table in another format.
void CsvRows::check_format() const {
  const std::string_view first = trimmed(lines_.rows.front().text);
  const auto begins = [&](std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return first.starts_with(start); });
  };
  if (begins({"{\"", "[{", "[[", "{'"}) || first == "{" || first == "[")
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

std::string CsvRows::setting(const std::string& key) const {
  return options_.keys.empty() ? "" : options_.keys + key;
}

std::string CsvRows::column_words(std::size_t column) const {
  return names_.empty() || names_[column].empty()
             ? fmt::format("column {}", column)
             : fmt::format("column \"{}\"", shown_text(names_[column]));
}

std::vector<CsvCell> CsvRows::split(const FileLine& line) const {
  try {
    return split_cells(line.text, separator_);
  } catch (const CsvQuoteFault& f) {
    fault(line.number, f.column, f.what(), f.cure);
  }
}

std::vector<CsvCell> CsvRows::row(std::size_t k) const {
  const FileLine& line = lines_.rows[k + (header_ ? 1 : 0)];
  std::vector<CsvCell> cells = split(line);
  if (cells.size() != width_ + (trailing_ ? 1 : 0))
    fault(line.number, 1,
          fmt::format("the number of cells is {} here but {} in the first row (line {})",
                      cells.size() - (trailing_ ? 1 : 0), width_, lines_.rows.front().number),
          cure_of_width(line, cells.size()));
  return cells;
}

std::vector<CsvCell> CsvRows::row_leniently(std::size_t k) const {
  return split_cells_leniently(lines_.rows[k + (header_ ? 1 : 0)].text, separator_);
}

// Returns whether the last cell of every row is empty, because lines end in a separator.
bool CsvRows::ends_in_separators() const {
  if (separator_ == ' ' || separator_ == kNoSeparator || width_ < 2) return false;
  return options_.columns.empty() &&
         std::all_of(lines_.rows.begin(), lines_.rows.end(), [&](const FileLine& line) {
           return line.text[line.text.find_last_not_of(' ')] == separator_;
         });
}

void CsvRows::read_names(const std::vector<CsvCell>& first) {
  header_ = options_.header == CsvHeader::yes ||
            (options_.header == CsvHeader::automatic && first_row_is_header(first));
  if (header_) {
    for (std::size_t k = 0; k < width_; ++k) names_.push_back(unquoted(first[k].text));
    check_names_of_rows(first.size());
  } else if (options_.header == CsvHeader::automatic && !trailing_) {
    names_ = names_in_comment(lines_, separator_, style_, options_.comment);
    in_comment_ = !names_.empty();
  }
}

bool CsvRows::first_row_is_header(const std::vector<CsvCell>& first) const {
  const auto holds = [&](const auto& column) {
    const auto* name = std::get_if<std::string>(&column);
    return name && std::any_of(first.begin(), first.end(),
                               [&](const CsvCell& cell) { return unquoted(cell.text) == *name; });
  };
  // If the chosen column names are in the first row, that row holds names.
  if (!options_.columns.empty() &&
      std::all_of(options_.columns.begin(), options_.columns.end(), holds))
    return true;
  const FirstRowFinding found = judge_first_row(lines_.rows, separator_, style_);
  if (found.is == FirstRow::asked)
    fault(lines_.rows.front().number, 1,
          fmt::format("the first row, {}, {}, but may be data", shown_row(), found.why),
          options_.keys.empty()
              ? "write names into it that are no numbers, or save the table without it as .npy"
              : fmt::format("set {0}=yes if it holds names, {0}=no if it is data",
                            setting("header")));
  return found.is == FirstRow::names;
}

std::string CsvRows::shown_row() const { return shown_text(trimmed(lines_.rows.front().text)); }

// Leaves out rows that repeat the header, as tables have them that were joined or printed in pages.
void CsvRows::remove_repeated_headers() {
  const std::string_view header = trimmed(lines_.rows.front().text);
  const std::vector<CsvCell> first = split_cells_leniently(header, separator_);
  const bool words = std::any_of(first.begin(), first.end(), [&](const CsvCell& cell) {
    return read_cell(cell.text, style_).kind == CellKind::text;
  });
  if (width_ < 2 || !words) return;
  std::erase_if(lines_.rows, [&](const FileLine& line) {
    const bool repeats = &line != &lines_.rows.front() && trimmed(line.text) == header;
    if (repeats) repeated_.push_back(line.number);
    return repeats;
  });
}

// Returns for each column whether all its cells are empty.
std::vector<bool> CsvRows::nothing_in_columns() const {
  std::vector<bool> nothing(width_, true);
  for (std::size_t row = 0; row < size(); ++row) {
    const std::vector<CsvCell> cells = row_leniently(row);
    for (std::size_t k = 0; k < std::min(width_, cells.size()); ++k)
      nothing[k] = nothing[k] && cells[k].text.empty();
  }
  return nothing;
}

// Returns the advice for a row with another number of cells than the first.
std::string CsvRows::cure_of_width(const FileLine& line, std::size_t cells) const {
  std::map<std::size_t, std::size_t> counts;  // number of rows by number of cells
  for (const FileLine& other : lines_.rows)
    ++counts[split_cells_leniently(other.text, separator_).size()];
  std::size_t most = cells;
  for (const auto& [width, count] : counts)
    if (count > counts[most]) most = width;
  if (most == cells && line.number > 1 && 2 * counts[most] > lines_.rows.size()) {
    const auto table = std::find_if(lines_.rows.begin(), lines_.rows.end(), [&](const FileLine& l) {
      return split_cells_leniently(l.text, separator_).size() == most;
    });
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
  const std::vector<FileLine> rows(lines_.rows.begin() + 1, lines_.rows.end());
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
  if (separator_ != ',' || options_.decimal != CsvDecimal::automatic || options_.keys.empty())
    return;
  if (doubt_decimals(lines_.rows) == DecimalDoubt::likely)
    fault(lines_.rows.front().number, 1,
          fmt::format("the first row, {}, may be {} numbers with points or {} with decimal commas",
                      shown_row(), width_, width_ / 2),
          fmt::format("set {0}=comma if it has decimal commas, {0}=point if not",
                      setting("decimal")));
}

std::size_t CsvRows::find(const CsvColumn& column) const {
  if (const auto* index = std::get_if<std::size_t>(&column)) {
    if (*index >= width_)
      fault_in_file(fmt::format("there is no column {}, only {} columns", *index, width_),
                    fmt::format("choose from 0 to {}", width_ - 1));
    return *index;
  }
  const std::string& name = std::get<std::string>(column);
  const bool digits =
      !name.empty() && name.size() < 9 && name.find_first_not_of("0123456789") == std::string::npos;
  if (names_.empty() && digits) return find(CsvColumn(std::stoul(name)));
  if (names_.empty())
    fault_in_file("there is no column \"" + name + "\": it has no header row",
                  "choose columns by index, from 0");
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end())
    fault_in_file(fmt::format("there is no column \"{}\"", name), "choose from " + listed(names_));
  if (std::find(found + 1, names_.end(), name) != names_.end())
    fault_in_file(fmt::format("two columns are named \"{}\"", name),
                  "choose columns by index, from 0");
  return static_cast<std::size_t>(found - names_.begin());
}

void CsvRows::choose_columns() {
  for (const CsvColumn& column : options_.columns) chosen_.push_back(find(column));
  if (options_.columns.empty())
    for (std::size_t k = 0; k < width_; ++k) chosen_.push_back(k);
  const bool nameless = std::any_of(names_.begin(), names_.end(),
                                    [](const std::string& name) { return name.empty(); });
  if (options_.columns.empty() && nameless && size() > 0) {
    const std::vector<bool> nothing = nothing_in_columns();
    for (std::size_t k = 0; k < width_; ++k)
      if (names_[k].empty() && nothing[k]) nothing_.push_back(k);
    std::erase_if(chosen_, [&](std::size_t k) { return names_[k].empty() && nothing[k]; });
  }
  for (const CsvColumn& column : options_.drop) {
    const std::size_t k = find(column);
    if (std::find(nothing_.begin(), nothing_.end(), k) != nothing_.end()) continue;
    if (std::erase(chosen_, k) == 0)
      fault_in_file(fmt::format("{} holds {}, which {} does not keep", setting("drop"),
                                column_words(k), setting("columns")),
                    "leave one of them out");
  }
  if (chosen_.empty())
    fault_in_file(fmt::format("{} leaves no column", setting("drop")), "keep at least one");
}

std::vector<std::string> CsvRows::chosen_names() const {
  std::vector<std::string> names;
  for (const std::size_t k : chosen_)
    if (!names_.empty()) names.push_back(names_[k]);
  return names;
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

ReadingNotes CsvRows::notes(std::size_t vanished) const {
  ReadingNotes r;
  r.layout = layout_text(separator_, style_,
                         header_       ? NamesIn::first_row
                         : in_comment_ ? NamesIn::comment
                                       : NamesIn::nothing,
                         lines_);
  r.file_columns = width_;
  r.left_out = left_out_texts(lines_, in_comment_, trailing_, vanished);
  if (!repeated_.empty())
    r.left_out.push_back(fmt::format("{} row{} left out that repeat{} the header ({})",
                                     repeated_.size(), repeated_.size() == 1 ? "" : "s",
                                     repeated_.size() == 1 ? "s" : "", lines_text(repeated_)));
  if (width_ == 1 && !lines_.blank.empty()) {
    std::vector<std::size_t> between;
    for (const std::size_t line : lines_.blank)
      if (line > lines_.rows.front().number && line < lines_.rows.back().number)
        between.push_back(line);
    if (!between.empty())
      r.left_out.push_back(fmt::format("{} blank line{} left out ({})", between.size(),
                                       between.size() == 1 ? "" : "s", lines_text(between)));
  }
  if (!nothing_.empty())
    r.left_out.push_back(fmt::format("{} column{} without a name and without a cell left out ({})",
                                     nothing_.size(), nothing_.size() == 1 ? "" : "s",
                                     fmt::join(nothing_, ", ")));
  const bool doubtful = separator_ == ',' && !header_ && !options_.keys.empty() &&
                        options_.decimal == CsvDecimal::automatic &&
                        doubt_decimals(lines_.rows) != DecimalDoubt::none;
  if (doubtful)
    r.warnings.push_back(
        fmt::format("no cell has a decimal point; if the first row, {}, has decimal commas, "
                    "set {}=comma",
                    shown_row(), setting("decimal")));
  return r;
}

}  // namespace pushforward::app
