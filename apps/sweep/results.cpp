#include "apps/sweep/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "apps/config/config.h"
#include "apps/json/json.h"
#include "apps/run/checkpoints.h"
#include "apps/run/folder.h"
#include "apps/run/metrics.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// The places of the measures in sweep_measures.
enum SweepColumn { loss, valid_loss, w2, total_variation, nll, above_entropy };

// Returns the number at `path`, or NaN.
double number_at(const Json& json, const char* path) {
  const Json* found = json.find_path(path);
  return found && found->is_number() ? found->get<double>() : NAN;
}

void read_losses(const std::vector<Json>& rows, std::vector<double>& measures) {
  std::vector<double> losses;
  double least = HUGE_VAL;
  for (const Json& row : rows) {
    if (row.contains("train/loss")) losses.push_back(row.value("train/loss", NAN));
    if (row.contains("valid/loss")) least = std::min(least, row.value("valid/loss", HUGE_VAL));
  }
  const std::size_t tail = (losses.size() + 9) / 10;
  double sum = 0;
  for (std::size_t k = losses.size() - tail; k < losses.size(); ++k) sum += losses[k];
  if (tail > 0) measures[loss] = sum / static_cast<double>(tail);
  if (std::isfinite(least)) measures[valid_loss] = least;
}

void read_evaluation(const std::string& path, std::vector<double>& measures) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return;
  const Json report = Json::parse_or_null(read_file(posix(), path));
  measures[nll] = number_at(report, "likelihood/nll");
  measures[above_entropy] = number_at(report, "likelihood/above_entropy");
  measures[w2] = number_at(report, "samples/w2");
  measures[total_variation] = number_at(report, "samples/total_variation");
}

}  // namespace

const std::vector<SweepMeasure>& sweep_measures() {
  static const std::vector<SweepMeasure> all{
      {"loss", "mean training loss over the last tenth of the log"},
      {"valid/loss", "least loss of the held-out rows"},
      {"w2", "Wasserstein distance between samples and data by eval"},
      {"total_variation", "total variation between samples and data by eval"},
      {"nll", "negative log-likelihood by eval, in nats"},
      {"above_entropy", "nll minus the entropy of the data by eval, in nats"}};
  return all;
}

SweepResult read_result(const std::string& folder) {
  SweepResult result{folder, "none", std::vector<double>(sweep_measures().size(), NAN)};
  const RunPaths paths{folder};
  std::error_code error;
  if (!std::filesystem::exists(paths.config(), error)) return result;
  try {
    const Config config = load_config(paths.config(), {}, true);
    const std::vector<std::int64_t> steps = Checkpoints(paths.checkpoints()).steps();
    const std::int64_t last = steps.empty() ? 0 : steps.back();
    // A training that /train/patience has ended early is done, too: it has a model.
    const bool done = std::filesystem::exists(paths.model(), error);
    result.state =
        done ? "done" : fmt::format("step {} of {}", last, config.integer("/train/steps"));
    read_losses(read_metrics(paths.metrics()), result.measures);
    read_evaluation(paths.evaluation(), result.measures);
  } catch (const std::exception&) {
    result.state = "unreadable";
  }
  return result;
}

std::vector<std::size_t> known_measures(const std::vector<SweepResult>& results) {
  std::vector<std::size_t> known;
  for (std::size_t m = 0; m < sweep_measures().size(); ++m) {
    for (const SweepResult& result : results) {
      if (!std::isfinite(result.measures[m])) continue;
      known.push_back(m);
      break;
    }
  }
  return known;
}

std::optional<std::size_t> seed_axis(const SweepGrid& grid) {
  for (std::size_t a = 0; a < grid.axes.size(); ++a)
    if (grid.axes[a].key == "seed") return a;
  return {};
}

Spread spread_of(const std::vector<SweepResult>& results, const std::vector<std::size_t>& of,
                 std::size_t measure) {
  Spread spread;
  double sum = 0, squares = 0;
  for (const std::size_t k : of) {
    const double value = results[k].measures[measure];
    if (!std::isfinite(value)) continue;
    ++spread.count;
    sum += value;
  }
  if (spread.count == 0) return spread;
  spread.mean = sum / static_cast<double>(spread.count);
  for (const std::size_t k : of) {
    const double off = results[k].measures[measure] - spread.mean;
    if (std::isfinite(off)) squares += off * off;
  }
  if (spread.count > 1)
    spread.deviation = std::sqrt(squares / static_cast<double>(spread.count - 1));
  return spread;
}

}  // namespace pushforward::app
