// Rules about the rows that training holds out, the cells that it fills, and the keys that need them.
#include <fmt/format.h>

#include <string>

#include "apps/config/data_types.h"
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

using Found = std::optional<Violation>;

const Json& holdout(const Json& config) { return config.at("train").at("holdout"); }

// Returns whether some rows are held out: by /train/holdout, or for tokens by /data/held_out.
bool holds_rows_out(const Json& config) {
  return chooses_rows(holdout(config)) || holds_tokens_out(config.at("data"));
}

Found holdout_violation(const Json& config) {
  const Json& choice = holdout(config);
  if (!chooses_rows(choice)) return {};
  const Json& data = innermost(config.at("data"));
  const std::string& type = data.at("type").text();
  if (endless(data))
    return Violation{
        fmt::format("no row can be held out, since {} draws new rows without end", type),
        "leave it out: every step trains on new rows, so train/loss already is the loss of rows "
        "that the network has not seen"};
  if (!choice.is_string()) return {};
  if (!data.contains("path"))
    return Violation{fmt::format("it is a file, but the rows of {} come with the program", type),
                     "give a share of the rows, such as 0.1, or an array of row numbers"};
  if (config.at("coupling").at("type") == "paired")
    return Violation{"it is a file, whose rows have no partners in /source",
                     "give a share of the rows, such as 0.1, or an array of row numbers"};
  return {};
}

bool fills_nothing(const Json& config) {
  return config.at("train").at("fill_every") != 0 &&
         innermost(config.at("data")).value("missing_rows", std::string()) != "model";
}

// Returns the rules of keys that have no effect unless rows are held out. `cure` holds some out.
Rules rules_of_measured_keys(const char* cure) {
  const char* const nothing = "it has no effect, since no rows are held out";
  return {
      rule({"train", "data"}, "/train/valid_every", nothing, cure,
           when(is_not("/train/valid_every", 500), negated(holds_rows_out))),
      rule({"train", "data"}, "/train/model",
           "the best weights are those of the least loss of held-out rows, and no rows are held "
           "out",
           cure, when(is("/train/model", "best"), negated(holds_rows_out))),
      rule({"train", "data"}, "/train/patience", nothing, cure,
           when(is_not("/train/patience", 0), negated(holds_rows_out)))};
}

}  // namespace

Rules holdout_rules() {
  const char* const cure = "set /train/holdout, for example to 0.1, or leave it out";
  const Rules of_tokens{for_tokens(
      rule({"train"}, "/train/holdout", "sequences of tokens are held out by /data/held_out",
           "set the share there, and leave this out",
           [](const Json& config) { return chooses_rows(holdout(config)); }))};
  const Rules of_continuous = for_continuous(Rules{
      found_rule({"train", "data", "coupling"}, "/train/holdout",
                 "the data set has no rows that could be held out",
                 "leave it out, or use a file of rows", holdout_violation),
      rule({"train", "data"}, "/train/fill_every",
           "it has no effect, since no missing cells are drawn",
           "set missing_rows of the table to \"model\", or leave it out", fills_nothing),
      rule({"train", "data"}, "/train/nll_every", "it has no effect, since no rows are held out",
           cure, when(is_not("/train/nll_every", 0), negated(holds_rows_out)))});
  return joined(of_tokens, of_continuous, for_continuous(rules_of_measured_keys(cure)),
                for_tokens(rules_of_measured_keys(
                    "set /data/held_out, for example to 0.1, or leave it out")));
}

}  // namespace pushforward::app
