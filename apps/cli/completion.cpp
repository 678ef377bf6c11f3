// `pushforward completion bash`: prints a completion script for the shell. It is made from the
// tables of the command-line parser, so it has every verb and option.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "apps/cli/list.h"
#include "apps/cli/verbs.h"
#include "apps/config/config.h"
#include "apps/failure.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

constexpr const char kScript[] =
    R"BASH(# Bash completion for pushforward. Source this file, or put it into a completions folder.
_pushforward() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words head
  case "$before" in
    --format) words="text dot json trace" ;;
    --only)
      # Names are separated by commas. Only the name after the last comma is completed.
      [[ "$word" == *,* ]] && head="${{word%,*}},"
      words="$(pushforward list pictures --names 2>/dev/null)"
      COMPREPLY=($(compgen -P "$head" -W "$words" -- "${{word#"$head"}}"))
      return ;;
    --solver) words="$(pushforward list solvers --names 2>/dev/null)" ;;
    data | init) words="$(pushforward list data --names 2>/dev/null)" ;;
    sample | loglik | eval | encode | decode | interpolate | impute | velocity | plot | report)
      words="$(pushforward list runs --names 2>/dev/null)" ;;
    verify) words="$(pushforward verify --list 2>/dev/null | cut -d ' ' -f 1) --list --plant --json" ;;
    list) words="{topics}" ;;
    config) words="show check schema init" ;;
    completion) words="bash" ;;
    *)
      case "${{COMP_WORDS[1]}}" in
{cases}        *) words="{verbs}" ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  case "${{COMP_WORDS[1]}}" in
    train | sweep | inspect | config) COMPREPLY+=($(pushforward completion words "$word" 2>/dev/null)) ;;
  esac
  [[ "$word" == -* ]] || COMPREPLY+=($(compgen -f -- "$word"))
}}
complete -o filenames -F _pushforward pushforward
)BASH";

void print_script(const Options& options) {
  std::string cases;
  for (const Options::Words& words : options.words_after_verbs())
    cases += fmt::format("        {}) words=\"{}\" ;;\n", words.verb, words.words);
  print(kScript, fmt::arg("cases", cases), fmt::arg("verbs", options.first_words()),
        fmt::arg("topics", list_topics()));
}

Action declare_completion(Options& options) {
  auto shell = std::make_shared<std::string>(), word = std::make_shared<std::string>();
  options
      .add("shell", *shell,
           "bash: the script; words: completions of a.b=value, which the script asks for")
      .required()
      .one_of({"bash", "words"});
  options.add("word", *word, "the text typed so far");
  return [shell, word, options] {
    if (*shell == "bash" && !word->empty())
      throw Failure(Exit::usage,
                    fmt::format("[completion] \"{}\" is one too many: the script of bash takes no "
                                "word; leave it out",
                                *word));
    if (*shell == "bash") {
      print_script(options);
    } else {
      for (const std::string& words : completion_words(*word)) print("{}\n", words);
    }
    return 0;
  };
}

}  // namespace

const Verb completion_verb{"completion", "print the completion script of a shell",
                           "source <(pushforward completion bash)", declare_completion};

}  // namespace pushforward::app
