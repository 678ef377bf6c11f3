#include "apps/flows/trained_run.h"

#include <fmt/format.h>

#include "apps/config/data_types.h"
#include "apps/data/columns.h"
#include "apps/failure.h"
#include "apps/run/checkpoints.h"
#include "apps/run/folder.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/checkpoint.h"

namespace pushforward::app::inline PF_REAL {

ModelFile open_model_file(const std::string& run) {
  const std::string file = join_path(run, "model.safetensors");
  if (read_status(posix(), file).kind == FileKind::missing) {
    throw Failure(
        Exit::file,
        fmt::format("[run] {} has no model.safetensors: it has not reached its first checkpoint, "
                    "or the file was removed; "
                    "resume it with `pushforward train {}/config.json --resume --out {}`",
                    run, run, run));
  }
  return {file, read_safetensors(posix(), file).metadata()};
}

void load_weights(const Config& config, const std::string& run, bool average,
                  Parameters& parameters) {
  if (average || config.number("/ema/decay") == 0) {
    load_model(posix(), join_path(run, "model.safetensors"), parameters);
    return;
  }
  const auto found = Checkpoints(RunPaths{run}.checkpoints()).newest_whole();
  if (!found)
    throw Failure(
        Exit::file,
        fmt::format(
            "[run] {} has no checkpoint, but --raw needs the weights of one; leave --raw out",
            run));
  load_model(posix(), found->path, parameters, "model.");
  if (config.string("/train/model") == "best")
    tell(
        "--raw takes the weights of step {}, the last, and not those of the best step, which are "
        "only kept averaged",
        found->step);
}

TokenTraits load_token_traits(const Config& config, const ModelFile& file) {
  TokenTraits traits = read_traits(file.metadata, file.name);
  if (traits.units_undo_affine)
    traits.units = with_affine(traits.units, config.section("/data").json());
  return traits;
}

TrainedRun load_trained_run(const Config& config, const std::string& run, bool average) {
  const ModelFile file = open_model_file(run);
  TrainedRun trained;
  trained.units = read_units(file.metadata, file.name);
  if (units_undo_affine(file.metadata))
    trained.units = with_affine(trained.units, config.section("/data").json());
  trained.shares = read_shares(file.metadata, file.name);
  trained.classes = read_class_names(file.metadata, file.name);
  trained.code = read_table_code(file.metadata, file.name);
  if (trained.code && trained.code->width() != trained.units.dim())
    throw Failure(Exit::file,
                  fmt::format("[model] {}: \"data.table\" has {} code columns, but \"data.scale\" "
                              "has {} numbers; use the unedited model file of a run",
                              file.name, trained.code->width(), trained.units.dim()));
  trained.condition = read_condition_code(file.metadata, file.name);
  trained.manifold = read_manifold_code(file.metadata, file.name);
  const bool fits = !trained.manifold ||
                    trained.manifold->manifold().dim() == static_cast<int>(trained.units.dim());
  if (!fits || (trained.manifold != nullptr) != on_manifold(config))
    throw Failure(Exit::file,
                  fmt::format("[model] {}: its manifold is not that of the run's data ({}, {} "
                              "coordinates); use the unedited files of a run",
                              file.name, config.string("/data/type"), trained.units.dim()));
  trained.model = std::make_unique<Model>(
      config, static_cast<int>(trained.units.dim()), static_cast<int>(trained.shares.size()), 1,
      trained.condition ? static_cast<int>(trained.condition->width()) : 0,
      trained.manifold ? trained.manifold->shared() : nullptr);
  load_weights(config, run, average, trained.model->parameters);
  return trained;
}

}  // namespace pushforward::app::inline PF_REAL
