#include "apps/training/loop.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/ranks/lead.h"
#include "apps/report/files_read.h"
#include "apps/run/pairs.h"
#include "apps/run/summary.h"
#include "apps/terminal/clock.h"
#include "apps/terminal/interrupt.h"
#include "apps/training/resume.h"

namespace pushforward::app::inline PF_REAL {

int threads_of(const Config& config, const TrainRequest& request) {
  return request.threads.value_or(static_cast<int>(config.integer("/train/threads")));
}

namespace {

// With /train/on_nonfinite "skip" or "rollback", training fails after this many consecutive failed
// steps.
constexpr int kMaxFaults = 100;

}  // namespace

void RunLoop::log(const StepResult& result, double seconds, double rate) {
  guard([&] {
    metrics_.append({{"step", training_.steps_done()},
                     {"time_s", seconds},
                     {"train/loss", result.loss},
                     {"train/grad_norm", result.grad_norm},
                     {"lr", result.lr},
                     {"steps_per_s", rate}});
  });
}

void RunLoop::validate(double seconds) {
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

void RunLoop::checkpoint() {
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
void RunLoop::fault(const StepResult& result) {
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

bool RunLoop::validates_now() const {
  const std::int64_t step = training_.steps_done();
  return training_.validation_rows() > 0 && training_.validations().step != step && step > 0 &&
         (step % config_.integer("/train/valid_every") == 0 || step == training_.total_steps());
}

bool RunLoop::is_patient() const {
  const std::int64_t patience = config_.integer("/train/patience");
  return patience == 0 || training_.validations().since_best < patience;
}

std::string RunLoop::progress_note(double loss) const {
  std::string note = fmt::format("loss {:.4f}", loss);
  if (training_.validations().step >= 0)
    note += fmt::format(", valid {:.4f}", training_.validations().loss);
  return note;
}

// Returns whether another step will follow the next one, whatever its result.
bool RunLoop::step_follows(std::int64_t until) const {
  const std::int64_t next = training_.steps_done() + 1;
  const bool may_end_early =
      config_.integer("/train/patience") > 0 && next % config_.integer("/train/valid_every") == 0;
  return next < until && !may_end_early && !Interrupt::requested();
}

// Takes a training step. Handles a step that failed as /train/on_nonfinite requests.
void RunLoop::step(std::int64_t until) {
  if (request_.lead) request_.lead->step(training_.step_promised());
  training_.promise_step(step_follows(until));
  const StepResult result = training_.step();
  if (request_.lead) request_.lead->owe(training_.step_promised());
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
bool RunLoop::loop(std::int64_t until, ProgressBar& bar) {
  const std::int64_t first = training_.steps_done(), total = training_.total_steps(),
                     every = config_.integer("/train/log_every"),
                     save_every = config_.integer("/train/checkpoint_every");
  const double start = seconds_now();
  try {
    // A run that was interrupted between a step and its validation measures first.
    if (request_.resume && validates_now()) validate(0);
    while (training_.steps_done() < until && is_patient()) {
      step(until);
      const std::int64_t step = training_.steps_done();
      const double seconds = seconds_now() - start;
      if (step % every == 0 || step == total)
        log(last_, seconds, static_cast<double>(step - first) / seconds);
      if (validates_now()) validate(seconds);
      if (bar.due()) bar.show(step, progress_note(last_.loss));
      if (save_every > 0 && step % save_every == 0) checkpoint();
      // Other processes may have begun a step that was promised, so it is taken.
      if (Interrupt::requested() && !training_.step_promised()) return true;
    }
  } catch (const TrainingInterrupted&) {
    return true;
  }
  return false;
}

// If there are other processes, gives them the config and the state, and shares the steps with them.
void RunLoop::share() {
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
        fmt::format("[mpi] a step has {} parts, so {} of {} processes have "
                    "nothing to do; start fewer processes, or set a larger /train/batch",
                    parts, ranks.count() - parts, ranks.count()));
}

int RunLoop::train() {
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
void RunLoop::report(bool stopped, double seconds) const {
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

}  // namespace pushforward::app::inline PF_REAL
