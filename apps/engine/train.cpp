#include "apps/engine/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "apps/engine/training.h"
#include "apps/failure.h"
#include "apps/from_config/options.h"
#include "apps/from_config/run_data.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/report/files_read.h"
#include "apps/run/checkpoints.h"
#include "apps/run/environment.h"
#include "apps/run/folder.h"
#include "apps/run/metrics.h"
#include "apps/run/summary.h"
#include "apps/terminal/clock.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/message.h"
#include "apps/terminal/progress.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// With /train/on_nonfinite "skip" or "rollback", training fails after this many consecutive failed
// steps.
constexpr int kMaxFaults = 100;

// A run while it is trained: its folder, the files it writes, and the number of failed steps so
// far.
class Run {
 public:
  Run(const Config& config, const TrainRequest& request, RunFolder folder, Training& training,
      Say say)
      : config_(config),
        request_(request),
        folder_(std::move(folder)),
        say_(std::move(say)),
        checkpoints_(folder_.paths().checkpoints(),
                     [this](const std::string& text) { warn_(text); }),
        metrics_(folder_.paths().metrics()),
        training_(training) {}

  // Restores the newest undamaged checkpoint, if there is one, and removes checkpoints and metrics
  // of later steps.
  void resume() {
    const auto found = checkpoints_.newest_whole();
    if (found) training_.resume(found->path);
    checkpoints_.cut_back(training_.steps_done());
    metrics_.cut_back(training_.steps_done());
    say_(fmt::format("resuming at step {} of {}", training_.steps_done(), training_.total_steps()));
  }

  int train();

 private:
  std::int64_t last_step();
  void log(const StepResult& result, double seconds, double rate);
  void fault(const StepResult& result);
  void checkpoint();
  // Calls `write`, which writes a file. A full disk must not end the training, so a file error is
  // stored and reported at the end. Returns whether there was no error.
  template <class Write>
  bool guard(const Write& write) {
    try {
      write();
    } catch (const FileError& e) {
      if (!file_trouble_) warn_(e.what());
      file_trouble_ = true;
      last_trouble_ = e.what();
      return false;
    }
    return true;
  }

  const Config& config_;
  const TrainRequest& request_;
  RunFolder folder_;
  Say say_;               // prints a message, unless --quiet is given
  Say warn_ = tell_line;  // prints a message always
  Checkpoints checkpoints_;
  MetricsFile metrics_;
  Training& training_;
  std::optional<std::int64_t> saved_;  // the step of the last checkpoint
  StepResult last_;
  int faults_ = 0;
  bool file_trouble_ = false;
  std::string last_trouble_;
};

void Run::log(const StepResult& result, double seconds, double rate) {
  guard([&] {
    metrics_.append({{"step", training_.steps_done()},
                     {"time_s", seconds},
                     {"train/loss", result.loss},
                     {"train/grad_norm", result.grad_norm},
                     {"lr", result.lr},
                     {"steps_per_s", rate}});
  });
}

void Run::checkpoint() {
  const std::int64_t step = training_.steps_done();
  if (saved_ == step) return;
  const std::int64_t every =
      config_.integer("/train/checkpoint_every") * config_.integer("/train/keep_every");
  // The checkpoint and the model file are both tried even if one fails, because the smaller one may
  // still fit on the disk.
  const bool resumable = guard([&] {
    checkpoints_.write(step, training_.checkpoint(checkpoints_.path(step)),
                       {static_cast<int>(config_.integer("/train/keep")), every});
  });
  const bool usable = guard([&] { training_.save_model_file(folder_.paths().model()); });
  const bool logged = guard([&] { metrics_.sync(); });
  if (resumable && usable && logged) saved_ = step;
}

// Handles a loss or gradient that is not finite as /train/on_nonfinite requests: stops, skips the
// step, or goes back to a checkpoint.
void Run::fault(const StepResult& result) {
  const std::int64_t step = training_.steps_done();
  const std::string what =
      result.status == StepStatus::bad_loss
          ? fmt::format("the loss of rows {} to {} is {}", result.rows.first,
                        result.rows.first + result.rows.count - 1, result.loss)
          : fmt::format("the gradient of {} is not finite", result.parameter->name);
  const std::string where = training_.explain(result.rows);
  const std::string text =
      fmt::format("[train] step {}: {}{}", step, what, where.empty() ? "" : "\n" + where);
  const std::string& policy = config_.string("/train/on_nonfinite");
  if (policy == "stop") {
    throw Failure(
        Exit::diverged,
        text + fmt::format(
                   "\nlower /optimizer/lr, set /train/clip_norm, or choose /train/on_nonfinite "
                   "\"skip\" or \"rollback\"; the last checkpoint of {} is untouched",
                   folder_.paths().folder));
  }
  if (++faults_ >= kMaxFaults) {
    throw Failure(Exit::diverged,
                  text + fmt::format("\nthis was fault {} in a row; lower /optimizer/lr", faults_));
  }
  if (policy == "rollback") {
    const auto found = checkpoints_.newest_whole();
    if (!found)
      throw Failure(Exit::diverged, text +
                                        "\nthere is no checkpoint to go back to yet; "
                                        "lower /optimizer/lr or /train/checkpoint_every");
    training_.roll_back(found->path);
    say_(text + fmt::format("\nweights restored from step {}", found->step));
  } else {
    say_(text + "\nstep skipped");
  }
}

