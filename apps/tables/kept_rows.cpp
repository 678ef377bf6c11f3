#include "apps/tables/kept_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/tables/csv_remarks.h"
#include "apps/tables/named_columns.h"
#include "apps/tables/row_warnings.h"

namespace pushforward::app {

KeptRows::KeptRows(const CsvRows& rows, const UsedColumns& used, const TypedCsvOptions& options)
    : rows_(rows),
      treatment_(options.missing_rows),
      missing_words_(options.missing),
      cure_of_missing_(options.cure_of_missing) {
  keep_rows(used);
  if (treatment_ == MissingRows::model) check_known_cells(used.data);
  if (!kept_.empty()) return;
  if (rows_.size() == 0)
    rows_.fault_in_file("it holds a header but no rows of numbers",
                        "give a table with at least one row");
  rows_.fault_in_file(
      fmt::format(
          "{} has a missing cell ({})",
          rows_.size() == 1 ? "its only row" : fmt::format("each of its {} rows", rows_.size()),
          missing_words()),
      cure_of_no_rows());
}

void KeptRows::keep_rows(const UsedColumns& used) {
  std::vector<std::size_t> all = used.data;
  if (used.label) all.push_back(*used.label);
  cells_.resize(rows_.width());
  for (const std::size_t k : all) cells_[k].reserve(rows_.size());
  kept_.reserve(rows_.size());
  const bool refuses = treatment_ == MissingRows::refuse,
             must_know_class = refuses || treatment_ == MissingRows::keep;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    pass_row(row);
    const std::vector<CsvCell> cells = rows_.row(row);
    bool whole = true;
    std::size_t missing = 0, last = 0;
    for (const std::size_t k : all) {
      if (!is_missing(cells[k])) continue;
      if (refuses || (k == used.label && must_know_class))
        rows_.fault_in_cell(row, k, CellKind::missing,
                            rows_.options().keys.empty()
                                ? cure_of_missing_
                                : fmt::format("set {}=drop", rows_.setting("missing_rows")));
      whole = false;
      ++missing_[k];
      ++missing;
      last = k;
      if (!texts_.contains(cells[k].text) && texts_.size() < kMostTexts)
        texts_.insert(unquoted(cells[k].text));
    }
    const bool drops =
        !whole && (treatment_ == MissingRows::drop ||
                   (treatment_ == MissingRows::model && !can_be_filled(used, cells)));
    if (drops) {
      left_out_.push_back(row);
      if (missing == 1) ++alone_[last];
      continue;
    }
    incomplete_ += !whole;
    kept_.push_back(row);
    for (const std::size_t k : all)
      cells_[k].push_back(is_missing(cells[k]) ? kNothing : text_of(cells[k]));
  }
}

bool KeptRows::is_missing(const CsvCell& cell) const {
  return is_missing_cell(cell, missing_words_, rows_.style());
}

// Returns the advice for a table in which each row has a missing cell.
std::string KeptRows::cure_of_no_rows() const {
  std::vector<std::string> empty;
  for (const auto& [column, count] : missing_)
    if (count == rows_.size())
      empty.push_back(rows_.names().empty() || key_of(rows_, column).empty()
                          ? std::to_string(column)
                          : '"' + key_of(rows_, column) + '"');
  return empty.empty()
             ? fmt::format("leave columns out with {}, or train on such rows with {}=model",
                           rows_.setting("drop"), rows_.setting("missing_rows"))
             : fmt::format("leave out the column{} without any cell: '{}=[{}]'",
                           empty.size() == 1 ? "" : "s", rows_.setting("drop"),
                           fmt::join(empty, ","));
}

std::string_view KeptRows::text_of(const CsvCell& cell) {
  if (cell.text.find('"') == std::string_view::npos) return cell.text;
  return changed_.emplace_back(unquoted(cell.text));
}

// Returns whether the class and the conditions of a row are known, and a cell of another column.
bool KeptRows::can_be_filled(const UsedColumns& used, const std::vector<CsvCell>& cells) const {
  if (used.label && is_missing(cells[*used.label])) return false;
  bool known = false;
  for (std::size_t k = 0; k < used.data.size(); ++k) {
    const bool condition = std::binary_search(used.conditions.begin(), used.conditions.end(), k),
               missing = is_missing(cells[used.data[k]]);
    if (condition && missing) return false;
    known = known || (!condition && !missing);
  }
  return known;
}

// Throws if no cell of a column is known.
void KeptRows::check_known_cells(const std::vector<std::size_t>& columns) const {
  for (const std::size_t column : columns) {
    const PagedList<std::string_view>& cells = cells_[column];
    if (cells.empty() ||
        std::any_of(cells.begin(), cells.end(), [](const auto& c) { return c != kNothing; }))
      continue;
    rows_.fault_in_file(fmt::format("all cells of {} are missing", rows_.column_words(column)),
                        fmt::format("leave it out with '{}=[\"{}\"]'", rows_.setting("drop"),
                                    key_of(rows_, column)));
  }
}

Cells KeptRows::known_cells(std::size_t column) const {
  if (const auto found = missing_.find(column); found == missing_.end()) return cells(column);
  PagedList<std::string_view> known;
  for (const std::string_view cell : cells_[column])
    if (cell != kNothing) known.push_back(cell);
  return Cells(std::move(known));
}

std::string KeptRows::doubt() const {
  if (left_out_.size() <= kept_.size() || rows_.options().keys.empty()) return "";
  const auto most =
      std::max_element(alone_.begin(), alone_.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == alone_.end() || 2 * most->second <= left_out_.size()) return "";
  const std::string name = key_of(rows_, most->first);
  return fmt::format(
      "{} of {} rows are left out for {} alone; leave that column out with '{}=[{}]' to keep them",
      most->second, rows_.size(), rows_.column_words(most->first), rows_.setting("drop"),
      rows_.names().empty() || name.empty() ? std::to_string(most->first) : '"' + name + '"');
}

std::size_t KeptRows::different(std::size_t column) const {
  const Cells known = known_cells(column);
  return std::set<std::string_view>(known.begin(), known.end()).size();
}

std::vector<std::string> KeptRows::missing_texts() const { return {texts_.begin(), texts_.end()}; }

std::string KeptRows::missing_words() const {
  constexpr std::size_t kMostColumns = 20;
  std::vector<std::string> texts;
  for (const auto& [column, count] : missing_) {
    const std::string name = key_of(rows_, column);
    texts.push_back(fmt::format(
        "{} in {}", count, name.empty() ? fmt::format("column {}", column) : shown_name(name)));
  }
  return joined(texts, kMostColumns);
}

}  // namespace pushforward::app
