// `pushforward list`: prints the alternatives of each section of the config, the layers and the
// pictures. They are read from the tables that define them.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/list.h"
#include "apps/cli/verbs.h"
#include "apps/config/table.h"
#include "apps/failure.h"
#include "apps/plot/pictures.h"
#include "apps/run/summary.h"
#include "apps/suggest.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

struct ListEntry {
  std::string name, doc;
  std::string of;  // the data or runs that have the entry; "" if the list has no such limits
};

// A topic of `pushforward list`: the alternatives of one section of the config.
struct Topic {
  const char* name;
  const char* section;
  const char* used;  // the way in which a config or a command names an alternative
};

constexpr Topic kTopics[] = {
    {"data", "data", "\"data\": {\"type\": NAME}, pushforward data NAME"},
    {"sources", "source", "\"source\": {\"type\": NAME}"},
    {"paths", "path", "\"path\": {\"type\": NAME}"},
    {"noises", "path_noise", "\"path\": {\"noise\": {\"type\": NAME}}"},
    {"couplings", "coupling", "\"coupling\": {\"type\": NAME}"},
    {"models", "model", "\"model\": {\"type\": NAME}"},
    {"time", "time_features", "\"model\": {\"time\": {\"type\": NAME}}"},
    {"labels", "label_features", "\"model\": {\"label\": {\"type\": NAME}}"},
    {"losses", "loss", "\"loss\": {\"type\": NAME}"},
    {"time_laws", "time_law", "\"loss\": {\"time\": {\"type\": NAME}}"},
    {"pair_times", "pair_time", "\"loss\": {\"pair_time\": {\"type\": NAME}}"},
    {"optimizers", "optimizer", "\"optimizer\": {\"type\": NAME}"},
    {"schedules", "schedule", "\"schedule\": {\"type\": NAME}"},
    {"solvers", "sampler", "\"sampler\": {\"type\": NAME}, sample --solver NAME"},
    {"kappas", "kappa", "\"path\": {\"kappa\": {\"type\": NAME}}"},
    {"distances", "token_distance", "\"path\": {\"distance\": {\"type\": NAME}}"},
    {"correctors", "corrector", "\"sampler\": {\"corrector\": {\"type\": NAME}}"},
    {"remasking", "remasking", "\"sampler\": {\"remasking\": {\"type\": NAME}}"},
    {"grids", "time_grid", "\"sampler\": {\"grid\": {\"type\": NAME}}"},
    {"diffusions", "diffusion", "\"sampler\": {\"diffusion\": {\"type\": NAME}}"},
};

// Layers are part of the C++ library only, so the config has no table of them.
const std::vector<ListEntry>& layers() {
  static const std::vector<ListEntry> all{
      {"Linear", "x W^T + b (nn/layers/layers.h)"},
      {"LayerNorm", "normalises each row, then scales and shifts it (nn/layers/layers.h)"},
      {"Embedding", "maps each token or label to a row of a table (nn/layers/layers.h)"},
      {"Dropout", "sets elements to 0 at random during training (nn/layers/layers.h)"},
      {"Mlp", "linear layers with activations between them (nn/networks/mlp.h)"},
      {"ResidualMlp", "blocks whose output is added to their input (nn/networks/mlp.h)"},
      {"TimeFeatures", "maps t to columns: raw, sinusoidal, Fourier (nn/layers/time_features.h)"},
      {"Velocity", "u(x, t) from one of these networks (nn/networks/velocity.h)"},
      {"SelfAttention",
       "every position of a sequence attends to every position (nn/layers/attention.h)"},
      {"TransformerBlock",
       "attention and an MLP, conditioned on time and label (nn/networks/transformer.h)"},
      {"Transformer", "logits of every token, from attention blocks (nn/networks/transformer.h)"},
      {"TokenMlp",
       "logits of every token, from one MLP over all tokens (nn/networks/token_network.h)"},
      {"TokenNetwork",
       "a Transformer or a TokenMlp, chosen by the config (nn/networks/token_network.h)"}};
  return all;
}

