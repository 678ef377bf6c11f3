// Every flag of every verb has an effect: with it a command prints or writes something else than
// without it, or the flag is named in an error or a warning. A verb's flags are those of its --help, so
// a new flag is tested here or fails the first test.
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "tests/program/flags_trials.h"
#include "tests/tools/catch.h"
#include "tests/tools/no_threads.h"
#include "tests/tools/sandbox.h"
#include "tests/tools/signals.h"

using namespace pushforward;
using namespace pushforward::app;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The verbs of a trial: words, but "config schema" is one.
bool is_of(const FlagTrial& trial, const std::string& verb) {
  if (trial.verbs == verb) return true;
  const std::vector<std::string> verbs = words_of(trial.verbs);
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

std::string flag_of(const FlagTrial& trial) { return words_of(trial.words).front(); }

// Whether a text names a flag: "--given", or as where an error is, "[given]".
bool names(const std::string& text, const std::string& flag) {
  return text.find(flag) != std::string::npos ||
         text.find("[" + flag.substr(2) + "]") != std::string::npos;
}

// The names that a flag has beside its long one.
std::string short_name(const std::string& flag) {
  return flag == "--number" ? "-n" : flag == "--quiet" ? "-q" : flag;
}

// The flags that a text names beside commands of the program, but that are not among `flags`.
std::string foreign_flags(std::string text, const std::set<std::string>& flags) {
  static const std::regex commands("`pushforward [^`]*`|pushforward [^\n]*");
  static const std::regex flag("(^|[^\\w-])(--[a-z][a-z-]*)");
  text = std::regex_replace(text, commands, "");
  std::string foreign;
  for (std::sregex_iterator at(text.begin(), text.end(), flag), end; at != end; ++at)
    if (!flags.count((*at)[2]) && foreign.find((*at)[2]) == std::string::npos)
      foreign += (*at)[2].str() + " ";
  return foreign;
}

// Takes the words of a report out of it that repeat its command line.
std::string without_commands(std::string html) {
  for (const auto& [begin, end] :
       {std::pair("\"commands\":[", "}]"), std::pair("\"note\":\"", "\"")}) {
    const std::size_t from = html.find(begin);
    if (from == std::string::npos) continue;
    const std::size_t inner = from + std::string(begin).size();
    html.erase(inner, html.find(end, inner) - inner);
  }
  return html;
}

// Takes a flag that is in a command out of it, with its value.
std::string without_flag(const std::string& command, const std::string& flag, bool has_value) {
  std::vector<std::string> words = words_of(command);
  for (std::size_t k = 0; k < words.size(); ++k) {
    if (words[k] != flag && words[k] != short_name(flag)) continue;
    const auto at = words.begin() + static_cast<std::ptrdiff_t>(k);
    words.erase(at, at + (has_value ? 2 : 1));
    break;
  }
  return joined(words);
}

// Adds words whose first is a flag, instead of what the command says of that flag.
std::string with_words(const std::string& command, const std::string& words) {
  std::string all = command;
  const std::vector<std::string> list = words_of(words);
  for (std::size_t k = 0; k < list.size(); ++k) {
    const bool value = k + 1 < list.size() && !list[k + 1].starts_with("--");
    if (list[k].starts_with("--")) all = without_flag(all, list[k], value);
  }
  return all + " " + words;
}

// The verbs of the program, "config show" and so on.
std::vector<std::string> verbs_in_help(const Sandbox& sandbox, const std::string& above = "") {
  std::vector<std::string> verbs;
  std::istringstream lines(sandbox(above + "--help").text);
  bool below = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Subcommands:")) {
      below = true;
    } else if (below && line.starts_with("  ")) {
      const std::string verb = above + words_of(line).front();
      const std::vector<std::string> inner = verbs_in_help(sandbox, verb + " ");
      if (inner.empty()) verbs.push_back(verb);
      verbs.insert(verbs.end(), inner.begin(), inner.end());
    } else {
      below = false;
    }
  }
  return verbs;
}

// The long names of a verb's flags.
std::set<std::string> flags_in_help(const Sandbox& sandbox, const std::string& verb) {
  static const std::regex name("^  (?:-\\w,)?(--[a-z-]+)");
  std::set<std::string> flags;
  std::istringstream lines(sandbox(verb + " --help").text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_search(line, found, name)) flags.insert(found[1]);
  }
  flags.erase("--help");
  return flags;
}

