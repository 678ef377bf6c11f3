#include "nn/checkpoint/checkpoint.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <limits>

#include "nn/networks/mlp.h"
#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

// A temporary folder that is removed after the test.
struct Folder {
  std::string path;
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "pushforward-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const char* name) const { return path + "/" + name; }
};

struct SavedRun {
  Mlp net;
  Parameters parameters;
  Workers workers{1};
  Trainer trainer;

  static TrainerOptions options(OptimizerKind kind, double ema, double momentum = 0) {
    TrainerOptions o;
    o.optimizer = {.kind = kind, .lr = 0.01, .momentum = momentum};
    o.ema_decay = ema;
    return o;
  }

  explicit SavedRun(std::uint64_t seed,
                    const TrainerOptions& o = options(OptimizerKind::adamw, 0.9),
                    const MlpOptions& net_options = {.in = 2, .out = 2, .hidden = {8}})
      : net(net_options), parameters(net), trainer(start(parameters, seed), o, workers) {}

  static Parameters& start(Parameters& p, std::uint64_t seed) {
    p.initialise({seed, Purpose::init});
    return p;
  }

  void train(int steps) {
    for (int k = 0; k < steps; ++k) {
      trainer.step(64, [this](Tape& tape, RowRange rows) {
        const auto step = static_cast<std::uint64_t>(trainer.updates());
        const Var x = tape.input({rows.count, 2}, random_tensor({rows.count, 2}, step).values());
        return mse(net(x), x);
      });
    }
  }
};

TEST_CASE("checkpoint: a resumed run has the same bits as one without interruption") {
  const Folder folder;
  for (const auto& options :
       {SavedRun::options(OptimizerKind::adamw, 0.9), SavedRun::options(OptimizerKind::adam, 0),
        SavedRun::options(OptimizerKind::sgd, 0.9, 0.9),
        SavedRun::options(OptimizerKind::sgd, 0)}) {
    SavedRun whole(1, options);
    whole.train(5);
    save_checkpoint(posix(), folder / "c.safetensors", whole.trainer,
                    {.step = 7, .seed = ~std::uint64_t{0}, .config_hash = "abc"});
    whole.train(5);
    SavedRun resumed(2, options);
    const TrainingProgress p = load_checkpoint(posix(), folder / "c.safetensors", resumed.trainer);
    CHECK(p.step == 7);
    CHECK(p.seed == ~std::uint64_t{0});
    CHECK(p.config_hash == "abc");
    CHECK(resumed.trainer.updates() == 5);
    resumed.train(5);
    CHECK(doubles(resumed.parameters.values()) == doubles(whole.parameters.values()));
    CHECK(doubles(resumed.trainer.ema()) == doubles(whole.trainer.ema()));
  }
}

TEST_CASE("checkpoint: notes and the weights of an earlier step are stored with it") {
  const Folder folder;
  SavedRun run(1);
  run.train(2);
  const FlatArray earlier(run.trainer.ema().begin(), run.trainer.ema().end());
  run.train(3);
  const std::string path = folder / "c.safetensors";
  write_file_atomically(
      posix(), path,
      checkpoint_bytes(path, run.trainer, {.step = 5, .notes = {{"valid.step", "2"}}}, earlier));
  SavedRun resumed(2);
  FlatArray best;
  const TrainingProgress p = load_checkpoint(posix(), path, resumed.trainer, &best);
  CHECK(p.notes == Metadata{{"valid.step", "2"}});
  CHECK(doubles(best) == doubles(earlier));
  CHECK(doubles(best) != doubles(run.trainer.ema()));
  CHECK(doubles(resumed.parameters.values()) == doubles(run.parameters.values()));
  // A caller that does not expect such weights refuses them, and without them `best` becomes empty.
  CHECK_THROWS_WITH(load_checkpoint(posix(), path, resumed.trainer),
                    Contains("best.0.bias does not belong to this model"));
  save_checkpoint(posix(), path, run.trainer, {.step = 5});
  CHECK(load_checkpoint(posix(), path, resumed.trainer, &best).notes.empty());
  CHECK(best.empty());
}

TEST_CASE("checkpoint: names, shapes and metadata are the expected ones, as in PyTorch") {
  const Folder folder;
  SavedRun run(1);
  run.train(1);
  save_checkpoint(posix(), folder / "c.safetensors", run.trainer, {.step = 1});
  const Safetensors file = read_safetensors(posix(), folder / "c.safetensors");
  std::string names;
  for (const auto& [name, tensor] : file.tensors()) names += name + " ";
  CHECK(names ==
        "ema.0.bias ema.0.weight ema.2.bias ema.2.weight model.0.bias model.0.weight "
        "model.2.bias model.2.weight optim.exp_avg.0.bias optim.exp_avg.0.weight "
        "optim.exp_avg.2.bias optim.exp_avg.2.weight optim.exp_avg_sq.0.bias "
        "optim.exp_avg_sq.0.weight optim.exp_avg_sq.2.bias "
        "optim.exp_avg_sq.2.weight optim.step rng.seed train.step ");
  CHECK(bracketed_shape(file.at("model.0.weight").shape) == "[8, 2]");
  CHECK(bracketed_shape(file.at("model.0.bias").shape) == "[8]");
  CHECK(file.metadata().at("format") == "pushforward-checkpoint");
  CHECK(file.metadata().at("step") == "1");
  CHECK(file.metadata().count("xxh3") == 1);

  save_model(posix(), folder / "m.safetensors", run.parameters, run.trainer.ema(),
             {{"name", "moons"}});
  const Safetensors model = read_safetensors(posix(), folder / "m.safetensors");
  CHECK(model.tensors().size() == 4);
  CHECK(model.tensors().count("2.weight") == 1);
  CHECK(model.metadata().at("name") == "moons");
}