// Returns the step to stop after. Says where that is not what was asked for, and where there is
// nothing to train.
std::int64_t Run::last_step() {
  const std::int64_t done = training_.steps_done(), total = training_.total_steps(),
                     asked = request_.max_steps.value_or(total);
  if (asked > total)
    warn_(fmt::format(
        "warning: --max-steps {} is beyond /train/steps, so training ends at step {}; set "
        "train.steps to train longer",
        asked, total));
  if (request_.resume && done >= total)
    warn_(
        fmt::format("warning: the run has all of its {} steps, so nothing is trained; set "
                    "train.steps to train longer",
                    total));
  else if (request_.resume && done >= asked)
    warn_(
        fmt::format("warning: the run has {} of its {} steps and --max-steps is {}, so nothing "
                    "is trained",
                    done, total, asked));
  return std::min(total, asked);
}

int Run::train() {
  const std::int64_t first = training_.steps_done(), total = training_.total_steps(),
                     until = last_step();
  const std::int64_t every = config_.integer("/train/log_every"),
                     save_every = config_.integer("/train/checkpoint_every");
  ProgressBar bar("step", first, until, Terminal::of_stderr(), request_.quiet);
  const Say outer = say_;
  say_ = [&bar](const std::string& text) { bar.say(text); };
  warn_ = [&bar](const std::string& text) { bar.warn(text); };
  const double start = seconds_now();
  bool stopped = false;
  std::int64_t replaced = 0;
  while (training_.steps_done() < until) {
    StepResult result;
    try {
      result = training_.step();
    } catch (const TrainingInterrupted&) {
      stopped = true;
      break;
    }
    if (replaced == 0 && (replaced = training_.replaced_batches()) > 0)
      warn_(training_.replacement());
    const std::int64_t step = training_.steps_done();
    if (result.status == StepStatus::ok) {
      faults_ = 0;
      last_ = result;
    } else {
      fault(result);
    }
    const bool logs = step % every == 0 || step == total;
    if (logs || bar.due()) {
      const double seconds = seconds_now() - start;
      if (logs) log(result, seconds, static_cast<double>(step - first) / seconds);
      if (bar.due()) bar.show(step, fmt::format("loss {:.4f}", result.loss));
    }
    if (save_every > 0 && step % save_every == 0) checkpoint();
    if (Interrupt::requested()) {
      stopped = true;
      break;
    }
  }
  checkpoint();
  if (last_.status == StepStatus::ok && training_.steps_done() > first)
    bar.show(training_.steps_done(), fmt::format("loss {:.4f}", last_.loss));
  bar.finish();
  say_ = outer;
  warn_ = tell_line;
  if (replaced > 0)
    warn_(fmt::format(
        "of the batches that were drawn, {} have the exact plan instead of the entropic one",
        training_.replaced_batches()));
  const bool finished = training_.steps_done() == total;
  const double seconds = seconds_now() - start;
  const std::string& folder = folder_.paths().folder;
  if (request_.json) {
    const Json report{{"run", folder},        {"steps", training_.steps_done()},
                      {"finished", finished}, {"loss", last_.loss},
                      {"seconds", seconds},   {"read", files_read().json()}};
    print("{}\n", report.dump());
  } else if (!request_.quiet) {
    tell("{} {} in {:.1f} s: {}",
         finished  ? "trained"
         : stopped ? "interrupted at"
                   : "stopped at",
         fmt::format("step {}", training_.steps_done()), seconds, folder);
    if (!finished)
      tell("resume with: pushforward train {} --resume --out {}", folder_.paths().config(), folder);
    else
      print("{}\n", folder);
  }
  if (file_trouble_)
    throw Failure(Exit::file, last_trouble_ + (saved_ == training_.steps_done()
                                                   ? "\n   the files of the last step are whole"
                                                   : ""));
  return stopped ? static_cast<int>(Exit::interrupted) : 0;
}

