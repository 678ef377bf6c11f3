// `pushforward completion bash`: written from the
// parser's own tables, so it knows every verb and option.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "apps/cli/verbs.h"

namespace pushforward::app {
namespace {

// The options of a verb and the names of its sub-verbs, separated by blanks.
std::string list_words(const CLI::App& app) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    words += sub->get_name() + " ";
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
    for (const std::string& name : option->get_snames()) words += "-" + name + " ";
  }
  if (!words.empty()) words.pop_back();
  return words;
}

constexpr const char kScript[] =
    R"BASH(# bash completion of pushforward: source it, or put it into a completions folder.
_pushforward() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words
  case "$before" in
    --format) words="text dot json trace" ;;
    --solver) words="$(pushforward list solvers --names 2>/dev/null)" ;;
    data) words="$(pushforward list data --names 2>/dev/null)" ;;
    list) words="data sources paths couplings models time losses optimizers schedules solvers layers" ;;
    config) words="show check schema init" ;;
    completion) words="bash" ;;
    *)
      case "${{COMP_WORDS[1]}}" in
{cases}        *) words="{verbs}" ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  case "${{COMP_WORDS[1]}}" in
    train | inspect | config) COMPREPLY+=($(pushforward completion words "$word" 2>/dev/null)) ;;
  esac
  [[ "$word" == -* ]] || COMPREPLY+=($(compgen -f -- "$word"))
}}
complete -o filenames -F _pushforward pushforward
)BASH";

}  // namespace

int verb_completion(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    cases += fmt::format("        {}) words=\"{}\" ;;\n", verb->get_name(), list_words(*verb));
  }
  fmt::print(kScript, fmt::arg("cases", cases), fmt::arg("verbs", list_words(app)));
  return 0;
}

int print_completions(const std::string& word) {
  for (const std::string& completion : completion_words(word)) fmt::print("{}\n", completion);
  return 0;
}

}  // namespace pushforward::app
