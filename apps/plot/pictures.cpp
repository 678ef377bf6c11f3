#include "apps/plot/pictures.h"

#include <array>
#include <utility>
#include <vector>

#include "apps/figures/table_pairs.h"
#include "apps/from_config/path.h"
#include "apps/globe/globe.h"
#include "apps/plot/data.h"
#include "apps/plot/no_picture.h"
#include "apps/plot/sphere_data.h"

namespace pushforward::app {
namespace {

// --- reasons why a run lacks a picture ----------------------------------------------------------

std::string without_losses(PlotMaterial& m) {
  return m.metrics().step.empty() ? "its metrics.jsonl holds no losses" : "";
}

std::string without_classes(PlotMaterial& m) {
  return m.labels().empty() ? "its samples have no classes" : "";
}

std::string without_classes_of_points(PlotMaterial& m) {
  const std::string why = without_classes(m);
  return why.empty() && m.samples().cols == 1 ? "classes are drawn in 2 or more dimensions" : why;
}

bool is_globe(const PlotMaterial& m) { return m.manifold() && m.manifold()->globe(); }

std::string without_globe(PlotMaterial& m) {
  return is_globe(m)
             ? ""
             : "it is for data on the sphere alone: latlong, or unit vectors of three numbers";
}

// A table of two numbers has the picture of its samples instead.
std::string without_pairs_of_columns(PlotMaterial& m) {
  const Points& data = m.data();
  return data.cols > 2 || (data.cols == 2 && has_category(data))
             ? ""
             : "it is for tables of more than two columns, or of two with a category";
}

std::string without_conditions(PlotMaterial& m) {
  const Points& data = m.data();
  return has_category(data) && has_other_than_category(data)
             ? ""
             : "it needs a category and another column in the table";
}

// Returns why the network cannot be evaluated without a class, or "".
std::string unanswered(const PlotMaterial& m) {
  if (trained_at_start(m.config())) return "its network was trained at t = 0 alone";
  return m.answers() ? "" : "its network was never trained without labels; give --label";
}

std::string without_globe_of_flow(PlotMaterial& m) {
  const std::string why = without_globe(m);
  return why.empty() ? unanswered(m) : why;
}

std::string beyond_two(std::size_t dim) {
  return dim > 2 ? "it is drawn only in 1 or 2 dimensions, but the data has " + std::to_string(dim)
                 : "";
}

std::string without_density(PlotMaterial& m) {
  const std::string why = unanswered(m);
  return why.empty() ? beyond_two(m.samples().cols) : why;
}

std::string without_field(PlotMaterial& m) {
  const std::string why = unanswered(m);
  return why.empty() ? beyond_two(m.trajectory().cols) : why;
}

std::string without_exact_field(PlotMaterial& m) {
  if (const std::string why = without_field(m); !why.empty()) return why;
  if (!learns_exact_field(m.config(), m.request()))
    return "the exact field is only known for independent source and data, a path without noise, "
           "and no class, and this run's network learns another field";
  try {
    m.exact_field();
  } catch (const NoPicture& e) {
    return e.what();
  }
  return "";
}

std::string without_latents(PlotMaterial& m) {
  if (m.has_tokens()) return "its tokens jump from noise to data, so they have no latents";
  if (m.samples().rows < 2) return "it needs at least 2 samples; give -n 2 or more";
  return unanswered(m);
}

std::string without_paths(PlotMaterial& m) {
  if (const std::string why = unanswered(m); !why.empty()) return why;
  return spreads_widely(m.config())
             ? "its noise is so much wider than its data that the data would be a point"
             : "";
}

std::string without_pairs(PlotMaterial& m) {
  if (m.config().string("/coupling/type") == "independent")
    return "its coupling is independent, so there is nothing to compare";
  return "";
}

// --- functions that draw the pictures ------------------------------------------------------------

// Adds the note of the run below the picture's own notes, and writes the picture.
void add_noted(Album& album, const char* name, Figure figure, const std::string& note) {
  album.add(name, figure.note(note));
}
void add_noted(Album& album, const char* name, MovingFigure film, const std::string& note) {
  film.frame = [frame = std::move(film.frame), note](std::size_t k) {
    return Figure(frame(k)).note(note);
  };
  album.add(name, film);
}

void plot_loss(PlotMaterial& m, Album& album) {
  add_noted(album, "loss", loss_figure(m.metrics(), m.name() + ": training loss"),
            m.note_of_training());
}

void plot_samples(PlotMaterial& m, Album& album) {
  add_noted(album, "samples", samples_figure(m.samples(), m.data(), m.title("data and samples")),
            m.note_of_samples());
}

void plot_globe(PlotMaterial& m, Album& album) {
  add_noted(album, "globe",
            globe_figure(on_sphere(*m.manifold(), m.samples()), on_sphere(*m.manifold(), m.data()),
                         m.coastlines(), m.title("data and samples")),
            m.note_of_samples());
}

void plot_map(PlotMaterial& m, Album& album) {
  add_noted(album, "map",
            map_figure(on_sphere(*m.manifold(), m.samples()), on_sphere(*m.manifold(), m.data()),
                       m.sphere_density(), m.coastlines(), m.title("data, samples and density")),
            m.note_of_samples());
}

void plot_globe_field(PlotMaterial& m, Album& album) {
  add_noted(album, "globe_field",
            globe_field_figure(m.sphere_field(), m.coastlines(), m.field_title("learned velocity")),
            m.note_of_field());
}

void plot_classes(PlotMaterial& m, Album& album) {
  add_noted(album, "classes",
            classes_figure(m.samples(), m.labels(), m.data(), m.data_labels(),
                           m.title("data and samples by class")),
            m.note_of_samples());
}

void plot_columns(PlotMaterial& m, Album& album) {
  add_noted(album, "pairs",
            table_pairs_figure(m.samples(), m.data(), m.title("columns of data and samples")),
            m.note_of_samples());
}

void plot_conditions(PlotMaterial& m, Album& album) {
  add_noted(album, "conditional",
            conditional_figure(m.samples(), m.data(), m.title("columns given a category")),
            m.note_of_samples());
}

void plot_density(PlotMaterial& m, Album& album) {
  add_noted(album, "density",
            density_figure(m.samples(), m.data(), m.title("densities of data and samples")),
            m.note_of_samples());
}

void plot_likelihood(PlotMaterial& m, Album& album) {
  add_noted(album, "likelihood",
            likelihood_figure(m.density(), m.field_title("density of the flow and of the data")),
            m.note_of_density());
}

// Return the paths in the units in which they are drawn, and a note on these units.
Trajectories drawn_paths(PlotMaterial& m) {
  return spreads_widely(m.config()) ? by_spread(m.trajectory(), m.config()) : m.trajectory();
}
std::string units_of_paths(const PlotMaterial& m) {
  return spreads_widely(m.config()) ? "each time in units of its spread" : "";
}
std::string from_source(const PlotMaterial& m) { return "from " + m.source() + " to data"; }

void plot_trajectories(PlotMaterial& m, Album& album) {
  Figure figure =
      trajectories_figure(drawn_paths(m), m.title("paths " + from_source(m)), m.source());
  add_noted(album, "trajectories", figure.note(units_of_paths(m)), m.note_of_samples());
}

void plot_strip(PlotMaterial& m, Album& album) {
  Figure figure = flow_strip(drawn_paths(m), m.title(from_source(m)));
  add_noted(album, "strip", figure.note(units_of_paths(m)), m.note_of_samples());
}

void plot_flow(PlotMaterial& m, Album& album) {
  if (is_globe(m))
    return add_noted(album, "flow",
                     globe_animation(on_sphere(*m.manifold(), m.trajectory()), m.coastlines(),
                                     m.title(from_source(m)), m.source()),
                     m.note_of_samples());
  add_noted(album, "flow", flow_animation(drawn_paths(m), m.title(from_source(m)), m.source()),
            joined(std::array{units_of_paths(m), m.note_of_samples()}));
}

void plot_field(PlotMaterial& m, Album& album) {
  const char* whose = m.request().exact ? "exact velocity" : "learned velocity";
  Figure figure = field_figure(m.field(), m.field_title(whose));
  add_noted(album, "field", figure.note(units_of_paths(m)), m.note_of_field());
}

void plot_exact(PlotMaterial& m, Album& album) {
  add_noted(album, "exact",
            exact_figure(m.exact_field(), m.field_title("learned and exact velocity")),
            m.note_of_field());
}

void plot_steps(PlotMaterial& m, Album& album) {
  add_noted(
      album, "steps",
      steps_figure(m.steps().sets, m.steps().starts, m.title("the same starts by ever more steps")),
      m.note_of_steps());
}

void plot_paths(PlotMaterial& m, Album& album) {
  add_noted(album, "paths",
            paths_figure(m.paths().conditional, m.paths().marginal,
                         m.field_title("conditional and marginal paths"), m.source()),
            m.note_of_pairs());
}

void plot_coupling(PlotMaterial& m, Album& album) {
  add_noted(album, "coupling",
            coupling_figure(m.pairs()[0], m.pairs()[1],
                            m.title("pairs of the coupling and independent ones"), m.source()),
            m.note_of_pairs());
}

void plot_image_samples(PlotMaterial& m, Album& album) {
  add_noted(album, "samples",
            images_figure(m.samples(), m.data(), m.shape(), m.title("data and samples")),
            m.note_of_samples());
}

void plot_image_strip(PlotMaterial& m, Album& album) {
  add_noted(album, "strip", images_strip(m.trajectory(), m.shape(true), m.title(from_source(m))),
            m.note_of_samples());
}

void plot_image_classes(PlotMaterial& m, Album& album) {
  add_noted(album, "classes",
            images_by_class(m.samples(), m.labels(), m.shape(), m.title("samples by class")),
            m.note_of_samples());
}

void plot_interpolation(PlotMaterial& m, Album& album) {
  add_noted(
      album, "interpolation",
      images_between(m.latents(), m.shape(), m.field_title("between samples, through latents")),
      m.note_of_density());
}

void plot_image_flow(PlotMaterial& m, Album& album) {
  add_noted(album, "flow",
            images_animation(m.trajectory(), m.shape(true), m.title(from_source(m)), m.source()),
            m.note_of_samples());
}

void plot_text_strip(PlotMaterial& m, Album& album) {
  add_noted(album, "strip", text_strip(m.token_flow(), m.glyphs(), m.title(from_source(m))),
            m.note_of_samples());
  album.write("strip.txt", text_lines(m.token_flow(), m.glyphs()));
}

void plot_text_flow(PlotMaterial& m, Album& album) {
  add_noted(album, "flow",
            text_animation(m.token_flow(), m.glyphs(), m.title(from_source(m)), m.source()),
            m.note_of_samples());
}

void plot_pair_strip(PlotMaterial& m, Album& album) {
  add_noted(album, "strip",
            token_grid_strip(m.token_flow(), m.data_tokens(), m.title("pairs " + from_source(m))),
            m.note_of_samples());
}

void plot_pair_flow(PlotMaterial& m, Album& album) {
  add_noted(
      album, "flow",
      token_grid_animation(m.token_flow(), m.data_tokens(), m.title(from_source(m)), m.source()),
      m.note_of_samples());
}

}  // namespace

// Each row is on one line if it fits, so that its columns can be compared.
// clang-format off
namespace {

std::vector<PictureRow> pictures_of_points() {
  using enum PlotNeed;
  using enum PlotSubject;
  return {
      {"loss", {}, "the loss over the steps, with gradient norm and learning rate",
       {metrics}, without_losses, plot_loss},

      {"samples", points, "samples beside data in shared limits, and both in one panel",
       {samples, data}, nullptr, plot_samples},
      {"globe", points, "samples and data on the sphere, from two sides", {samples, data}, without_globe, plot_globe},
      {"map", points, "samples, data and density of the flow over longitude and latitude",
       {samples, data, sphere_density}, without_globe_of_flow, plot_map},
      {"globe_field", points, "the velocity field on the sphere at five times",
       {trajectory, sphere_field}, without_globe_of_flow, plot_globe_field},
      {"classes", points, "samples and data, coloured by class",
       {samples, data}, without_classes_of_points, plot_classes},
      {"pairs", points, "each column of a table, alone and with each other one",
       {samples, data}, without_pairs_of_columns, plot_columns},
      {"conditional", points, "columns of numbers for each value of a category",
       {samples, data}, without_conditions, plot_conditions},
      {"density", points, "kernel estimates of the densities of data and samples",
       {samples, data}, nullptr, plot_density},
      {"likelihood", points, "the density of the flow beside that of the data",
       {samples, data, density}, without_density, plot_likelihood},
      {"trajectories", points, "paths from source to data",
       {trajectory}, nullptr, plot_trajectories},
      {"strip", points, "six moments of the flow", {trajectory}, nullptr, plot_strip},
      {"flow", points, "an animation of the flow, on globes for data on the sphere",
       {trajectory}, nullptr, plot_flow},
      {"field", points, "the velocity field at five times",
       {trajectory, field}, without_field, plot_field},
      {"exact", points, "the learned velocity beside the exact one, and their difference",
       {trajectory, exact_field}, without_exact_field, plot_exact},
      {"steps", points, "samples from the same starts by 1, 2, 4 and 16 Euler steps (of a flow map: 1, 2, 4 and 8 jumps), and by dopri5",
       {steps}, nullptr, plot_steps},
      {"paths", points, "conditional paths beside those of the flow from the same starts",
       {paths}, without_paths, plot_paths},
      {"coupling", points, "pairs of source and data in a batch, beside independent pairs",
       {coupling}, without_pairs, plot_coupling}};
}

std::vector<PictureRow> other_pictures() {
  using enum PlotNeed;
  using enum PlotSubject;
  return {
      {"samples", images, "samples beside data",
       {samples, data}, nullptr, plot_image_samples},
      {"strip", images, "images at nine times from source to data",
       {trajectory}, nullptr, plot_image_strip},
      {"classes", images, "samples of each class in a row",
       {samples}, without_classes, plot_image_classes},
      {"interpolation", images, "interpolations between samples through their latents",
       {samples, latents}, without_latents, plot_interpolation},
      {"flow", images, "an animation from source to data",
       {trajectory}, nullptr, plot_image_flow},

      {"strip", text, "text at several times, one line each; also written as strip.txt",
       {trajectory}, nullptr, plot_text_strip},
      {"flow", text, "an animation of text from source to data",
       {trajectory}, nullptr, plot_text_flow},

      {"strip", pairs, "histograms of pairs of tokens at five times, beside the data's",
       {trajectory, data}, nullptr, plot_pair_strip},
      {"flow", pairs, "an animation of these histograms",
       {trajectory, data}, nullptr, plot_pair_flow}};
}

}  // namespace
// clang-format on

const std::vector<PictureRow>& pictures() {
  static const std::vector<PictureRow> rows = [] {
    std::vector<PictureRow> all = pictures_of_points();
    for (PictureRow& row : other_pictures()) all.push_back(std::move(row));
    return all;
  }();
  return rows;
}

std::vector<const PictureRow*> pictures_of(PlotSubject subject) {
  std::vector<const PictureRow*> rows;
  for (const PictureRow& row : pictures()) {
    if (row.subject.value_or(subject) == subject) rows.push_back(&row);
  }
  return rows;
}

}  // namespace pushforward::app