// Returns the part of a config that must be equal in a run and in its resumption.
Json core_of(const Config& config) {
  Json json = config.json();
  for (const char* key :
       {"steps", "threads", "log_every", "checkpoint_every", "keep", "keep_every"})
    json.at("train").erase(key);
  for (const char* key : {"name", "output", "sampler", "eval"}) json.erase(key);
  return json;
}

// Throws Failure (exit 2) unless the run with the config `own` can be resumed with the config
// `given`. Keys that never change the result of a training step may differ, and /train/steps may be
// larger than before.
void check_same(const Config& given, const Config& own, const RunPaths& paths) {
  const Json a = core_of(own), b = core_of(given);
  if (a != b)
    throw Failure(Exit::usage,
                  fmt::format("[train] {} was started with another config: {} differs; "
                              "resume with {}, or start a new run without --resume",
                              paths.folder, first_difference(a, b), paths.config()));
  const std::int64_t before = own.integer("/train/steps"), now = given.integer("/train/steps");
  if (now < before)
    throw Failure(
        Exit::usage,
        fmt::format("[train] {} was started with {} steps, and /train/steps is now {}; a "
                    "resumed run can have more steps, and --max-steps {} stops it earlier",
                    paths.folder, before, now, now));
}

// Describes how the learning rate changes because a resumed run has more steps than before.
std::string longer_words(const Config& given, const Config& own, std::int64_t done) {
  const std::int64_t before = own.integer("/train/steps"), now = given.integer("/train/steps");
  const Schedule was = trainer_options(own).schedule, is = trainer_options(given).schedule;
  const double lr = given.number("/optimizer/lr");
  const std::string schedule = given.string("/schedule/type");
  std::string text =
      fmt::format("/train/steps is {} where the run was started with {}: ", now, before);
  if (was(done) == is(done) && (schedule == "constant" || schedule == "step"))
    return text + fmt::format(
                      "the schedule {} does not depend on it, so the result is that of a run "
                      "of {} steps from the start",
                      schedule, now);
  return text + fmt::format(
                    "the schedule {} now ends at step {}, so the learning rate goes on at "
                    "{:.3g} where it was {:.3g} at step {}, and the result is not that of a "
                    "run of {} steps from the start",
                    schedule, now, lr * is(done), lr * was(done > 0 ? done - 1 : 0), done, now);
}

// Returns the config of a resumed run: `given`, with the name and output folder of `own`, the run's
// config.
Config resumed_config(const Config& given, const Config& own, const RunPaths& paths) {
  Json json = given.json();
  json["name"] = own.json().at("name");
  json["output"] = own.json().at("output");
  return parse_config(json.dump(), paths.config(), {}, {.earlier_run = true});
}

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
  return make_training(
      config, request.threads.value_or(static_cast<int>(config.integer("/train/threads"))));
}

// Throws Failure (exit 2) if --overwrite would delete data files that the new run reads.
void check_overwritten(const Config& config, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const std::string inside = fs::weakly_canonical(folder, error).string() + "/";
  for (const DataFile& file : data_files(config)) {
    if (fs::weakly_canonical(file.path, error).string().starts_with(inside))
      throw Failure(
          Exit::usage,
          fmt::format("[train] --overwrite would remove {}, which {} reads, with the rest "
                      "of {}; move the file out of that folder, or choose another --out",
                      file.path, file.key, folder));
  }
}

int resume_run(const Config& given, const TrainRequest& request, const Say& say) {
  const std::string where = request.out.empty()
                                ? last_run(given.string("/output/dir"), given.string("/name"))
                                : request.out;
  RunFolder folder = RunFolder::resume(where, tell_line);
  const RunPaths paths = folder.paths();
  const Config own = load_config(paths.config(), {}, true);
  check_same(given, own, paths);
  // Values that were changed for the resumption are also written to the run's config.json, since
  // other verbs read that file.
  const Config now = resumed_config(given, own, paths);
  const Config config = locate_data(now, where, ChangedData::refuse, tell_line);
  const std::unique_ptr<Training> training = build_training(config, request);
  if (now != own) folder.write("config.json", now.dump());
  const Interrupt interrupt;
  Run run(config, request, std::move(folder), *training, say);
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
  const Json data = data_record(config);
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
  folder.write("env.json", environment_json(request.arguments, training.workers().threads(), data));
  Run run(config, request, std::move(folder), training, say);
  return run.train();
}

}  // namespace pushforward::app::inline PF_REAL
