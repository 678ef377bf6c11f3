#include "apps/recording/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "apps/data/run_data.h"
#include "apps/from_config/path.h"
#include "apps/plot/data.h"
#include "apps/plot/material.h"
#include "apps/plot/notes.h"
#include "apps/plot/tokens.h"
#include "apps/recording/about.h"
#include "apps/recording/plane.h"
#include "apps/recording/record_solver.h"
#include "apps/recording/record_tape.h"
#include "apps/recording/table.h"
#include "apps/recording/weights.h"
#include "apps/run/summary.h"
#include "apps/suggest.h"
#include "apps/terminal/message.h"
#include "flow/sampling.h"
#include "flow/solve/method.h"

namespace pushforward::app {

// Declares the functions of record_tape.h and record_solver.h in double precision. In this file the
// headers declare only those in float.
namespace f64 {
std::vector<PageMessage> record_tape(const Config&, const std::string&, bool, const Say&);
PageMessage record_solver(const Config&, const SolverRequest&, int,
                          const std::function<double(double)>&);
PageMessage record_jumps(const Config&, const SolverRequest&, int, int, bool,
                         const std::function<double(double)>&);
PageMessage record_path(const Config&);
}  // namespace f64

namespace {

// A message "flow" has kFlowTimes times, and at most about kMostNumbers numbers (1 MB in the file).
constexpr std::size_t kFlowTimes = 31, kMostNumbers = 186'000;
constexpr int kFewestSamples = 16, kMostSamples = 3000, kMostImages = 100, kMostDataRows = 3000,
              kMostExactSamples = 1000;
// The curves have at most this many steps.
constexpr std::size_t kMostSteps = 4000;

// Returns as many samples as the page shows easily, of a run whose rows have `dim` numbers.
int easy_count(PlotSubject subject, std::size_t dim) {
  const auto fits = static_cast<int>(kMostNumbers / (kFlowTimes * std::max<std::size_t>(dim, 1)));
  switch (subject) {
    // As many images as fill a square.
    case PlotSubject::images: {
      const int side = static_cast<int>(std::sqrt(std::clamp(fits, kFewestSamples, kMostImages)));
      return side * side;
    }
    // The engine draws five times as many pairs as it is asked for.
    case PlotSubject::pairs: return std::clamp(fits / 5, kFewestSamples, kMostSamples);
    default: return std::clamp(fits, kFewestSamples, kMostSamples);
  }
}

std::size_t row_size(const Config& config, const ReportRequest& request) {
  SampleRequest one;
  static_cast<SolverRequest&>(one) = request;
  one.n = 1;
  return engine_of(config).sample(config, one).points.shape.at(1);
}

PlotRequest plot_request(const Config& config, const ReportRequest& request) {
  PlotRequest plot;
  static_cast<SolverRequest&>(plot) = request;
  const PlotMaterial probe(config, plot);
  plot.n = request.n ? *request.n : easy_count(probe.subject(), row_size(config, request));
  return plot;
}

class Recorder {
 public:
  Recorder(const Config& config, const ReportRequest& request)
      : config_(config),
        request_(request),
        plot_(plot_request(config, request)),
        material_(config_, plot_),
        has_data_(missing_data(config).empty()) {
    material_.allow({PlotNeed::metrics, PlotNeed::samples, PlotNeed::trajectory, PlotNeed::data});
  }

  std::vector<PageMessage> record() {
    trained();
    opened();
    if (material_.coded())
      table();
    else if (of_tokens(config_) && material_.subject() != PlotSubject::images)
      tokens();
    else
      flow();
    const std::optional<ShownPlane> plane = find_plane();
    if (plane) about_.head["limits"] = plane->limits_json();
    if (material_.manifold()) {
      without_plane();
    } else if (plane) {
      record_plane(config_, plot_, material_, *plane, has_data_, messages_, absent_);
      if (plane->dim == 2) plane_solver();
    }
    tape();
    weights();
    about();
    messages_.insert(messages_.begin(), std::move(about_));
    return std::move(messages_);
  }

