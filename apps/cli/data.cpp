// `pushforward data NAME`: writes rows of a data set to a file.
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/formats/text_lines.h"
#include "apps/from_config/path.h"
#include "apps/tables/array_file.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/interrupt.h"
#include "apps/terminal/message.h"
#include "apps/terminal/progress.h"
#include "flow/sampling.h"

namespace pushforward::app {

namespace {

struct DataArguments {
  std::string name, out;
  std::vector<std::string> settings;
  int n = 1000;
  std::uint64_t seed = 0;
};

// Writes rows of continuous data block by block, with progress.
void write_blocks(const DataArguments& args, const Config& config) {
  std::optional<Interrupt> interrupt;
  std::optional<ArrayFile> file;
  std::int64_t done = 0;
  // A pipe may be full for ever. It leaves no temporary file, so a signal may end the program there.
  const bool pipe = read_status(posix(), args.out).kind == FileKind::other;
  ProgressBar bar("data", 0, args.n, Terminal::of_stderr(), false, "rows");
  const auto take = [&](const NdArray& block) {
    // The file is opened after the first block, so that a refusal leaves nothing behind. Until then a
    // signal ends the program at once, also while the data is read from a pipe that nobody fills.
    if (!file) {
      if (!pipe) interrupt.emplace();
      file.emplace(args.out, static_cast<std::size_t>(args.n));
    }
    if (interrupt && Interrupt::requested()) throw SamplingInterrupted();
    file->append(block);
    done += static_cast<std::int64_t>(block.shape[0]);
    if (bar.due()) bar.show(done, "");
  };
  engine_of(config).data_blocks(config, args.n, args.seed, take);
  interrupt.reset();
  bar.finish();
  file->finish();
}

int write_data(const DataArguments& args) {
  const bool lines = args.out.ends_with(".txt");
  if (!lines) check_array_name(args.out);
  std::vector<std::string> settings;
  // Messages about the file of a data set suggest settings such as "data.header=yes". In this verb
  // "data.header=yes" means the same as "header=yes".
  for (const std::string& setting : args.settings)
    settings.push_back(setting.starts_with("data.") ? setting : "data." + setting);
  const Json document{{"data", {{"type", args.name}}}};
  const Config config =
      parse_config(document.dump(), fmt::format("data set \"{}\"", args.name), settings);
  if (lines && !of_tokens(config))
    throw Failure(Exit::usage,
                  fmt::format("[data] {}: .txt is for tokens, but {} is continuous data; "
                              "end the name in .npy, .csv or .tsv",
                              args.out, args.name));
  if (!of_tokens(config) && has_conditions(config))
    throw Failure(Exit::usage,
                  "[data] `condition` has no effect on rows that are written whole; leave it out");
  std::vector<NamedFile> files = files_of_data(config);
  files.push_back({"--out", args.out, FileUse::writes});
  check_files(files);
  if (lines)
    write_lines(args.out, engine_of(config).data_text(config, args.n, args.seed));
  else if (of_tokens(config))
    write_array(args.out, engine_of(config).data(config, args.n, args.seed));
  else
    write_blocks(args, config);
  print("{}\n", args.out);
  return 0;
}

Action declare_data(Options& options) {
  auto args = std::make_shared<DataArguments>();
  options.add("name", args->name, "name of a data set: see `pushforward list data`")
      .required()
      .type("NAME");
  options.add("settings", args->settings, "its settings, as key=value");
  add_number(options, args->n, 1, 100'000'000, "number of rows").shows_default();
  add_seed(options, args->seed, "seed; row k depends only on the seed and on k");
  add_output(options, "--out", args->out,
             "file for the rows: .npy, .csv or .tsv, for tokens also .txt")
      .required();
  return [args] { return write_data(*args); };
}

}  // namespace

const Verb data_verb{"data", "draw rows of a data set",
                     "pushforward data moons -n 1000 --out moons.npy noise=0.1", declare_data};

}  // namespace pushforward::app
