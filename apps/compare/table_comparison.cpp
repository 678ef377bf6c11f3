#include "apps/compare/table_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/counted.h"
#include "apps/failure.h"
#include "apps/report/measured.h"

namespace pushforward::app {
namespace {

bool all_numbers(const SharedTables& tables) {
  return std::all_of(tables.columns.begin(), tables.columns.end(), [](const SharedColumn& c) {
    return c.type.kind == ColumnKind::number || c.type.kind == ColumnKind::integer;
  });
}

std::string scale_of(const SharedTables& tables, const std::string& asked) {
  if (asked == "none" && !all_numbers(tables))
    throw Failure(Exit::usage,
                  "[compare] --scale none measures distances in the units of the columns, but "
                  "categories, dates and times have none in common; leave it out, or use std");
  if (asked != "auto") return asked;
  return tables.named || !all_numbers(tables) ? "std" : "none";
}

// Returns one line for each measure that is left out because a file has too few rows for it.
std::vector<std::string> too_small(const TableComparison& c, std::size_t correlated) {
  std::vector<std::string> lines;
  const std::size_t rows = std::min(c.rows_a, c.rows_b);
  const std::string& file = c.rows_a <= c.rows_b ? c.a : c.b;
  const auto needs = [&](std::size_t least, const char* what) {
    if (rows < least)
      lines.push_back(fmt::format("{}: {} has {} row{}, and {} are needed", what, file, rows,
                                  rows == 1 ? "" : "s", least));
  };
  needs(2, "standard deviations");
  needs(kRowsForQuantiles, "5 % and 95 % quantiles");
  needs(kRowsForCorrelation, "correlations");
  needs(kRowsForTest, "the classifier");
  const auto numbers = std::find_if(c.columns.begin(), c.columns.end(), [](const auto& compared) {
    return !compared.column.category();
  });
  if (numbers != c.columns.end() && numbers->ks.least_p > 0.05)
    lines.push_back(fmt::format("KS: with {} and {} rows p is never below {:.2g}", c.rows_a,
                                c.rows_b, numbers->ks.least_p));
  if (correlated > kMostCorrelated)
    lines.push_back(
        fmt::format("correlations: {} columns, where each category counts once for "
                    "each value, are too many; {} are the most",
                    correlated, kMostCorrelated));
  return lines;
}

std::string measure_text(double x, const char* format = "{:.4g}") {
  return std::isnan(x) ? "-" : fmt::format(fmt::runtime(format), x);
}

// Returns a value as its column is written. Numbers have at most five digits.
std::string value_text(const TableColumn& type, double x) {
  if (std::isnan(x)) return "-";
  if (type.kind == ColumnKind::date || type.kind == ColumnKind::time) return cell_text(type, x);
  return measure_text(x, "{:.5g}");
}

// Returns a standard deviation as text, with its unit if the column is a date or a time.
std::string spread_text(const TableColumn& type, double x) {
  const char* unit = type.kind == ColumnKind::date   ? " d"
                     : type.kind == ColumnKind::time ? " s"
                                                     : "";
  return std::isnan(x) ? "-" : measure_text(x) + unit;
}

std::string p_text(double p) {
  return p < 1e-4 ? fmt::format("{:.0e}", p) : measure_text(p, "{:.3f}");
}

// Returns rows of cells as text in aligned columns. The first column is aligned to the left.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t k = 0; k < row.size(); ++k) {
      widths.resize(std::max(widths.size(), k + 1));
      widths[k] = std::max(widths[k], row[k].size());
    }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k)
      text += k == 0 ? fmt::format("{:<{}}", row[k], widths[k])
                     : fmt::format("   {:>{}}", row[k], widths[k]);
    text += '\n';
  }
  return text;
}

std::string lines_of_numbers(const TableComparison& c) {
  std::vector<std::vector<std::string>> rows{
      {"column", "mean", "std", "5 %", "50 %", "95 %", "KS", "p"}};
  for (const ComparedColumn& k : c.columns) {
    if (k.column.category()) continue;
    const TableColumn& type = k.column.type;
    const auto both = [&](double x, double y) {
      return value_text(type, x) + " | " + value_text(type, y);
    };
    rows.push_back({k.column.name, both(k.a.mean, k.b.mean),
                    spread_text(type, k.a.std) + " | " + spread_text(type, k.b.std),
                    both(k.a.low, k.b.low), both(k.a.median, k.b.median), both(k.a.high, k.b.high),
                    fmt::format("{:.3f}", k.ks.distance), p_text(k.ks.p)});
  }
  return rows.size() > 1 ? aligned(rows) + "\n" : "";
}

