#include "apps/cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli/verb_table.h"
#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/suggest.h"
#include "flow/solve/sampler.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

constexpr const char* kFooter =
    "Start here:\n"
    "  pushforward config init > my.json        a "
    "commented config to edit (init words: of tokens)\n"
    "  pushforward train my.json                train it; the run is a folder below runs/\n"
    "  pushforward sample runs/my -n 1000 --out samples.npy\n"
    "  pushforward plot runs/my                 pictures in runs/my/plots/\n"
    "Exit codes: 0 ok, 1 failed, 2 usage or config, 3 diverged, 4 file trouble, 130 interrupted.";

// Lets the last argument list of a verb take `a.b=value` and `~a.b`.
void add_overrides(CLI::App& verb, std::vector<std::string>& overrides) {
  verb.add_option("overrides", overrides,
                  "changes to the config: a.b=value sets, ~a.b goes back to the default");
}

// Training, and what needs no run.
std::vector<Verb> other_verbs() {
  return {
      {"train", "train a flow from a config",
       "pushforward train data/configs/moons.json optimizer.lr=3e-4 --threads 2",
       [](CLI::App& verb, const CommandLine& line) -> std::function<int()> {
         auto args = std::make_shared<TrainArguments>();
         args->request.arguments = line;
         verb.add_option("config", args->config, "the config, a JSON file")
             ->required()
             ->type_name("CONFIG.json");
         add_overrides(verb, args->overrides);
         verb.add_option("--out", args->request.out,
                         "the run's folder (default: /output/dir and the config's name)")
             ->type_name("DIR");
         CLI::Option* resume =
             verb.add_flag("--resume", args->request.resume,
                           "go on from the run's last checkpoint, to the same bits");
         verb.add_flag("--overwrite", args->request.overwrite,
                       "replace a run that is already there")
             ->excludes(resume);
         verb.add_option("--threads", args->request.threads,
                         "threads, 0: all (never changes the result)")
             ->check(CLI::Range(0, 1024))
             ->type_name("N");
         verb.add_option("--max-steps", args->request.max_steps,
                         "stop after this step, with a checkpoint")
             ->check(CLI::NonNegativeNumber)
             ->type_name("N");
         verb.add_flag("-q,--quiet", args->request.quiet, "no progress");
         verb.add_flag("--json", args->request.json,
                       "print one JSON object about the run on stdout");
         return [args] { return verb_train(*args); };
       }},
      {"inspect", "one training step's tape: shapes, memory, time, FLOPs",
       "pushforward inspect data/configs/moons.json --format dot --out step.dot",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto args = std::make_shared<InspectArguments>();
         auto* target = verb.add_option("target", args->target, "a config or a run's folder")
                            ->type_name("CONFIG|RUN");
         add_overrides(verb, args->overrides);
         verb.add_option("--format", args->format,
                         "text, dot (Graphviz), json, or trace (for Perfetto)")
             ->check(CLI::IsMember({"text", "dot", "json", "trace"}))
             ->capture_default_str();
         verb.add_option("--out", args->out, "write there instead of stdout")->type_name("FILE");
         auto* tour = verb.add_flag(
             "--tour", args->tour, "walk through a three-op tape and both sweeps with the numbers");
         target->excludes(tour);
         return [args] { return verb_inspect(*args); };
       }},
      {"config", "show, check or start a config",
       "pushforward config show data/configs/moons.json train.steps=1000",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto args = std::make_shared<ConfigArguments>();
         verb.require_subcommand(1);
         const auto add = [&](const char* name, const char* about) {
           CLI::App* sub = verb.add_subcommand(name, about);
           sub->callback([args, name] { args->action = name; });
           return sub;
         };
         for (CLI::App* sub : {add("show", "print a config with every default written out"),
                               add("check", "check a config and say what is wrong")}) {
           sub->add_option("config", args->config, "the config, a JSON file")
               ->required()
               ->type_name("CONFIG.json");
           add_overrides(*sub, args->overrides);
         }
         CLI::App* schema =
             add("schema", "print the JSON Schema of configs, for editors and validators");
         schema->add_flag("--markdown", args->markdown, "print the reference page instead");
         add("init", "print a commented config to start from")
             ->add_option("data", args->config,
                          "of which data set, such as words: see `pushforward list data`")
             ->type_name("NAME");
         return [args] { return verb_config(*args); };
       }},
      {"data", "draw from a data set", "pushforward data moons -n 1000 --out moons.npy noise=0.1",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto args = std::make_shared<DataArguments>();
         verb.add_option("name", args->name, "a data set: see `pushforward list data`")
             ->required()
             ->type_name("NAME");
         verb.add_option("settings", args->settings, "its settings, as key=value");
         verb.add_option("-n,--number", args->n, "how many points")
             ->check(CLI::Range(1, 100'000'000))
             ->capture_default_str()
             ->type_name("N");
         add_seed(verb, args->seed, "row k depends on the seed and on k alone");
         verb.add_option("--out", args->out,
                         "where to write them: .npy or .csv, of tokens also .txt")
             ->required()
             ->type_name("FILE");
         return [args] { return verb_data(*args); };
       }},
      {"compare", "how far two sets of points are apart: W2, sliced W2, MMD, energy, coverage",
       "pushforward compare samples.npy data.npy",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto args = std::make_shared<CompareArguments>();
         ComparisonOptions& o = args->options;
         verb.add_option("samples", args->samples, "the samples: .npy or .csv, a point a row")
             ->required()
             ->type_name("A");
         verb.add_option("truth", args->truth, "what they should be like: .npy or .csv")
             ->required()
             ->type_name("B");
         verb.add_option("--max", o.max_points,
                         "points of each that measures over pairs look at, drawn at random")
             ->check(CLI::Range(1, 100'000))
             ->capture_default_str()
             ->type_name("N");
         verb.add_option("--projections", o.projections, "directions of the sliced distance")
             ->check(CLI::Range(1, 1'000'000))
             ->capture_default_str()
             ->type_name("P");
         verb.add_option("--neighbours", o.neighbours, "which neighbour a ball of coverage reaches")
             ->check(CLI::Range(1, 10'000))
             ->capture_default_str()
             ->type_name("K");
         add_seed(verb, o.seed, "of the draws and directions");
         verb.add_option("--threads", args->threads, "threads, 0: all (never changes the result)")
             ->check(CLI::Range(0, 1024))
             ->type_name("N");
         verb.add_flag("--json", args->json, "print one JSON object on stdout");
         return [args] { return verb_compare(*args); };
       }},
      {"list", "what there is: data sets, sources, paths, solvers, layers ...",
       "pushforward list solvers",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto topic = std::make_shared<std::string>();
         auto names = std::make_shared<bool>(false);
         verb.add_option("topic", *topic, "one kind only")->type_name("KIND");
         verb.add_flag("--names", *names, "the names alone");
         return [topic, names] { return verb_list(*topic, *names); };
       }},
      {"verify", "the equations of flow matching, each with its residual",
       "pushforward verify continuity cfm_gradient",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto args = std::make_shared<VerifyArguments>();
         verb.add_option("names", args->names, "these only: see --list")->type_name("NAME");
         verb.add_flag("--list", args->list, "the equations, without checking them");
         verb.add_option("--plant", args->plant,
                         "make every quantity wrong by this relative error: the checks must fail")
             ->check(CLI::Number)
             ->type_name("E");
         verb.add_flag("--json", args->json, "print one JSON object about them on stdout");
         return [args] { return verb_verify(*args); };
       }},
      {"doctor", "versions, BLAS core and threads, SIMD target, and what is amiss",
       "pushforward doctor",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto json = std::make_shared<bool>(false);
         verb.add_flag("--json", *json, "as one JSON object");
         return [json] { return verb_doctor(*json); };
       }},
      {"completion", "print the completion script of a shell",
       "source <(pushforward completion bash)",
       [](CLI::App& verb, const CommandLine&) -> std::function<int()> {
         auto shell = std::make_shared<std::string>(), word = std::make_shared<std::string>();
         verb.add_option("shell", *shell, "bash; or words: how a.b=value may go on, for the script")
             ->required()
             ->check(CLI::IsMember({"bash", "words"}));
         verb.add_option("word", *word, "what is typed so far");
         return [shell, word, &verb] {
           return *shell == "words" ? print_completions(*word)
                                    : verb_completion(*verb.get_parent());
         };
       }},
  };
}

