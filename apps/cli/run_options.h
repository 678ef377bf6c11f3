// Declares options that several verbs have.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "apps/cli/options.h"
#include "apps/config/config.h"
#include "apps/report/estimate.h"
#include "apps/requests.h"

namespace pushforward::app {

// Declares the last arguments of a verb, which change its config: any number of a.b=value (sets a
// key) and ~a.b (resets a key to its default).
Option add_overrides(Options& options, std::vector<std::string>& overrides);

// Declares --seed, a whole number from 0 to 2^53, as in a config.
Option add_seed(Options& options, std::uint64_t& seed, const char* doc);

// Declares --threads. Its value is an int (default: 0) or a std::optional<int> (default: the
// config's).
template <class Count>
Option add_threads(Options& options, Count& threads) {
  const bool of_config = !std::is_same_v<Count, int>;
  return options
      .add("--threads", threads,
           of_config ? "number of threads, 0: one for each core (default: the config's "
                       "/train/threads); the result does not depend on it"
                     : "number of threads, 0: one for each core (default: 0); the result does not "
                       "depend on it")
      .range(0, 1024)
      .type("N");
}

// Declares -n and --number, two names of one option. Its value is an int or a std::optional<int>.
template <class Count>
Option add_number(Options& options, Count& n, int low, int high, const char* doc) {
  return options.add("-n,--number", n, doc).range(low, high).type("N");
}

// add_input declares an option whose value is the name of a file to read, and add_output one whose
// value is the name of a file to write.
Option add_input(Options& options, const char* name, std::string& to, const char* doc);
// Declares --drop, the columns that are left out of tables (tables/dropped_columns.h).
Option add_drop(Options& options, std::string& to);
Option add_output(Options& options, const char* name, std::string& to, const char* doc);

// Prints notes of the engine on stderr, one per line.
void print_notes(const std::vector<std::string>& notes);

// If the log-densities in a file are not ln p of the data, prints what they are. Also prints the
// name of the note, a file that says the same for programs, unless it is "".
void tell_of_densities(const std::string& file, const std::string& note,
                       const EstimateWords& words);

// Declares the argument RUN, the options that choose the velocity field (--raw, --exact, --label,
// --guidance), and --threads.
void add_run(Options& options, RunRequest& request);

// Returns the run's config with the present paths of the data files that the request reads. These
// data files are those of the source and, with --exact or if `reads_data`, also those of the data.
// Prints what has changed in them since the training.
Config with_run_data(const Config& config, const RunRequest& request, bool reads_data = false);

// Headings in the help, for options that only some runs have.
inline constexpr const char* kOfContinuous = "Only for runs of continuous data";
inline constexpr const char* kOfTokens = "Only for runs of tokens";

// The kinds of runs that a verb accepts.
enum class RunsTaken { all, continuous };

// Declares the options of add_run and those of the solver: --solver, --steps, --rtol and --atol. A
// verb that accepts all runs also gets --temperature and --top-p, which are for runs of tokens.
void add_solver(Options& options, SolverRequest& request, RunsTaken runs = RunsTaken::all);

// Declares --scale, which chooses the units of distances.
void add_scale(Options& options, std::string& scale);

// Declares --divergence and --probes. If `of` is not null, --divergence and --probes can only be
// given with option `of`.
void add_divergence(Options& options, DivergenceRequest& request, const Option* of = nullptr);

// Declares --condition, whose text is kept in the request until take_condition reads it.
Option add_condition(Options& options, RunRequest& request, const char* doc);
// Puts the conditions that --condition gives into the request, which then has them in all rows. Throws
// Failure (exit 2) for a run of tokens and beside --exact, and as given_conditions (points.h) does. A
// request without the option does not change.
void take_condition(const Config& config, RunRequest& request);

// Ends the error message for runs on tokens, which encode, decode and interpolate refuse. Tokens have
// no velocity, so they cannot be moved along a flow.
inline constexpr const char* kInsteadOfTransport =
    "use sample, with --given to keep tokens and --trajectory to write the states over time";

}  // namespace pushforward::app