 private:
  void leave_out(const char* panel, const std::string& why) {
    absent_.push_back({{"panel", panel}, {"why", why}});
  }

  void trained() {
    const LossCurve& curve = material_.metrics();
    const std::size_t n = curve.step.size(),
                      stride = std::max<std::size_t>(1, (n + kMostSteps - 1) / kMostSteps);
    PageMessage message("trained");
    message.head["every"] = stride;
    const auto add = [&](const char* name, const std::vector<double>& values) {
      std::vector<double> kept;
      for (std::size_t k = 0; k < values.size(); k += stride) kept.push_back(values[k]);
      message.add(name, {kept.size()}, kept);
    };
    add("at", curve.step);
    add("loss", curve.loss);
    add("gradient", curve.gradient_norm);
    add("rate", curve.rate);
    message.add("held_out_at", {curve.eval_step.size()}, curve.eval_step);
    message.add("held_out", {curve.eval_loss.size()}, curve.eval_loss);
    if (n == 0) leave_out("curves", "its metrics.jsonl holds no losses");
    messages_.push_back(std::move(message));
  }

  // The config and the rows of the data that the page shows.
  void opened() {
    PageMessage message("opened");
    message.head["config"] = config_.json();
    Json remarks = Json::array();
    for (const std::string& warning : config_.warnings()) remarks.push_back(warning);
    message.head["remarks"] = std::move(remarks);
    const bool points =
        material_.subject() == PlotSubject::points || material_.subject() == PlotSubject::images;
    if (material_.coded()) {
      message.head["dim"] = material_.samples().cols;  // the message "table" has its rows
      messages_.push_back(std::move(message));
      return;
    }
    if (points) {
      const Points samples = shown_points(material_.samples());
      message.head["dim"] = samples.cols;
      Json names = Json::array();
      for (const std::string& name : samples.names) names.push_back(name);
      message.head["names"] = std::move(names);
    }
    if (points && has_data_) {
      const Points data = shown_points(material_.data());
      const std::size_t rows = std::min<std::size_t>(data.rows, kMostDataRows);
      const auto begin = data.values.begin();
      const std::vector<double> kept(begin, begin + std::ptrdiff_t(rows * data.cols));
      message.add("points", {rows, data.cols}, kept);
      add_labels(message, material_.data_labels(), rows);
    }
    messages_.push_back(std::move(message));
  }

  // Return points and paths as the page shows them: those of a manifold by their embedding.
  Points shown_points(const Points& points) const {
    const ManifoldCode* code = material_.manifold();
    if (!code) return points;
    const std::vector<std::string> names = code->embedded_names();
    return {code->embed(points.values), points.rows, names.size(), names};
  }
  Trajectories shown_paths(PlotMaterial& material) const {
    Trajectories paths = drawn_paths(config_, material);
    if (const ManifoldCode* code = material.manifold()) {
      paths.values = code->embed(paths.values);
      paths.names = code->embedded_names();
      paths.cols = paths.names.size();
    }
    return paths;
  }

  // Says what the page of a run on a manifold lacks, and why.
  void without_plane() {
    const ManifoldCode& code = *material_.manifold();
    const std::string why = fmt::format(
        "the page draws it on a plane, and the points of this run are on a manifold ({})",
        code.manifold().words());
    for (const char* panel : {"field", "density", "pairs", "solver", "posterior"})
      leave_out(panel, why);
    leave_out(
        "manifold",
        fmt::format("The points are on a manifold ({}) and are shown by their embedding. Field, "
                    "density and the steps of a solver are left out, since the page draws them "
                    "on a plane.{}",
                    code.manifold().words(),
                    code.globe() ? " The pictures globe, map, globe_field and flow of "
                                   "pushforward plot show them on the sphere."
                                 : ""));
  }

