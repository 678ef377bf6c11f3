#include "apps/plot/material.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "apps/from_config/path.h"
#include "apps/plot/nearest_rows.h"
#include "apps/plot/notes.h"
#include "apps/plot/sphere_data.h"
#include "apps/plot/tokens.h"
#include "apps/run/table_of_run.h"

namespace pushforward::app {
namespace {

constexpr int kTrajectoryTimes = 61;
constexpr int kAllRows = std::numeric_limits<int>::max();
constexpr int kMaxImages = 500, kMaxTexts = 200, kMaxPairs = 1'000'000, kPairsForEach = 5;

PlotSubject find_subject(const Config& config, const std::optional<TokenTraits>& traits) {
  const bool images = image_shape(config).has_value();
  if (!traits) return images ? PlotSubject::images : PlotSubject::points;
  if (images && traits->numeric()) return PlotSubject::images;
  return traits->length == 2 && !traits->written() ? PlotSubject::pairs : PlotSubject::text;
}

}  // namespace

const char* name_of(PlotSubject subject) {
  switch (subject) {
    case PlotSubject::points: return "points";
    case PlotSubject::images: return "images";
    case PlotSubject::text: return "text";
    case PlotSubject::pairs: return "pairs";
  }
  return "";
}

const char* name_of(PlotNeed need) {
  switch (need) {
    case PlotNeed::metrics: return "metrics";
    case PlotNeed::samples: return "samples";
    case PlotNeed::trajectory: return "trajectory";
    case PlotNeed::data: return "data";
    case PlotNeed::density: return "density";
    case PlotNeed::field: return "field";
    case PlotNeed::exact_field: return "exact field";
    case PlotNeed::latents: return "latents";
    case PlotNeed::steps: return "steps";
    case PlotNeed::paths: return "paths";
    case PlotNeed::coupling: return "coupling";
    case PlotNeed::sphere_density: return "density on the sphere";
    case PlotNeed::sphere_field: return "field on the sphere";
  }
  return "";
}

PlotMaterial::PlotMaterial(const Config& config, const PlotRequest& request)
    : config_(config), request_(request), engine_(engine_of(config)) {
  if (of_tokens(config))
    traits_ = engine_.token_traits(config, request);
  else if (!request.exact) {
    const RunTable table = table_of_run(request.run);
    coded_ = table.code && !table.code->plain();
    manifold_ = table.manifold;
    condition_ = table.condition;
    resolve_label_of_run(request_);
  }
  subject_ = find_subject(config, traits_);
}

bool PlotMaterial::answers() const {
  const bool given = sees_labels(config_) || (!of_tokens(config_) && has_conditions(config_));
  return !given || request_.exact || request_.label || !request_.conditions.empty() ||
         config_.number("/loss/label_dropout") > 0;
}

ImageShape PlotMaterial::shape(bool moving) const {
  ImageShape shape = image_shape(config_).value();
  shape.masks = moving && has_tokens();
  return shape;
}

Glyphs PlotMaterial::glyphs() const { return make_glyphs(traits_.value()); }

void PlotMaterial::compute() {
  for (const PlotNeed need : allowed_) {
    switch (need) {
      case PlotNeed::metrics: metrics(); break;
      case PlotNeed::samples:
      case PlotNeed::trajectory: drawn(); break;
      case PlotNeed::data: rows(); break;
      case PlotNeed::density: density(); break;
      case PlotNeed::field: field(); break;
      case PlotNeed::exact_field: exact_field(); break;
      case PlotNeed::latents: latents(); break;
      case PlotNeed::steps: steps(); break;
      case PlotNeed::paths: paths(); break;
      case PlotNeed::coupling: pairs(); break;
      case PlotNeed::sphere_density: sphere_density(); break;
      case PlotNeed::sphere_field: sphere_field(); break;
    }
  }
}

void PlotMaterial::need(PlotNeed need) const {
  if (std::find(allowed_.begin(), allowed_.end(), need) == allowed_.end())
    throw std::logic_error(std::string("[plot] a picture uses the ") + name_of(need) +
                           ", but its row in apps/plot/pictures.cpp does not list it");
}

int PlotMaterial::count() const {
  switch (subject_) {
    case PlotSubject::points: return request_.n;
    // The number of images is limited, because the trajectory of an image needs much memory.
    case PlotSubject::images: return std::min(request_.n, kMaxImages);
    // The number of texts is limited, because a picture shows only one page of them.
    case PlotSubject::text: return std::min(request_.n, kMaxTexts);
    // For pairs of tokens, more samples are drawn than requested, because their histogram has many
    // cells.
    case PlotSubject::pairs: return std::min(request_.n, kMaxPairs) * kPairsForEach;
  }
  return 0;
}

const LossCurve& PlotMaterial::metrics() {
  need(PlotNeed::metrics);
  if (!metrics_) metrics_ = read_loss_curve(request_.run);
  return *metrics_;
}

const PlotMaterial::Drawn& PlotMaterial::drawn() {
  if (drawn_) return *drawn_;
  SampleRequest request;
  static_cast<SolverRequest&>(request) = request_;
  request.n = count();
  request.times = coded_ ? 0 : kTrajectoryTimes;
  const Samples samples = engine_.sample(config_, request);
  Drawn drawn;
  drawn.labels = as_labels(samples.labels);
  drawn.evaluations = samples.nfe_mean;
  if (traits_) drawn.tokens = make_token_flow(samples, *traits_);
  if (subject_ == PlotSubject::points || subject_ == PlotSubject::images) {
    drawn.samples = as_points(samples.points);
    if (!coded_)
      drawn.paths = traits_ ? make_pixel_paths(drawn.tokens, *traits_)
                            : as_trajectories(samples.trajectory, samples.times);
    drawn.paths.names = drawn.samples.names;
  }
  drawn_ = std::move(drawn);
  return *drawn_;
}

const Points& PlotMaterial::samples() {
  need(PlotNeed::samples);
  return drawn().samples;
}

const std::vector<int>& PlotMaterial::labels() {
  need(PlotNeed::samples);
  return drawn().labels;
}

const Trajectories& PlotMaterial::trajectory() {
  need(PlotNeed::trajectory);
  return drawn().paths;
}

const TokenFlow& PlotMaterial::token_flow() {
  need(PlotNeed::trajectory);
  return drawn().tokens;
}

const PlotMaterial::Rows& PlotMaterial::rows() {
  need(PlotNeed::data);
  if (rows_) return *rows_;
  Rows rows;
  if (traits_) {
    rows.tokens = traits_->states(engine_.data(config_, count(), request_.seed + 1));
    if (subject_ == PlotSubject::images)
      rows.points = as_points(traits_->points(rows.tokens, "<f8"));
  } else {
    if (!request_.conditions.empty()) {
      NearestRows near = rows_near(engine_.rows(config_, kAllRows, request_.seed + 1), *condition_,
                                   request_.conditions);
      rows.points = std::move(near.points);
      near_words_ = near.words;
      rows_ = std::move(rows);
      return *rows_;
    }
    // With --label, the pictures show the data of this class beside the samples of this class.
    LabelledPoints found =
        draw_rows_of_class(engine_, config_, count(), request_.seed + 1, request_.label);
    rows.points = std::move(found.points);
    rows.labels = std::move(found.labels);
  }
  rows_ = std::move(rows);
  return *rows_;
}

const Points& PlotMaterial::data() { return rows().points; }
const std::vector<int>& PlotMaterial::data_labels() { return rows().labels; }
const std::vector<int>& PlotMaterial::data_tokens() { return rows().tokens; }

const DensityPair& PlotMaterial::density() {
  need(PlotNeed::density);
  if (!density_) density_ = find_densities(engine_, config_, request_, samples(), data());
  return *density_;
}

const std::vector<FieldSlice>& PlotMaterial::field() {
  need(PlotNeed::field);
  if (!field_) field_ = find_field(engine_, config_, request_, trajectory());
  return *field_;
}

const std::vector<FieldPair>& PlotMaterial::exact_field() {
  need(PlotNeed::exact_field);
  if (!exact_field_) exact_field_ = find_exact_field(engine_, config_, request_, trajectory());
  return *exact_field_;
}

const Trajectories& PlotMaterial::latents() {
  need(PlotNeed::latents);
  if (!latents_) latents_ = find_way_between(engine_, config_, request_, samples());
  return *latents_;
}

const StepSets& PlotMaterial::steps() {
  need(PlotNeed::steps);
  if (!steps_) steps_ = find_steps(engine_, config_, request_);
  return *steps_;
}

const PathSets& PlotMaterial::paths() {
  need(PlotNeed::paths);
  if (!paths_) paths_ = find_paths(engine_, config_, request_);
  return *paths_;
}

const std::array<PairedPoints, 2>& PlotMaterial::pairs() {
  need(PlotNeed::coupling);
  if (!pairs_) pairs_ = find_pairs(engine_, config_, request_);
  return *pairs_;
}

const DensityGrid& PlotMaterial::sphere_density() {
  need(PlotNeed::sphere_density);
  if (!sphere_density_)
    sphere_density_ = find_sphere_density(engine_, config_, request_, *manifold_);
  return *sphere_density_;
}

const std::vector<FieldSlice>& PlotMaterial::sphere_field() {
  need(PlotNeed::sphere_field);
  if (!sphere_field_)
    sphere_field_ = find_sphere_field(engine_, config_, request_, *manifold_, trajectory());
  return *sphere_field_;
}

const Coastlines& PlotMaterial::coastlines() {
  if (!coastlines_)
    coastlines_ = manifold_ && manifold_->latlong() ? read_coastlines() : Coastlines{};
  return *coastlines_;
}

std::string PlotMaterial::title(const std::string& what) const {
  return name() + (request_.label ? ", " + class_words(request_) : "") +
         (request_.condition_text.empty() ? "" : ", given " + request_.condition_text) + ": " +
         what;
}

std::string PlotMaterial::field_title(const std::string& what) const {
  const bool all = sees_labels(config_) && !request_.label && !request_.exact;
  return all ? name() + ", all classes: " + what : title(what);
}

std::string PlotMaterial::source() const { return source_words(config_); }

std::string PlotMaterial::note_of_samples() {
  // For a solver with fixed steps, the note gives the steps, from which the number of evaluations
  // follows. For other solvers, the note gives the measured number of evaluations. That number is
  // not given for fixed steps, because saving a trajectory adds an evaluation.
  const std::string solver = solver_words(config_, request_);
  const bool steps = solver.find(" step") != std::string::npos;
  return joined(std::array{
      request_.run, "n = " + whole_number(double(count())),
      solver + (steps ? "" : fmt::format(", {:.4g} evaluations each", drawn().evaluations)),
      weight_words(config_, request_), class_words_of_samples(config_, request_), near_words_});
}

std::string PlotMaterial::note_of_field() const {
  return joined(std::array{request_.run, weight_words(config_, request_),
                           class_words_of_field(config_, request_)});
}

std::string PlotMaterial::note_of_steps() const {
  return joined(std::array{request_.run, "n = " + whole_number(double(std::min(request_.n, 2000))),
                           std::string(draws_jumps(config_, request_) ? "jumps" : "euler") +
                               " beside dopri5 with rtol and atol 1e-5",
                           weight_words(config_, request_),
                           class_words_of_samples(config_, request_)});
}

std::string PlotMaterial::note_of_pairs() const {
  const std::string noise = config_.string("/path/noise/type");
  return joined(
      std::array{request_.run, "coupling " + config_.string("/coupling/type"),
                 "of a batch of " + whole_number(double(config_.integer("/train/batch"))),
                 noise == "none" ? std::string() : "without the path's noise (" + noise + ")",
                 class_words_of_field(config_, request_)});
}

std::string PlotMaterial::note_of_density() const {
  return joined(std::array{request_.run, std::string("by dopri5, rtol and atol 0.001"),
                           weight_words(config_, request_),
                           class_words_of_field(config_, request_)});
}

std::string PlotMaterial::note_of_training() const {
  return joined(std::array{request_.run, config_.string("/loss/type") + " loss",
                           whole_number(double(config_.integer("/train/steps"))) +
                               " steps of batch " +
                               whole_number(double(config_.integer("/train/batch")))});
}

}  // namespace pushforward::app
