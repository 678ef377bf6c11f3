// `pushforward inspect`: of a config or a run, to stdout or a file; or the tour.
#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/report/tour.h"
#include "apps/run/folder.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

int verb_inspect(const InspectArguments& args) {
  std::ostringstream text;
  if (args.tour) {
    tour(text);
  } else {
    if (args.target.empty())
      throw Failure(Exit::usage,
                    "[inspect] name a config or a run's folder, "
                    "or take the tour: pushforward inspect --tour");
    const bool run = read_status(posix(), args.target).kind == FileKind::folder;
    const Config config =
        load_config(run ? existing_run(args.target).config() : args.target, args.overrides);
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

}  // namespace pushforward::app
