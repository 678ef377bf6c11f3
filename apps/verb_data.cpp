// `pushforward data NAME`: rows of a data set, as a file.
#include <fmt/format.h>

#include <cstdio>

#include "apps/array_files.h"
#include "apps/failure.h"
#include "apps/verbs.h"

namespace pushforward {

int verb_data(const DataArguments& args) {
  check_array_name(args.out);
  std::vector<std::string> settings;
  for (const std::string& setting : args.settings) settings.push_back("data." + setting);
  const Json document{{"data", {{"type", args.name}}}};
  const Config config =
      parse_config(document.dump(), fmt::format("data set \"{}\"", args.name), settings);
  write_array(args.out, engine_of(config).data(config, args.n, args.seed));
  fmt::print("{}\n", args.out);
  return 0;
}

}  // namespace pushforward
