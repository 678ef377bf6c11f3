// Writes the comparison of two tables as CSV.
#include <fmt/format.h>

#include <cmath>

#include "apps/compare/table_comparison.h"

namespace pushforward::app {
namespace {

// Returns a text as a CSV cell: in quotes if it needs them.
std::string quoted_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

std::string number_cell(double x) { return std::isfinite(x) ? fmt::format("{}", x) : ""; }

// The rows of the file.
class MeasureRows {
 public:
  void add(const std::string& measure, const std::string& column, double a, double b, double value,
           double p = NAN) {
    text_ += fmt::format("{},{},{},{},{},{}\n", measure, quoted_cell(column), number_cell(a),
                         number_cell(b), number_cell(value), number_cell(p));
  }
  // A pair of values of A and B, and their difference.
  void add_pair(const std::string& measure, const std::string& column, double a, double b) {
    add(measure, column, a, b, a - b);
  }
  void add_number(const std::string& measure, double value, double p = NAN) {
    add(measure, "", NAN, NAN, value, p);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "measure,column,a,b,value,p\n";
};

void add_column(MeasureRows& rows, const ComparedColumn& k) {
  const std::string& name = k.column.name;
  if (k.column.category()) {
    for (std::size_t v = 0; v < k.shares_a.size(); ++v)
      rows.add_pair("share", name + "=" + k.column.type.values[v], k.shares_a[v], k.shares_b[v]);
    rows.add("total_variation", name, NAN, NAN, k.total_variation);
    return;
  }
  rows.add_pair("mean", name, k.a.mean, k.b.mean);
  rows.add_pair("std", name, k.a.std, k.b.std);
  rows.add_pair("quantile_5", name, k.a.low, k.b.low);
  rows.add_pair("quantile_50", name, k.a.median, k.b.median);
  rows.add_pair("quantile_95", name, k.a.high, k.b.high);
  rows.add("ks", name, NAN, NAN, k.ks.distance, k.ks.p);
}

// Adds the numbers of an object under their names.
void add_numbers(MeasureRows& rows, const Json& object, const std::string& prefix) {
  for (const std::string& key : object.keys())
    if (object.at(key).is_number()) rows.add_number(prefix + key, object.at(key).get<double>());
}

}  // namespace

std::string table_comparison_csv(const TableComparison& c) {
  MeasureRows rows;
  for (const ComparedColumn& k : c.columns) add_column(rows, k);
  if (const ComparedCorrelations& r = c.correlations; r.pairs > 0)
    rows.add_pair("correlation", r.first + " and " + r.second, r.a, r.b);
  if (c.test.asked > 0) {
    rows.add_number("classifier_accuracy", c.test.accuracy, c.test.p);
    rows.add_number("classifier_auc", c.test.auc);
  }
  add_numbers(rows, comparison_object(c.points), "");
  const Json closest = table_comparison_object(c).at("closest");
  for (const std::string& key : closest.keys())
    if (closest.at(key).is_object()) add_numbers(rows, closest.at(key), "closest_" + key + "_");
  if (c.closest.has_held_out) rows.add_number("closer_than_held_out", c.closest.closer);
  return rows.text();
}

}  // namespace pushforward::app
