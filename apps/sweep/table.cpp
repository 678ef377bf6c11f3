#include "apps/sweep/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pushforward::app {
namespace {

// Returns the rows as a table of text, whose columns are as wide as their widest cells.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c)
      line += fmt::format("{}{:<{}}", c == 0 ? "" : "  ", row[c], width[c]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string words(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

// The runs that differ only in their seed, by the values of the other axes.
using Groups = std::vector<std::pair<std::vector<std::string>, std::vector<std::size_t>>>;

Groups groups_over_seeds(const SweepGrid& grid) {
  const std::optional<std::size_t> seed = seed_axis(grid);
  Groups groups;
  for (std::size_t k = 0; k < grid.points.size(); ++k) {
    std::vector<std::string> values = grid.points[k].values;
    if (seed) values.erase(values.begin() + static_cast<std::ptrdiff_t>(*seed));
    const auto same = [&](const auto& group) { return group.first == values; };
    const auto found = std::find_if(groups.begin(), groups.end(), same);
    if (found == groups.end())
      groups.push_back({values, {k}});
    else
      found->second.push_back(k);
  }
  return groups;
}

std::string seeds_table(const SweepGrid& grid, const std::vector<SweepResult>& results) {
  const std::optional<std::size_t> seed = seed_axis(grid);
  std::vector<std::vector<std::string>> rows(1);
  for (std::size_t a = 0; a < grid.axes.size(); ++a)
    if (a != *seed) rows[0].push_back(grid.axes[a].key);
  rows[0].push_back("runs");
  const std::vector<std::size_t> known = known_measures(results);
  for (const std::size_t m : known) rows[0].push_back(sweep_measures()[m].name);
  for (const auto& [values, runs] : groups_over_seeds(grid)) {
    rows.push_back(values);
    std::size_t most = 0;
    std::vector<std::string> cells;
    for (const std::size_t m : known) {
      const Spread spread = spread_of(results, runs, m);
      most = std::max(most, spread.count);
      cells.push_back(std::isfinite(spread.deviation)
                          ? fmt::format("{:.4g} +- {:.2g}", spread.mean, spread.deviation)
                          : words(spread.mean));
    }
    rows.back().push_back(std::to_string(most));
    rows.back().insert(rows.back().end(), cells.begin(), cells.end());
  }
  return "\nmean +- standard deviation over the seeds\n" + aligned(rows);
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string result_table(const SweepGrid& grid, const std::vector<SweepResult>& results) {
  const std::vector<std::size_t> known = known_measures(results);
  std::vector<std::vector<std::string>> rows(1);
  for (const SweepAxis& axis : grid.axes) rows[0].push_back(axis.key);
  rows[0].push_back("state");
  for (const std::size_t m : known) rows[0].push_back(sweep_measures()[m].name);
  for (std::size_t k = 0; k < results.size(); ++k) {
    rows.push_back(grid.points[k].values);
    rows.back().push_back(results[k].state);
    for (const std::size_t m : known) rows.back().push_back(words(results[k].measures[m]));
  }
  const bool over_seeds = seed_axis(grid) && grid.axes.size() > 1;
  return aligned(rows) + (over_seeds ? seeds_table(grid, results) : "");
}

std::string result_csv(const SweepGrid& grid, const std::vector<SweepResult>& results) {
  const std::vector<std::size_t> known = known_measures(results);
  std::string text;
  for (const SweepAxis& axis : grid.axes) text += csv_cell(axis.key) + ",";
  text += "folder,state";
  for (const std::size_t m : known) text += fmt::format(",{}", sweep_measures()[m].name);
  for (std::size_t k = 0; k < results.size(); ++k) {
    text += "\n";
    for (const std::string& value : grid.points[k].values) text += csv_cell(value) + ",";
    text += csv_cell(results[k].folder) + "," + csv_cell(results[k].state);
    for (const std::size_t m : known) {
      const double value = results[k].measures[m];
      text += std::isfinite(value) ? fmt::format(",{}", value) : ",";
    }
  }
  return text + "\n";
}

}  // namespace pushforward::app
