// `pushforward plot`: draws pictures of a run as PNG and SVG, and an animation.
#include "apps/plot/plot.h"

#include <algorithm>
#include <memory>

#include "apps/cli/run_options.h"
#include "apps/cli/verbs.h"
#include "apps/from_config/run_data.h"
#include "apps/run/config.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct PlotArguments {
  PlotRequest request;
  std::string only;
};

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

int plot(const PlotArguments& args) {
  PlotRequest request = args.request;
  if (!args.only.empty()) request.only = split_names(args.only);
  plot_run(locate_data(load_run_config(request.run), request.run, ChangedData::warn, tell_line),
           request);
  return 0;
}

Action declare_plot(Options& options) {
  auto args = std::make_shared<PlotArguments>();
  PlotRequest& request = args->request;
  add_solver(options, request);
  add_number(options, request.n, 1, 1'000'000, "number of samples to draw").shows_default();
  add_seed(options, request.seed, "seed of the samples");
  options
      .add("--only", args->only,
           "draw only these pictures, and compute only what they need: names separated by commas, "
           "see `pushforward list pictures`")
      .check(fault_of_names)
      .type("NAMES");
  options.flag("--marks", request.marks, "also write the marks of each picture, as NAME.json");
  options.add("--out", request.out, "folder of the pictures (default: RUN/plots)").type("DIR");
  return [args] { return plot(*args); };
}

}  // namespace

const Verb plot_verb{"plot", "draw pictures of a run: samples, density, field, trajectories, loss",
                     "pushforward plot runs/moons\n"
                     "  pushforward plot runs/moons --only density,field\n"
                     "  pushforward plot runs/moons --solver euler --steps 4",
                     declare_plot};

}  // namespace pushforward::app
