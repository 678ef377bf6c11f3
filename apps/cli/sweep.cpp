// `pushforward sweep`: trains a run for each combination of values of a config's keys.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>

#include "apps/cli/open_config.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/figures/draw_figure.h"
#include "apps/ranks/mpi.h"
#include "apps/run/checkpoints.h"
#include "apps/run/config.h"
#include "apps/run/folder.h"
#include "apps/run/validations.h"
#include "apps/sweep/children.h"
#include "apps/sweep/picture.h"
#include "apps/sweep/table.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

namespace fs = std::filesystem;

struct SweepArguments {
  std::string config, out, shard;
  std::vector<std::string> overrides;
  int jobs = 0, threads = 1;
  bool overwrite = false, evaluate = false, quiet = false;
};

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// The paths of a sweep's files: a folder and a log for each run, and the files with all results.
struct SweepPaths {
  std::string folder;

  std::string run(const SweepPoint& point) const { return join_path(folder, point.name); }
  std::string log(const SweepPoint& point) const { return run(point) + ".log"; }
  std::string table() const { return join_path(folder, "sweep.csv"); }
  std::string picture() const { return join_path(folder, "sweep"); }
};

// Loads the config of every combination of values, so that faults are reported before any training.
// Compares each config with the run that its folder already has. Returns the folder of the sweep:
// --out, or the config's name and "-sweep" in its /output/dir.
SweepPaths check_configs(const SweepArguments& args, const SweepGrid& grid) {
  SweepPaths paths{args.out};
  for (const SweepPoint& point : grid.points) {
    const Config config = open_config("sweep", args.config, point.overrides);
    if (paths.folder.empty())
      paths.folder = join_path(config.string("/output/dir"), config.string("/name") + "-sweep");
    if (&point == &grid.points[0]) print_warnings(config);
    const RunPaths run{paths.run(point)};
    if (args.overwrite || !exists(run.config())) continue;
    const std::string differs = training_difference(config, load_config(run.config(), {}, true));
    if (!differs.empty())
      throw Failure(Exit::usage,
                    fmt::format("[sweep] {} was trained with another {}; give another --out, or "
                                "--overwrite to train all runs again",
                                run.folder, differs));
  }
  return paths;
}

// Returns the command that trains the run of a combination, or resumes it.
ChildCommand train_command(const SweepArguments& args, const SweepPaths& paths,
                           const SweepPoint& point) {
  ChildCommand command{{"train", args.config}, paths.log(point)};
  std::vector<std::string>& words = command.arguments;
  words.insert(words.end(), point.overrides.begin(), point.overrides.end());
  words.insert(words.end(),
               {"--out", paths.run(point), "--threads", std::to_string(args.threads), "--quiet"});
  if (exists(RunPaths{paths.run(point)}.config()))
    words.push_back(args.overwrite ? "--overwrite" : "--resume");
  return command;
}

// Returns whether the run's training ended before its last step, since valid/loss no longer fell.
bool ended_early(const RunPaths& run, const Config& config) {
  const std::int64_t patience = config.integer("/train/patience");
  if (patience == 0) return false;
  const auto newest = Checkpoints(run.checkpoints()).newest_whole();
  return newest &&
         read_validations(newest->content.metadata(), newest->path).since_best >= patience;
}

// Returns whether the run has all steps of its config, or ended early, so that there is nothing to
// train.
bool is_done(const SweepArguments& args, const RunPaths& run, const SweepPoint& point) {
  if (args.overwrite || !exists(run.config()) || !exists(run.model())) return false;
  const std::vector<std::int64_t> steps = Checkpoints(run.checkpoints()).steps();
  const Config config = open_config("sweep", args.config, point.overrides);
  if (steps.empty()) return false;
  return steps.back() >= config.integer("/train/steps") || ended_early(run, config);
}

// Returns whether the run has a model file that is newer than its last evaluation.
bool to_evaluate(const RunPaths& run) {
  std::error_code error;
  if (!exists(run.model())) return false;
  return !exists(run.evaluation()) ||
         fs::last_write_time(run.evaluation(), error) < fs::last_write_time(run.model(), error);
}

