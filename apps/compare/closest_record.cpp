#include "apps/compare/closest_record.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "apps/compare/columns.h"
#include "flow/measure/closest.h"

namespace pushforward::app {
namespace {

std::set<std::vector<double>> rows_of(const SharedTables& shared, std::size_t table) {
  std::set<std::vector<double>> rows;
  const PointSet points = shared.points(table);
  for (int r = 0; r < points.rows; ++r) rows.emplace(points.row(r), points.row(r) + points.dim);
  return rows;
}

ClosestRecords records_of(const std::vector<double>& distances, const SharedTables& shared,
                          std::size_t table, const std::set<std::vector<double>>& known) {
  ClosestRecords found;
  const NumberSummary summary = summary_of(distances);
  const PointSet points = shared.points(table);
  found.rows = static_cast<std::size_t>(points.rows);
  found.median = summary.median;
  found.low = summary.low;
  for (int r = 0; r < points.rows; ++r)
    found.copies += known.count({points.row(r), points.row(r) + points.dim});
  return found;
}

}  // namespace

ClosestComparison compare_closest(const SharedTables& shared, const StandardizedTables& tables,
                                  int most, std::uint64_t seed, Workers& workers) {
  ClosestComparison found;
  const Stream stream{seed, Purpose::shuffle, 0};
  std::vector<std::vector<double>> kept;
  for (std::size_t t = 0; t < shared.tables.size(); ++t)
    kept.push_back(
        subsample(tables.points(t), most, stream.at(20 + static_cast<std::uint32_t>(t))));
  const int dim = static_cast<int>(tables.names.size());
  const auto points = [&](std::size_t t) {
    return PointSet{static_cast<int>(kept[t].size()) / dim, dim, kept[t].data()};
  };
  const std::set<std::vector<double>> known = rows_of(shared, 1);
  const std::vector<double> of_samples = closest_distances(points(0), points(1), workers);
  found.samples = records_of(of_samples, shared, 0, known);
  found.searched = static_cast<std::size_t>(points(1).rows);
  found.has_own = points(1).rows >= 2;
  if (found.has_own) {
    found.own = records_of(closest_among(points(1), workers), shared, 1, known);
    // The copies within B are the rows that are not the first of several equal rows: the number of
    // rows minus that of distinct rows.
    found.own.copies = found.own.rows - known.size();
  }
  found.has_held_out = shared.tables.size() > 2;
  if (!found.has_held_out) return found;
  found.held_out = records_of(closest_distances(points(2), points(1), workers), shared, 2, known);
  const int each = std::min(points(1).rows, points(2).rows);
  found.each = static_cast<std::size_t>(each);
  const std::vector<double> some_b = subsample(points(1), each, stream.at(31)),
                            some_held_out = subsample(points(2), each, stream.at(32)),
                            to_b =
                                closest_distances(points(0), {each, dim, some_b.data()}, workers),
                            to_held_out = closest_distances(
                                points(0), {each, dim, some_held_out.data()}, workers);
  for (std::size_t r = 0; r < to_b.size(); ++r)
    found.closer += to_b[r] < to_held_out[r] ? 1 : to_b[r] == to_held_out[r] ? 0.5 : 0;
  found.closer /= static_cast<double>(to_b.size());
  return found;
}

}  // namespace pushforward::app
