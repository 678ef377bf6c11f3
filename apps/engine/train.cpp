#include "apps/engine/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "apps/engine/resume.h"
#include "apps/engine/training.h"
#include "apps/engine/warm_start.h"
#include "apps/failure.h"
#include "apps/from_config/run_data.h"
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

namespace pushforward::app::inline PF_REAL {
namespace {

// With /train/on_nonfinite "skip" or "rollback", training fails after this many consecutive failed
// steps.
constexpr int kMaxFaults = 100;

int threads_of(const Config& config, const TrainRequest& request) {
  return request.threads.value_or(static_cast<int>(config.integer("/train/threads")));
}

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

  // Restores the training from the newest undamaged checkpoint, if there is one, and removes
  // checkpoints and metrics of later steps.
  void resume() {
    const auto found = checkpoints_.newest_whole();
    if (found) training_.resume(found->path);
    checkpoints_.cut_back(training_.steps_done());
    metrics_.cut_back(training_.steps_done());
    say_(fmt::format("resuming at step {} of {}", training_.steps_done(), training_.total_steps()));
  }

  int train();

 private:
  void share();
  bool loop(std::int64_t until, ProgressBar& bar);
  void step();
  // Returns whether held-out rows are to be measured after the present step.
  bool validates_now() const;
  void validate(double seconds);
  // Returns whether /train/patience allows the training to continue.
  bool is_patient() const;
  std::string progress_note(double loss) const;
  void report(bool stopped, double seconds) const;
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
  StepResult last_;                    // of the last step
  StepResult last_good_;               // of the last step that did not fail
  int faults_ = 0;
  std::int64_t replaced_ = 0;  // above 0: a batch was drawn in another way than the config requests
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

void Run::validate(double seconds) {
  const std::int64_t step = training_.steps_done(), every = config_.integer("/train/valid_every"),
                     nll_every =
                         config_.has("/train/nll_every") ? config_.integer("/train/nll_every") : 0;
  const bool last = step == training_.total_steps();
  const std::optional<double> nll =
      training_.validate(nll_every > 0 && (last || step / every % nll_every == 0));
  Json row{{"step", step}, {"time_s", seconds}, {"valid/loss", training_.validations().loss}};
  if (nll) row["valid/nll"] = *nll;
  guard([&] { metrics_.append(row); });
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
    if (request_.lead) {
      request_.lead->give(Order::state);
      training_.broadcast_state(*request_.lead->ranks());
    }
    say_(text + fmt::format("\nweights restored from step {}", found->step));
  } else {
    say_(text + "\nstep skipped");
  }
}

bool Run::validates_now() const {
  const std::int64_t step = training_.steps_done();
  return training_.validation_rows() > 0 && training_.validations().step != step && step > 0 &&
         (step % config_.integer("/train/valid_every") == 0 || step == training_.total_steps());
}

bool Run::is_patient() const {
  const std::int64_t patience = config_.integer("/train/patience");
  return patience == 0 || training_.validations().since_best < patience;
}

std::string Run::progress_note(double loss) const {
  std::string note = fmt::format("loss {:.4f}", loss);
  if (training_.validations().step >= 0)
    note += fmt::format(", valid {:.4f}", training_.validations().loss);
  return note;
}

// Takes a training step. Handles a step that failed as /train/on_nonfinite requests.
void Run::step() {
  if (request_.lead) request_.lead->give(Order::step);
  const StepResult result = training_.step();
  if (replaced_ == 0 && (replaced_ = training_.replaced_batches()) > 0)
    warn_(training_.replacement());
  last_ = result;
  if (result.status != StepStatus::ok) {
    fault(result);
    return;
  }
  faults_ = 0;
  last_good_ = result;
}

// Trains until the step `until`, until /train/patience validations in a row have brought no lower
// loss, or until a signal. Returns whether there was a signal.
bool Run::loop(std::int64_t until, ProgressBar& bar) {
  const std::int64_t first = training_.steps_done(), total = training_.total_steps(),
                     every = config_.integer("/train/log_every"),
                     save_every = config_.integer("/train/checkpoint_every");
  const double start = seconds_now();
  try {
    // A run that was interrupted between a step and its validation measures first.
    if (request_.resume && validates_now()) validate(0);
    while (training_.steps_done() < until && is_patient()) {
      step();
      const std::int64_t step = training_.steps_done();
      const double seconds = seconds_now() - start;
      if (step % every == 0 || step == total)
        log(last_, seconds, static_cast<double>(step - first) / seconds);
      if (validates_now()) validate(seconds);
      if (bar.due()) bar.show(step, progress_note(last_.loss));
      if (save_every > 0 && step % save_every == 0) checkpoint();
      if (Interrupt::requested()) return true;
    }
  } catch (const TrainingInterrupted&) {
    return true;
  }
  return false;
}

// If there are other processes, gives them the config and the state, and shares the steps with them.
void Run::share() {
  if (!request_.lead) return;
  Lead& lead = *request_.lead;
  Ranks& ranks = *lead.ranks();
  lead.begin(config_, threads_of(config_, request_));
  const int parts = training_.share_steps(ranks);
  lead.give(Order::state);
  training_.broadcast_state(ranks);
  say_(fmt::format("{} processes share each step", ranks.count()));
  if (ranks.count() > parts)
    warn_(
        fmt::format("[mpi] a step has {} parts of up to 128 rows, so {} of {} processes have "
                    "nothing to do; start fewer processes, or set a larger /train/batch",
                    parts, ranks.count() - parts, ranks.count()));
}

int Run::train() {
  share();
  const std::int64_t first = training_.steps_done(),
                     until = last_step(request_, {first, training_.total_steps(), !is_patient()},
                                       warn_);
  ProgressBar bar("step", first, until, Terminal::of_stderr(), request_.quiet);
  const Say outer = say_;
  say_ = [&bar](const std::string& text) { bar.say(text); };
  warn_ = [&bar](const std::string& text) { bar.warn(text); };
  const double start = seconds_now();
  const bool stopped = loop(until, bar);
  checkpoint();
  if (last_good_.status == StepStatus::ok && training_.steps_done() > first)
    bar.show(training_.steps_done(), progress_note(last_good_.loss));
  bar.finish();
  say_ = outer;
  warn_ = tell_line;
  if (replaced_ > 0)
    warn_(fmt::format("of the batches that were drawn, {} have {}", training_.replaced_batches(),
                      config_.string("/coupling/type") == "unbalanced"
                          ? "a plan whose iterations ran out"
                          : "the exact plan instead of the entropic one"));
  report(stopped, seconds_now() - start);
  if (file_trouble_)
    throw Failure(Exit::file, last_trouble_ + (saved_ == training_.steps_done()
                                                   ? "\n   the files of the last step are whole"
                                                   : ""));
  return stopped ? static_cast<int>(Exit::interrupted) : 0;
}

// Prints how the training ended: a summary on stderr, or a JSON object.
void Run::report(bool stopped, double seconds) const {
  const std::int64_t step = training_.steps_done();
  const bool finished = step == training_.total_steps(), patient = is_patient();
  const std::string& folder = folder_.paths().folder;
  const Validations& valid = training_.validations();
  if (request_.json) {
    Json report{{"run", folder},           {"steps", step},      {"finished", finished},
                {"loss", last_good_.loss}, {"seconds", seconds}, {"read", files_read().json()}};
    if (valid.step >= 0) {
      report["valid_loss"] = valid.loss;
      report["best_valid_loss"] = valid.best;
      report["best_step"] = valid.best_step;
      report["model_step"] = training_.model_step();
      report["stopped_early"] = !finished && !patient;
    }
    print("{}\n", report.dump());
    return;
  }
  if (request_.quiet) return;
  tell("{} {} in {:.1f} s: {}",
       finished  ? "trained"
       : stopped ? "interrupted at"
                 : "stopped at",
       fmt::format("step {}", step), seconds, folder);
  if (valid.step >= 0) tell("{}", end_words(valid, patient, step, training_.model_step()));
  if (!finished && patient)
    tell("resume with: pushforward train {} --resume --out {}", folder_.paths().config(), folder);
  else
    print("{}\n", folder);
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
  Json data = data_record(config);
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
  Run run(config, request, std::move(folder), training, say);
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
      case Order::step: training->step(); break;
      case Order::begin:
      case Order::end: return;
    }
  }
}

}  // namespace pushforward::app::inline PF_REAL
