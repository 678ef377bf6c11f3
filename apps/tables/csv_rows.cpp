#include "apps/tables/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/failure.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {

NumberStyle number_style(const CsvOptions& options) {
  NumberStyle style(options.decimal == CsvDecimal::comma ? ',' : '.');
  style.thousands = options.thousands.value_or(NumberStyle::kNone);
  style.percent = options.percent;
  style.currency = options.currency;
  return style;
}

CsvRows::CsvRows(std::string_view text, std::string source, CsvOptions options)
    : lines_(csv_lines(text, options.comment)),
      source_(std::move(source)),
      options_(std::move(options)),
      style_(number_style(options_)) {
  if (lines_.rows.empty()) fault_in_file("it holds no rows", "give a table with at least one row");
  check_format();
  separator_ = options_.separator ? *options_.separator
               : lines_.separator ? *lines_.separator
                                  : find_separator(lines_.rows.span(), style_);
  const std::vector<CsvCell> first = split(lines_.rows.front());
  width_ = first.size();
  trailing_ = ends_in_separators();
  if (trailing_) --width_;
  // Columns that are taken by name may be fewer now, but a single one shows another separator.
  const bool fewer = width_ < options_.remembered_columns;
  if (fewer && (width_ == 1 || options_.columns.empty())) fault_of_width();
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
  } else if ((options_.header == CsvHeader::automatic || options_.header == CsvHeader::comment) &&
             !trailing_) {
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
  const FirstRowFinding found = judge_first_row(lines_.rows.span(), separator_, style_);
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
  lines_.rows.erase_if([&](const FileLine& line) {
    const bool repeats = &line != &lines_.rows.front() && trimmed(line.text) == header;
    if (repeats) repeated_.push_back(line.number);
    return repeats;
  });
}

// Returns for each column whether all its cells are empty.
std::vector<bool> CsvRows::nothing_in_columns() const {
  std::vector<bool> nothing(width_, true);
  for (std::size_t row = 0; row < size(); ++row) {
    pass_row(row);
    const std::vector<CsvCell> cells = row_leniently(row);
    for (std::size_t k = 0; k < std::min(width_, cells.size()); ++k)
      nothing[k] = nothing[k] && cells[k].text.empty();
  }
  return nothing;
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

ReadingNotes CsvRows::notes(std::size_t vanished) const {
  ReadingNotes r;
  r.layout = layout_text(separator_, style_, names_in(), lines_);
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
                        doubt_decimals(lines_.rows.span()) != DecimalDoubt::none;
  if (doubtful)
    r.warnings.push_back(
        fmt::format("no cell has a decimal point; if the first row, {}, has decimal commas, "
                    "set {}=comma",
                    shown_row(), setting("decimal")));
  return r;
}

}  // namespace pushforward::app
