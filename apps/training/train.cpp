#include "apps/training/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/ranks/lead.h"
#include "apps/report/files_read.h"
#include "apps/run/checkpoints.h"
#include "apps/run/environment.h"
#include "apps/run/folder.h"
#include "apps/run/metrics.h"
#include "apps/run/pairs.h"
#include "apps/run/summary.h"
#include "apps/terminal/clock.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/message.h"
#include "apps/terminal/progress.h"
#include "apps/training/loop.h"
#include "apps/training/resume.h"
#include "apps/training/training.h"
#include "apps/training/warm_start.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Prints that a run with the wanted name exists in the folder `usual`, and that the new run is
// written to `folder`.
void tell_of_earlier_run(const std::string& usual, const std::string& folder) {
  const std::optional<RunSummary> earlier = summarize_run(usual);
  tell(
      "{} is an earlier run{}, so this one is written to {}\n"
      "   --overwrite replaces the earlier run, --resume goes on with the last one",
      usual, earlier ? " (" + progress_words(*earlier) + ")" : "", folder);
}

std::string usual_folder(const Config& config) {
  return join_path(config.string("/output/dir"), config.string("/name"));
}

std::unique_ptr<Training> build_training(const Config& config, const TrainRequest& request) {
  return make_training(config, threads_of(config, request));
}

// If the config names another run in /from, loads its weights and says so. Returns the record of
// that run for env.json, or null.
Json start_of_run(Training& training, const Config& config, const Say& say) {
  const std::string& run = config.string("/from");
  if (run.empty()) return nullptr;
  for (const std::string& remark : start_from(training, config, run)) tell_line(remark);
  Json record = warm_start_record(run);
  training.set_origin(origin_of(record));
  say(
      fmt::format("the weights of {} after step {} are the first of this run; optimizer, schedule "
                  "and average begin anew",
                  run, record.at("step").text()));
  return record;
}

// If the resumed run began with the weights of another run, passes the record of that run on to the
// training. Loads those weights again if there is no checkpoint yet.
void resume_start(Training& training, const Config& config, const RunPaths& paths) {
  const Json environment =
      Json::parse_or_null(read_regular_file(posix(), paths.environment(), 1 << 24));
  const Json* record = environment.is_object() ? environment.find("from") : nullptr;
  if (!record || !record->is_object())
    throw Failure(
        Exit::file,
        fmt::format("[from] {} has no record of the run that /from names; start a new run "
                    "without --resume",
                    paths.environment()));
  if (Checkpoints(paths.checkpoints()).steps().empty())
    start_from(training, config, recorded_start(*record));
  training.set_origin(origin_of(*record));
}

int resume_run(const Config& given, const TrainRequest& request, const Say& say) {
  const std::string where = request.out.empty()
                                ? last_run(given.string("/output/dir"), given.string("/name"))
                                : request.out;
  RunFolder folder = RunFolder::resume(where, tell_line);
  const RunPaths paths = folder.paths();
  const Config own = load_config(paths.config(), {}, true);
  check_same(given, own, paths);
  // Settings that the user changed when resuming are also written to the run's config.json, since
  // other verbs read that file.
  const Config now = resumed_config(given, own, paths);
  const Config config = locate_data(now, where, ChangedData::refuse, tell_line);
  const std::unique_ptr<Training> training = build_training(config, request);
  check_held_out(training->held_out_numbers(), paths);
  if (now != own) folder.write("config.json", now.dump());
  const Interrupt interrupt;
  if (!config.string("/from").empty()) resume_start(*training, config, paths);
  RunLoop run(config, request, std::move(folder), *training, say);
  run.resume();
  if (now.integer("/train/steps") != own.integer("/train/steps"))
    say(longer_words(now, own, training->steps_done()));
  if (now != own)
    say(fmt::format("{} now has the changed values: {} differed", paths.config(),
                    first_difference(own.json(), now.json())));
  return run.train();
}

}  // namespace

int train_run(const Config& config, const TrainRequest& request) {
  files_read().send_to(request.json, request.quiet);
  const Say say = [&](const std::string& text) {
    if (!request.quiet) tell_line(text);
  };
  if (request.resume) return resume_run(config, request, say);
  if (request.overwrite)
    check_overwritten(config, request.out.empty() ? usual_folder(config) : request.out);
  // Builds the training and reserves its memory before making the run's folder. If data or memory
  // is missing, no empty run is left behind, and no earlier run is replaced.
  const std::unique_ptr<Training> made = build_training(config, request);
  Training& training = *made;
  Json data = data_record(config);
  add_reports(data);
  const Json start = start_of_run(training, config, say);
  const Interrupt interrupt;
  check_tolerances_hold(config);
  training.check_first_batch();
  for (const std::string& hint : training.hints()) say(hint);
  for (const std::string& warning : training.warnings()) tell_line(warning);
  try {
    training.reserve();
  } catch (const TrainingInterrupted&) {
    throw Failure(Exit::interrupted,
                  "[train] interrupted before the first step; nothing was written");
  }
  RunFolder folder = RunFolder::create(
      {config.string("/output/dir"), config.string("/name"), request.out, request.overwrite},
      tell_line);
  const std::string usual = usual_folder(config);
  if (request.out.empty() && folder.paths().folder != usual)
    tell_of_earlier_run(usual, folder.paths().folder);
  folder.write("config.json", config.dump());
  if (!training.pairs().empty()) {
    folder.write(kPairsFile, training.pairs());
    data.push_back(record_of_pairs(folder.paths().folder, training.pairs()));
    say(fmt::format("the {} pairs that {} made for this run are kept in {}",
                    config.integer("/data/n"), config.string("/data/from"),
                    join_path(folder.paths().folder, kPairsFile)));
  }
  folder.write("env.json",
               environment_json(request.arguments, training.workers().threads(), data, start));
  if (const std::vector<int> rows = training.held_out_numbers(); !rows.empty())
    folder.write("held_out.json", held_out_text(rows));
  RunLoop run(config, request, std::move(folder), training, say);
  return run.train();
}

void follow_training(const Config& config, Ranks& ranks, int threads) {
  const std::unique_ptr<Training> training = make_training(config, threads);
  training->share_steps(ranks);
  const Interrupt interrupt;
  for (;;) {
    Order order = Order::end;
    ranks.broadcast(0, std::as_writable_bytes(std::span(&order, 1)));
    switch (order) {
      case Order::state: training->broadcast_state(ranks); break;
      case Order::step:
        do training->step();
        while (training->step_promised());
        break;
      case Order::begin:
      case Order::end: return;
    }
  }
}

}  // namespace pushforward::app::inline PF_REAL
