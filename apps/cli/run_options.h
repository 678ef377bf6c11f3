// Options that several verbs have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/cli/options.h"
#include "apps/requests.h"

namespace pushforward::app {

// The last arguments of a verb: any number of a.b=value and ~a.b.
Option add_overrides(Options& options, std::vector<std::string>& overrides);

// --seed: a whole number from 0 to 2^53, as in a config.
Option add_seed(Options& options, std::uint64_t& seed, const char* doc);

// --threads, an int or a std::optional of one.
template <class Count>
Option add_threads(Options& options, Count& threads) {
  return options.add("--threads", threads, "threads, 0: all (never changes the result)")
      .range(0, 1024)
      .type("N");
}

// -n and --number, an int or a std::optional of one.
template <class Count>
Option add_number(Options& options, Count& n, int low, int high, const char* doc) {
  return options.add("-n,--number", n, doc).range(low, high).type("N");
}

// An option that names a file.
Option add_file(Options& options, const char* name, std::string& to, const char* doc);

// RUN, and which field of it: --raw, --exact, --label, --guidance; and --threads.
void add_run(Options& options, RunRequest& request);

// The headings in the help of options that only some runs have.
inline constexpr const char* kOfContinuous = "Only for runs of continuous data";
inline constexpr const char* kOfTokens = "Only for runs of tokens";

// The runs that a verb takes.
enum class Runs { all, continuous };

// add_run, and how the flow is solved: --solver, --steps, tolerances; if the verb takes all runs,
// --temperature and --top-p.
void add_solver(Options& options, SolverRequest& request, Runs runs = Runs::all);

// --divergence and --probes. They need the option `of`, unless it is null.
void add_divergence(Options& options, DivergenceRequest& request, const Option* of = nullptr);

}  // namespace pushforward::app
