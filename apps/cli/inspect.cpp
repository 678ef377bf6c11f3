// `pushforward inspect`: prints the tape of one training step of a config or a run, or the tour.
#include <fmt/core.h>

#include <cstdio>
#include <memory>
#include <sstream>

#include "apps/cli/open_config.h"
#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/report/tour.h"
#include "apps/run/folder.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

struct InspectArguments {
  std::string target, format = "text", out;
  std::vector<std::string> overrides;
  bool tour = false;
};

int inspect(const InspectArguments& args) {
  std::ostringstream text;
  if (args.tour) {
    tour(text);
  } else {
    if (args.target.empty())
      throw Failure(Exit::usage,
                    "[inspect] there is no config and no run; give a config or a run's folder, "
                    "or take the tour: pushforward inspect --tour");
    const bool run = read_status(posix(), args.target).kind == FileKind::folder;
    const Config config =
        run ? load_config(existing_run(args.target).config(), args.overrides, true)
            : open_config("inspect", args.target, args.overrides);
    if (!run) print_warnings(config);
    engine_of(config).inspect(config, args.format, text);
  }
  if (args.out.empty()) {
    fmt::print("{}", text.str());
  } else {
    write_file_atomically(posix(), args.out, text.str());
    fmt::print(stderr, "{}\n", args.out);
  }
  return 0;
}

Action declare_inspect(Options& options) {
  auto args = std::make_shared<InspectArguments>();
  const Option target =
      options.add("target", args->target, "a config or a run's folder").type("CONFIG|RUN");
  const Option overrides = add_overrides(options, args->overrides);
  const Option format =
      options.add("--format", args->format, "text, dot (Graphviz), json, or trace (for Perfetto)")
          .one_of({"text", "dot", "json", "trace"})
          .shows_default();
  add_file(options, "--out", args->out, "write to this file instead of stdout");
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
