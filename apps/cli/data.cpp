// `pushforward data NAME`: rows of a data set, as a file.
#include <fmt/format.h>

#include <cstdio>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/formats/text_lines.h"

namespace pushforward::app {

int verb_data(const DataArguments& args) {
  const bool lines = args.out.ends_with(".txt");
  if (!lines) check_array_name(args.out);
  std::vector<std::string> settings;
  for (const std::string& setting : args.settings) settings.push_back("data." + setting);
  const Json document{{"data", {{"type", args.name}}}};
  const Config config =
      parse_config(document.dump(), fmt::format("data set \"{}\"", args.name), settings);
  if (lines && !of_tokens(config))
    throw Failure(Exit::usage,
                  fmt::format("[data] {}: .txt is for tokens, and {} is continuous data; "
                              "end the name in .npy or .csv",
                              args.out, args.name));
  if (lines)
    write_lines(args.out, engine_of(config).data_text(config, args.n, args.seed));
  else
    write_array(args.out, engine_of(config).data(config, args.n, args.seed));
  fmt::print("{}\n", args.out);
  return 0;
}

}  // namespace pushforward::app
