#include "apps/page/live_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "apps/config/data_types.h"
#include "apps/config/map_loss.h"
#include "apps/data/data.h"
#include "apps/failure.h"
#include "apps/page/live_tokens.h"
#include "apps/page/live_training.h"
#include "apps/run/data_traits.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The most rows of data that an "opened" message has.
constexpr int kMostRows = 4000;

// Throws Failure (exit 2) for configs that the page cannot train.
void check_page_config(const Config& config) {
  if (sizeof(real) != (config.string("/precision") == "float64" ? 8 : 4))
    throw Failure(Exit::usage,
                  "[page] the page computes in float32, but /precision is \"float64\"; set it to "
                  "\"float32\"");
  if (on_manifold(config))
    throw Failure(Exit::usage, "[page] the page draws flows in flat space, and /data (" +
                                   config.string("/data/type") +
                                   ") is on a manifold; train it with `pushforward train`");
}

// Returns why there is no exact flow between source and data, or "" if there is one.
std::string reason_against_exact(const Config& config, const Distribution& source,
                                 const Distribution& data) {
  if (!data.mixture())
    return "the exact answer is known for mixtures and for finite sets of points, and this data is "
           "neither";
  if (!source.mixture()) return "the exact answer needs a source that is a mixture or a finite set";
  if (config.string("/coupling/type") != "independent")
    return "the exact answer is known for the independent coupling only";
  if (config.string("/path/noise/type") != "none")
    return "the exact answer is known for paths without noise only";
  return "";
}

}  // namespace

LiveRun::LiveRun(const Config& config, std::string folder)
    : config_(config),
      folder_(std::move(folder)),
      data_(build_run_data(config)),
      units_(make_units(*data_)),
      training_(make_training(config, 1)),
      start_remarks_(start_page_training(*training_, config)) {
  training_->check_first_batch();
  const DistributionPtr source = build_run_source(config, data_->dim());
  no_exact_ = reason_against_exact(config, *source, *data_);
}

const std::vector<LiveRun::Row>& LiveRun::rows() {
  static const std::vector<Row> all{
      {"opened", &LiveRun::opened},   {"train", &LiveRun::train},
      {"flow", &LiveRun::flow},       {"field", &LiveRun::field},
      {"density", &LiveRun::density}, {"likelihood", &LiveRun::likelihood},
      {"path", &LiveRun::path},       {"pairs", &LiveRun::pairs},
      {"solver", &LiveRun::solver},   {"tape", &LiveRun::tape},
      {"jumps", &LiveRun::jumps},     {"line", &LiveRun::line},
      {"save", &LiveRun::save},       {"restore", &LiveRun::restore},
  };
  return all;
}

PageMessage LiveRun::ask(const Json& question) {
  const std::string& name = question.at("ask").text();
  const auto found =
      std::find_if(rows().begin(), rows().end(), [&](const Row& row) { return name == row.name; });
  if (found == rows().end())
    throw Failure(Exit::failed, "[page] the question \"" + name + "\" is unknown");
  PageMessage answer = (this->*found->answer)(question);
  answer.head["step"] = training_->steps_done();
  return answer;
}

PageMessage LiveRun::opened(const Json&) {
  PageMessage message("opened");
  message.head["config"] = config_.json();
  message.head["dim"] = data_->dim();
  message.head["weights"] = training_->parameters().count();
  message.head["steps"] = training_->total_steps();
  message.head["batch"] = training_->batch();
  message.head["no_exact"] = no_exact_;
  message.head["map"] = learns_map(config_);
  Json remarks = Json::array(), names = Json::array();
  for (const std::string& warning : config_.warnings()) remarks.push_back(warning);
  for (const std::string& warning : training_->warnings()) remarks.push_back(warning);
  for (const std::string& remark : start_remarks_) remarks.push_back(remark);
  for (const std::string& name : units_.names) names.push_back(name);
  message.head["remarks"] = std::move(remarks);
  message.head["names"] = std::move(names);
  const Tensor* all = data_->all();
  const std::size_t dim = units_.dim();
  std::vector<double> points =
      all && all->rows() <= kMostRows
          ? all_wide_rows(*data_, RowUnits::data)
          : draw_wide_rows(*data_, {1, Purpose::data, 0}, kMostRows / 2, RowUnits::data);
  message.add("points", {points.size() / dim, dim}, points);
  return message;
}

PageMessage LiveRun::train(const Json& question) { return train_steps(*training_, question); }
PageMessage LiveRun::tape(const Json& question) { return list_tape(*training_, question); }
PageMessage LiveRun::line(const Json& question) { return show_line(*training_, question); }
PageMessage LiveRun::save(const Json&) { return save_training(*training_, folder_); }

PageMessage LiveRun::restore(const Json&) {
  flow_step_ = -1;
  return restore_training(*training_, folder_);
}

std::unique_ptr<PageSession> open_page_session(const Config& config, const std::string& folder) {
  check_page_config(config);
  if (of_tokens(config)) return std::make_unique<LiveTokens>(config, folder);
  return std::make_unique<LiveRun>(config, folder);
}

}  // namespace pushforward::app::inline PF_REAL
