// Fuzzes tables whose columns have kinds. Any text either is a table with one kind for each column,
// or is refused with exit code 4. The first byte selects the options.
#include "apps/tables/typed_csv.h"

#include <cmath>

#include "apps/failure.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

void check_table(const TypedTable& typed) {
  const NdArray& table = typed.table;
  must(table.shape.size() == 2, "a table has no two axes");
  must(table.shape[0] * table.shape[1] == table.values.size(), "numbers and shape disagree");
  must(table.columns.size() == table.shape[1], "columns and kinds disagree");
  must(typed.labels.empty() || typed.labels.size() == table.shape[0], "rows and classes disagree");
  for (const int label : typed.labels)
    must(label >= 0 && label < static_cast<int>(typed.classes.size()), "a class has no name");
  for (std::size_t k = 0; k < table.values.size(); ++k) {
    const TableColumn& column = table.columns[k % table.shape[1]];
    const double value = table.values[k];
    if (column.kind != ColumnKind::category || std::isnan(value)) continue;
    must(value >= 0 && value < static_cast<double>(column.values.size()), "a category has no text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  TypedCsvOptions options;
  options.csv.header = static_cast<CsvHeader>(choice % 3);
  options.missing_rows = static_cast<MissingRows>(choice / 4 % 3);
  if (choice & 32u) options.label = "x";
  if (choice & 64u) options.conditions.emplace_back(std::size_t{0});
  if (choice & 128u) options.missing = {"?"};
  try {
    check_table(parse_typed_csv(as_text(data + 1, size - 1), "fuzz.csv", options));
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "a table is refused with another code than 4");
  }
  return 0;
}