// Returns the last error that a child process printed to its log, a line such as "[train] ...". If
// there is none, returns the last line of the log.
std::string last_error(const std::string& log) {
  std::string text = "\n" + (exists(log) ? read_file(posix(), log) : "");
  text.erase(text.find_last_not_of(" \n\r") + 1);
  const std::size_t error = text.rfind("\n[");
  const std::size_t begin = error == std::string::npos ? text.find_last_of("\n\r") : error;
  return begin == std::string::npos
             ? "it printed nothing"
             : text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

// How many commands failed, the exit code of the first of them, how many were interrupted from
// outside, and whether a signal stopped all.
struct Failures {
  std::size_t count = 0;
  int code = 0;
  std::size_t interrupted = 0;
  bool stopped = false;
};

// Runs the commands of `points` and prints a line after each.
Failures run_all(const SweepArguments& args, const SweepPaths& paths,
                 const std::vector<SweepPoint>& points, const std::vector<ChildCommand>& commands,
                 const char* done) {
  const auto cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int jobs = args.jobs > 0 ? args.jobs : std::max(1, cores / std::max(1, args.threads));
  Failures failed;
  std::size_t count = 0;
  const auto ended = [&](const ChildEnd& end) {
    const SweepPoint& point = points[end.index];
    ++count;
    if (end.code != 0 && end.code != static_cast<int>(Exit::interrupted)) {
      if (failed.count++ == 0) failed.code = end.code;
      tell("{}/{} {}: failed (exit {}): {}; {} has all that it printed", count, commands.size(),
           point.name, end.code, last_error(paths.log(point)), paths.log(point));
      return;
    }
    failed.interrupted += end.code != 0;
    if (!args.quiet) {
      tell("{}/{} {}: {} in {:.1f} s", count, commands.size(), point.name,
           end.code == 0 ? done : "interrupted", end.seconds);
    }
  };
  failed.stopped = !run_children(commands, static_cast<std::size_t>(jobs), ended);
  return failed;
}

// Writes and prints the table of all runs that exist, and draws it.
void report(const SweepArguments& args, const SweepPaths& paths, const SweepGrid& grid) {
  std::vector<SweepResult> results;
  for (const SweepPoint& point : grid.points) results.push_back(read_result(paths.run(point)));
  print_text(result_table(grid, results));
  // The parts of a sweep may end at the same time, so only the whole sweep writes these files.
  if (!args.shard.empty()) return;
  write_file_atomically(posix(), paths.table(), result_csv(grid, results));
  const Picture picture =
      picture_of(sweep_figure(grid, results, fs::path(args.config).stem().string()));
  write_file_atomically(posix(), paths.picture() + ".png", png(picture));
  write_file_atomically(posix(), paths.picture() + ".svg", svg(picture));
  print("{}\n{}.png\n", paths.table(), paths.picture());
}

int sweep(const SweepArguments& args) {
  leave_launcher();  // each run is trained by a child process alone, also under mpirun
  const SweepGrid grid = read_grid(args.overrides);
  const Shard shard = args.shard.empty() ? Shard{} : read_shard(args.shard);
  const SweepPaths paths = check_configs(args, grid);
  make_folders(posix(), paths.folder);

  std::vector<SweepPoint> points;
  for (std::size_t k = shard.index - 1; k < grid.points.size(); k += shard.of)
    points.push_back(grid.points[k]);
  std::vector<SweepPoint> open;
  std::vector<ChildCommand> commands;
  for (const SweepPoint& point : points) {
    if (is_done(args, RunPaths{paths.run(point)}, point)) continue;
    open.push_back(point);
    commands.push_back(train_command(args, paths, point));
  }
  if (open.size() < points.size() && !args.quiet)
    tell("{} of {} runs are done already", points.size() - open.size(), points.size());
  Failures failed = run_all(args, paths, open, commands, "trained");

  if (!failed.stopped && args.evaluate) {
    std::vector<SweepPoint> measured;
    commands.clear();
    for (const SweepPoint& point : points) {
      if (!to_evaluate(RunPaths{paths.run(point)})) continue;
      measured.push_back(point);
      commands.push_back({{"eval", paths.run(point), "--threads", std::to_string(args.threads)},
                          paths.log(point)});
    }
    const Failures more = run_all(args, paths, measured, commands, "measured");
    failed = {failed.count + more.count, failed.count > 0 ? failed.code : more.code,
              failed.interrupted + more.interrupted, more.stopped};
  }
  if (failed.stopped) {
    tell("interrupted; the same command goes on with the sweep in {}", paths.folder);
    return static_cast<int>(Exit::interrupted);
  }
  report(args, paths, grid);
  if (failed.count > 0)
    tell("{} of {} runs failed; the same command tries them again", failed.count, points.size());
  if (failed.interrupted > 0)
    tell("{} of {} runs were interrupted; the same command goes on with them", failed.interrupted,
         points.size());
  return failed.count > 0         ? failed.code
         : failed.interrupted > 0 ? static_cast<int>(Exit::interrupted)
                                  : 0;
}

Action declare_sweep(Options& options) {
  auto args = std::make_shared<SweepArguments>();
  options.file("config", args->config, FileUse::inside, "the config, a JSON file such as my.json")
      .required()
      .type("CONFIG.json");
  options
      .add("overrides", args->overrides,
           "keys with several values: a.b=1e-3,3e-3 or seed=0..4; also keys with one value, as for "
           "train")
      .required()
      .type("a.b=VALUE,VALUE");
  options
      .add("--out", args->out,
           "the folder of all runs (default: the config's name and \"-sweep\", in /output/dir)")
      .type("DIR");
  options.add("--jobs", args->jobs, "runs at the same time (default: as many as cores / --threads)")
      .positive()
      .type("N");
  options.add("--threads", args->threads, "threads of each run (default: 1)")
      .range(1, 1024)
      .type("N");
  options.flag("--eval", args->evaluate, "also measure each run, as `pushforward eval` does");
  options
      .add("--shard", args->shard,
           "only part I of N of the runs, for several machines that share --out")
      .type("I/N");
  options.flag("--overwrite", args->overwrite, "train the runs in --out again, which are removed");
  options.flag("-q,--quiet", args->quiet, "print no line about each run; failures remain");
  return [args] { return sweep(*args); };
}

}  // namespace

const Verb sweep_verb{
    "sweep", "train a run for each combination of settings",
    "pushforward sweep data/configs/moons.json optimizer.lr=1e-3,3e-3 seed=0..1 --eval",
    declare_sweep};

}  // namespace pushforward::app
