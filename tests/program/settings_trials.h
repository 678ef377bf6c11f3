// Exceptions for the test that every key has an effect: for some keys, the config around them, two
// values, and the results that must differ between these values.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace pushforward {

// Says which results of a run must differ between two values of a config's key.
enum class Probe {
  samples,     // the losses of some steps, and samples of the averaged network
  evaluation,  // the report of eval
  files,       // the names of the run's files, and the rows of its metrics
  threads,     // env.json only; losses and samples must be equal
};

// A trial of a key "section/type/key", where "*" stands for every type. If the values are empty,
// the test compares the default with another value that it finds.
struct Trial {
  std::string key;
  std::vector<std::string> around = {};
  std::string a = {}, b = {};
  Probe probe = Probe::samples;
};

// A section of the table of fields, and its path in a config.
struct SectionSpot {
  const char *section, *at;
};
inline constexpr SectionSpot kSpots[] = {
    {"config", ""},
    {"data", "data"},
    {"source", "source"},
    {"path", "path"},
    {"path_noise", "path.noise"},
    {"kappa", "path.kappa"},
    {"coupling", "coupling"},
    {"model", "model"},
    {"input_features", "model.input"},
    {"time_features", "model.time"},
    {"label_features", "model.label"},
    {"loss", "loss"},
    {"time_law", "loss.time"},
    {"pair_time", "loss.pair_time"},
    {"optimizer", "optimizer"},
    {"schedule", "schedule"},
    {"ema", "ema"},
    {"train", "train"},
    {"sampler", "sampler"},
    {"sampler_path", "sampler.path"},
    {"time_grid", "sampler.grid"},
    {"guidance", "sampler.guidance"},
    {"diffusion", "sampler.diffusion"},
    {"corrector", "sampler.corrector"},
    {"eval", "eval"},
    {"output", "output"},
};

