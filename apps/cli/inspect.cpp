// `pushforward inspect`: prints the tape of one training step of a config or a run, or the tour.
#include <memory>
#include <sstream>

#include "apps/cli/open_config.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/data/run_data.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/report/tour.h"
#include "apps/run/folder.h"
#include "apps/suggest.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

struct InspectArguments {
  std::string target, format = "text", out;
  std::vector<std::string> overrides;
  bool tour = false;
};

// Prints the tape of one training step of the run args.target. The run's data files are not needed.
void inspect_run(const InspectArguments& args, std::ostream& out) {
  const Config config =
      locate_data(load_config(existing_run(args.target).config(), args.overrides, true),
                  args.target, ChangedData::ignore);
  const std::vector<std::string> missing = missing_data(config);
  if (!missing.empty())
    tell(
        "{} is missing, so random rows of the same shape stand in for the data of {}; "
        "shapes, memory and FLOPs are the same",
        join_words(missing, ", "), args.target);
  engine_of(config).inspect(config, missing.empty() ? "" : args.target, args.format, out);
}

int inspect(const InspectArguments& args) {
  std::ostringstream text;
  if (args.tour) {
    tour(text);
  } else if (args.target.empty()) {
    throw Failure(Exit::usage,
                  "[inspect] there is no config and no run; give a config or a run's folder, "
                  "or take the tour: pushforward inspect --tour");
  } else if (read_status(posix(), args.target).kind == FileKind::folder) {
    inspect_run(args, text);
  } else {
    const Config config = open_config("inspect", args.target, args.overrides);
    print_warnings(config);
    std::vector<NamedFile> files = files_of_data(config);
    files.push_back({"--out", args.out, FileUse::writes});
    check_files(files);
    engine_of(config).inspect(config, "", args.format, text);
  }
  if (args.out.empty()) {
    print("{}", text.str());
  } else {
    write_file_atomically(posix(), args.out, text.str());
    tell_line(args.out);
  }
  return 0;
}

Action declare_inspect(Options& options) {
  auto args = std::make_shared<InspectArguments>();
  const Option target =
      options.file("target", args->target, FileUse::inside, "a config or a run's folder")
          .type("CONFIG|RUN");
  const Option overrides = add_overrides(options, args->overrides);
  const Option format =
      options.add("--format", args->format, "text, dot (Graphviz), json, or trace (for Perfetto)")
          .one_of({"text", "dot", "json", "trace"})
          .shows_default();
  add_output(options, "--out", args->out, "write to this file instead of stdout");
  const Option tour = options.flag(
      "--tour", args->tour, "explain the tape of three ops and both sweeps, with the numbers");
  for (const Option& other : {target, overrides, format}) other.excludes(tour);
  return [args] { return inspect(*args); };
}

}  // namespace

const Verb inspect_verb{
    "inspect", "print the tape of one training step: shapes, memory, time, FLOPs",
    "pushforward inspect data/configs/moons.json --format dot --out step.dot", declare_inspect};

}  // namespace pushforward::app
