#include "apps/tables/typed_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

#include "apps/counted.h"
#include "apps/formats/stored_text.h"
#include "apps/tables/cell_warnings.h"
#include "apps/tables/column_faults.h"
#include "apps/tables/csv_cells.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/guess_kind.h"
#include "apps/tables/kept_rows.h"
#include "apps/tables/named_columns.h"
#include "apps/tables/row_warnings.h"
#include "apps/tables/table_words.h"

namespace pushforward::app {
namespace {

// Returns the number of digits after the decimal sign of a number, or nothing if it has an exponent.
std::optional<int> decimals_of(std::string_view text, const NumberStyle& style) {
  double factor = 1;
  const std::string number = plain_number(text, style, &factor);
  if (number.find_first_of("eE") != std::string::npos) return {};
  const std::size_t at = number.find('.');
  const int hundredths = factor == 0.01 ? 2 : 0;
  return hundredths + (at == std::string::npos ? 0 : static_cast<int>(number.size() - at - 1));
}

class TypedReader {
 public:
  TypedReader(std::string_view text, const std::string& source, const TypedCsvOptions& options)
      : rows_(text, source, options.csv), options_(options) {}

  TypedTable read() {
    find_label();
    std::vector<std::string> named = options_.named;
    for (const auto& [name, kind] : options_.kinds) named.push_back(name);
    check_named(rows_, columns_, named, options_.label);
    if (columns_.empty())
      rows_.fault_in_file("the column of classes is the only one", "keep a column of data");
    TypedTable result;
    result.conditions = find_conditions(rows_, columns_, options_.conditions);
    kept_.emplace(rows_, UsedColumns{columns_, label_, result.conditions}, options_);
    NdArray& table = result.table;
    const std::size_t width = columns_.size();
    table.values.resize(kept_->size() * width);
    for (std::size_t k = 0; k < width; ++k) {
      kinds_.push_back(kind_of(columns_[k]));
      read_column(k, table);
    }
    read_labels(result);
    for (const std::size_t k : columns_) {
      result.keys.push_back(key_of(k));
      if (!rows_.names().empty()) table.names.push_back(rows_.names()[k]);
    }
    table.shape = {kept_->size(), width};
    add_notes(table);
    result.layout = {word_of_value(kSeparatorWords, rows_.separator()),
                     rows_.style().decimal == ',' ? "comma" : "point",
                     word_of_value(kNamesWords, rows_.names_in()), rows_.width(),
                     kept_->missing_texts()};
    std::vector<std::string> given;
    for (const std::size_t place : result.conditions) given.push_back(key_of(columns_[place]));
    if (!given.empty())
      table.reading.left_out.push_back(
          fmt::format("given to the network and not learned: {}", fmt::join(given, ", ")));
    return result;
  }

 private:
  const CsvRows rows_;
  const TypedCsvOptions& options_;
  std::vector<std::size_t> columns_;  // the columns of the result
  std::optional<std::size_t> label_;
  std::size_t label_at_ = 0;
  std::optional<KeptRows> kept_;
  std::vector<ColumnKind> kinds_;
  std::size_t vanished_ = 0;

  std::string key_of(std::size_t column) const { return app::key_of(rows_, column); }
  ReadColumns read_columns() const { return {rows_, columns_, *kept_, options_}; }

  void find_label() {
    columns_ = rows_.chosen();
    if (options_.label.empty()) return;
    label_ = rows_.find(options_.label);
    const auto at = std::find(columns_.begin(), columns_.end(), *label_);
    label_at_ = static_cast<std::size_t>(at - columns_.begin());
    if (at != columns_.end()) columns_.erase(at);
  }

  ColumnKind kind_of(std::size_t column) const {
    const auto given = options_.kinds.find(key_of(column));
    if (given != options_.kinds.end()) return given->second;
    const auto before = options_.remembered.find(key_of(column));
    if (before != options_.remembered.end()) return before->second;
    if (options_.values.contains(key_of(column))) return ColumnKind::category;
    if (!options_.guess) return ColumnKind::number;
    const Cells known = kept_->known_cells(column);
    if (const auto odd = find_odd_number(known, rows_.style()))
      fault_of_odd_number(read_columns(), kinds_.size(), known[odd->at], odd->kind);
    return guess_kind(known, rows_.style());
  }

