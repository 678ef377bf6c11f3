// The rows of the table of config fields for training: loss, times, optimizer, schedule, moving
// average and length, and for the sections /eval and /output.
#include "apps/config/made.h"
#include "flow/path/prediction.h"

namespace pushforward::app {
namespace {

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
      joined({for_continuous(row(
                 "mse", "the mean square of prediction minus target, with a weight for each time",
                 {time_distribution_field(),
                  choice("weight", "none", joined<std::string>({"none"}, names_of(kPredictions)),
                         "weight of the times: "
                         "none, or the weight that gives the loss of another prediction"),
                  number("most", 0, from_to(0, 1e12), "upper limit of the weight; 0: no limit"),
                  label_dropout_field()},
                 loss_without_effect()))},
             map_losses(), bridge_losses(), token_losses()),
      "cross_entropy"};
}

const Makers<TimeDistribution, const Section&>& time_laws() {
  const auto std = [](double value) {
    return number("std", value, above_to(0, 100), "standard deviation of z");
  };
  const auto mean = [](double value) {
    return number("mean", value, from_to(-100, 100), "mean of z");
  };
  using V = const Section&;  // a section of the type, and the whole config
  static const Makers<TimeDistribution, V> rows{
      {row("uniform", "uniform on [0, 1]"), [](V, V) { return uniform_time(); }},
      {row("stratified",
           "uniform: for a batch of N rows, one time from each of N equal parts of [0, 1]"),
       [](V, V) { return stratified_time(); }},
      {row("logit_normal", "1 / (1 + exp(-z)), z normal (Esser et al. 2024)", {mean(1), std(1.5)}),
       [](V v, V) { return logit_normal_time(v.number("mean"), v.number("std")); }},
      {row("mode", "1 - u - scale (cos^2(pi u / 2) - 1 + u), u uniform (Esser et al. 2024)",
           {number("scale", 1.29, from_to(-1, 1.75), "above 0: more times in the middle")}),
       [](V v, V) { return mode_time(v.number("scale")); }},
      {row("cosmap", "1 - 1 / (tan(pi u / 2) + 1), u uniform (Esser et al. 2024)"),
       [](V, V) { return cosmap_time(); }},
      {row("u_shaped",
           "1/2 + asinh((2 u - 1) sinh(a / 2)) / a, u uniform: more times at both ends (Lee et al. 2024)",
           {number("sharpness", 4, above_to(0, 100), "a; the density grows as cosh(a (t - 1/2))")}),
       [](V v, V) { return u_shaped_time(v.number("sharpness")); }},
      {row("beta", "the beta distribution",
           {number("a", 1.5, above_to(0, 1000), "exponent of t, plus 1"),
            number("b", 1, above_to(0, 1000), "exponent of 1 - t, plus 1")}),
       [](V v, V) { return beta_time(v.number("a"), v.number("b")); }},
      {for_continuous(row(
           "start", "t = 0 for all rows: distillation to one step of Euler's method, of pairs")),
       [](V, V) { return start_time(); }},
      {for_continuous(row("noise_level",
                          "t such that its noise level sigma / alpha is exp(z), z normal (EDM)",
                          {mean(-1.2), std(1.2)})),
       [](V v, V config) {
         return noise_level_time(schedulers()(config.section("/path")), v.number("mean"),
                                 v.number("std"));
       }}};
  return rows;
}

SectionTable time_distribution_section() {
  return {"time_law", "The distribution of t in training.", "logit_normal",
          time_laws().alternatives(), "uniform"};
}

const Makers<OptimizerOptions>& optimizer_rules() {
  using O = OptimizerOptions;
  const auto rate = [](double lr) {
    return with_default(field("lr", &O::lr, from_to(0, 1000), "learning rate"), lr);
  };
  const Member<O> decay = field("weight_decay", &O::weight_decay, from_to(0, 1000), "weight decay");
  const auto adam = [&](double weight_decay) {
    Member<O> lr = rate(3e-3);
    lr.token_fallback = O().lr;
    return Members<O>{
        lr,
        field("beta1", &O::beta1, from_below(0, 1), "decay of the running mean of the gradient"),
        field("beta2", &O::beta2, from_below(0, 1), "decay of the running mean of its square"),
        field("eps", &O::eps, above_to(0, 1), "added to the root of the mean square"),
        with_default(decay, weight_decay)};
  };
  static const Makers<O> rows{
      kind_row<O>(
          OptimizerKind::sgd, optimizers(), "gradient descent",
          {rate(1e-2),
           field("momentum", &O::momentum, from_below(0, 1),
                 "decay of the running sum of gradients; 0: no momentum"),
           field("nesterov", &O::nesterov, "Nesterov's look-ahead"), decay},
          {rule({"nesterov", "momentum"}, "/nesterov", "Nesterov's look-ahead needs momentum",
                "set `momentum` above 0, say 0.9",
                when(is("/nesterov", true), is("/momentum", 0.0)),
                R"({"if": {"properties": {"nesterov": {"const": true}}, "required": ["nesterov"]},
                  "then": {"properties": {"momentum": {"not": {"const": 0}}}, "required": ["momentum"]}})")}),
      kind_row<O>(OptimizerKind::adam, optimizers(),
                  "Adam (Kingma, Ba 2015); weight decay is part of the gradient", adam(0)),
      kind_row<O>(OptimizerKind::adamw, optimizers(),
                  "AdamW (Loshchilov, Hutter 2019); weight decay acts on the weights directly",
                  adam(0.01))};
  return rows;
}

SectionTable optimizer_section() {
  return {"optimizer", "How the gradient changes the parameters.", "adamw",
          optimizer_rules().alternatives()};
}

const Makers<Schedule>& learning_rates() {
  using O = Schedule;
  using Kind = Schedule::Kind;
  const Member<O> warmup = field("warmup", &O::warmup, from_to(0, 1e9),
                                 "steps over which the rate rises linearly from 0"),
                  last = field("final", &O::final, from_to(0, 1), "factor after the last step");
  static const Makers<O> rows{
      kind_row<O>(Kind::constant, schedules(), "the same at every step", {warmup}),
      kind_row<O>(Kind::linear, schedules(), "falls linearly", {warmup, last}),
      kind_row<O>(Kind::cosine, schedules(), "falls along half a cosine", {warmup, last}),
      kind_row<O>(
          Kind::step, schedules(), "multiplied by gamma every step_size steps",
          {warmup,
           field("step_size", &O::every, from_to(1, 1e9), "steps between two drops of the rate"),
           field("gamma", &O::gamma, above_to(0, 1), "factor of each drop")})};
  return rows;
}

SectionTable schedule_section() {
  return {"schedule", "The learning rate at each step, as a factor on /optimizer/lr.", "cosine",
          learning_rates().alternatives()};
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

SectionTable eval_section() {
  return {
      "eval",
      "What is measured after training.",
      "",
      {only(
          {integer("n", 2000, from_to(1, 1e7),
                   "number of samples, and of new data points to compare them with"),
           for_tokens(integer(
               "times", 32, from_to(1, 1e5),
               "number of times at which the likelihood bound of each sequence is estimated"))})}};
}

SectionTable output_section() {
  return {"output",
          "Where runs are written.",
          "",
          {only({text_field("dir", "runs", "the folder in which the run's folder is created")})}};
}

}  // namespace pushforward::app