// The methods of learning to sample in few steps, named as in their papers, with the settings of a
// config that trains by each.
const std::vector<ListEntry>& flow_maps() {
  static const std::vector<ListEntry> all{
      {"lagrangian_self_distillation", R"("loss": {"type": "lagrangian"}; LSD)"},
      {"terminal_velocity_matching",
       R"("loss": {"type": "lagrangian", "teacher": "average", "end_velocity": true}; TVM)"},
      {"eulerian_self_distillation",
       R"("loss": {"type": "eulerian", "target": "network", "gradient": "through_time"}; ESD)"},
      {"progressive_self_distillation",
       R"("loss": {"type": "semigroup", "middle": "uniform"}; PSD)"},
      {"mean_flow",
       R"("loss": {"type": "eulerian", "tangent": "sample", "diagonal": 0.75, "weight_power": 1, "from_start": 0})"},
      {"improved_mean_flow", R"("loss": {"type": "eulerian", "weight_power": 1, "from_start": 0})"},
      {"alpha_flow", R"("loss": {"type": "alpha_flow"})"},
      {"shortcut", R"("loss": {"type": "semigroup"}; with continuous times)"},
      {"split_mean_flow", R"("loss": {"type": "semigroup", "middle": "uniform"})"},
      {"consistency",
       R"("loss": {"type": "eulerian"}, whose jumps to t = 1 are a continuous-time consistency model; with "from" a plain run they are distilled from it)"},
      {"reflow",
       R"("data": {"type": "pairs", "from": RUN}, "from": RUN; a run from a run from a run for more rounds)"},
      {"one_step_distillation",
       R"("data": {"type": "pairs", "from": RUN}, "from": RUN, "loss": {"time": {"type": "start"}}, "sampler": {"type": "euler", "steps": 1})"}};
  return all;
}

// Methods for tokens, by the names of their papers, with the settings that make a config train them.
const std::vector<ListEntry>& token_methods() {
  static const std::vector<ListEntry> all{
      {"mdlm",
       R"("source": {"type": "mask"}, "path": {"kappa": {"type": "linear"}}, "loss": {"type": "generalised_kl"}: from masks, kappa = t, cross-entropy weighted by 1/(1 - t), in its own time 1/t)"},
      {"sedd",
       R"(the settings of mdlm: with masks, its score entropy of the ratios s(y) = kappa/(1 - kappa) p(x1 = y | x) is the same loss)"},
      {"remdm",
       R"(mdlm, with "sampler": {"remasking": {"type": "cap"}} or another of its schedules)"},
      {"three_part",
       R"("path": {"type": "three_part"}: from masks or rows, through uniform tokens; Gat et al. 2024)"},
      {"campbell_uniform",
       R"("source": {"type": "uniform_tokens"}, "sampler": {"corrector": {"type": "exchange"}}; the stochasticity eta of Campbell et al. 2024 is its scale; from masks it is that of the corrector "remask")"},
      {"metric_induced",
       R"("source": {"type": "uniform_tokens"}, "path": {"type": "metric"}; kinetic-optimal for its distance)"}};
  return all;
}

std::vector<ListEntry> alternatives(const Topic& topic) {
  std::vector<ListEntry> all;
  bool mixed = false;  // true if an alternative is for one kind of data only
  for (const Alternative& a : section_table(topic.section).alternatives) {
    all.push_back({a.type, a.doc, kind_name(a.kinds)});
    mixed = mixed || a.kinds != DataKind::any;
  }
  if (!mixed) {
    for (ListEntry& e : all) e.of.clear();
  }
  return all;
}

// Returns an entry for each picture: its name, the runs that have it, and what it is drawn from.
std::vector<ListEntry> list_pictures() {
  std::vector<ListEntry> all;
  for (const PictureRow& row : pictures()) {
    std::vector<std::string> needs;
    for (const PlotNeed need : row.needs) needs.push_back(name_of(need));
    all.push_back({row.name, fmt::format("{} (from {})", row.about, join_words(needs, ", ")),
                   row.subject ? name_of(*row.subject) : "every run"});
  }
  return all;
}

void print_entries(const std::string& title, const std::string& used,
                   const std::vector<ListEntry>& all) {
  std::size_t width = 0;
  for (const ListEntry& e : all) width = std::max(width, e.name.size());
  print("{}   ({})\n", title, used);
  for (const ListEntry& e : all)
    print("  {:{}}  {}{}\n", e.name, width, e.of.empty() ? "" : fmt::format("{:<12}", e.of), e.doc);
}

