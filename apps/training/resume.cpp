#include "apps/training/resume.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/failure.h"
#include "apps/from_config/options.h"
#include "apps/run/config.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app::inline PF_REAL {
void check_same(const Config& given, const Config& own, const RunPaths& paths) {
  if (const std::string differs = training_difference(given, own); !differs.empty())
    throw Failure(Exit::usage,
                  fmt::format("[train] {} was started with another config: {} differs; "
                              "resume with {}, or start a new run without --resume",
                              paths.folder, differs, paths.config()));
  const std::int64_t before = own.integer("/train/steps"), now = given.integer("/train/steps");
  if (now < before)
    throw Failure(
        Exit::usage,
        fmt::format("[train] {} was started with {} steps, and /train/steps is now {}; a "
                    "resumed run can have more steps, and --max-steps {} stops it earlier",
                    paths.folder, before, now, now));
}

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

std::int64_t last_step(const TrainRequest& request, const RunProgress& progress, const Say& warn) {
  const auto [done, total, ended_early] = progress;
  const std::int64_t asked = request.max_steps.value_or(total);
  if (asked > total)
    warn(fmt::format(
        "warning: --max-steps {} is beyond /train/steps, so training ends at step {}; set "
        "train.steps to train longer",
        asked, total));
  if (request.resume && ended_early)
    warn(
        fmt::format("warning: the run ended early after step {}, since valid/loss did not fall "
                    "any more, so nothing is trained; raise train.patience to train on",
                    done));
  else if (request.resume && done >= total)
    warn(
        fmt::format("warning: the run has all of its {} steps, so nothing is trained; set "
                    "train.steps to train longer",
                    total));
  else if (request.resume && done >= asked)
    warn(
        fmt::format("warning: the run has {} of its {} steps and --max-steps is {}, so nothing "
                    "is trained",
                    done, total, asked));
  return std::min(total, asked);
}

std::string held_out_text(const std::vector<int>& rows) {
  Json numbers = Json::array();
  for (const int row : rows) numbers.push_back(row);
  return Json{{"rows", std::move(numbers)}}.dump() + "\n";
}

void check_held_out(const std::vector<int>& rows, const RunPaths& paths) {
  const std::string file = paths.held_out();
  if (read_status(posix(), file).kind == FileKind::missing) return;
  if (read_regular_file(posix(), file, std::size_t{1} << 31) == held_out_text(rows)) return;
  throw Failure(Exit::file,
                fmt::format("[train] {} has other rows than those that this program holds out, so "
                            "rows that were held out would be trained on; go on with the program "
                            "and the data that the run was started with, or start a new run",
                            file));
}

Config resumed_config(const Config& given, const Config& own, const RunPaths& paths) {
  Json json = given.json();
  json["name"] = own.json().at("name");
  json["output"] = own.json().at("output");
  return parse_config(json.dump(), paths.config(), {}, {.earlier_run = true});
}

}  // namespace pushforward::app::inline PF_REAL