  static void add_labels(PageMessage& message, const std::vector<int>& labels, std::size_t rows) {
    if (labels.size() >= rows && rows > 0)
      message.add("labels", {rows},
                  std::vector<int>(labels.begin(), labels.begin() + std::ptrdiff_t(rows)));
  }

  // Of `count` times, returns the indices of those that a message contains: the first, the last,
  // and evenly spaced ones between them.
  static std::vector<std::size_t> kept_times(std::size_t count) {
    const std::size_t stride = std::max<std::size_t>(1, (count - 1) / (kFlowTimes - 1));
    std::vector<std::size_t> kept;
    for (std::size_t k = 0; k + 1 < count; k += stride) kept.push_back(k);
    kept.push_back(count - 1);
    return kept;
  }

  PageMessage flow_message(PlotMaterial& material) const {
    const Trajectories all = shown_paths(material);
    const std::vector<std::size_t> kept = kept_times(all.times);
    PageMessage message("flow");
    message.head["exact"] = material.request().exact;
    message.head["jumps"] = material.has_tokens();
    message.head["by_spread"] = spreads_widely(config_);
    std::vector<double> times, points;
    const std::size_t slice = all.rows * all.cols;
    for (const std::size_t k : kept) {
      times.push_back(all.t.at(k));
      const auto begin = all.values.begin() + std::ptrdiff_t(k * slice);
      points.insert(points.end(), begin, begin + std::ptrdiff_t(slice));
    }
    message.add("times", {times.size()}, times);
    message.add("points", {times.size(), all.rows, all.cols}, points);
    add_labels(message, material.labels(), all.rows);
    return message;
  }

  void flow() { messages_.push_back(flow_message(material_)); }

  void table() {
    messages_.push_back(
        table_message(material_.samples(), has_data_ ? material_.data() : Points{}));
  }

  void tokens() {
    const TokenFlow& all = material_.token_flow();
    const std::vector<std::size_t> kept = kept_times(all.times);
    PageMessage message("tokens");
    Json glyphs = Json::array();
    for (const std::string& glyph : material_.glyphs()) glyphs.push_back(glyph);
    message.head["glyphs"] = std::move(glyphs);
    message.head["vocabulary"] = all.vocabulary;
    std::vector<double> times;
    std::vector<int> states;
    const std::size_t slice = all.rows * all.length;
    for (const std::size_t k : kept) {
      times.push_back(all.t.at(k));
      const auto begin = all.states.begin() + std::ptrdiff_t(k * slice);
      states.insert(states.end(), begin, begin + std::ptrdiff_t(slice));
    }
    message.add("times", {times.size()}, times);
    message.add("states", {times.size(), all.rows, all.length}, states);
    if (has_data_) {
      const std::vector<int>& rows = material_.data_tokens();
      message.add("data", {rows.size() / all.length, all.length}, rows);
    }
    messages_.push_back(std::move(message));
  }

  std::optional<ShownPlane> find_plane() {
    if (material_.coded() || material_.subject() != PlotSubject::points) return std::nullopt;
    const Trajectories paths = shown_paths(material_);
    if (paths.cols > 2) return std::nullopt;
    return make_plane(paths, has_data_ ? shown_points(material_.data()) : Points{});
  }

  // The exact flow from the first of the same starting points.
  PageMessage exact_flow() const {
    PlotRequest exact = plot_;
    exact.exact = true;
    exact.guidance.reset();
    exact.n = std::min(plot_.n, kMostExactSamples);
    PlotMaterial material(config_, exact);
    material.allow({PlotNeed::samples, PlotNeed::trajectory});
    return flow_message(material);
  }