// All of them, in the order of the help: training, what is done with a run, the rest.
const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = [] {
    std::vector<Verb> list = other_verbs(), flow = flow_verbs();
    list.insert(list.begin() + 1, flow.begin(), flow.end());
    return list;
  }();
  return all;
}

// Runs `work` and turns every error into its message and exit code.
int guarded(const std::function<int()>& work) {
  try {
    return work();
  } catch (const Failure& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(e.code);
  } catch (const FileError& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::file);
  } catch (const IntegrationFailure& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::diverged);
  } catch (const SamplingInterrupted& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::interrupted);
  } catch (const std::invalid_argument& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::usage);
  } catch (const std::bad_alloc&) {
    fmt::print(
        stderr,
        "[memory] not enough memory; ask for fewer samples, a smaller batch or a smaller model\n");
    return static_cast<int>(Exit::failed);
  } catch (const std::exception& e) {
    if (std::ferror(stdout)) return 0;  // `printed` tells
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(Exit::failed);
  }
}

// The exit code of `work`, unless what it printed did not get out.
int printed(const std::function<int()>& work) {
  const int code = guarded(work);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr,
             "[output] not all could be written to the standard output; "
             "free some space, or send it elsewhere\n");
  return code == 0 ? static_cast<int>(Exit::file) : code;
}

// What is wrong with a first word that is neither a verb nor an option; empty: nothing.
std::string unknown_verb(const std::string& word) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  if (word.starts_with('-') || std::find(names.begin(), names.end(), word) != names.end())
    return "";
  const std::string meant = nearest(word, names);
  return fmt::format("[program] there is no verb \"{}\"; {}choose one of: {}", word,
                     meant.empty() ? "" : "did you mean \"" + meant + "\"? ", join_words(names));
}

}  // namespace

int program(int argc, char** argv) {
  // A file that grows past its limit is an error to report, not a reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app{
      "pushforward: flow matching from the tape up. "
      "Train a flow from a JSON config, sample it, look at it.",
      "pushforward"};
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", PUSHFORWARD_VERSION);
  std::function<int()> chosen;
  const CommandLine line(argv, argv + argc);
  for (const Verb& v : verbs()) {
    CLI::App* sub = app.add_subcommand(v.name, v.about);
    sub->footer(fmt::format("Example:\n  {}", v.example));
    const auto work = v.declare(*sub, line);
    sub->final_callback([&chosen, work] { chosen = work; });
  }
  if (argc == 1) {
    fmt::print(stderr, "{}", app.help());
    return static_cast<int>(Exit::usage);
  }
  if (const std::string complaint = unknown_verb(argv[1]); !complaint.empty()) {
    fmt::print(stderr, "{}\n", complaint);
    return static_cast<int>(Exit::usage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // CLI11 prints help and version on stdout with code 0, errors on stderr.
    return printed([&] { return app.exit(e) == 0 ? 0 : static_cast<int>(Exit::usage); });
  }
  return printed(chosen);
}

}  // namespace pushforward::app
