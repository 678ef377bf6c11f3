#include "apps/formats/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/failure.h"
#include "apps/formats/csv_cells.h"
#include "apps/formats/csv_layout.h"
#include "apps/formats/csv_remarks.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& source, const CsvOptions& options)
      : lines_(csv_lines(text)),
        source_(source),
        options_(options),
        decimal_(options.decimal == CsvDecimal::comma ? ',' : '.') {}

  CsvTable read() {
    if (lines_.rows.empty())
      fault_in_file("it holds no rows", "give a table with at least one row");
    separator_ = options_.separator ? *options_.separator
                 : lines_.separator ? *lines_.separator
                                    : find_separator(lines_.rows, decimal_);
    start(lines_.rows.front());
    width_ = cells_.size();
    trailing_ = ends_in_separators();
    if (trailing_) --width_;
    read_names();
    if (!header_) check_decimals();
    choose_columns();
    for (std::size_t k = header_ ? 1 : 0; k < lines_.rows.size(); ++k) {
      start(lines_.rows[k]);
      add_row();
    }
    if (rows_ == 0)
      fault_in_file("it holds a header but no rows of numbers",
                    "give a table with at least one row");
    keep_chosen_names();
    table_.shape = {rows_, chosen_.size()};
    table_.reading = notes();
    return std::move(table_);
  }

 private:
  const CsvLines lines_;
  const std::string& source_;
  const CsvOptions& options_;
  const char decimal_;
  char separator_ = kNoSeparator;
  bool header_ = false;      // true if the first row holds names
  bool in_comment_ = false;  // true if a comment above the first row holds names
  bool trailing_ = false;    // true if each row ends in a separator without a cell after it
  CsvTable table_;
  std::vector<std::string> file_names_;  // the names of all columns; empty: the file has none
  std::vector<CsvCell> cells_;           // the cells of the current line
  std::vector<std::size_t> chosen_;
  std::size_t line_ = 0, width_ = 0, rows_ = 0, vanished_ = 0;

  [[noreturn]] void fault(std::size_t column, const std::string& what,
                          const std::string& cure) const {
    throw Failure(Exit::file,
                  fmt::format("[csv] {}:{}:{}: {}; {}", source_, line_, column, what, cure));
  }
  [[noreturn]] void fault_in_file(const std::string& what, const std::string& cure) const {
    throw Failure(Exit::file, fmt::format("[csv] {}: {}; {}", source_, what, cure));
  }
  // Returns the full name of a key, such as "data.header", or "" if the user cannot set it.
  std::string setting(const std::string& key) const {
    return options_.keys.empty() ? "" : options_.keys + key;
  }

  void start(const FileLine& line) {
    line_ = line.number;
    try {
      cells_ = split_cells(line.text, separator_);
    } catch (const CsvQuoteFault& f) {
      fault(f.column, f.what(), f.cure);
    }
  }

  // Returns whether the last cell of every row is empty, because lines end in a separator.
  bool ends_in_separators() const {
    if (separator_ == ' ' || separator_ == kNoSeparator || width_ < 2) return false;
    return options_.columns.empty() &&
           std::all_of(lines_.rows.begin(), lines_.rows.end(), [&](const FileLine& line) {
             return line.text[line.text.find_last_not_of(' ')] == separator_;
           });
  }

  void read_names() {
    header_ = options_.header == CsvHeader::yes ||
              (options_.header == CsvHeader::automatic && first_row_is_header());
    if (header_) {
      for (std::size_t k = 0; k < width_; ++k) file_names_.push_back(unquoted(cells_[k].text));
      check_names_of_rows();
    } else if (options_.header == CsvHeader::automatic && !trailing_) {
      file_names_ = names_in_comment(lines_, separator_, decimal_);
      in_comment_ = !file_names_.empty();
    }
  }

  bool first_row_is_header() const {
    const auto holds = [&](const auto& column) {
      const auto* name = std::get_if<std::string>(&column);
      return name && std::any_of(cells_.begin(), cells_.end(),
                                 [&](const CsvCell& cell) { return unquoted(cell.text) == *name; });
    };
    // If the chosen column names are in the first row, that row holds names.
    if (!options_.columns.empty() &&
        std::all_of(options_.columns.begin(), options_.columns.end(), holds))
      return true;
    const FirstRowFinding found = judge_first_row(lines_.rows, separator_, decimal_);
    if (found.is == FirstRow::asked)
      fault(1, fmt::format("the first row, {}, {}, but may be data", shown_row(), found.why),
            options_.keys.empty()
                ? "write names into it that are no numbers, or save the table without it as .npy"
                : fmt::format("set {0}=yes if it holds names, {0}=no if it is data",
                              setting("header")));
    return found.is == FirstRow::names;
  }
  std::string shown_row() const { return shown_text(trimmed(lines_.rows.front().text)); }

  // Throws if the header has another number of cells than the rows below it.
  void check_names_of_rows() const {
    if (lines_.rows.size() < 2) return;
    const FileLine& row = lines_.rows[1];
    const std::size_t below = split_cells_leniently(row.text, separator_).size();
    if (below == cells_.size()) return;
    const std::string what =
        fmt::format("the header has {} name{}, but the row in line {} has {} cells", width_,
                    width_ == 1 ? "" : "s", row.number, below);
    const std::vector<FileLine> rows(lines_.rows.begin() + 1, lines_.rows.end());
    if (separator_ == ',' && below == 2 * width_ && doubt_decimals(rows) != DecimalDoubt::none)
      fault(1, what,
            options_.keys.empty()
                ? std::string("if the numbers have decimal commas, write decimal points")
                : fmt::format("if the numbers have decimal commas, set {}=comma",
                              setting("decimal")));
    if (below == width_ + 1 && trimmed(row.text).ends_with(separator_))
      fault(1, what, "end all rows alike: the header does not end in a separator");
    if (below == width_ + 1)
      fault(1, what,
            "if the first cell of each row is its name, write the table without them "
            "(row.names=FALSE in R), or put a name for that column into the header");
  }

  void check_decimals() const {
    if (separator_ != ',' || options_.decimal != CsvDecimal::automatic || options_.keys.empty())
      return;
    if (doubt_decimals(lines_.rows) == DecimalDoubt::likely)
      fault(
          1,
          fmt::format("the first row, {}, may be {} numbers with points or {} with decimal commas",
                      shown_row(), width_, width_ / 2),
          fmt::format("set {0}=comma if it has decimal commas, {0}=point if not",
                      setting("decimal")));
  }

  void choose_columns() {
    for (const auto& column : options_.columns) {
      if (const auto* index = std::get_if<std::size_t>(&column)) {
        if (*index >= width_)
          fault_in_file(fmt::format("there is no column {}, only {} columns", *index, width_),
                        fmt::format("choose from 0 to {}", width_ - 1));
        chosen_.push_back(*index);
      } else {
        chosen_.push_back(find_column(std::get<std::string>(column)));
      }
    }
    if (options_.columns.empty())
      for (std::size_t k = 0; k < width_; ++k) chosen_.push_back(k);
  }

  std::size_t find_column(const std::string& name) const {
    if (file_names_.empty())
      fault_in_file("there is no column \"" + name + "\": it has no header row",
                    "choose columns by index, from 0");
    const auto found = std::find(file_names_.begin(), file_names_.end(), name);
    if (found == file_names_.end())
      fault_in_file(fmt::format("there is no column \"{}\"", name),
                    "choose from " + listed(file_names_));
    if (std::find(found + 1, file_names_.end(), name) != file_names_.end())
      fault_in_file(fmt::format("two columns are named \"{}\"", name),
                    "choose columns by index, from 0");
    return static_cast<std::size_t>(found - file_names_.begin());
  }

  void keep_chosen_names() {
    if (file_names_.empty()) return;
    for (const std::size_t k : chosen_) table_.names.push_back(file_names_[k]);
  }

  void add_row() {
    if (cells_.size() != width_ + (trailing_ ? 1 : 0))
      fault(1,
            fmt::format("the number of cells is {} here but {} in the first row (line {})",
                        cells_.size() - (trailing_ ? 1 : 0), width_, lines_.rows.front().number),
            "give all rows the same length");
    for (const std::size_t k : chosen_) {
      const CellValue cell = read_cell(cells_[k].text, decimal_);
      if (cell.kind != CellKind::number) fault_in_cell(k, cell.kind);
      vanished_ += cell.vanished;
      table_.values.push_back(cell.value);
    }
    ++rows_;
  }

  // Throws for a cell of a wanted column that is not a number.
  [[noreturn]] void fault_in_cell(std::size_t column, CellKind kind) const {
    const CsvCell& cell = cells_[column];
    std::string what =
        kind == CellKind::empty ? "an empty cell" : fmt::format("\"{}\"", shown_text(cell.text));
    if (!file_names_.empty() && !file_names_[column].empty())
      what += fmt::format(" in column \"{}\"", shown_text(file_names_[column]));
    what += kind == CellKind::missing      ? " is a missing value"
            : kind == CellKind::not_finite ? " is not a finite number"
            : kind == CellKind::too_large  ? " is above the greatest double, 1.8e308"
            : kind == CellKind::empty      ? ""
                                           : " is not a number";
    fault(cell.column, what, cure_of_fault(column, kind));
  }

  std::string cure_of_fault(std::size_t column, CellKind kind) const {
    std::string cure = kind == CellKind::too_large ? "scale the column"
                       : kind == CellKind::text || kind == CellKind::numeric_text
                           ? cure_of_cell(cells_[column].text, decimal_, setting("decimal"))
                           : "fill it in, or remove the row";
    // A text in the first row, above a column of numbers, may be a name.
    const bool first = rows_ == 0 && !header_ && options_.header == CsvHeader::automatic;
    if (first && lines_.rows.size() > 1 && numbers_below(1)[column]) {
      if (cure.empty()) cure = "correct it, or remove the row";
      return cure +
             (options_.keys.empty()
                  ? std::string("; if the first row holds names, none may be a number")
                  : fmt::format("; if the first row holds names, set {}=yes", setting("header")));
    }
    const std::string choice = choice_of_numbers();
    if (cure.empty() && is_text(column))
      cure = !choice.empty()         ? ""
             : options_.keys.empty() ? "remove that column"
                                     : "give a table with a column of numbers";
    else if (cure.empty())
      cure = "correct it, or remove the row";
    return cure + (cure.empty() || choice.empty() ? "" : "; ") + choice;
  }

  // Returns whether no cell of the column is a number.
  bool is_text(std::size_t column) const {
    return std::none_of(lines_.rows.begin() + (header_ ? 1 : 0), lines_.rows.end(),
                        [&](const FileLine& line) {
                          const auto cells = split_cells_leniently(line.text, separator_);
                          return column < cells.size() &&
                                 read_cell(cells[column].text, decimal_).kind == CellKind::number;
                        });
  }

  // Returns for each column whether all its cells are numbers, from row `first_row` of the file on.
  std::vector<bool> numbers_below(std::size_t first_row) const {
    std::vector<bool> numbers(width_, true);
    for (std::size_t row = first_row; row < lines_.rows.size(); ++row) {
      const std::vector<CsvCell> cells = split_cells_leniently(lines_.rows[row].text, separator_);
      for (std::size_t k = 0; k < width_; ++k)
        numbers[k] = numbers[k] && k < cells.size() &&
                     read_cell(cells[k].text, decimal_).kind == CellKind::number;
    }
    return numbers;
  }

  // Returns a value of the key `columns` that selects the columns with only numbers. Returns "" if
  // all columns or no columns have only numbers.
  std::string choice_of_numbers() const {
    if (options_.keys.empty()) return "";
    const std::string columns = chosen_columns(numbers_below(header_ ? 1 : 0), file_names_);
    return columns.empty() ? ""
                           : fmt::format("the columns of numbers alone are '{}={}'",
                                         setting("columns"), columns);
  }

  ReadingNotes notes() const {
    ReadingNotes r;
    r.layout = layout_text(separator_, decimal_,
                           header_       ? NamesIn::first_row
                           : in_comment_ ? NamesIn::comment
                                         : NamesIn::nothing,
                           lines_);
    r.file_columns = width_;
    r.left_out = left_out_texts(lines_, in_comment_, trailing_, vanished_);
    r.warnings = column_warnings(table_, chosen_, width_, file_names_, setting("columns"));
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
};

}  // namespace

CsvTable read_csv(const std::string& path, const CsvOptions& options, FileSystem& files) {
  const StoredText stored = read_stored_text(path, "csv", files);
  CsvTable table = CsvReader(stored.text, path, options).read();
  table.file = path;
  table.mark = stored.mark;
  return table;
}

CsvTable parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
  const StoredText stored = decode_text(std::string(text), source, "csv");
  CsvTable table = CsvReader(stored.text, source, options).read();
  table.mark = stored.mark;
  return table;
}

}  // namespace pushforward::app
