// What the pictures of one run are drawn from: samples, data, densities and fields. Each is computed
// when a picture first asks for it, and once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/figures.h"
#include "apps/figures/images.h"
#include "apps/figures/tokens.h"

namespace pushforward::app {

// What the rows of a run are to a picture: points of D numbers, images (of numbers or of tokens),
// text, or pairs of tokens.
enum class PlotSubject { points, images, text, pairs };

const char* name_of(PlotSubject subject);  // "points", "images", "text", "pairs"

// A thing that pictures need. Samples and trajectory come from one solve, which is the same whichever
// of the two is asked for: so a picture drawn alone has the same bytes as one drawn among all.
enum class PlotNeed { metrics, samples, trajectory, data, density, field, exact_field, latents };

const char* name_of(PlotNeed need);  // "metrics", "samples", ..., "exact field", "latents"

class PlotMaterial {
 public:
  // Keeps references to both. Computes nothing; of a run on tokens it reads what the model file says
  // of them, Failure (exit 4) where there is no such file.
  PlotMaterial(const Config& config, const PlotRequest& request);

  const Config& config() const { return config_; }
  const PlotRequest& request() const { return request_; }
  const std::string& name() const { return config_.string("/name"); }
  PlotSubject subject() const { return subject_; }
  bool has_tokens() const { return traits_.has_value(); }
  // Whether the network can be asked about points of no class, as density, field and latents ask it:
  // a network that always saw a class cannot.
  bool answers() const;
  // How rows become images. `moving`: on the way from noise to data, where tokens may be masks.
  ImageShape shape(bool moving = false) const;
  Glyphs glyphs() const;  // how each token is written, in a run on tokens

  // Sets what may be asked for from now on: the needs of one picture. Each function below throws
  // std::logic_error where its own need is not among them, so that the table of pictures is right.
  void allow(const std::vector<PlotNeed>& needs) { allowed_ = needs; }
  // Computes everything that is allowed; NoPicture where the run does not have it.
  void compute();

  const LossCurve& metrics();
  const Points& samples();           // of points and images
  const std::vector<int>& labels();  // of the samples; empty where they have no classes
  const Trajectories& trajectory();  // of points and images; masks are NaN
  const TokenFlow& token_flow();     // the trajectory of a run on tokens
  const Points& data();              // of points and images
  const std::vector<int>& data_labels();
  const std::vector<int>& data_tokens();  // (n, L), of a run on tokens
  const DensityPair& density();
  const std::vector<FieldSlice>& field();
  const std::vector<FieldPair>& exact_field();
  const Trajectories& latents();  // ways from samples to samples through their latents

 private:
  struct Drawn {
    Points samples;
    Trajectories paths;
    TokenFlow tokens;
    std::vector<int> labels;
  };
  struct Rows {
    Points points;
    std::vector<int> tokens, labels;
  };

  void need(PlotNeed need) const;
  const Drawn& drawn();
  const Rows& rows();
  int count() const;  // of samples, and of rows of data

  const Config& config_;
  const PlotRequest& request_;
  const Engine& engine_;
  std::optional<TokenTraits> traits_;  // of a run on tokens
  PlotSubject subject_;
  std::vector<PlotNeed> allowed_;
  std::optional<LossCurve> metrics_;
  std::optional<Drawn> drawn_;
  std::optional<Rows> rows_;
  std::optional<DensityPair> density_;
  std::optional<std::vector<FieldSlice>> field_;
  std::optional<std::vector<FieldPair>> exact_field_;
  std::optional<Trajectories> latents_;
};

}  // namespace pushforward::app
