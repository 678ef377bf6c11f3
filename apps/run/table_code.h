// Encodes the typed columns of a table as the real numbers that a flow learns, and decodes them.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/formats/npy.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// The transform of a column of numbers. `quantile` is the monotone map that takes the quantiles of
// the data to those of the standard normal distribution.
enum class ColumnTransform { none, log, sqrt, logit, quantile };

inline constexpr std::array<const char*, 5> kColumnTransforms{"none", "log", "sqrt", "logit",
                                                              "quantile"};
inline const char* name_of(ColumnTransform t) {
  return kColumnTransforms[static_cast<std::size_t>(t)];
}

// A column of a table and the way it is encoded.
struct CodedColumn {
  std::string name;
  TableColumn type{};
  ColumnTransform transform = ColumnTransform::none;
  // logit: the bounds of the numbers. Angles: `low` is the least one, from which a turn begins.
  double low = 0, high = 1;
  std::vector<std::pair<double, double>> knots{};  // quantile: pairs (x, z), increasing in both
  // The value of a column that is constant in the data. It is not encoded. Only tables with a
  // column that is not a plain number have such columns.
  std::optional<double> constant{};
  bool scaled = true;  // false: the flow learns the numbers as they are, without standardization

  // Whether values are whole: integers, dates and categories.
  bool whole() const {
    return type.kind == ColumnKind::integer || type.kind == ColumnKind::date ||
           type.kind == ColumnKind::category;
  }
  bool angle() const {
    return type.kind == ColumnKind::degrees || type.kind == ColumnKind::radians;
  }
  // The number of code columns.
  std::size_t width() const;
};

// The place of the column of classes, which is not encoded, in the table.
struct ClassColumn {
  std::string name;
  std::size_t at = 0;
};

// The code of a table: D columns become E code columns.
//
// - A number x becomes z = T(x), with the transform T of its column.
// - A whole number k (integer, date) becomes T(k + u) with u uniform on (0, 1), and floor undoes it.
// - Value c of a category of K values becomes K numbers: number j is u_j, and 1 + u_c for j = c.
//   Number c is then the largest of the K numbers, so decoding finds the value without error.
// - An angle a becomes (r cos a, r sin a) with r uniform on (1/2, 3/2), and the direction is the
//   angle.
//
// Let p be the density of the code, and let P be that of the table: a probability for whole numbers
// and categories, and a density per unit for the other columns. For given u and r,
//   E ln p(code) + ln |d code / d table| <= ln P(table),
// where the expectation is over u and r, whose densities are 1. Without whole numbers, categories
// and angles this is an equality. (Uria et al. 2013; Theis et al. 2016; for categories Hoogeboom et
// al. 2021.)
class TableCode {
 public:
  // Throws std::invalid_argument if all columns are constant. `named` says whether the file has
  // names.
  explicit TableCode(std::vector<CodedColumn> columns, bool named = true,
                     std::optional<ClassColumn> label = {});

  const std::vector<CodedColumn>& columns() const { return columns_; }
  const std::optional<ClassColumn>& label() const { return label_; }
  bool named() const { return named_; }
  std::vector<std::string> names() const;       // of the table's columns; empty without names
  std::size_t width() const { return width_; }  // E
  // Returns the name of each code column, such as "price", "species=Adelie", "wind (cos)".
  std::vector<std::string> code_names() const;
  // Whether each column is a number without transform, so that code and table are the same numbers.
  bool plain() const { return plain_; }
  // Whether the code has no noise: no whole columns and no angles.
  bool exact() const { return exact_; }

  // Returns number `code_column` of the code of a row (D). `noise` is a
  // uniform number on (0, 1), which belongs to the code column noise_column(code_column).
  double encoded(std::size_t code_column, std::span<const double> row, double noise) const;
  std::size_t noise_column(std::size_t code_column) const;
  // Returns the number of the table's column that a code column belongs to.
  std::size_t table_column(std::size_t code_column) const { return places_[code_column].column; }
  // Returns a value that column `k` of the table may have, for a place whose value is not known.
  double some_value(std::size_t k) const;
  // Encodes a row (D) to `code` (E) with uniform `noise` (E). Constant columns are not read. Returns
  // ln |d code / d table|.
  double encode(std::span<const double> row, std::span<const double> noise,
                std::span<double> code) const;
  // Decodes a code (E) to a row (D).
  void decode(std::span<const double> code, std::span<double> row) const;

  // Throws Failure (exit 4) "[what] file: row ..." if a value of the table has no code: a number
  // outside the transform's range, or another value than that of a constant column.
  void check(const NdArray& table, const std::string& what) const;

  // Returns a text that says for which columns ln P is exact and for which it is a bound, or "" if
  // it is exact for all columns.
  std::string likelihood_words() const;

  // The kind of each column as a table's member `columns` has it.
  std::vector<TableColumn> types() const;

 private:
  std::vector<CodedColumn> columns_;
  bool named_;
  std::optional<ClassColumn> label_;
  std::size_t width_ = 0;
  bool plain_ = true, exact_ = true;
  struct Place {
    std::size_t column = 0, within = 0;  // the table's column, and the number of this one in it
  };
  std::vector<Place> places_;  // of each code column
};

// Returns a transform's z = T(x) and ln |dT / dx|.
struct Transformed {
  double z = 0, log_slope = 0;
};
Transformed transformed(const CodedColumn& column, double x);
// Returns the x with z = T(x).
double transformed_back(const CodedColumn& column, double z);

// Returns the knots of the transform `quantile` for the values of a column, at most 200.
std::vector<std::pair<double, double>> quantile_knots(std::vector<double> values, bool whole);

using TableCodePtr = std::shared_ptr<const TableCode>;

// write_table_code and read_table_code store the code as "data.table" of the metadata, and the
// names of classes as "data.class_names". Reading returns null and no names if there are none, and
// throws Failure (exit 4), naming the file, if the entries are damaged.
void write_table_code(const TableCodePtr& code, const std::vector<std::string>& classes,
                      Metadata& metadata);
TableCodePtr read_table_code(const Metadata& metadata, const std::string& file);
std::vector<std::string> read_class_names(const Metadata& metadata, const std::string& file);

}  // namespace pushforward::app
