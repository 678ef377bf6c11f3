// The rows of the table of config fields for training: loss, times, optimizer, schedule, moving
// average and length.
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool nesterov_alone(const Json& sgd) {
  return sgd.at("nesterov") == true && sgd.at("momentum") == 0.0;
}

// Returns the share, the row numbers or the file of the held-out rows.
ConfigField holdout_field() {
  return {.key = "holdout",
          .kind = FieldKind::rows,
          .fallback = 0.0,
          .doc =
              "the rows of a finite data set that training never uses, to measure valid/loss: a "
              "share of them, chosen by /seed (0: none), an array of row numbers from 0, or a "
              "file of the same columns as that of /data",
          .range = from_below(0, 1)};
}

ConfigField steps_field() {
  ConfigField field = integer("steps", 30000, from_to(1, 1e9), "optimizer steps");
  field.token_fallback = 5000;
  return field;
}

}  // namespace

ConfigField time_distribution_field() {
  return section("time", "time_law", "the distribution of t");
}

ConfigField label_dropout_field() {
  return number("label_dropout", 0.1, from_to(0, 1),
                "for a network with labels or conditions: probability of training a row without; "
                "guidance needs it above 0");
}

SectionTable loss_section() {
  return {
      "loss", "The loss that training minimises.", "mse",
      joined(
          joined(
              {for_continuous(row(
                  "mse", "the mean square of prediction minus target, with a weight for each time",
                  {time_distribution_field(),
                   choice("weight", "none", {"none", "velocity", "data", "noise", "score", "edm"},
                          "weight of the times: "
                          "none, or the weight that gives the loss of another prediction"),
                   number("most", 0, from_to(0, 1e12), "upper limit of the weight; 0: no limit"),
                   label_dropout_field()},
                  loss_without_effect()))},
              joined(map_losses(), bridge_losses())),
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
      "The distribution of t in training.",
      "logit_normal",
      {row("uniform", "uniform on [0, 1]"),
       row("stratified",
           "uniform: for a batch of N rows, one time from each of N equal parts of [0, 1]"),
       row("logit_normal", "1 / (1 + exp(-z)), z normal (Esser et al. 2024)", {mean(1), std(1.5)}),
       row("mode", "1 - u - scale (cos^2(pi u / 2) - 1 + u), u uniform (Esser et al. 2024)",
           {number("scale", 1.29, from_to(-1, 1.75), "above 0: more times in the middle")}),
       row("cosmap", "1 - 1 / (tan(pi u / 2) + 1), u uniform (Esser et al. 2024)"),
       row("u_shaped",
           "1/2 + asinh((2 u - 1) sinh(a / 2)) / a, u uniform: more times at both ends (Lee et al. 2024)",
           {number("sharpness", 4, above_to(0, 100), "a; the density grows as cosh(a (t - 1/2))")}),
       row("beta", "the beta distribution",
           {number("a", 1.5, above_to(0, 1000), "exponent of t, plus 1"),
            number("b", 1, above_to(0, 1000), "exponent of 1 - t, plus 1")}),
       for_continuous(row(
           "start", "t = 0 for all rows: distillation to one step of Euler's method, of pairs")),
       for_continuous(row("noise_level",
                          "t such that its noise level sigma / alpha is exp(z), z normal (EDM)",
                          {mean(-1.2), std(1.2)}))},
      "uniform"};
}

SectionTable optimizer_section() {
  const auto rate = [](double lr) { return number("lr", lr, from_to(0, 1000), "learning rate"); };
  const auto decay = [](double value) {
    return number("weight_decay", value, from_to(0, 1000), "weight decay");
  };
  const auto adam = [&](double weight_decay) {
    ConfigField lr = rate(3e-3);
    lr.token_fallback = 1e-3;
    return std::vector<ConfigField>{
        lr, number("beta1", 0.9, from_below(0, 1), "decay of the running mean of the gradient"),
        number("beta2", 0.999, from_below(0, 1), "decay of the running mean of its square"),
        number("eps", 1e-8, above_to(0, 1), "added to the root of the mean square"),
        decay(weight_decay)};
  };
  return {
      "optimizer",
      "How the gradient changes the parameters.",
      "adamw",
      {row("sgd", "gradient descent",
           {rate(1e-2),
            number("momentum", 0, from_below(0, 1),
                   "decay of the running sum of gradients; 0: no momentum"),
            boolean("nesterov", false, "Nesterov's look-ahead"), decay(0)},
           {rule({"nesterov", "momentum"}, "/nesterov", "Nesterov's look-ahead needs momentum",
                 "set `momentum` above 0, say 0.9", nesterov_alone,
                 R"({"if": {"properties": {"nesterov": {"const": true}}, "required": ["nesterov"]},
                  "then": {"properties": {"momentum": {"not": {"const": 0}}}, "required": ["momentum"]}})")}),
       row("adam", "Adam (Kingma, Ba 2015); weight decay is part of the gradient", adam(0)),
       row("adamw", "AdamW (Loshchilov, Hutter 2019); weight decay acts on the weights directly",
           adam(0.01))}};
}

SectionTable schedule_section() {
  const ConfigField warmup =
      integer("warmup", 0, from_to(0, 1e9), "steps over which the rate rises linearly from 0");
  const ConfigField last = number("final", 0, from_to(0, 1), "factor after the last step");
  return {"schedule",
          "The learning rate at each step, as a factor on /optimizer/lr.",
          "cosine",
          {row("constant", "the same at every step", {warmup}),
           row("linear", "falls linearly", {warmup, last}),
           row("cosine", "falls along half a cosine", {warmup, last}),
           row("step", "multiplied by gamma every step_size steps",
               {warmup,
                integer("step_size", 1000, from_to(1, 1e9), "steps between two drops of the rate"),
                number("gamma", 0.1, above_to(0, 1), "factor of each drop")})}};
}

SectionTable ema_section() {
  return {"ema",
          "The exponential running average of the parameters, which samples use.",
          "",
          {only({number("decay", 0.999, from_below(0, 1),
                        "weight of the previous average at each step; 0 turns the average off"),
                 boolean("warmup", true,
                         "start with a smaller weight, min(decay, (1 + k)/(10 + k)) at step k; "
                         "false: the weight is `decay` from the first step on, and the initial "
                         "parameters stay in the average for about 1/(1 - decay) steps")},
                average_without_effect())}};
}

SectionTable train_section() {
  return {
      "train",
      "The length of training, its checkpoints and its logs.",
      "",
      {only(
          {steps_field(), integer("batch", 256, from_to(1, 1e6), "samples per step"),
           number("clip_norm", 1, from_to(0, 1e9),
                  "greatest norm of the gradient of all parameters; 0: no clipping"),
           integer("checkpoint_every", 1000, from_to(0, 1e9),
                   "steps between checkpoints; 0: only one at the end"),
           integer("keep", 3, from_to(1, 1e6), "number of newest checkpoints to keep"),
           integer("keep_every", 0, from_to(0, 1e6),
                   "also keep every n-th checkpoint for ever; 0: none"),
           integer("log_every", 50, from_to(1, 1e9), "steps between two rows of metrics.jsonl"),
           holdout_field(),
           integer("valid_every", 500, from_to(1, 1e9),
                   "steps between two measurements of valid/loss, the loss of held-out rows with "
                   "the averaged weights; one is also made after the last step"),
           for_continuous(integer(
               "nll_every", 0, from_to(0, 1e9),
               "after every so many measurements of valid/loss, and after the last step, valid/nll "
               "is measured as well: the negative log-likelihood of up to 256 held-out rows, in "
               "nats; 0: never")),
           for_continuous(integer(
               "fill_every", 0, from_to(0, 1e9),
               "steps between two draws of the missing cells of a table whose missing_rows is "
               "\"model\", of which the first is made after a fifth of all steps; 0: a 15th of "
               "the steps, but at least 50")),
           choice("model", "last", {"last", "best"},
                  "the weights in model.safetensors, which samples use: those of the last step, or "
                  "those for which valid/loss was least"),
           integer("patience", 0, from_to(0, 1e9),
                   "training ends early after this many measurements of valid/loss in a row "
                   "without one below the least so far; 0: never"),
           integer("threads", 0, from_to(0, 1024),
                   "number of threads, 0: all cores; it never changes the result"),
           choice("on_nonfinite", "stop", {"stop", "skip", "rollback"},
                  "if loss or gradient is not finite: "
                  "stop, skip the step, or go back to the last checkpoint"),
           integer(
               "chunk", 0, from_to(0, 65536),
               "rows of a batch that one thread processes at a time; 0: 128, or 16 for tokens")},
          checkpoints_without_effect())}};
}

}  // namespace pushforward::app
