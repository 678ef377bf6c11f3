#include "apps/training/stand_in.h"

#include <algorithm>

#include "apps/flows/trained_run.h"
#include "apps/training/flow_training.h"
#include "apps/training/token_training.h"
#include "flow/distributions/array.h"
#include "flow/distributions/source.h"
#include "flow/manifold/sources.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns the number of random rows that stand in for the data. There is at least one row for each
// class.
int count_rows(std::size_t classes) { return std::max(256, static_cast<int>(classes)); }

std::vector<int> stand_in_labels(std::size_t classes) {
  std::vector<int> labels;
  for (int k = 0; classes > 0 && k < count_rows(classes); ++k)
    labels.push_back(k % static_cast<int>(classes));
  return labels;
}

bool from_data(const Config& config) { return config.string("/source/type") == "data"; }

std::unique_ptr<Training> stand_in_flow(const Config& config, const ModelFile& file) {
  const int dim = static_cast<int>(read_units(file.metadata, file.name).dim());
  const std::size_t classes = read_shares(file.metadata, file.name).size();
  const ManifoldCodePtr manifold = read_manifold_code(file.metadata, file.name);
  const DistributionPtr any =
      manifold ? DistributionPtr(UniformOnManifold(manifold->manifold())) : GaussianSource(dim);
  const auto rows = [&](std::uint64_t seed, std::vector<int> labels) {
    return std::make_shared<ArrayData>(
        draw_rows(*any, {seed, Purpose::data, 0}, count_rows(classes)), std::move(labels));
  };
  DataTraits traits;
  traits.manifold = manifold;
  traits.given.code = read_condition_code(file.metadata, file.name);
  traits.given.trained = count_rows(classes);
  for (int row = 0; traits.given.code && row < traits.given.trained; ++row)
    for (std::size_t k = 0; k < traits.given.code->columns(); ++k)
      traits.given.rows.push_back(traits.given.code->table().some_value(k));
  return std::make_unique<FlowTraining>(config, 1, rows(1, stand_in_labels(classes)),
                                        from_data(config) ? rows(2, {}) : nullptr,
                                        std::move(traits));
}

std::unique_ptr<Training> stand_in_tokens(const Config& config, const ModelFile& file) {
  const TokenTraits traits = read_traits(file.metadata, file.name);
  const std::size_t classes = read_shares(file.metadata, file.name).size();
  const auto rows = [&](std::vector<int> labels) {
    TokenTable table{traits.length, {}, std::move(labels), {}};
    for (int k = 0; k < count_rows(classes) * traits.length; ++k)
      table.tokens.push_back(k % traits.vocabulary);
    return std::make_shared<TableDistribution>(std::move(table), traits.vocabulary);
  };
  return std::make_unique<TokenTraining>(config, 1,
                                         TokenData{rows(stand_in_labels(classes)), nullptr, traits},
                                         from_data(config) ? rows({}) : nullptr);
}

}  // namespace

std::unique_ptr<Training> make_training_without_data(const Config& config, const std::string& run) {
  const ModelFile file = open_model_file(run);
  return of_tokens(config) ? stand_in_tokens(config, file) : stand_in_flow(config, file);
}

}  // namespace pushforward::app::inline PF_REAL
