#include "apps/cli/usage.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "apps/suggest.h"

namespace pushforward::app {
namespace {

std::vector<CLI::App*> verbs_below(CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// Returns the subcommand (verb) of `app` with this name, or null.
CLI::App* find_verb(CLI::App& app, const std::string& name) {
  for (CLI::App* verb : verbs_below(app)) {
    if (verb->get_name() == name) return verb;
  }
  return nullptr;
}

// Returns the names of a verb and of the verbs above it, such as "config show".
std::string path_of(const CLI::App& verb) {
  const CLI::App* above = verb.get_parent();
  return above && above->get_parent() ? path_of(*above) + " " + verb.get_name() : verb.get_name();
}

// Returns the options of a verb as they are typed: --out, -n, --number.
std::vector<std::string> options_of(CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// Returns the name of the option in a word of the command line ("--out" of "--out=a.npy", "-n" of
// "-n5"), or "" if the word is no option.
std::string option_in(const std::string& word) {
  const auto letter = [&](std::size_t k) {
    return word.size() > k && std::isalpha(static_cast<unsigned char>(word[k]));
  };
  if (word.starts_with("--")) return letter(2) ? word.substr(0, word.find('=')) : "";
  return word.starts_with("-") && letter(1) ? word.substr(0, 2) : "";
}

bool has(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string quoted(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "\"" : ", \"") + word + "\"";
  return all;
}

// Returns the most deeply nested verb that the command line chose, such as `show` of "config show".
CLI::App& chosen_verb(CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : chosen_verb(*chosen.front());
}

std::string see_help(const CLI::App& verb) {
  const bool top = !verb.get_parent();
  return fmt::format("\n   `pushforward {}--help` lists what there is",
                     top ? "" : path_of(verb) + " ");
}

// Returns the option or argument of `verb` whose name begins the error message of CLI11, or null.
const CLI::Option* option_named(CLI::App& verb, const std::string& message) {
  for (const CLI::Option* option : verb.get_options()) {
    const std::string name = option->get_name();
    if (message.starts_with(name) && (message.size() == name.size() ||
                                      message[name.size()] == ' ' || message[name.size()] == ':'))
      return option;
  }
  return nullptr;
}

std::string missing(CLI::App& verb, const std::string& message) {
  const CLI::Option* option = option_named(verb, message);
  if (option) return message + ": " + option->get_description();
  std::vector<std::string> below;
  for (const CLI::App* inner : verbs_below(verb)) below.push_back(inner->get_name());
  if (below.empty()) return message;
  const std::vector<std::string> words = verb.remaining();
  if (words.empty()) return "say what to do: " + join_words(below, ", ");
  return fmt::format("there is no \"{} {}\"; {}choose one of: {}", path_of(verb), words.front(),
                     did_you_mean(words.front(), below), join_words(below, ", "));
}

// Returns the message for the words of the command line that no argument of the verb takes.
std::string too_many(CLI::App& verb) {
  const std::vector<std::string> words = verb.remaining(true);
  std::string text =
      fmt::format("{} {}", quoted(words), words.size() == 1 ? "is one too many" : "are too many");
  if (!words.empty() && words.front().find('=') != std::string::npos)
    text += "; key=value changes a config, which train, inspect and config take, and data its own";
  return text;
}

}  // namespace

std::string unknown_option(CLI::App& app, const std::vector<std::string>& words) {
  CLI::App* verb = words.empty() ? nullptr : find_verb(app, words.front());
  if (!verb) return "";
  for (std::size_t k = 1; k < words.size() && words[k] != "--"; ++k) {
    if (CLI::App* below = find_verb(*verb, words[k])) {
      verb = below;
      continue;
    }
    const std::string option = option_in(words[k]);
    const std::vector<std::string> known = options_of(*verb);
    const std::string typed = words[k].substr(0, words[k].find('='));
    // CLI11, the parser, reads "-number" as option -n with the value "umber". The user probably
    // meant "--number".
    const bool dash_missing = !typed.starts_with("--") && has(known, "-" + typed);
    if (option.empty() || has({"--help", "-h"}, option) || (has(known, option) && !dash_missing))
      continue;
    const std::string meant = dash_missing ? "-" + typed : nearest(typed, known);
    std::vector<std::string> elsewhere;
    for (CLI::App* other : verbs_below(app)) {
      if (has(options_of(*other), option)) elsewhere.push_back(other->get_name());
    }
    const std::string otherwise = elsewhere.empty()
                                      ? "options: " + join_words(known)
                                      : fmt::format("{} {} it", join_words(elsewhere, ", "),
                                                    elsewhere.size() == 1 ? "has" : "have");
    return fmt::format("[{}] there is no option \"{}\"; {}", path_of(*verb), typed,
                       did_you_mean_or(otherwise, meant)) +
           see_help(*verb);
  }
  return "";
}

std::string usage_message(CLI::App& app, const CLI::ParseError& error) {
  CLI::App& verb = chosen_verb(app);
  std::string text = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error)) {
    text = missing(verb, text);
  } else if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
    text = too_many(verb);
  } else if (dynamic_cast<const CLI::ExcludesError*>(&error)) {
    text += "; give one of them";
  } else if (dynamic_cast<const CLI::RequiresError*>(&error)) {
    text += "; give both, or none";
  } else if (dynamic_cast<const CLI::ConversionError*>(&error)) {
    const std::string prefix = "Could not convert: ";
    if (text.starts_with(prefix)) {
      text.erase(0, prefix.size());
      const std::size_t equals = text.find(" = ");
      if (equals != std::string::npos)
        text = text.substr(0, equals) + ": \"" + text.substr(equals + 3) + "\" is no number";
    }
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    if (const CLI::Option* option = option_named(verb, text))
      text = fmt::format("{} needs a value: {}", option->get_name(), option->get_description());
  }
  return fmt::format("[{}] {}{}", verb.get_parent() ? path_of(verb) : "program", text,
                     see_help(verb));
}

}  // namespace pushforward::app
