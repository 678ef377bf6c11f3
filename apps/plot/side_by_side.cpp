#include "apps/plot/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "apps/compare/shared_columns.h"
#include "apps/failure.h"
#include "apps/figures/sets.h"
#include "apps/figures/table_pairs.h"
#include "apps/plot/album.h"
#include "apps/plot/data.h"
#include "apps/plot/material.h"
#include "apps/tables/arrays.h"

namespace pushforward::app {
namespace {

void check_no_names(const PlotRequest& request, const char* what) {
  if (request.only.empty()) return;
  throw Failure(Exit::usage, fmt::format("[plot] --only names pictures of one run, and {} has its "
                                         "own; leave it out",
                                         what));
}

// Draws the points and the densities of the sets.
void add_sets(Album& album, const std::string& prefix, const std::vector<NamedPoints>& sets,
              const std::string& title, const std::vector<std::string>& notes) {
  Figure samples = sets_figure(sets, title + (sets.size() > 1 ? ": samples" : ": points")),
         density = sets_density_figure(sets, title + ": density");
  for (const std::string& note : notes) {
    samples.note(note);
    density.note(note);
  }
  album.add(prefix + "samples", samples);
  album.add(prefix + "density", density);
}

// Returns the first given option that is only for runs and not for tables of points, or "".
std::string option_of_runs(const PlotRequest& request) {
  const std::array<std::pair<const char*, bool>, 12> given{
      {{"--raw", request.raw},
       {"--exact", request.exact},
       {"--label", request.label.has_value()},
       {"--condition", !request.condition_text.empty()},
       {"--guidance", request.guidance.has_value()},
       {"--solver", request.solver.has_value()},
       {"--steps", request.steps.has_value()},
       {"--rtol", request.rtol.has_value()},
       {"--atol", request.atol.has_value()},
       {"--temperature", request.temperature.has_value()},
       {"--top-p", request.top_p.has_value()},
       {"--seed", request.seed != 0}}};
  for (const auto& [name, is_given] : given) {
    if (is_given) return name;
  }
  return "";
}

}  // namespace

void plot_two_runs(const Config& a, const PlotRequest& request_a, const Config& b,
                   const PlotRequest& request_b) {
  check_no_names(request_a, "two runs side by side");
  std::array<PlotMaterial, 2> materials{PlotMaterial(a, request_a), PlotMaterial(b, request_b)};
  std::vector<NamedPoints> sets;
  std::vector<std::string> notes;
  for (PlotMaterial& material : materials) {
    if (material.has_tokens())
      throw Failure(Exit::usage,
                    fmt::format("[plot] {} is a run of tokens, which have no common axes; compare "
                                "runs of continuous data",
                                material.request().run));
    material.allow({PlotNeed::samples});
    sets.push_back({material.request().run, material.samples()});
    notes.push_back(material.note_of_samples());
  }
  if (sets[0].points.cols != sets[1].points.cols)
    throw Failure(
        Exit::usage,
        fmt::format("[plot] {} has {} columns and {} has {}; compare runs whose data have "
                    "the same dimension",
                    sets[0].name, sets[0].points.cols, sets[1].name, sets[1].points.cols));
  Album album(request_a.out.empty() ? join_path(request_a.run, "plots") : request_a.out,
              request_a.marks);
  add_sets(album, "compare_", sets, materials[0].name() + " and " + materials[1].name(), notes);
}

bool is_table(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_regular_file(path, none) || has_ending(path, ".npy") ||
         has_ending(path, ".csv") || has_ending(path, ".tsv");
}

void plot_table(const PlotRequest& request) {
  check_no_names(request, "a table");
  if (const std::string option = option_of_runs(request); !option.empty())
    throw Failure(Exit::usage, fmt::format("[plot] {} is a table, and {} is for runs; leave it out",
                                           request.run, option));
  DroppedColumns drop(request.drop);
  const NdArray table = read_table_to_compare(request.run, "plot", drop);
  drop.check_found("plot");
  const Points points = as_points(table);
  const std::string name = std::filesystem::path(request.run).filename().string();
  Album album(request.out.empty() ? "plots" : request.out, request.marks);
  const std::string note = request.run + "  \u00b7  n = " + whole_number(double(points.rows)) +
                           ", " + std::to_string(points.cols) +
                           (points.cols == 1 ? " column" : " columns");
  const bool numbers = std::ranges::all_of(points.kinds, [](const TableColumn& column) {
    return column.kind == ColumnKind::number || column.kind == ColumnKind::integer;
  });
  if (numbers)
    add_sets(album, "", {{"points", {points.values, points.rows, points.cols, points.names}}}, name,
             {note});
  if (points.cols > 2 || !numbers)
    album.add("pairs",
              table_pairs_figure({{}, 0, points.cols}, points, name + ": columns").note(note));
  if (has_category(points) && has_other_than_category(points))
    album.add("conditional",
              conditional_figure({{}, 0, points.cols}, points, name + ": columns given a category")
                  .note(note));
}

}  // namespace pushforward::app