void print_names(const std::vector<ListEntry>& all) {
  std::vector<std::string> told;
  for (const ListEntry& e : all) {
    if (std::find(told.begin(), told.end(), e.name) != told.end()) continue;
    told.push_back(e.name);
    print("{}\n", e.name);
  }
}

// One list to print, such as that of all solvers. all_lists returns the sections of the config
// first, then flow maps, layers and pictures.
struct List {
  std::string name, used;
  std::vector<ListEntry> entries;
};
std::vector<List> all_lists() {
  std::vector<List> all;
  for (const Topic& topic : kTopics) all.push_back({topic.name, topic.used, alternatives(topic)});
  all.push_back({"flow_maps", "methods by name; each also with \"from\": RUN", flow_maps()});
  all.push_back({"token_methods", "methods for tokens by name", token_methods()});
  all.push_back({"layers", "C++", layers()});
  all.push_back({"pictures", "pushforward plot RUN --only NAME,NAME", list_pictures()});
  return all;
}

// The name of the list of the runs in a folder. This list is printed only if it is requested by
// name.
constexpr const char* kRuns = "runs";

struct ListArguments {
  std::string topic, folder = "runs";
  bool names = false;
};

int print_runs(const ListArguments& args) {
  const std::vector<std::string> folders = find_runs(args.folder);
  if (args.names) {
    for (const std::string& folder : folders) print("{}\n", folder);
    return 0;
  }
  std::vector<RunSummary> runs;
  std::size_t width = 3, data_width = 4;
  for (const std::string& folder : folders) {
    const std::optional<RunSummary> run = summarize_run(folder);
    if (!run) {
      tell("{} has a config.json that cannot be read", folder);
      continue;
    }
    width = std::max(width, run->folder.size());
    data_width = std::max(data_width, run->data.size());
    runs.push_back(*run);
  }
  if (runs.empty()) {
    tell("there are no runs in {}; `pushforward train CONFIG.json` makes one", args.folder);
    return 0;
  }
  print("{:{}}  {:{}}  {:>15}  {:>10}  {:16}  {:>8}\n", "run", width, "data", data_width, "steps",
        "last loss", "made", "size");
  for (const RunSummary& run : runs)
    print("{:{}}  {:{}}  {:>15}  {:>10}  {:16}  {:>8}\n", run.folder, width, run.data, data_width,
          fmt::format("{} of {}", run.steps, run.total),
          run.loss ? fmt::format("{:.4g}", *run.loss) : "-", minute_words(run.made),
          size_words(run.bytes));
  return 0;
}

int print_lists(const ListArguments& args, bool folder_given) {
  if (args.topic == kRuns) return print_runs(args);
  if (folder_given)
    throw Failure(Exit::usage,
                  fmt::format("[list] \"{}\" is one too many: only `list runs` takes a "
                              "folder; leave it out",
                              args.folder));
  bool found = false;
  for (const List& list : all_lists()) {
    if (!args.topic.empty() && args.topic != list.name) continue;
    if (args.names) {
      print_names(list.entries);
    } else {
      if (found) print("\n");
      print_entries(list.name, list.used, list.entries);
    }
    found = true;
  }
  if (found) return 0;
  std::vector<std::string> topics{kRuns};
  for (const List& list : all_lists()) topics.push_back(list.name);
  throw Failure(Exit::usage,
                fmt::format("[list] there is no list \"{}\"; {}choose one of: {}", args.topic,
                            did_you_mean(args.topic, topics), join_words(topics)));
}

Action declare_list(Options& options) {
  auto args = std::make_shared<ListArguments>();
  options.add("topic", args->topic, "print this list only, such as solvers, pictures or runs")
      .type("LIST");
  const Option folder =
      options.add("folder", args->folder, "for `list runs`: where the runs are (default: runs)")
          .type("DIR");
  options.flag("--names", args->names, "print only the names");
  return [args, folder] { return print_lists(*args, folder.given()); };
}

}  // namespace

std::string list_topics() {
  std::vector<std::string> names;
  for (const List& list : all_lists()) names.push_back(list.name);
  names.push_back(kRuns);
  return join_words(names);
}

const Verb list_verb{"list", "list what you can choose: data sets, paths, solvers, pictures ...",
                     "pushforward list solvers\n"
                     "  pushforward list runs",
                     declare_list};

}  // namespace pushforward::app
