// `pushforward plot`: pictures of a run as PNG and SVG, and one animation.
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

// What stands between the commas.
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
  return "\"" + text + "\" has an empty name; give names with one comma between, density,field";
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
  add_run(options, request);
  add_number(options, request.n, 1, 1'000'000, "how many samples to draw").shows_default();
  add_seed(options, request.seed, "their seed");
  options
      .add("--only", args->only,
           "draw these pictures alone, and compute only what they need: names with commas between, "
           "see `pushforward list pictures`")
      .check(fault_of_names)
      .type("NAMES");
  options.add("--out", request.out, "folder of the pictures (default: RUN/plots)").type("DIR");
  return [args] { return plot(*args); };
}

}  // namespace

const Verb plot_verb{"plot", "draw a run: samples, density, field, trajectories, loss, animation",
                     "pushforward plot runs/moons\n"
                     "  pushforward plot runs/moons --only density,field",
                     declare_plot};

}  // namespace pushforward::app
