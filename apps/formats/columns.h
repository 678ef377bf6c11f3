// The kinds of a table's columns, and the text of a value of each kind.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward::app {

// The kinds of columns. The value of a category is its place in TableColumn::values, that of a date
// is its number of days since 1970-01-01, and that of a time is its number of seconds since then.
enum class ColumnKind { number, integer, category, degrees, radians, date, time };

inline constexpr std::array<const char*, 7> kColumnKinds{
    "number", "integer", "category", "degrees", "radians", "date", "time"};
inline const char* name_of(ColumnKind kind) { return kColumnKinds[static_cast<std::size_t>(kind)]; }
// Returns the kind of that name, or nothing.
std::optional<ColumnKind> column_kind(std::string_view name);

// The way in which times are written: the sign between date and time, whether they have seconds,
// and whether they end in Z.
struct TimeStyle {
  char between = 'T';
  bool seconds = true, utc = false;
  bool operator==(const TimeStyle&) const = default;
};

// A column of a table: its kind, and what is needed to write its values as text.
struct TableColumn {
  ColumnKind kind = ColumnKind::number;
  std::vector<std::string> values{};  // category: the texts of its values
  // The number of digits after the decimal point, or nothing if each number has as many as it
  // needs.
  std::optional<int> decimals{};
  bool padded = true;  // false: zeros at the end of the decimals are left out
  TimeStyle style{};   // time
  bool operator==(const TableColumn&) const = default;
};

// Returns the text of a value, such as "Adelie", "181", "39.1", "2007-11-11". Numbers are rounded to
// the column's decimals. Values that are not finite are written as numbers are. With `single`, a
// number without given decimals has the fewest digits that read back as the same float.
std::string cell_text(const TableColumn& column, double value, bool single = false);

// Reads a date such as 2007-11-11 as days since 1970-01-01. Returns nothing if the text is no such
// date.
std::optional<double> read_date(std::string_view text);

// A time in seconds since 1970-01-01 00:00 and the way it is written.
struct ReadTime {
  double seconds = 0;
  int decimals = 0;
  TimeStyle style{};
};
// Reads a time such as 2007-11-11T08:30:00.25, 2007-11-11 08:30 or 2007-11-11T08:30:00Z. Returns
// nothing if the text is no such time.
std::optional<ReadTime> read_time(std::string_view text);

}  // namespace pushforward::app