// A folder with a run of one kind, points of it, and what other verbs read.
class FlagExaminer {
 public:
  explicit FlagExaminer(const RunOfKind& kind) : kind_(kind) {
    std::string rows = "u,v\n", more = "w,u,v\n";
    for (int k = 0; k < 20; ++k) {
      const std::string row = fmt_row(k % 5 + 0.1 * k, (k * 7) % 11);
      rows += row;
      more += std::to_string((k * 3) % 7) + "," + row;
    }
    sandbox_.write("set.csv", rows);
    sandbox_.write("three.csv", more);
    sandbox_.write("list.txt", "ace\nbad\ncab\nzoo\nfee\nox\nhide\nax\nbee\ndab\nyes\nquiz\n");
    fs::create_directory(sandbox_.path("runs"));
    sandbox_.write("runs/kind.json", kind.config);
    sandbox_.write("tiny.json", R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
                                    "train": {"steps": 6, "batch": 32, "log_every": 1}})");
    ask("cd runs && $pf train kind.json -q --out ../run optimizer.lr=0.05 ema.decay=0.9");
    ask("$pf sample run -n 9 --seed 8 --out p.npy " + kind.points);
    ask("$pf sample run -n 9 --seed 9 --out q.npy " + kind.points);
    if (!kind.tokens)
      ask("$pf sample run -n 9 --seed 8 --out g.csv " + kind.points +
          " && sed -i '$s/^[^,]*/NA/' g.csv");
    ask("$pf data moons -n 30 --seed 1 --out a.npy && $pf data moons -n 30 --seed 2 --out b.npy");
  }

  // Compares a command with and without a flag.
  void examine(const VerbCommand& verb, const FlagTrial& trial) {
    if (verb.of_runs && kind_.beside == flag_of(trial)) return;
    const std::string base =
        verb.verb + " " +
        with_words(with_words(verb.words, trial.beside), verb.of_runs ? kind_.beside : "");
    const std::string flagged = with_words(base, trial.words);
    const Result without = result(base, trial.before), with = result(flagged, trial.before);
    INFO(kind_.name << ": " << filled(base) << "\n"
                    << without.text << "\n"
                    << filled(flagged) << "\n"
                    << with.text);
    // What is printed and said names only flags that the verb has.
    if (!verb.verb.starts_with("config") && verb.verb != "completion")
      CHECK(foreign_flags(with.text, flags_of(verb.verb)).empty());
    const bool named = names(with.text, flag_of(trial));
    if (without.code != 0) {
      // What the flag needs, such as --given, is refused on some runs.
      const auto refused = [&](const std::string& words) {
        return !words.empty() && names(without.text, words_of(words).front());
      };
      CHECK((with.code == 0 || refused(trial.beside) || refused(kind_.beside)));
    } else if (with.code != 0 && !(verb.verb == "verify" && with.code == 1)) {
      CHECK(named);
    } else {
      CHECK((named || with.all != without.all));
    }
  }

  const Sandbox& sandbox() const { return sandbox_; }

  // The number of threads is refused where the system gives fewer.
  void ask_for_threads(const VerbCommand& verb) const {
    const std::string command = with_memory(4000000) + "rm -rf out && mkdir out && $pf " +
                                verb.verb + " " + filled(verb.words);
    ask(command + " --threads 1");
    expect(sandbox_.shell(command + " --threads 1024"), 2,
           {"[workers] the system refuses", "--threads"});
  }

 private:
  struct Result {
    int code = 0;
    std::string text, all;  // what is printed; and with the files that are written
  };

  static std::string fmt_row(double u, int v) {
    return std::to_string(u) + "," + std::to_string(v) + "\n";
  }

  void ask(const std::string& command) const {
    const Outcome outcome = sandbox_.shell(command);
    INFO(command << "\n" << outcome.text);
    REQUIRE(outcome.code == 0);
  }

  std::string filled(std::string command) const {
    const std::pair<const char*, std::string> stands[] = {
        {"RUN", "run"},        {"P", "p.npy"},           {"Q", "q.npy"},
        {"G", "g.csv"},        {"SOLVER", kind_.solver}, {"PICTURE", kind_.picture},
        {"GIVEN", kind_.given}};
    std::vector<std::string> words = words_of(command);
    for (std::string& word : words) {
      for (const auto& [capitals, text] : stands)
        if (word == capitals) word = text;
    }
    return joined(words);
  }

  const std::set<std::string>& flags_of(const std::string& verb) {
    std::set<std::string>& flags = flags_[verb];
    if (flags.empty()) {
      flags = flags_in_help(sandbox_, verb);
      flags.insert("--help");
    }
    return flags;
  }

  // What a command prints and writes, without times. The results of commands are kept.
  const Result& result(const std::string& command, const std::string& before) {
    const auto [at, fresh] = results_.try_emplace(command + ";" + before);
    if (!fresh) return at->second;
    fs::remove_all(sandbox_.path("out"));
    fs::create_directory(sandbox_.path("out"));
    if (!before.empty()) ask("$pf " + before);
    const Outcome outcome = sandbox_(filled(command));
    static const std::regex seconds(
        "[0-9.]+ s\\b|\"(sampling_)?seconds\":[0-9.e-]+|[0-9.]+ steps/s");
    Result& result = at->second;
    result.code = outcome.code;
    result.text = std::regex_replace(outcome.text, seconds, "TIME");
    result.all = result.text;
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(sandbox_.path("out")))
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      const std::string content = sandbox_.read(file.substr(sandbox_.path("").size()));
      if (file.ends_with("metrics.jsonl"))
        result.all += timeless(content);
      else if (file.ends_with(".html"))
        result.all += file + without_commands(content);
      else if (!file.ends_with("env.json"))
        result.all += file + content;
    }
    return result;
  }

  RunOfKind kind_;
  Sandbox sandbox_{folder_in_memory()};
  std::map<std::string, Result> results_;
  std::map<std::string, std::set<std::string>> flags_;
};

}  // namespace

