#include "apps/run/config.h"

#include <fmt/format.h>

#include "apps/failure.h"
#include "apps/run/folder.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

Config load_run_config(const std::string& run) {
  const std::string file = join_path(run, "config.json");
  if (read_status(posix(), file).kind != FileKind::regular) {
    if (read_status(posix(), run).kind == FileKind::folder)
      existing_run(run);  // says what is amiss
    throw Failure(Exit::file,
                  fmt::format("[run] {} is not a run: {} is missing; "
                              "give the folder of a run, which `pushforward train` makes",
                              run, file));
  }
  return load_config(file);
}

Config load_continuous_run(const std::string& run, const char* verb, const char* instead) {
  Config config = load_run_config(run);
  if (of_tokens(config))
    throw Failure(Exit::usage, fmt::format("[{}] /data ({}) of {} is tokens, which jump "
                                           "from noise to data and have no velocity; {}",
                                           verb, config.string("/data/type"), run, instead));
  return config;
}

}  // namespace pushforward::app