TEST_CASE("checkpoint: weights can be read from a model file and from a checkpoint") {
  const Folder folder;
  SavedRun run(1);
  run.train(3);
  save_checkpoint(posix(), folder / "c.safetensors", run.trainer, {});
  save_model(posix(), folder / "m.safetensors", run.parameters, run.trainer.ema());
  const auto load = [&](const char* name, const char* prefix) {
    SavedRun other(9);
    load_model(posix(), folder / name, other.parameters, prefix);
    return doubles(other.parameters.values());
  };
  CHECK(load("m.safetensors", "") == doubles(run.trainer.ema()));
  CHECK(load("c.safetensors", "ema.") == doubles(run.trainer.ema()));
  CHECK(load("c.safetensors", "model.") == doubles(run.parameters.values()));
}

TEST_CASE("checkpoint: float32 and float64 files can be loaded in both precisions") {
  const Folder folder;
  SavedRun run(1);
  std::vector<TensorView> as_float, as_double;
  std::vector<std::vector<float>> f;
  std::vector<std::vector<double>> d;
  for (const Parameter* p : run.parameters.list()) {
    const auto part = run.parameters.part(*p, run.parameters.values());
    f.emplace_back(part.begin(), part.end());
    d.emplace_back(part.begin(), part.end());
  }
  for (std::size_t k = 0; k < f.size(); ++k) {
    const Parameter& p = *run.parameters.list()[k];
    const std::vector<std::uint64_t> shape(p.stored.dim.begin(),
                                           p.stored.dim.begin() + p.stored.rank);
    as_float.push_back(tensor_view(p.name, shape, std::span<const float>(f[k])));
    as_double.push_back(tensor_view(p.name, shape, std::span<const double>(d[k])));
  }
  write_safetensors(posix(), folder / "f.safetensors", as_float, {});
  write_safetensors(posix(), folder / "d.safetensors", as_double, {});
  for (const char* name : {"f.safetensors", "d.safetensors"}) {
    SavedRun other(2);
    load_model(posix(), folder / name, other.parameters);
    for (std::size_t i = 0; i < run.parameters.size(); ++i)
      CHECK(static_cast<double>(other.parameters.values()[i]) ==
            Approx(static_cast<double>(run.parameters.values()[i])).epsilon(1e-7));
  }
}

TEST_CASE("checkpoint: a file that does not fit is refused, and nothing is changed") {
  const Folder folder;
  const std::string path = folder / "c.safetensors", model = folder / "m.safetensors";
  SavedRun run(1);
  run.train(2);
  save_checkpoint(posix(), path, run.trainer, {});
  save_model(posix(), model, run.parameters, run.parameters.values());

  const auto refused = [&](SavedRun& other, const std::string& text) {
    const auto values = doubles(other.parameters.values());
    CHECK_THROWS_WITH(load_checkpoint(posix(), path, other.trainer), Contains(text));
    CHECK(doubles(other.parameters.values()) == values);
    CHECK(other.trainer.updates() == 0);
  };
  SavedRun wide(3, SavedRun::options(OptimizerKind::adamw, 0.9),
                {.in = 2, .out = 2, .hidden = {16}});
  refused(wide, "[checkpoint] " + path +
                    ": model.0.weight is [8, 2] in the file and [16, 2] in the model; "
                    "load it into the model of the config it was trained with");
  SavedRun deep(3, SavedRun::options(OptimizerKind::adamw, 0.9),
                {.in = 2, .out = 2, .hidden = {8, 2}});
  refused(deep, "model.4.weight is missing");
  SavedRun sgd(3, SavedRun::options(OptimizerKind::sgd, 0.9));
  refused(sgd,
          "optim.exp_avg.0.bias does not belong to this model; "
          "was it trained with another optimizer, or with an average?");
  SavedRun plain(3, SavedRun::options(OptimizerKind::adamw, 0));
  refused(plain, "ema.0.bias does not belong to this model");

  SavedRun other(3);
  CHECK_THROWS_WITH(load_checkpoint(posix(), model, other.trainer),
                    Contains("format \"pushforward-model\" version \"1\"; "
                             "pushforward-checkpoint version 1 is needed"));
  CHECK_THROWS_WITH(load_model(posix(), path, other.parameters), Contains("0.weight is missing"));
  CHECK_THROWS_AS(load_model(posix(), folder / "none", other.parameters), FileError);
}

TEST_CASE("checkpoint: numbers that are not finite are neither written nor read") {
  const Folder folder;
  SavedRun run(1);
  const std::string path = folder / "m.safetensors";
  run.parameters.values()[3] = std::numeric_limits<real>::infinity();
  CHECK_THROWS_WITH(save_model(posix(), path, run.parameters, run.parameters.values()),
                    "[checkpoint] " + path +
                        ": 0.weight contains a number that is not finite; nothing was written");
  CHECK(!std::filesystem::exists(path));
  std::vector<TensorView> tensors;
  for (const Parameter* p : run.parameters.list()) {
    const std::vector<std::uint64_t> shape(p->stored.dim.begin(),
                                           p->stored.dim.begin() + p->stored.rank);
    tensors.push_back(tensor_view(
        p->name, shape, run.parameters.part(*p, std::span<const real>(run.parameters.values()))));
  }
  write_safetensors(posix(), path, tensors, {});
  CHECK_THROWS_WITH(load_model(posix(), path, run.parameters),
                    Contains("0.weight contains a number that is not finite"));
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
