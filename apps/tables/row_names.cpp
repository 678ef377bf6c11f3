#include "apps/tables/row_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "apps/formats/stored_text.h"
#include "apps/tables/csv_rows.h"
#include "apps/tables/guess_kind.h"
#include "apps/tables/kept_rows.h"
#include "apps/tables/named_columns.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kFewestRows = 10;  // of a column whose texts all differ

// Returns why a column names the rows, or "".
std::string why_no_data(const CsvRows& rows, const KeptRows& kept, std::size_t column) {
  const Cells known = kept.known_cells(column);
  if (known.empty() || find_odd_number(known, rows.style()) ||
      guess_kind(known, rows.style()) != ColumnKind::category)
    return "";
  const std::size_t texts = kept.different(column);
  if (texts > kMostCategories)
    return fmt::format("has {} different texts, and a category may have {}", texts,
                       kMostCategories);
  if (texts == known.size() && texts >= kFewestRows) return "has another text in every row";
  return "";
}

}  // namespace

std::vector<RowNames> find_row_names(const std::string& path, const TypedCsvOptions& options) {
  if (!options.guess) return {};
  const LargeText stored = read_large_text(path, "csv");
  const std::string_view text = stored.text();
  const CsvRows rows(text, path, options.csv);
  TypedCsvOptions whole = options;
  whole.missing_rows = MissingRows::keep;
  const KeptRows kept(rows, {rows.chosen()}, whole);
  std::vector<std::size_t> named;
  if (!options.label.empty()) named.push_back(rows.find(options.label));
  for (const CsvColumn& column : options.conditions) named.push_back(rows.find(column));
  std::vector<RowNames> found;
  for (const std::size_t k : rows.chosen()) {
    const std::string name = key_of(rows, k);
    if (std::ranges::count(named, k) || options.kinds.contains(name)) continue;
    const std::string why = why_no_data(rows, kept, k);
    if (why.empty()) continue;
    const bool by_name =
        !rows.names().empty() && !name.empty() && std::ranges::count(rows.names(), name) == 1;
    found.push_back({by_name ? CsvColumn(name) : CsvColumn(k), rows.column_words(k), why});
  }
  if (found.size() + named.size() >= rows.chosen().size()) return {};
  return found;
}

}  // namespace pushforward::app
