#include <CLI/CLI.hpp>
#include <memory>

#include "apps/cli/verb_table.h"
#include "apps/cli/verbs.h"

namespace pushforward::app {
namespace {

// --- options that several verbs have -------------------------------------------------------------

void add_run(CLI::App& verb, RunRequest& r) {
  verb.add_option("run", r.run, "the run's folder")->required()->type_name("RUN");
  verb.add_flag("--raw", r.raw, "the weights themselves, not their running average (EMA)");
  verb.add_flag("--exact", r.exact,
                "no network: the exact field of the run's data, a mixture or a finite set");
  verb.add_option(
          "--label", r.label,
          "the class of all rows (default: samples draw it by the data's shares, points have none)")
      ->type_name("C");
  verb.add_option("--guidance", r.guidance,
                  "scale of classifier-free guidance (0: none), instead of the config's")
      ->check(CLI::Range(-1.0, 1000.0))
      ->type_name("W");
  verb.add_option("--threads", r.threads, "threads, 0: all (never changes the result)")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
}

void add_solver(CLI::App& verb, SolverRequest& r) {
  add_run(verb, r);
  verb.add_option("--solver", r.solver, "instead of the config's: see `pushforward list solvers`")
      ->type_name("NAME");
  verb.add_option("--steps", r.steps,
                  "fixed steps; without it a solver with an error estimate adapts")
      ->check(CLI::Range(1, 10'000'000))
      ->type_name("K");
  verb.add_option("--temperature", r.temperature,
                  "of tokens: divides the logits; below 1: likelier, 0: the likeliest")
      ->check(CLI::Range(0.0, 1000.0))
      ->type_name("T");
  verb.add_option("--top-p", r.top_p,
                  "of tokens: draw from the likeliest that make up so much of the probability")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("P");
  verb.add_option("--rtol", r.rtol, "relative tolerance of an adaptive solver")
      ->check(CLI::PositiveNumber)
      ->type_name("R");
  verb.add_option("--atol", r.atol, "absolute tolerance of an adaptive solver")
      ->check(CLI::PositiveNumber)
      ->type_name("A");
}

// `of`: the option without which there is no density; null: there always is.
void add_divergence(CLI::App& verb, DivergenceRequest& r, CLI::Option* of = nullptr) {
  CLI::Option* by = verb.add_option("--divergence", r.by,
                                    "exact, rademacher or gaussian (Hutchinson's estimate); "
                                    "auto: exact up to 16 dimensions")
                        ->check(CLI::IsMember({"auto", "exact", "rademacher", "gaussian"}))
                        ->capture_default_str();
  CLI::Option* probes =
      verb.add_option("--probes", r.probes, "random vectors of an estimate, fixed for each row")
          ->check(CLI::Range(1, 10'000))
          ->capture_default_str()
          ->type_name("P");
  if (of) by->needs(of), probes->needs(of);
}

// What --given must not be: nothing at all.
std::string empty_given(const std::string& text) {
  return text.empty() ? "it is empty; give at least one character, or leave it out" : "";
}

CLI::Option* add_file(CLI::App& verb, const char* name, std::string& to, const char* doc) {
  return verb.add_option(name, to, doc)->type_name("FILE");
}

// --- the verbs -----------------------------------------------------------------------------------

std::function<int()> declare_sample(CLI::App& verb, const CommandLine&) {
  auto args = std::make_shared<SampleArguments>();
  SampleRequest& r = args->request;
  add_solver(verb, r);
  verb.add_option("-n,--number", r.n, "how many")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str()
      ->type_name("N");
  add_seed(verb, r.seed, "sample k depends on the seed and on k alone");
  add_file(
      verb, "--out", args->out,
      "where to write them: .npy or .csv, of tokens also .txt, one a line (default: "
      "RUN/samples/samples-SEED.npy, or .txt of words and text, and the first on the terminal)");
  CLI::Option* given =
      verb.add_option("--given", r.given,
                      "of tokens: what stays as it is, such as \"th__ is a _____\"; "
                      "a shorter word is padded, a shorter text goes on freely")
          ->check(CLI::Validator(empty_given, ""))
          ->type_name("TEXT");
  verb.add_option("--free", r.free, "the character of --given where the sampler is free")
      ->needs(given)
      ->capture_default_str()
      ->type_name("C");
  verb.add_flag("--tokens", r.tokens,
                "of quantized data: write the tokens, not points in the data's units");
  CLI::Option* trajectory = add_file(verb, "--trajectory", args->trajectory,
                                     "also write (times, n, D) from noise to data here, "
                                     ".npy, of tokens their states; --json tells the times");
  verb.add_option("--times", args->times, "how many times the trajectory has, both ends included")
      ->needs(trajectory)
      ->check(CLI::Range(2, 100'000))
      ->capture_default_str()
      ->type_name("T");
  CLI::Option* loglik =
      add_file(verb, "--loglik", args->log_density,
               "also write ln p of each sample (n), found in the same pass, here; "
               "the samples end where the solver does, without a last step to E[x1 | x]");
  add_divergence(verb, r.divergence, loglik);
  add_file(verb, "--labels", args->labels, "also write the class of each sample (n) here");
  verb.add_flag("--json", args->json, "print one JSON object about the samples on stdout");
  return [args] { return verb_sample(*args); };
}

std::function<int()> declare_velocity(CLI::App& verb, const CommandLine&) {
  auto args = std::make_shared<VelocityArguments>();
  add_run(verb, args->request);
  add_file(verb, "--points", args->points, "where: an .npy or .csv file of shape (N, D)")
      ->required();
  verb.add_option("--t", args->t, "when: 0 is noise, 1 is data")
      ->required()
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("T");
  add_file(verb, "--out", args->out, "where to write u(x, t), (N, D): .npy or .csv")->required();
  return [args] { return verb_velocity(*args); };
}

std::function<int()> declare_loglik(CLI::App& verb, const CommandLine&) {
  auto args = std::make_shared<LoglikArguments>();
  add_solver(verb, args->request);
  add_file(verb, "--points", args->points,
           "of what: an .npy or .csv file of shape (N, D), of tokens (N, L) or .txt")
      ->required();
  verb.add_flag(
      "--tokens", args->request.tokens,
      "of quantized data: the file holds tokens, as `sample --tokens` writes them, not points");
  add_file(verb, "--out", args->out, "where to write ln p, (N): .npy or .csv")->required();
  add_file(verb, "--gradient", args->gradient,
           "also write its gradient in the points, the score (N, D), here: "
           "of a solve by 40 steps of rk4, or the --steps of a fixed solver");
  add_divergence(verb, args->request.divergence);
  add_seed(verb, args->request.seed, "seed of the random vectors of an estimate");
  verb.add_flag("--json", args->json, "print one JSON object about them on stdout");
  return [args] { return verb_loglik(*args); };
}

std::function<int()> declare_eval(CLI::App& verb, const CommandLine&) {
  auto args = std::make_shared<EvalArguments>();
  add_solver(verb, args->request);
  verb.add_option("-n,--number", args->request.n,
                  "samples, and as many fresh data points (default: /eval/n)")
      ->check(CLI::Range(8, 1'000'000))
      ->type_name("N");
  add_seed(verb, args->request.seed, "their seed");
  add_divergence(verb, args->request.divergence);
  verb.add_flag("--json", args->json, "print one JSON object on stdout");
  return [args] { return verb_eval(*args); };
}

std::function<int()> declare_transport(CLI::App& verb, bool encode) {
  auto args = std::make_shared<LatentArguments>();
  add_solver(verb, args->request);
  add_file(verb, "--points", args->points,
           encode ? "points (N, D) in the data's units: .npy or .csv"
                  : "latents (N, D) in the source's units: .npy or .csv")
      ->required();
  add_file(verb, "--out", args->out, "where to write what they become, (N, D): .npy or .csv")
      ->required();
  return [args, encode] { return encode ? verb_encode(*args) : verb_decode(*args); };
}

std::function<int()> declare_interpolate(CLI::App& verb, const CommandLine&) {
  auto args = std::make_shared<InterpolateArguments>();
  add_solver(verb, args->request);
  add_file(verb, "--from", args->from, "points (N, D) to come from: .npy or .csv")->required();
  add_file(verb, "--to", args->to, "points (N, D) to go to: .npy or .csv")->required();
  verb.add_option("--count", args->count, "points on each way, both ends included")
      ->check(CLI::Range(2, 100'000))
      ->capture_default_str()
      ->type_name("K");
  verb.add_flag("--linear", args->linear, "latents mixed along a line, not the great circle");
  add_file(verb, "--out", args->out, "where to write them, (K, N, D): .npy")->required();
  return [args] { return verb_interpolate(*args); };
}

std::function<int()> declare_plot(CLI::App& verb, const CommandLine&) {
  auto args = std::make_shared<PlotRequest>();
  add_run(verb, *args);
  verb.add_option("-n,--number", args->n, "how many samples to draw")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
  add_seed(verb, args->seed, "their seed");
  verb.add_option("--out", args->out, "folder of the pictures (default: RUN/plots)")
      ->type_name("DIR");
  return [args] { return verb_plot(*args); };
}

}  // namespace

CLI::Option* add_seed(CLI::App& verb, std::uint64_t& seed, const char* doc) {
  const auto wrong = [](const std::string& text) -> std::string {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    if (digits && text.size() <= 16 && std::stoull(text) <= std::uint64_t{1} << 53) return "";
    return text + " is no seed; give a whole number from 0 to 2^53";
  };
  return verb.add_option("--seed", seed, doc)
      ->check(CLI::Validator(wrong, ""))
      ->capture_default_str()
      ->type_name("S");
}

std::vector<Verb> flow_verbs() {
  return {
      {"sample", "draw samples from a trained run",
       "pushforward sample runs/moons -n 1000 --seed 1 --out samples.npy\n"
       "  pushforward sample runs/text -n 5 --given \"th__ is a _____\"",
       declare_sample},
      {"loglik", "ln p of given points under a run's flow; of tokens a bound on it",
       "pushforward loglik runs/moons --points samples.npy --out logp.npy", declare_loglik},
      {"eval",
       "measure a run: distances to data, likelihood, paths, velocity against the exact one",
       "pushforward eval runs/moons --json", declare_eval},
      {"encode", "points to the noise they come from",
       "pushforward encode runs/moons --points samples.npy --out latents.npy",
       [](CLI::App& verb, const CommandLine&) { return declare_transport(verb, true); }},
      {"decode", "noise to the points it flows to",
       "pushforward decode runs/moons --points latents.npy --out points.npy",
       [](CLI::App& verb, const CommandLine&) { return declare_transport(verb, false); }},
      {"interpolate", "from points to points through the noise they come from",
       "pushforward interpolate runs/digits --from a.npy --to b.npy --count 9 --out way.npy",
       declare_interpolate},
      {"velocity", "the learned velocity at given points",
       "pushforward velocity runs/moons --points grid.npy --t 0.5 --out u.npy", declare_velocity},
      {"plot", "draw a run: samples, density, field, trajectories, loss, animation",
       "pushforward plot runs/moons", declare_plot},
  };
}

}  // namespace pushforward::app
