// The training loop of a run: steps, validations, checkpoints, metrics and progress.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "apps/requests.h"
#include "apps/run/checkpoints.h"
#include "apps/run/folder.h"
#include "apps/run/metrics.h"
#include "apps/terminal/message.h"
#include "apps/terminal/progress.h"
#include "apps/training/training.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app::inline PF_REAL {

// Returns the number of threads of a training: that of the request, or else of the config; 0: all.
int threads_of(const Config& config, const TrainRequest& request);

// A run while it is trained: its folder, the files it writes, and the number of failed steps so
// far.
class RunLoop {
 public:
  RunLoop(const Config& config, const TrainRequest& request, RunFolder folder, Training& training,
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
  bool step_follows(std::int64_t until) const;
  void step(std::int64_t until);
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

}  // namespace pushforward::app::inline PF_REAL