  void read_column(std::size_t k, NdArray& table) {
    const std::size_t column = columns_[k], width = columns_.size();
    const Cells cells = kept_->cells(column);
    TableColumn type{kinds_[k]};
    if (type.kind == ColumnKind::category) type.values = categories(column);
    std::optional<int> decimals = 0;
    int fewest = INT_MAX;  // decimals
    bool first_time = true;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      pass_row(row);
      const std::string_view text = cells[row];
      double& value = table.values[row * width + k];
      if (text == KeptRows::kNothing) {
        value = std::nan("");
        continue;
      }
      switch (type.kind) {
        case ColumnKind::category: value = place(type.values, text, row, column); break;
        case ColumnKind::date: value = read_or_fault(read_date(text), row, column, "a date"); break;
        case ColumnKind::time: {
          const std::optional<ReadTime> time = read_time(text);
          value = time ? time->seconds : read_or_fault({}, row, column, "a time");
          if (!time) break;
          if (first_time) type.style = time->style;
          first_time = false;
          check_zone(type.style.utc, *time, row, column);
          type.style.seconds = type.style.seconds || time->style.seconds;
          decimals = std::max(*decimals, time->decimals);
          break;
        }
        default: {
          const CellValue cell = read_cell(text, rows_.style());
          if (cell.kind != CellKind::number) fault_of_number(row, column, cell.kind);
          vanished_ += cell.vanished;
          value = cell.value;
          const std::optional<int> digits = decimals_of(text, rows_.style());
          fewest = std::min(fewest, digits.value_or(0));
          decimals =
              decimals && digits ? std::optional(std::max(*decimals, *digits)) : std::nullopt;
        }
      }
      check_kind(type.kind, value, row, column);
    }
    // If kinds are not guessed, numbers are written with all of their digits, as in other files.
    const bool keeps = options_.guess || type.kind != ColumnKind::number;
    if (keeps && type.kind != ColumnKind::category && type.kind != ColumnKind::date)
      type.decimals = decimals;
    if (type.decimals && type.kind != ColumnKind::time) type.padded = fewest == *type.decimals;
    table.columns.push_back(std::move(type));
  }

  // Throws if the time is in UTC and the first one of the column is not, or the other way round.
  void check_zone(bool utc, const ReadTime& time, std::size_t row, std::size_t column) const {
    if (utc != time.style.utc)
      read_or_fault({}, row, column,
                    utc ? "a time in UTC (Z), as the first of the column is"
                        : "a time without a zone, as the first of the column is");
  }

  [[noreturn]] void fault_of_number(std::size_t row, std::size_t column, CellKind kind) const {
    const bool text = kind == CellKind::text || kind == CellKind::numeric_text;
    std::string note =
        !text                                          ? ""
        : rows_.options().keys.empty()                 ? options_.guess || kind != CellKind::text
                                                             ? ""
                                                             : "give a number, as the run's data has in this column"
        : options_.kinds.contains(key_of(column))      ? "change " + rows_.setting("types")
        : options_.remembered.contains(key_of(column)) ? kind_of_run(column)
                                                       : "";
    const std::string missing = cure_of_missing(kept_->cells(column)[row]);
    const bool alone =
        text && note.empty() &&
        cure_of_cell(kept_->cells(column)[row], rows_.style(), rows_.options().keys).empty();
    if (!missing.empty())
      note += (alone ? "correct it, or " : note.empty() ? "" : ", or ") + missing;
    rows_.fault_in_cell(kept_->numbers()[row], column, kind, note);
  }

  // Returns the advice for a cell that means a missing value elsewhere, or that may stand for one if
  // errors say so, but is none by the words of the options; else "".
  std::string cure_of_missing(std::string_view text) const {
    return app::cure_of_missing(rows_, text, options_.missing, options_.advises_missing);
  }

  // Returns the advice for a cell that does not fit the kind that its column had when the run was
  // trained.
  std::string kind_of_run(std::size_t column) const {
    return fmt::format("put the old file back, since the run was trained on the column as {}",
                       name_of(options_.remembered.at(key_of(column))));
  }

  void check_kind(ColumnKind kind, double value, std::size_t row, std::size_t column) const {
    if (kind == ColumnKind::integer && (value != std::floor(value) || std::abs(value) >= 0x1p53))
      read_or_fault({}, row, column, "a whole number");
  }

  // Returns the value, or throws that the cell is not `what`.
  double read_or_fault(std::optional<double> value, std::size_t row, std::size_t column,
                       const char* what) const {
    if (value) return *value;
    const CsvCell cell = rows_.row_leniently(kept_->numbers()[row])[column];
    std::string cure = "correct it";
    if (!rows_.options().keys.empty())
      cure +=
          options_.remembered.contains(key_of(column)) && !options_.kinds.contains(key_of(column))
              ? ", or " + kind_of_run(column)
              : fmt::format(", or change {}", rows_.setting("types"));
    const std::string missing = cure_of_missing(cell.text);
    if (!missing.empty()) cure += ", or " + missing;
    rows_.fault_in_row(kept_->numbers()[row], cell.column,
                       fmt::format("\"{}\" in {} is not {}", shown_text(cell.text),
                                   rows_.column_words(column), what),
                       cure);
  }

