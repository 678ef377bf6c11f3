// Finds the rows of a table that are kept, by their missing cells, and keeps the texts of their cells.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/paged_list.h"
#include "apps/tables/cells.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/typed_csv.h"

namespace pushforward::app {

// The columns of a table that are read: those of data, the column of classes, and the places of the
// conditions among those of data, ascending.
struct UsedColumns {
  std::vector<std::size_t> data;
  std::optional<std::size_t> label{};
  std::vector<std::size_t> conditions{};
};

// The kept rows of a table. `rows` must outlive the object, since the cells point into its text.
class KeptRows {
 public:
  // The text of a missing cell in a row that is kept. No cell of a file has it.
  static constexpr std::string_view kNothing{"\0", 1};

  // Keeps the rows that `options.missing_rows` keeps. Throws Failure (exit 4) if no row is kept, if a
  // cell is missing that must be known, or, with MissingRows::model, if no cell of a column is known.
  KeptRows(const CsvRows& rows, const UsedColumns& used, const TypedCsvOptions& options);

  std::size_t size() const { return kept_.size(); }
  // The numbers of the kept rows in the file, and those of the others, ascending.
  const PagedList<std::size_t>& numbers() const { return kept_; }
  const PagedList<std::size_t>& left_out() const { return left_out_; }
  // The number of kept rows with a missing cell.
  std::size_t incomplete() const { return incomplete_; }
  // Returns the cells of a column of the file, one for each kept row. known_cells leaves out those
  // that are missing.
  Cells cells(std::size_t column) const { return Cells(cells_[column]); }
  Cells known_cells(std::size_t column) const;
  // If most rows are left out, and most of them only because one column is missing, returns the advice
  // to leave that column out, else "".
  std::string doubt() const;
  // Returns the number of different texts among the known cells of a column.
  std::size_t different(std::size_t column) const;
  // Returns the texts of missing cells, in order, at most kMostTexts.
  std::vector<std::string> missing_texts() const;
  static constexpr std::size_t kMostTexts = 64;
  // Returns the number of missing cells by column: "2 in bill_length_mm, 11 in sex".
  std::string missing_words() const;

 private:
  void keep_rows(const UsedColumns& used);
  std::string cure_of_no_rows() const;
  std::string_view text_of(const CsvCell& cell);
  bool is_missing(const CsvCell& cell) const;
  bool can_be_filled(const UsedColumns& used, const std::vector<CsvCell>& cells) const;
  void check_known_cells(const std::vector<std::size_t>& columns) const;

  const CsvRows& rows_;
  const MissingRows treatment_;
  const std::vector<std::string> missing_words_;
  const std::string cure_of_missing_;
  PagedList<std::size_t> kept_, left_out_;
  std::size_t incomplete_ = 0;
  // By column of the file. The cells point into the text of the file, or into `changed_` if their
  // text is another one there.
  std::vector<PagedList<std::string_view>> cells_;
  std::deque<std::string> changed_;
  std::map<std::size_t, std::size_t> missing_;  // by column: its number of missing cells
  std::map<std::size_t, std::size_t> alone_;    // by column: rows left out for it alone
  std::set<std::string, std::less<>> texts_;    // of missing cells
};

}  // namespace pushforward::app
