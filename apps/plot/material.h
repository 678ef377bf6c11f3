// Computes what the pictures of one run show: samples, data, densities and fields. Each of them is
// computed once, when it is first needed for a picture.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/figures.h"
#include "apps/figures/images.h"
#include "apps/figures/pairs.h"
#include "apps/figures/sets.h"
#include "apps/figures/tokens.h"
#include "apps/globe/coastlines.h"
#include "apps/plot/data.h"
#include "apps/run/condition_code.h"
#include "apps/run/manifold_code.h"

namespace pushforward::app {

// The form in which pictures show the rows of a run: as points of D numbers, as images (of numbers
// or of tokens), as text, or as pairs of tokens.
enum class PlotSubject { points, images, text, pairs };

const char* name_of(PlotSubject subject);  // "points", "images", "text", "pairs"

// An input of pictures. Samples and trajectory always come from the same solve, so a picture that
// is drawn alone has the same bytes as one that is drawn with the others.
enum class PlotNeed {
  metrics,
  samples,
  trajectory,
  data,
  density,
  field,
  exact_field,
  latents,
  steps,
  paths,
  coupling,
  sphere_density,
  sphere_field
};

const char* name_of(PlotNeed need);  // "metrics", "samples", ..., "field on the sphere"

class PlotMaterial {
 public:
  // Keeps a reference to the config and computes nothing. For a run on tokens it reads their
  // traits from the model file, and throws Failure (exit 4) if there is none.
  PlotMaterial(const Config& config, const PlotRequest& request);

  const Config& config() const { return config_; }
  const PlotRequest& request() const { return request_; }
  const std::string& name() const { return config_.string("/name"); }
  // Returns a title: the run's name, the class if one was asked for, and `what`. field_title is for
  // pictures of the field itself, which without a class shows the field of all classes.
  std::string title(const std::string& what) const;
  std::string field_title(const std::string& what) const;
  std::string source() const;  // the name of the flow's source
  PlotSubject subject() const { return subject_; }
  bool has_tokens() const { return traits_.has_value(); }
  // Returns whether the rows of the run's table are encoded for its flow. They have no trajectory
  // then.
  bool coded() const { return coded_; }
  // Returns the manifold of the run's data, or null if it is in flat space.
  const ManifoldCode* manifold() const { return manifold_.get(); }
  // Returns whether the network can be evaluated without a class, as for density, field and
  // latents. This needs training in which some rows had no class.
  bool answers() const;
  // Returns the shape of the images. `moving` is true for states between noise and data, where
  // tokens may be masks.
  ImageShape shape(bool moving = false) const;
  Glyphs glyphs() const;  // how each token is written, in a run on tokens

  // Sets the inputs of the next picture. Each function below that returns an input throws
  // std::logic_error unless `needs` has this input, so that the table of pictures lists all inputs.
  void allow(const std::vector<PlotNeed>& needs) { allowed_ = needs; }
  // Computes all allowed inputs. Throws NoPicture if the run lacks one of them.
  void compute();

  const LossCurve& metrics();
  const Points& samples();           // for the subjects points and images
  const std::vector<int>& labels();  // the samples' classes; empty if they have none
  const Trajectories& trajectory();  // for points and images; masks are NaN
  const TokenFlow& token_flow();     // the trajectory of a run on tokens
  const Points& data();              // for the subjects points and images
  const std::vector<int>& data_labels();
  const std::vector<int>& data_tokens();  // (n, L), only for a run on tokens
  const DensityPair& density();
  const std::vector<FieldSlice>& field();
  const std::vector<FieldPair>& exact_field();
  const Trajectories& latents();  // interpolations between samples through their latents
  // Samples from the same source points by 1, 2, 4 and 16 steps of Euler's method and by dopri5.
  const StepSets& steps();
  const PathSets& paths();  // conditional and marginal, from the same source points
  // Density and field of a run on the sphere (apps/plot/sphere_data.h), and its coastlines, of which a run
  // on unit vectors has none, since they are no places.
  const DensityGrid& sphere_density();
  const std::vector<FieldSlice>& sphere_field();
  const Coastlines& coastlines();
  const std::array<PairedPoints, 2>& pairs();  // paired by the run's coupling, and independently

  // Return the notes below pictures of samples or paths, of the field, of the density or latents,
  // and of the training. A note gives the run, n, solver, steps, weights and classes, if they
  // affect the picture.
  std::string note_of_samples();
  std::string note_of_field() const;
  std::string note_of_steps() const;
  std::string note_of_pairs() const;  // for pictures of pairs and of paths
  std::string note_of_density() const;
  std::string note_of_training() const;

 private:
  struct Drawn {
    Points samples;
    Trajectories paths;
    TokenFlow tokens;
    std::vector<int> labels;
    double evaluations = 0;  // number of evaluations of the field for one sample
  };
  struct Rows {
    Points points;
    std::vector<int> tokens, labels;
  };

  void need(PlotNeed need) const;
  const Drawn& drawn();
  const Rows& rows();
  int count() const;  // the number of samples, and of rows of data

  const Config& config_;
  PlotRequest request_;
  bool coded_ = false;
  ManifoldCodePtr manifold_;
  ConditionCodePtr condition_;  // the code of the run's conditions, or null
  std::string near_words_;      // which rows of the data are shown, if not all
  const Engine& engine_;
  std::optional<TokenTraits> traits_;  // only for a run on tokens
  PlotSubject subject_;
  std::vector<PlotNeed> allowed_;
  std::optional<LossCurve> metrics_;
  std::optional<Drawn> drawn_;
  std::optional<Rows> rows_;
  std::optional<DensityPair> density_;
  std::optional<std::vector<FieldSlice>> field_;
  std::optional<std::vector<FieldPair>> exact_field_;
  std::optional<Trajectories> latents_;
  std::optional<StepSets> steps_;
  std::optional<PathSets> paths_;
  std::optional<std::array<PairedPoints, 2>> pairs_;
  std::optional<DensityGrid> sphere_density_;
  std::optional<std::vector<FieldSlice>> sphere_field_;
  std::optional<Coastlines> coastlines_;
};

}  // namespace pushforward::app