  double place(const std::vector<std::string>& values, std::string_view text, std::size_t row,
               std::size_t column) const {
    const auto found = std::find(values.begin(), values.end(), text);
    if (found != values.end()) return static_cast<double>(found - values.begin());
    const std::string missing = column == label_ ? "" : cure_of_missing(text);
    rows_.fault_in_row(
        kept_->numbers()[row], rows_.row_leniently(kept_->numbers()[row])[column].column,
        fmt::format("\"{}\" is no value of {} in the run's data", shown_text(text),
                    rows_.column_words(column)),
        "its values are " + listed(values) + (missing.empty() ? "" : "; " + missing));
  }

  // Returns the values of a column as categories, in order.
  std::vector<std::string> categories(std::size_t column) const {
    const auto given = options_.values.find(key_of(column));
    if (given != options_.values.end()) return given->second;
    const Cells known = kept_->known_cells(column);
    const std::set<std::string_view> texts(known.begin(), known.end());
    if (texts.size() > kMostCategories) fault_of_many_texts(read_columns(), column, texts.size());
    std::vector<std::string> values(texts.begin(), texts.end());
    const auto number = [&](const std::string& text) { return read_cell(text, rows_.style()); };
    if (std::all_of(values.begin(), values.end(),
                    [&](const std::string& text) { return number(text).kind == CellKind::number; }))
      std::stable_sort(values.begin(), values.end(),
                       [&](const std::string& a, const std::string& b) {
                         return number(a).value < number(b).value;
                       });
    return values;
  }

  void read_labels(TypedTable& result) const {
    if (!label_) return;
    result.classes = categories(*label_);
    result.label = key_of(*label_);
    result.label_at = label_at_;
    const Cells cells = kept_->cells(*label_);
    for (std::size_t row = 0; row < kept_->size(); ++row) {
      pass_row(row);
      result.labels.push_back(static_cast<int>(place(result.classes, cells[row], row, *label_)));
    }
  }

  void add_notes(NdArray& table) const {
    table.reading = rows_.notes(vanished_);
    const std::size_t lost = rows_.size() - kept_->size();
    if (lost > 0)
      table.reading.left_out.push_back(fmt::format("{} of {} left out for missing cells ({})", lost,
                                                   counted(rows_.size(), "row"),
                                                   kept_->missing_words()));
    if (options_.missing_rows == MissingRows::model && kept_->incomplete() > 0)
      table.reading.left_out.push_back(
          fmt::format("{} with missing cells {} trained on, with cells that are drawn{}",
                      counted(kept_->incomplete(), "row"), kept_->incomplete() == 1 ? "is" : "are",
                      lost > 0 ? "" : " (" + kept_->missing_words() + ")"));
    if (label_)
      table.reading.left_out.push_back(fmt::format("{} is the class", rows_.column_words(*label_)));
    const std::vector<std::string> warnings =
        column_warnings(table, columns_, rows_.width(), rows_.names(), rows_.setting("columns"),
                        kept_->numbers().span());
    table.reading.warnings.insert(table.reading.warnings.begin(), warnings.begin(), warnings.end());
    const auto add = [&](const std::vector<std::string>& texts) {
      table.reading.warnings.insert(table.reading.warnings.end(), texts.begin(), texts.end());
    };
    for (std::size_t k = 0; k < columns_.size(); ++k)
      add(cell_warnings({rows_.column_words(columns_[k]), key_of(columns_[k]), kinds_[k],
                         kept_->known_cells(columns_[k])},
                        rows_.style(), rows_.separator(), rows_.setting("types")));
    if (label_)
      add(cell_warnings({rows_.column_words(*label_), key_of(*label_), ColumnKind::category,
                         kept_->known_cells(*label_)},
                        rows_.style(), rows_.separator(), rows_.setting("types")));
    if (const std::string doubt = kept_->doubt(); !doubt.empty()) add({doubt});
    add(row_warnings(rows_,
                     {columns_, kinds_, kept_->numbers(), kept_->left_out(), options_.missing}));
  }
};

}  // namespace

TypedTable read_typed_csv(const std::string& path, const TypedCsvOptions& options,
                          FileSystem& files) {
  const LargeText stored = read_large_text(path, "csv", files);
  TypedTable result = TypedReader(stored.text(), path, options).read();
  result.table.file = path;
  result.table.mark = stored.mark;
  return result;
}

TypedTable parse_typed_csv(std::string_view text, const std::string& source,
                           const TypedCsvOptions& options) {
  const StoredText stored = decode_text(std::string(text), source, "csv");
  TypedTable result = TypedReader(stored.text, source, options).read();
  result.table.mark = stored.mark;
  return result;
}

}  // namespace pushforward::app