TEST_CASE("every flag of every verb has a trial, and every trial is of a flag that there is") {
  const Sandbox sandbox;
  std::set<std::string> known;
  for (const VerbCommand& command : kVerbCommands) known.insert(command.verb);
  const std::vector<std::string> verbs = verbs_in_help(sandbox);
  CHECK(verbs.size() > 15);
  for (const std::string& verb : verbs) {
    CAPTURE(verb);
    CHECK(known.erase(verb) == 1);
    const std::set<std::string> flags = flags_in_help(sandbox, verb);
    std::set<std::string> tried;
    for (const FlagTrial& trial : flag_trials())
      if (is_of(trial, verb)) tried.insert(flag_of(trial));
    for (const char* own_test : {"--threads", "--jobs"})
      if (flags.count(own_test)) tried.insert(own_test);
    CHECK(flags == tried);
  }
  CHECK(known.empty());
}

TEST_CASE("every flag of the verbs without a run has an effect") {
  FlagExaminer trials(runs_of_all_kinds().front());
  for (const VerbCommand& verb : kVerbCommands)
    for (const FlagTrial& trial : flag_trials())
      if (!verb.of_runs && is_of(trial, verb.verb)) trials.examine(verb, trial);
}

#define FLAGS_OF_RUNS(NUMBER, WORDS)                                                            \
  TEST_CASE("every flag of the verbs for runs has an effect or is refused: " WORDS, "[long]") { \
    const RunOfKind kind = runs_of_all_kinds().at(NUMBER);                                      \
    REQUIRE(kind.name == WORDS);                                                                \
    FlagExaminer trials(kind);                                                                  \
    for (const VerbCommand& verb : kVerbCommands)                                               \
      for (const FlagTrial& trial : flag_trials())                                              \
        if (verb.of_runs && is_of(trial, verb.verb) && !(kind.tokens && verb.only_continuous))  \
          trials.examine(verb, trial);                                                          \
  }
FLAGS_OF_RUNS(0, "points")
FLAGS_OF_RUNS(1, "classes")
FLAGS_OF_RUNS(2, "finite")
FLAGS_OF_RUNS(3, "exact")
FLAGS_OF_RUNS(4, "wide")
FLAGS_OF_RUNS(5, "words")
FLAGS_OF_RUNS(6, "levels")
FLAGS_OF_RUNS(7, "given")

TEST_CASE("the flag --threads is the number of threads that a verb asks the system for") {
  if (!NoThreads::possible) return;  // a sanitizer needs the address space for itself
  for (const RunOfKind& kind : runs_of_all_kinds()) {
    if (kind.name != "points" && kind.name != "words") continue;
    const FlagExaminer trials(kind);
    for (const VerbCommand& verb : kVerbCommands) {
      if (verb.only_continuous && kind.tokens) continue;
      CAPTURE(kind.name, verb.verb);
      if (flags_in_help(trials.sandbox(), verb.verb).count("--threads"))
        trials.ask_for_threads(verb);
    }
  }
}