// Returns the keys that need more settings than their section's type and another value than the
// default.
inline std::vector<Trial> trials() {
  const std::string labels = "model.label.type=embedding", adaptive = "sampler.steps=0",
                    map = "loss.type=lagrangian";
  const std::vector<std::string> held_out{"data.type=geyser", "train.holdout=0.1"},
      diverging{"data.type=geyser", "train.holdout=0.1", "train.valid_every=1", "optimizer.lr=2"};
  return {
      {"config//name", {}, "one", "two", Probe::files},
      {"config//from", {}, "start", "later"},
      {"config//sigma_data", {"prediction=edm"}},
      {"data/mixture/means", {}, "[[0,0],[1,1]]", "[[0,0],[1,2]]"},
      {"data/mixture/stds", {"data.means=[[0,0],[1,1]]"}, "[]", "[1,0.5]"},
      {"data/mixture/weights", {"data.means=[[0,0],[5,5]]"}, "[]", "[1,9]"},
      {"data/digits/classes", {}, "[0,1]", "[1,2]"},
      {"data/csv/path", {}, "a.csv", "b.csv"},
      {"data/csv/header", {"data.path=a.csv"}, "auto", "yes"},
      {"data/csv/columns", {"data.path=a.csv"}, "[]", "[1]"},
      {"data/csv/separator", {"data.path=a.csv"}, "auto", "semicolon"},
      {"data/csv/decimal", {"data.path=c.csv", "data.separator=semicolon"}, "comma", "point"},
      {"data/csv/drop", {"data.path=a.csv"}, "[]", "[0]"},
      {"data/csv/label", {"data.path=a.csv", "model.label.type=embedding"}, R"("0")", R"("1")"},
      {"data/csv/condition", {"data.path=a.csv"}, "[]", "[0]"},
      {"data/csv/types", {"data.path=a.csv"}, "{}", R"({"0": "number"})"},
      {"data/csv/guess", {"data.path=a.csv"}, "auto", "no"},
      {"data/csv/scale", {"data.path=a.csv"}, "auto", "none"},
      {"data/csv/missing_rows", {"data.path=m.csv"}, "drop", "refuse"},
      {"data/csv/missing", {"data.path=a.csv"}, "[]", R"(["5"])"},
      {"data/csv/thousands", {"data.path=g.csv"}, "comma", "none"},
      {"data/csv/percent", {"data.path=p.csv"}, "number", "refuse"},
      {"data/csv/currency", {"data.path=d.csv"}, "drop", "refuse"},
      {"data/csv/comment", {"data.path=a.csv"}, R"("#")", R"("4")"},
      {"data/npy/path", {}, "a.npy", "b.npy"},
      {"data/npy/array", {"data.path=a.npy"}, R"("")", "x"},
      {"data/npy/labels", {"data.path=a.npy", "model.label.type=embedding"}, "l.csv", "k.csv"},
      {"data/dequantize/width", {"data.of.type=geyser"}},
      {"data/affine/scale", {"data.of.type=moons"}, "1", "[1,2]"},
      {"data/affine/shift", {"data.of.type=moons"}, "0", "[1,2]"},
      {"data/words/path", {}, "list.txt", "other.txt"},
      {"data/words/held_out", {"data.path=list.txt"}, "0", "0.5"},
      {"data/words/*", {"data.path=list.txt"}},
      {"data/words/letters", {"data.path=list.txt"}, "abcdefghijklmnopqrstuvwxyz", "abcdefgh"},
      {"data/text/path", {"data.length=4"}, "book.txt", "other.txt"},
      {"data/text/length", {"data.path=book.txt"}, "4", "5"},
      {"data/text/letters", {"data.path=book.txt", "data.length=4"}, "\"\"", "abcdefgh"},
      {"data/text/held_out", {"data.path=book.txt", "data.length=4"}, "0.05", "0.5"},
      {"data/text/*", {"data.path=book.txt", "data.length=4"}},
      {"data/quantize/levels", {"data.of.type=moons"}, "8", "9"},
      {"data/quantize/held_out",
       {R"(data.of={"type":"standardize","of":{"type":"geyser"}})", "data.levels=8"}},
      {"data/quantize/*", {"data.of.type=moons", "data.levels=8"}},
      {"data/tokens/path", {"data.vocabulary=4"}, "t.npy", "u.npy"},
      {"data/tokens/vocabulary", {"data.path=t.npy"}, "4", "5"},
      {"data/tokens/array", {"data.path=t.npy", "data.vocabulary=4"}, R"("")", "x"},
      {"data/tokens/labels", {"data.path=t.npy", "data.vocabulary=4", labels}, "tl.csv", "tk.csv"},
      {"data/tokens/held_out", {"data.path=t.npy", "data.vocabulary=4"}, "0", "0.5"},
      {"source/mask/token", {R"(data={"type":"tokens","path":"t.npy","vocabulary":5})"}, "-1", "4"},
      {"path/table/points", {}, "[[0,0,1],[1,1,0]]", "[[0,0,1],[0.5,0.8,0.4],[1,1,0]]"},
      {"coupling/ot/label_weight", {labels}, "1", "1000"},
      {"coupling/sinkhorn/reg", {}, "0.1", "5"},
      {"coupling/sinkhorn/tolerance", {"coupling.reg=0.2"}, "1e-6", "0.1"},
      {"coupling/sinkhorn/iterations", {}, "20000", "1"},
      {"coupling/schroedinger_bridge/sigma", {}, "1", "0.5"},
      {"coupling/schroedinger_bridge/method",
       {"path.noise.type=brownian", "path.noise.scale=1"},
       "sinkhorn",
       "exact"},
      {"model/mlp/hidden", {}, "[8]", "[8,8]"},
      {"model/token_mlp/hidden", {}, "[8]", "[8,8]"},
      {"model/transformer/width", {}, "8", "16"},
      {"model/transformer/heads", {"model.width=8"}, "2", "4"},
      {"model/transformer/*", {"model.width=8"}},
      {"loss/mse/weight", {"loss.most=10"}, "none", "data"},
      {"loss/mse/most", {"loss.weight=data"}, "0.1", "0.5"},
      {"loss/*/label_dropout", {labels}, "0.1", "0.9"},
      {"loss/*/weight_floor", {"loss.weight_power=1"}, "0.01", "1"},
      {"loss/*/weight_power", {}, "0", "1"},
      {"loss/alpha_flow/sharpness", {}, "25", "2"},
      {"pair_time/beta/a", {map}, "1", "3"},
      {"pair_time/beta/b", {map}, "1", "3"},
      {"pair_time/*/mean", {map}, "0", "1"},
      {"pair_time/*/std", {map}, "1", "2"},
      {"pair_time/*/scale", {map}, "1", "0.5"},
      {"pair_time/*/sharpness", {map}, "4", "1"},
      {"optimizer/sgd/nesterov", {"optimizer.momentum=0.9"}},
      {"optimizer/*/eps", {}, "1e-8", "0.01"},
      {"optimizer/*/weight_decay", {}, "0", "0.5"},
      {"schedule/*/warmup", {}, "0", "3"},
      {"schedule/step/step_size", {}, "2", "3"},
      {"schedule/step/gamma", {"schedule.step_size=2"}},
      {"ema//decay", {}, "0.999", "0.05"},
      {"train//clip_norm", {"optimizer.type=sgd"}, "1", "0.01"},
      {"train//checkpoint_every", {"train.keep=9"}, "0", "2", Probe::files},
      {"train//keep", {"train.checkpoint_every=1"}, "3", "2", Probe::files},
      {"train//keep_every", {"train.checkpoint_every=1"}, "0", "2", Probe::files},
      {"train//log_every", {}, "1", "3", Probe::files},
      {"train//holdout", {"data.type=geyser"}, "0", "[0,1,2]"},
      {"train//valid_every", held_out, "2", "3", Probe::files},
      {"train//fill_every",
       {R"(data={"type":"csv","path":"m.csv","missing_rows":"model"})"},
       "1",
       "2"},
      {"train//nll_every", held_out, "0", "1", Probe::files},
      {"train//model", diverging, "last", "best"},
      {"train//patience", diverging, "0", "1", Probe::files},
      {"train//threads", {}, "1", "2", Probe::threads},
      {"train//on_nonfinite",
       {"optimizer.type=sgd", "optimizer.lr=1000", "train.clip_norm=0", "data.noise=1e3",
        "train.steps=60"},
       "stop",
       "skip"},
      {"train//chunk", {}, "0", "8"},
      {"sampler/bosh3/steps", {}, "0", "3"},
      {"sampler/dopri5/steps", {}, "0", "3"},
      {"sampler/tsit5/steps", {}, "0", "3"},
      {"sampler/*/rtol", {adaptive}, "1e-5", "0.1"},
      {"sampler/*/atol", {adaptive}, "1e-5", "0.1"},
      {"sampler/*/max_steps", {adaptive}, "10000", "1"},
      {"sampler/jumps/steps", {map}, "1", "2"},
      {"sampler/jumps/begin", {map}, "0", "0.25"},
      {"sampler/jumps/end", {map}, "1", "0.75"},
      {"sampler/jumps/denoise", {map, "path.sigma_min=0.1"}, "no", "yes"},
      {"sampler/jumps/ema", {map}},
      {"sampler/*/begin", {}, "0", "0.25"},
      {"sampler/*/end", {}, "1", "0.75"},
      {"sampler/*/denoise", {"path.sigma_min=0.1"}, "no", "yes"},
      {"sampler/*/temperature", {}, "1", "0.2"},
      {"sampler/*/top_p", {}, "1", "0.2"},
      {"time_grid/*/sigma_min", {"path.type=cosine"}, "0.002", "0.5"},
      {"time_grid/*/sigma_max", {"path.type=cosine"}, "80", "2"},
      {"time_grid/edm/rho", {"path.type=cosine"}},
      {"time_grid/list/times", {}, "[0,0.5,1]", "[0,0.2,1]"},
      {"sampler_path/table/points", {}, "[[0,0,1],[1,1,0]]", "[[0,0,1],[0.5,0.8,0.4],[1,1,0]]"},
      {"guidance//scale", {labels}, "0", "2"},
      {"guidance//from", {labels, "sampler.guidance.scale=2"}, "0", "0.5"},
      {"guidance//to", {labels, "sampler.guidance.scale=2"}, "1", "0.5"},
      {"diffusion/*/scale", {"sampler.type=euler_maruyama", "sampler.steps=4"}, "0.05", "0.1"},
      {"corrector/*/scale", {"sampler.type=ctmc_kernel"}},
      {"eval//n", {}, "20", "30", Probe::evaluation},
      {"eval//times", {"eval.n=20"}, "4", "8", Probe::evaluation},
      {"output//dir", {}, "one", "two", Probe::files},
  };
}

}  // namespace pushforward
