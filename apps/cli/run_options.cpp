#include "apps/cli/run_options.h"

#include <limits>

#include "apps/cli/points.h"
#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/tables/dropped_columns.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

constexpr const char* kOptions = "Options";  // CLI11's own heading

std::string fault_of_seed(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits && text.size() <= 16 && std::stoull(text) <= std::uint64_t{1} << 53) return "";
  return text + " is not a seed; give a whole number from 0 to 2^53";
}

std::string fault_of_condition(const std::string& text) {
  return text.empty() ? "it is empty; give a value of a column, or leave it out" : "";
}

}  // namespace

Option add_overrides(Options& options, std::vector<std::string>& overrides) {
  return options.add("overrides", overrides,
                     "changes to the config: a.b=value sets a key, ~a.b restores its default");
}

Option add_seed(Options& options, std::uint64_t& seed, const char* doc) {
  return options.add("--seed", seed, doc).check(fault_of_seed).shows_default().type("S");
}

Option add_drop(Options& options, std::string& to) {
  return options
      .add(
          "--drop", to,
          "columns of the tables to leave out, such as names of the rows: names or numbers from 0, "
          "with commas between them")
      .check(fault_of_drop)
      .type("COLUMNS");
}

Option add_input(Options& options, const char* name, std::string& to, const char* doc) {
  return options.file(name, to, FileUse::reads, doc);
}

Option add_output(Options& options, const char* name, std::string& to, const char* doc) {
  return options.file(name, to, FileUse::writes, doc);
}

Config with_run_data(const Config& config, const RunRequest& request, bool reads_data) {
  return locate_data(config, request.run, ChangedData::warn, tell_line,
                     !request.exact && !reads_data);
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) tell_line(note);
}

void tell_of_densities(const std::string& file, const std::string& note,
                       const EstimateWords& words) {
  if (const std::string text = estimate_text(words); !text.empty()) tell("ln p is {}", text);
  if (!note.empty())
    tell("{} has no place for a note on what its numbers are, so {} says it", file, note);
}

void add_run(Options& options, RunRequest& request) {
  options.file("run", request.run, FileUse::inside, "the run's folder").required().type("RUN");
  options.flag("--raw", request.raw,
               "use the trained weights instead of their running average (EMA)");
  options.flag(
      "--exact", request.exact,
      "use the exact field of the data instead of the network; the data must be a mixture or "
      "a finite set");
  // A class may have a name. The text of --label is kept until the names of the run's classes are
  // known.
  const auto take_label = [&request](const std::string& text) {
    request.label = -1;
    request.label_text = request.label_word = text;
    try {
      const std::string digits = whole_number(text);
      if (digits.size() < 10) {
        request.label = std::stoi(digits);
        request.label_text.reset();
      }
    } catch (const Failure&) {
    }
  };
  options
      .add_text(
          "--label", take_label,
          "the class of all rows, a number from 0 or a name (default: samples draw it by the data's "
          "shares, and points have none)")
      .type("C");
  options
      .add("--guidance", request.guidance,
           "scale of classifier-free guidance, 0: none (default: the config's "
           "/sampler/guidance/scale)")
      .range(-1.0, 1000.0)
      .type("W");
  add_threads(options, request.threads);
}

void add_solver(Options& options, SolverRequest& request, RunsTaken runs) {
  add_run(options, request);
  options
      .add(
          "--solver", request.solver,
          "name of the solver (default: the config's /sampler/type): see `pushforward list solvers`")
      .type("NAME");
  options
      .add("--steps", request.steps,
           "number of fixed steps (default: the config's /sampler/steps; a solver with an error "
           "estimate adapts its steps where that is 0)")
      .range(1, 10'000'000)
      .type("K");
  const char* const continuous = runs == RunsTaken::all ? kOfContinuous : kOptions;
  options
      .add("--rtol", request.rtol,
           "relative tolerance of a solver that adapts its steps (default: the config's, or 1e-5 "
           "with another --solver)")
      .positive()
      .type("R")
      .group(continuous);
  options
      .add(
          "--atol", request.atol,
          "absolute tolerance of a solver that adapts its steps, in the flow's units (default: the "
          "config's, or 1e-5 with another --solver)")
      .positive()
      .type("A")
      .group(continuous);
  if (runs == RunsTaken::continuous) return;
  options
      .add("--temperature", request.temperature,
           "divide the logits by T; below 1: likelier tokens, 0: the likeliest (default: the "
           "config's)")
      .range(0.0, 1000.0)
      .type("T")
      .group(kOfTokens);
  options
      .add("--top-p", request.top_p,
           "draw from the likeliest tokens with total probability P, 1: from all (default: the "
           "config's)")
      .range(0.0, 1.0)
      .type("P")
      .group(kOfTokens);
}

void add_scale(Options& options, std::string& scale) {
  options
      .add("--scale", scale,
           "units of distances: none, the columns' own; std, each column's standard deviation in "
           "the data")
      .one_of({"none", "std"})
      .shows_default();
}

void add_divergence(Options& options, DivergenceRequest& request, const Option* of) {
  const Option by = options
                        .add("--divergence", request.by,
                             "how the divergence is computed: exact, rademacher or gaussian "
                             "(Hutchinson's estimate); auto: exact up to 16 dimensions")
                        .one_of({"auto", "exact", "rademacher", "gaussian"})
                        .shows_default()
                        .group(kOfContinuous);
  const Option probes =
      options
          .add(
              "--probes", request.probes,
              "number of random vectors of an estimate, the same during a row's solve (default: 8)")
          .range(1, 10'000)
          .type("P")
          .group(kOfContinuous);
  if (of) {
    by.needs(*of);
    probes.needs(*of);
  }
}

Option add_condition(Options& options, RunRequest& request, const char* doc) {
  return options.add("--condition", request.condition_text, doc)
      .check(fault_of_condition)
      .type("TEXT")
      .group(kOfContinuous);
}

void take_condition(const Config& config, RunRequest& request) {
  if (request.condition_text.empty()) return;
  check_takes_conditions(config, request, "--condition");
  request.conditions = given_conditions(request.run, request.condition_text);
  request.rows_each = std::numeric_limits<int>::max();
}

}  // namespace pushforward::app