// Returns the shares of at most eight values, those whose shares differ most.
std::string shares_text(const ComparedColumn& k) {
  std::vector<std::size_t> order(k.shares_a.size());
  for (std::size_t v = 0; v < order.size(); ++v) order[v] = v;
  constexpr std::size_t kShown = 8;
  if (order.size() > kShown)
    std::stable_sort(order.begin(), order.end(), [&](std::size_t v, std::size_t w) {
      return std::abs(k.shares_a[v] - k.shares_b[v]) > std::abs(k.shares_a[w] - k.shares_b[w]);
    });
  std::string text;
  for (std::size_t v = 0; v < std::min(order.size(), kShown); ++v)
    text += fmt::format("{}{} {:.3f} | {:.3f}", v == 0 ? "" : ", ", k.column.type.values[order[v]],
                        k.shares_a[order[v]], k.shares_b[order[v]]);
  if (order.size() > kShown) text += fmt::format(", and {} more", order.size() - kShown);
  return text;
}

std::string lines_of_categories(const TableComparison& c) {
  std::string text;
  std::size_t width = 8;
  for (const ComparedColumn& k : c.columns)
    if (k.column.category()) width = std::max(width, k.column.name.size());
  for (const ComparedColumn& k : c.columns)
    if (k.column.category())
      text += fmt::format("{:<{}}   {:>15.3f}   {:>9.3f}   {}\n", k.column.name, width,
                          k.total_variation, k.chance, shares_text(k));
  if (text.empty()) return "";
  return fmt::format("{:<{}}   total variation   by chance   shares\n", "category", width) + text +
         "\n";
}

std::string records_text(const char* name, const ClosestRecords& r) {
  return fmt::format("{:<22} {:>12}   5 % quantile {}; {} of {} rows are copies\n", name,
                     measure_text(r.median), measure_text(r.low), r.copies, r.rows);
}

std::string lines_of_closest(const TableComparison& c) {
  const ClosestComparison& d = c.closest;
  std::string text = fmt::format(
      "\ndistance to the closest row of {}, in standard deviations, "
      "categories count 0 or 1: medians\n",
      c.b);
  text += records_text("rows of A", d.samples);
  if (d.has_held_out) text += records_text("held-out rows", d.held_out);
  if (d.has_own) text += records_text("B, to another row", d.own);
  if (d.has_held_out)
    text += fmt::format(
        "{:<22} {:>12.3f}   closer to B than to held-out rows; 0.5 if independent "
        "of both, {} rows of each\n",
        "share of A", d.closer, d.each);
  return text;
}

std::string line_of_test(const TwoSampleTest& t, std::uint64_t seed) {
  if (t.asked == 0) return "";
  return fmt::format(
      "{:<22} {:>12.3f}   right answers, 0.5 +- {:.3f} if nothing differs, p {}; AUC {:.3f} "
      "(0.5 +- {:.3f}); {} rows of each learned, {} asked; seed {}{}\n",
      "classifier", t.accuracy, t.error, p_text(t.p), t.auc, t.auc_error, t.training, t.asked, seed,
      t.stopped ? "; its training ended early, since a number was not finite" : "");
}

Json pair_of(double a, double b) { return {measured(a), measured(b)}; }

Json object_of_column(const ComparedColumn& k) {
  Json object{{"name", k.column.name}, {"kind", name_of(k.column.type.kind)}};
  if (k.column.category()) {
    object["values"] = k.column.type.values;
    object["shares"] = {k.shares_a, k.shares_b};
    object["total_variation"] = k.total_variation;
    object["total_variation_by_chance"] = k.chance;
    return object;
  }
  object["mean"] = pair_of(k.a.mean, k.b.mean);
  object["std"] = pair_of(k.a.std, k.b.std);
  object["quantile_5"] = pair_of(k.a.low, k.b.low);
  object["quantile_50"] = pair_of(k.a.median, k.b.median);
  object["quantile_95"] = pair_of(k.a.high, k.b.high);
  object["ks"] = k.ks.distance;
  object["ks_p"] = k.ks.p;
  object["ks_exact"] = k.ks.exact;
  return object;
}

Json object_of_records(const ClosestRecords& r) {
  return {{"rows", r.rows},
          {"median", measured(r.median)},
          {"quantile_5", measured(r.low)},
          {"copies", r.copies}};
}