  // The solver's steps and errors, and what the posterior of a clicked point needs.
  void plane_solver() {
    const bool wide = config_.string("/precision") == "float64";
    const auto record = wide ? f64::record_solver : f32::record_solver;
    const auto path = wide ? f64::record_path : f32::record_path;
    const auto attempt = [&](const char* panel, const auto& make) {
      try {
        messages_.push_back(make());
      } catch (const Failure& e) {
        if (e.code != Exit::usage) throw;
        leave_out(panel, e.what());
      } catch (const IntegrationFailure& e) {
        leave_out(panel, e.what());
      }
    };
    attempt("solver", [&] {
      return record(config_, plot_, static_cast<int>(material_.samples().rows),
                    [&](double t) { return spread_at(config_, t); });
    });
    if (draws_jumps(config_, plot_)) {
      const auto by_jumps = wide ? f64::record_jumps : f32::record_jumps;
      for (const int jumps : {1, 2, 4})
        attempt("jumps", [&] {
          return by_jumps(config_, plot_, jumps, std::min(plot_.n, kMostExactSamples),
                          has_data_ && !request_.label,
                          [&](double t) { return spread_at(config_, t); });
        });
    }
    if (has_data_ && !request_.exact && material_.answers() && learns_exact_field(config_, plot_))
      attempt("exact flow", [&] { return exact_flow(); });
    if (has_data_ && !request_.label) attempt("posterior", [&] { return path(config_); });
  }

  void tape() {
    const auto record =
        config_.string("/precision") == "float64" ? f64::record_tape : f32::record_tape;
    const std::vector<PageMessage> all = record(config_, request_.run, has_data_, tell_line);
    about_.head["weights"] = all.front().head.at("weights");
    messages_.insert(messages_.end(), all.begin(), all.end());
  }

  void weights() {
    RecordedWeights found = record_weights(config_, request_.run, material_.subject(),
                                           material_.coded(), material_.manifold() != nullptr);
    if (found.message)
      messages_.push_back(*std::move(found.message));
    else
      leave_out("weights", found.why);
  }

  void about() {
    Json& head = about_.head;
    head["name"] = config_.string("/name");
    head["folder"] = request_.run;
    head["subject"] = name_of(material_.subject());
    head["source"] = source_words(config_);
    if (material_.subject() == PlotSubject::images) {
      const ImageShape shape = material_.shape(true);
      head["image"] = {{"height", shape.height},
                       {"width", shape.width},
                       {"low", shape.low},
                       {"high", shape.high},
                       {"masks", shape.masks}};
    }
    if (const auto summary = summarize_run(request_.run)) {
      head["steps"] = summary->steps;
      head["total"] = summary->total;
    }
    head["note"] = material_.note_of_samples();
    head["settings"] = settings_json(config_);
    head["config"] = config_.dump();
    head["environment"] = environment_of_run(request_.run);
    head["evaluation"] = evaluation_json(request_.run);
    head["evaluated_earlier"] = evaluated_earlier(request_.run);
    head["commands"] = commands_json(request_, drawn_count());
    if (!has_data_) leave_out("data", join_words(missing_data(config_), ", ") + " is missing");
    head["absent"] = absent_;
  }

  int drawn_count() {
    return static_cast<int>(of_tokens(config_) ? material_.token_flow().rows
                                               : material_.samples().rows);
  }

  const Config& config_;
  const ReportRequest& request_;
  PlotRequest plot_;
  PlotMaterial material_;
  bool has_data_;
  PageMessage about_{"run"};
  std::vector<PageMessage> messages_;
  Json absent_ = Json::array();
};

}  // namespace

std::vector<PageMessage> record_run(const Config& config, const ReportRequest& request) {
  // The page shows the paths of a flow map's ODE, and beside them the jumps by which the run samples.
  ReportRequest shown = request;
  const bool jumps = config.string("/sampler/type") == name_of(SamplingMethod::jumps);
  if (jumps && !request.solver && !request.steps && !request.exact) shown.solver = "dopri5";
  return Recorder(config, shown).record();
}

}  // namespace pushforward::app
