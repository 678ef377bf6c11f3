// `pushforward plot`: draws pictures of a run, of two runs or of a table, as PNG and SVG, and an
// animation.
#include "apps/plot/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/plot/pictures.h"
#include "apps/plot/side_by_side.h"
#include "apps/run/config.h"
#include "apps/suggest.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct PlotArguments {
  PlotRequest request;
  std::string only, other;
};

Config load_plotted(const std::string& run) {
  return locate_data(load_run_config(run), run, ChangedData::warn, tell_line);
}

// Splits a text at its commas.
std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    names.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return names;
}

std::string fault_of_names(const std::string& text) {
  const std::vector<std::string> names = split_names(text);
  if (std::find(names.begin(), names.end(), "") == names.end()) return "";
  return "\"" + text + "\" has an empty name; separate names by one comma, as in density,field";
}

// If all pictures that are drawn are of the metrics, warns of the given flags that do not change
// such pictures.
void warn_of_flags(const PlotRequest& request, std::vector<std::string> flags) {
  const auto of_metrics = [](const std::string& name) {
    return std::ranges::any_of(pictures(), [&](const PictureRow& row) {
      return row.name == name && row.needs == std::vector{PlotNeed::metrics};
    });
  };
  if (request.only.empty() || !std::ranges::all_of(request.only, of_metrics)) return;
  if (request.raw) flags.emplace_back("--raw");
  if (request.exact) flags.emplace_back("--exact");
  if (request.label || request.label_text) flags.emplace_back("--label");
  if (!request.condition_text.empty()) flags.emplace_back("--condition");
  if (request.guidance) flags.emplace_back("--guidance");
  if (request.solver) flags.emplace_back("--solver");
  if (request.steps) flags.emplace_back("--steps");
  if (request.rtol) flags.emplace_back("--rtol");
  if (request.atol) flags.emplace_back("--atol");
  if (request.temperature) flags.emplace_back("--temperature");
  if (request.top_p) flags.emplace_back("--top-p");
  if (flags.empty()) return;
  tell("warning: {} {} no effect on {}, which is drawn from the metrics of the training alone",
       join_words(flags, " and "), flags.size() == 1 ? "has" : "have",
       join_words(request.only, " and "));
}

// `flags` are the given flags, of those that all requests for pictures have.
int plot(const PlotArguments& args, const std::vector<std::string>& flags) {
  PlotRequest request = args.request;
  if (!args.only.empty()) request.only = split_names(args.only);
  warn_of_flags(request, flags);
  if (!is_table(request.run) && !request.drop.empty())
    throw Failure(
        Exit::usage,
        fmt::format("[plot] --drop is for tables, and {} is not one; leave it out", request.run));
  if (is_table(request.run)) {
    if (!args.other.empty())
      throw Failure(Exit::usage,
                    fmt::format("[plot] {} is a table, and only two runs can stand side "
                                "by side; give {} alone",
                                request.run, request.run));
    plot_table(request);
  } else if (args.other.empty()) {
    const Config config = load_plotted(request.run);
    take_condition(config, request);
    plot_run(config, request);
  } else {
    PlotRequest other = request;
    other.run = args.other;
    const Config a = load_plotted(request.run), b = load_plotted(other.run);
    take_condition(a, request);
    take_condition(b, other);
    plot_two_runs(a, request, b, other);
  }
  return 0;
}

Action declare_plot(Options& options) {
  auto args = std::make_shared<PlotArguments>();
  PlotRequest& request = args->request;
  add_solver(options, request);
  add_condition(options, request,
                "draw p(other columns | these values of the columns that the run is conditioned "
                "on), beside the rows of the data that are nearest to them");
  options
      .file("other", args->other, FileUse::inside,
            "a second run, whose samples and density stand beside those of the first")
      .type("OTHER");
  const Option number =
      add_number(options, request.n, 1, 1'000'000, "number of samples in the pictures")
          .shows_default();
  const Option seed = add_seed(options, request.seed, "seed of the samples");
  options
      .add("--only", args->only,
           "draw only these pictures, and compute only what they need: names separated by commas, "
           "see `pushforward list pictures`")
      .check(fault_of_names)
      .type("NAMES");
  add_drop(options, request.drop);
  options.flag("--marks", request.marks, "also write the marks of each picture, as NAME.json");
  options.add("--out", request.out, "folder of the pictures (default: RUN/plots)").type("DIR");
  return [args, number, seed] {
    std::vector<std::string> flags;
    if (number.given()) flags.emplace_back("--number");
    if (seed.given()) flags.emplace_back("--seed");
    return plot(*args, flags);
  };
}

}  // namespace

const Verb plot_verb{"plot",
                     "draw pictures of a run, of two runs side by side, or of a table of points",
                     "pushforward plot runs/moons\n"
                     "  pushforward plot runs/moons --only density,field\n"
                     "  pushforward plot runs/moons --solver euler --steps 4\n"
                     "  pushforward plot runs/moons runs/other\n"
                     "  pushforward plot samples.csv --out pictures",
                     declare_plot};

}  // namespace pushforward::app
