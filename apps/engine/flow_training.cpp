#include "apps/engine/flow_training.h"

#include "apps/from_config/coupling.h"
#include "apps/from_config/data.h"
#include "apps/from_config/data_scale.h"
#include "apps/run/data_traits.h"
#include "flow/train/loss.h"

namespace pushforward::app::inline PF_REAL {
namespace {

Problem make_problem(const Config& config) {
  Problem problem;
  problem.data = build_data(config.section("/data").json());
  problem.source = build_source(config.section("/source").json(), problem.data->dim());
  problem.scheduler = make_scheduler(config);
  problem.noise = make_path_noise(config);
  problem.coupling = build_coupling(config.section("/coupling").json());
  problem.time = make_time_distribution(config);
  check_labels(config, problem.data->classes());
  problem.labelled = sees_labels(config);
  if (problem.labelled) problem.label_dropout = config.number("/loss/label_dropout");
  return problem;
}

}  // namespace

FlowTraining::FlowTraining(const Config& config, int threads)
    : Training(config, threads),
      batch_(make_problem(config), static_cast<int>(config.integer("/train/batch")), seed(),
             workers().threads() > 1),
      model_(config, batch_.dim(), batch_.problem().data->classes()),
      weighting_(make_weighting(config)),
      units_(make_units(*batch_.problem().data)),
      shares_(count_class_shares(*batch_.problem().data)) {
  train(model_.parameters, config);
  warnings_ = scale_warnings(config, *batch_.problem().data);
}

Var FlowTraining::loss(Tape& tape, RowRange rows, const NetworkMode& mode) {
  const Field field = model_.predicting(
      [this, &mode](Var x, Var t, Labels labels) { return model_.network(x, t, labels, mode); });
  return prediction_loss(field, model_.parameterization, weighting_,
                         batch_.chunk(tape, rows.first, rows.count));
}

void FlowTraining::describe(Metadata& metadata) const {
  write_units(units_, metadata);
  write_shares(shares_, metadata);
}

}  // namespace pushforward::app::inline PF_REAL
