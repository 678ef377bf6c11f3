// `pushforward list`: the alternatives of each section
// of the config, read from its table, one line each.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "apps/cli/verbs.h"
#include "apps/config/table.h"
#include "apps/failure.h"

namespace pushforward::app {
namespace {

struct ListEntry {
  std::string name, doc;
  DataKind kinds = DataKind::any;  // of data that it is for
};

// A kind of thing, and the section of the config that offers it.
struct Topic {
  const char* name;
  const char* section;
  const char* used;  // how a config or command asks for one
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
    {"optimizers", "optimizer", "\"optimizer\": {\"type\": NAME}"},
    {"schedules", "schedule", "\"schedule\": {\"type\": NAME}"},
    {"solvers", "sampler", "\"sampler\": {\"type\": NAME}, sample --solver NAME"},
    {"kappas", "kappa", "\"path\": {\"kappa\": {\"type\": NAME}}"},
    {"correctors", "corrector", "\"sampler\": {\"corrector\": {\"type\": NAME}}"},
    {"grids", "time_grid", "\"sampler\": {\"grid\": {\"type\": NAME}}"},
    {"diffusions", "diffusion", "\"sampler\": {\"diffusion\": {\"type\": NAME}}"},
};

// The layers are C++, not config.
const std::vector<ListEntry>& layers() {
  static const std::vector<ListEntry> all{
      {"Linear", "x W^T + b (nn/layers/layers.h)"},
      {"LayerNorm", "rows normalised, then weighted and shifted (nn/layers/layers.h)"},
      {"Embedding", "a row of a table for each token or label (nn/layers/layers.h)"},
      {"Dropout", "elements dropped at random while training (nn/layers/layers.h)"},
      {"Mlp", "linear layers with activations in between (nn/networks/mlp.h)"},
      {"ResidualMlp", "blocks that add to their input (nn/networks/mlp.h)"},
      {"TimeFeatures", "t as columns: raw, sinusoidal, Fourier (nn/layers/time_features.h)"},
      {"Velocity", "u(x, t) from any of these (nn/networks/velocity.h)"},
      {"SelfAttention",
       "every position of a sequence looks at every position (nn/layers/attention.h)"},
      {"TransformerBlock", "attention and an MLP, told time and label (nn/networks/transformer.h)"},
      {"Transformer", "logits of every token by blocks of attention (nn/networks/transformer.h)"},
      {"TokenMlp", "logits of every token by an MLP over all (nn/networks/token_mlp.h)"},
      {"TokenNetwork", "one of the two, as a config says (nn/networks/token_network.h)"}};
  return all;
}

std::vector<ListEntry> entries(const Topic& topic) {
  std::vector<ListEntry> all;
  for (const Alternative& a : section_table(topic.section).alternatives)
    all.push_back({a.type, a.doc, a.kinds});
  return all;
}

void print_entries(const std::string& title, const std::string& used,
                   const std::vector<ListEntry>& all, bool names) {
  std::size_t width = 0;
  bool mixed = false;  // some are for one kind of data alone
  for (const ListEntry& e : all) {
    width = std::max(width, e.name.size());
    mixed = mixed || e.kinds != DataKind::any;
  }
  if (!names) fmt::print("{}{}\n", title, used.empty() ? "" : "   (" + used + ")");
  for (const ListEntry& e : all) {
    if (names)
      fmt::print("{}\n", e.name);
    else
      fmt::print("  {:{}}  {}{}\n", e.name, width,
                 mixed ? fmt::format("{:<12}", kind_name(e.kinds)) : "", e.doc);
  }
}

}  // namespace

int verb_list(const std::string& topic, bool names) {
  bool found = false;
  std::string known = "layers";
  for (const Topic& t : kTopics) {
    known += std::string(" ") + t.name;
    if (!topic.empty() && topic != t.name) continue;
    if (found && !names) fmt::print("\n");
    print_entries(t.name, t.used, entries(t), names);
    found = true;
  }
  if (topic.empty() || topic == "layers") {
    if (found && !names) fmt::print("\n");
    print_entries("layers", "C++", layers(), names);
    found = true;
  }
  if (!found)
    throw Failure(Exit::usage,
                  fmt::format("[list] there is no kind \"{}\"; kinds: {}", topic, known));
  return 0;
}

}  // namespace pushforward::app
