// The rows of the path, the coupling and everything about
// training. To add a path or a coupling, add its row here.
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool nesterov_alone(const Json& sgd) {
  return sgd.at("nesterov") == true && sgd.at("momentum") == 0.0;
}

}  // namespace

ConfigField time_distribution_field() {
  return section("time", "time_law", "the distribution of t");
}

ConfigField label_dropout_field() {
  return number("label_dropout", 0.1, from_to(0, 1),
                "probability that a row's label is left out; guidance needs both");
}

SectionTable loss_section() {
  return {
      "loss", "What training makes small.", "mse",
      joined({for_continuous(row(
                 "mse", "the mean square of prediction minus target, weighted by time",
                 {time_distribution_field(),
                  choice("weight", "none", {"none", "velocity", "data", "noise", "score", "edm"},
                         "how times count: all alike, or as if that had been predicted"),
                  number("most", 0, from_to(0, 1e12), "greatest weight of a time; 0: no limit"),
                  label_dropout_field()}))},
             token_losses()),
      "cross_entropy"};
}

SectionTable time_distribution_section() {
  const auto std = [](double value) {
    return number("std", value, above_to(0, 100), "standard deviation of z");
  };
  const auto mean = [](double value) {
    return number("mean", value, from_to(-100, 100), "mean of z");
  };
  return {
      "time_law",
      "The distribution that training draws t from.",
      "uniform",
      {row("uniform", "uniform on [0, 1]"),
       row("stratified", "uniform, one time from each of as many parts as the batch has rows"),
       row("logit_normal", "1 / (1 + exp(-z)), z normal (Esser et al. 2024)", {mean(0), std(1)}),
       row("mode", "1 - u - scale (cos^2(pi u / 2) - 1 + u), u uniform (Esser et al. 2024)",
           {number("scale", 1.29, from_to(-1, 1.75), "above 0: more at the middle")}),
       row("cosmap", "1 - 1 / (tan(pi u / 2) + 1), u uniform (Esser et al. 2024)"),
       row("beta", "the beta distribution",
           {number("a", 1.5, above_to(0, 1000), "exponent of t, plus 1"),
            number("b", 1, above_to(0, 1000), "exponent of 1 - t, plus 1")}),
       for_continuous(row("noise_level",
                          "the t whose noise level sigma / alpha is exp(z), z normal (EDM)",
                          {mean(-1.2), std(1.2)}))}};
}

SectionTable optimizer_section() {
  const auto rate = [](double lr) { return number("lr", lr, from_to(0, 1000), "learning rate"); };
  const auto decay = [](double value) {
    return number("weight_decay", value, from_to(0, 1000), "weight decay");
  };
  const auto adam = [&](double weight_decay) {
    return std::vector<ConfigField>{
        rate(1e-3), number("beta1", 0.9, from_below(0, 1), "decay of the mean of the gradient"),
        number("beta2", 0.999, from_below(0, 1), "decay of the mean of its square"),
        number("eps", 1e-8, above_to(0, 1), "added to the root of the latter"),
        decay(weight_decay)};
  };
  return {
      "optimizer",
      "How parameters follow gradients.",
      "adamw",
      {row("sgd", "gradient descent",
           {rate(1e-2),
            number("momentum", 0, from_below(0, 1),
                   "decay of the running sum of gradients; 0: none"),
            boolean("nesterov", false, "Nesterov's look-ahead"), decay(0)},
           {rule({"nesterov", "momentum"}, "/nesterov", "Nesterov's look-ahead needs momentum",
                 "set `momentum` above 0, say 0.9", nesterov_alone,
                 R"({"if": {"properties": {"nesterov": {"const": true}}, "required": ["nesterov"]},
                  "then": {"properties": {"momentum": {"not": {"const": 0}}}, "required": ["momentum"]}})")}),
       row("adam", "Adam (Kingma, Ba 2015); weight decay is part of the gradient", adam(0)),
       row("adamw", "AdamW (Loshchilov, Hutter 2019); weight decay acts on the weights",
           adam(0.01))}};
}

SectionTable schedule_section() {
  const ConfigField warmup =
      integer("warmup", 0, from_to(0, 1e9), "steps over which the rate rises from 0 in a line");
  const ConfigField last = number("final", 0, from_to(0, 1), "factor at the last step");
  return {"schedule",
          "The learning rate over the steps, as a factor on /optimizer/lr.",
          "cosine",
          {row("constant", "the same at every step", {warmup}),
           row("linear", "down a straight line", {warmup, last}),
           row("cosine", "down half a cosine", {warmup, last}),
           row("step", "times gamma every step_size steps",
               {warmup, integer("step_size", 1000, from_to(1, 1e9), "steps between two drops"),
                number("gamma", 0.1, above_to(0, 1), "factor of each drop")})}};
}

SectionTable ema_section() {
  return {
      "ema",
      "The exponential running average of the parameters, which samples use.",
      "",
      {only({number("decay", 0.999, from_below(0, 1),
                    "weight of the past at each step; 0 turns the average off"),
             boolean("warmup", true,
                     "begin with less: at step k the weight is min(decay, (1 + k)/(10 + k))")})}};
}

SectionTable train_section() {
  return {
      "train",
      "The length of training, and what it writes on the way.",
      "",
      {only(
          {integer("steps", 5000, from_to(1, 1e9), "optimizer steps"),
           integer("batch", 256, from_to(1, 1e6), "samples a step"),
           number("clip_norm", 1, from_to(0, 1e9),
                  "greatest norm of the whole gradient; 0 leaves it alone"),
           integer("checkpoint_every", 1000, from_to(0, 1e9),
                   "steps between checkpoints; 0: at the end only"),
           integer("keep", 3, from_to(1, 1e6), "how many of the last checkpoints to keep"),
           integer("keep_every", 0, from_to(0, 1e6),
                   "keep every so many checkpoints for good too; 0: none"),
           integer("log_every", 50, from_to(1, 1e9), "steps between two rows of metrics.jsonl"),
           integer("threads", 0, from_to(0, 1024),
                   "threads, 0: all cores; never changes the result"),
           choice("on_nonfinite", "stop", {"stop", "skip", "rollback"},
                  "when loss or gradient are not finite: "
                  "stop, skip the step, or go back to the last checkpoint"),
           integer("chunk", 0, from_to(0, 65536),
                   "rows of a batch that one thread takes at a time; 0: 128, and 16 of tokens")})}};
}

}  // namespace pushforward::app
