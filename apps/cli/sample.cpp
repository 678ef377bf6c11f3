// `pushforward sample`: samples of a run, to files.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/engine/engine.h"
#include "apps/failure.h"
#include "apps/formats/arrays.h"
#include "apps/formats/text_lines.h"
#include "apps/json/json.h"
#include "apps/run/config.h"
#include "apps/terminal/interrupt.h"

namespace pushforward::app {
namespace {

// So many samples of text are shown on the terminal where no file is asked for.
constexpr std::size_t kShown = 10;

// Whether samples are text to read: of words and of a text.
bool is_text(const Config& config) {
  const std::string& type = config.string("/data/type");
  return type == "words" || type == "text";
}

void check_out(const Config& config, const std::string& out) {
  if (of_tokens(config) && !out.ends_with(".txt") && !out.ends_with(".npy") &&
      !out.ends_with(".csv"))
    throw Failure(
        Exit::usage,
        fmt::format("[file] {} ends neither in .npy, .csv nor .txt; the ending chooses the format",
                    out));
  if (!out.ends_with(".txt")) return check_array_name(out);
  if (!of_tokens(config))
    throw Failure(Exit::usage,
                  fmt::format("[sample] {}: .txt is for tokens, and /data ({}) "
                              "of this run is continuous data; end the name in .npy or .csv",
                              out, config.string("/data/type")));
}

struct SampleArguments {
  SampleRequest request;
  std::string out, trajectory, log_density, labels;
  int times = 101;
  bool json = false;
};

// The file that the samples go to, once all names of files are found to be good.
std::string find_output(const Config& config, const SampleArguments& args) {
  std::string out = args.out;
  if (out.empty()) {
    make_folders(posix(), join_path(args.request.run, "samples"));
    out = join_path(args.request.run, fmt::format("samples/samples-{}.{}", args.request.seed,
                                                  is_text(config) ? "txt" : "npy"));
  }
  check_out(config, out);
  check_distinct({{"--out", out},
                  {"--trajectory", args.trajectory},
                  {"--loglik", args.log_density},
                  {"--labels", args.labels}});
  if (!args.trajectory.empty() && !args.trajectory.ends_with(".npy"))
    throw Failure(Exit::usage, fmt::format("[sample] {}: a trajectory is an array of three axes, "
                                           "which only .npy holds; end the name in .npy",
                                           args.trajectory));
  for (const std::string& file : {args.log_density, args.labels}) {
    if (!file.empty()) check_array_name(file);
  }
  return out;
}

void write_samples(const SampleArguments& args, const std::string& out, const Samples& samples) {
  if (out.ends_with(".txt"))
    write_lines(out, samples.text);
  else
    write_array(out, samples.points);
  if (!args.trajectory.empty()) write_npy(args.trajectory, samples.trajectory);
  if (!args.log_density.empty()) write_array(args.log_density, samples.log_density);
  if (!args.labels.empty()) write_array(args.labels, samples.labels);
}

void print_samples(const Config& config, const SampleArguments& args, const std::string& out,
                   const Samples& samples) {
  if (args.json) {
    Json report{{"out", out},
                {"n", args.request.n},
                {"seed", args.request.seed},
                {"nfe_mean", samples.nfe_mean},
                {"nfe_max", samples.nfe_max},
                {"seconds", samples.seconds}};
    if (!samples.times.empty()) report["times"] = samples.times;
    fmt::print("{}\n", report.dump());
  } else {
    fmt::print(stderr,
               "{} samples in {:.2f} s, {:.1f} evaluations of the field each (at most {})\n",
               args.request.n, samples.seconds, samples.nfe_mean, samples.nfe_max);
    if (args.out.empty() && is_text(config)) {
      for (std::size_t k = 0; k < std::min(samples.text.size(), kShown); ++k)
        fmt::print("{}\n", escaped(samples.text[k]));
    }
    fmt::print("{}\n", out);
    for (const std::string& file : {args.trajectory, args.log_density, args.labels}) {
      if (!file.empty()) fmt::print("{}\n", file);
    }
  }
}

int sample(const SampleArguments& args) {
  const Config config = load_run_config(args.request.run);
  SampleRequest request = args.request;
  if (!args.trajectory.empty()) request.times = args.times;
  const std::string out = find_output(config, args);
  request.log_density = !args.log_density.empty();
  request.labels = !args.labels.empty();
  const Interrupt interrupt;
  const Samples samples = engine_of(config).sample(config, request);
  write_samples(args, out, samples);
  print_samples(config, args, out, samples);
  return 0;
}

// --given must not be nothing at all.
std::string fault_of_given(const std::string& text) {
  return text.empty() ? "it is empty; give at least one character, or leave it out" : "";
}

void add_tokens(Options& options, SampleRequest& request) {
  const Option given = options
                           .add("--given", request.given,
                                "what stays as it is, such as \"th__ is a _____\"; "
                                "a shorter word is padded, a shorter text goes on freely")
                           .check(fault_of_given)
                           .type("TEXT")
                           .group(kOfTokens);
  options.add("--free", request.free, "the character of --given where the sampler is free")
      .needs(given)
      .shows_default()
      .type("C")
      .group(kOfTokens);
  options
      .flag("--tokens", request.tokens,
            "of quantized data: write the tokens, not points in the data's units")
      .group(kOfTokens);
}

Action declare_sample(Options& options) {
  auto args = std::make_shared<SampleArguments>();
  SampleRequest& request = args->request;
  add_solver(options, request);
  add_number(options, request.n, 1, 100'000'000, "how many").shows_default();
  add_seed(options, request.seed, "sample k depends on the seed and on k alone");
  add_file(
      options, "--out", args->out,
      "where to write them: .npy or .csv, of tokens also .txt, one a line (default: "
      "RUN/samples/samples-SEED.npy, or .txt of words and text, and the first on the terminal)");
  add_tokens(options, request);
  const Option trajectory = add_file(options, "--trajectory", args->trajectory,
                                     "also write (times, n, D) from noise to data here, "
                                     ".npy, of tokens their states; --json tells the times");
  options.add("--times", args->times, "how many times the trajectory has, both ends included")
      .needs(trajectory)
      .range(2, 100'000)
      .shows_default()
      .type("T");
  const Option loglik =
      add_file(options, "--loglik", args->log_density,
               "also write ln p of each sample (n), found in the same pass, here; "
               "the samples end where the solver does, without a last step to E[x1 | x]")
          .group(kOfContinuous);
  add_divergence(options, request.divergence, &loglik);
  add_file(options, "--labels", args->labels, "also write the class of each sample (n) here");
  options.flag("--json", args->json, "print one JSON object about the samples on stdout");
  return [args] { return sample(*args); };
}

}  // namespace

const Verb sample_verb{"sample", "draw samples from a trained run",
                       "pushforward sample runs/moons -n 1000 --seed 1 --out samples.npy\n"
                       "  pushforward sample runs/text -n 5 --given \"th__ is a _____\"",
                       declare_sample};

}  // namespace pushforward::app