Json object_of_closest(const ClosestComparison& d) {
  Json object{{"samples", object_of_records(d.samples)}, {"searched", d.searched}};
  if (d.has_own) object["own"] = object_of_records(d.own);
  if (!d.has_held_out) return object;
  object["held_out"] = object_of_records(d.held_out);
  object["closer_than_held_out"] = d.closer;
  object["closer_with_rows_of_each"] = d.each;
  return object;
}

}  // namespace

TableComparison compare_tables(const SharedTables& tables, const ComparisonOptions& options,
                               Workers& workers) {
  ComparisonOptions of_points = options;
  of_points.scale = scale_of(tables, options.scale);
  const StandardizedTables points = standardized(tables, 1);
  TableComparison c;
  c.a = tables.tables[0].file;
  c.b = tables.tables[1].file;
  if (tables.tables.size() > 2) c.held_out = tables.tables[2].file;
  c.rows_a = tables.tables[0].shape[0];
  c.rows_b = tables.tables[1].shape[0];
  c.columns = compare_columns(tables, 0, 1);
  c.correlations = compare_correlations(points, 0, 1);
  c.test = classifier_test(points.points(0), points.points(1), options.seed, workers);
  c.closest = compare_closest(tables, points, options.max_points, options.seed, workers);
  if (tables.has_categories()) {
    // The points are already in units of standard deviations.
    of_points.scale = "none";
    c.points = compare_points(points.points(0), points.points(1), of_points, workers);
    c.points.scale = "std";
    c.points.remark.clear();
  } else {
    if (tables.named)
      for (const SharedColumn& column : tables.columns) of_points.names.push_back(column.name);
    c.points = compare_points(tables.points(0), tables.points(1), of_points, workers);
  }
  c.seed = options.seed;
  c.too_small = too_small(c, points.names.size());
  return c;
}

std::string table_comparison_text(const TableComparison& c) {
  constexpr std::size_t kMostColumns = 50;
  std::string text =
      fmt::format("{} ({}) against {} ({}), {}\n\n", c.a, counted(c.rows_a, "point"), c.b, c.rows_b,
                  static_cast<std::size_t>(c.points.dim) == c.columns.size()
                      ? fmt::format("dimension {}", c.points.dim)
                      : counted(c.columns.size(), "column"));
  if (c.columns.size() > kMostColumns) {
    text += fmt::format("{} columns, more than {}: --json has a line for each\n\n",
                        c.columns.size(), kMostColumns);
  } else {
    text += fmt::format("columns, A | B: A is {}, B is {}\n\n", c.a, c.b);
    text += lines_of_numbers(c) + lines_of_categories(c);
  }
  const ComparedCorrelations& r = c.correlations;
  if (r.pairs > 0)
    text += fmt::format(
        "{:<22} {:>12.3f}   greatest difference of {} pair{}: {} and {}, {:.3f} | "
        "{:.3f}, standard error {:.2g}\n",
        "correlations", std::abs(r.a - r.b), r.pairs, r.pairs == 1 ? "" : "s", r.first, r.second,
        r.a, r.b, r.error);
  text += line_of_test(c.test, c.seed);
  text += comparison_text(c.points);
  text += lines_of_closest(c);
  if (!c.too_small.empty()) text += "\ntoo few rows:\n";
  for (const std::string& line : c.too_small) text += "  " + line + "\n";
  return text;
}

Json table_comparison_object(const TableComparison& c) {
  Json object = comparison_object(c.points);
  object["columns"] = Json::array();
  for (const ComparedColumn& k : c.columns) object["columns"].push_back(object_of_column(k));
  const ComparedCorrelations& r = c.correlations;
  object["correlations"] = r.pairs == 0 ? Json(nullptr)
                                        : Json{{"pairs", r.pairs},
                                               {"columns", {r.first, r.second}},
                                               {"values", {r.a, r.b}},
                                               {"difference", std::abs(r.a - r.b)},
                                               {"error", r.error}};
  const TwoSampleTest& t = c.test;
  object["classifier"] =
      t.asked == 0
          ? Json(nullptr)
          : Json{
                {"accuracy", t.accuracy}, {"error", t.error},         {"p", t.p},
                {"auc", t.auc},           {"auc_error", t.auc_error}, {"training_rows", t.training},
                {"asked_rows", t.asked},  {"stopped", t.stopped},     {"seed", c.seed}};
  object["closest"] = object_of_closest(c.closest);
  object["too_small"] = c.too_small;
  return object;
}

}  // namespace pushforward::app
