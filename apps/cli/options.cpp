#include "apps/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>
#include <type_traits>

#include "apps/cli/usage.h"
#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

constexpr const char* kAbout =
    "pushforward: a flow matching engine. "
    "It trains a flow from a JSON config, samples it, measures it and draws it.";

constexpr const char* kFooter =
    "Start here:\n"
    "  pushforward config init > my.json        a commented config to edit (tokens: init words)\n"
    "  pushforward train my.json                train it; this writes a folder in runs/\n"
    "  pushforward sample runs/my -n 1000 --out samples.npy\n"
    "  pushforward plot runs/my                 pictures in runs/my/plots/\n"
    "Exit codes: 0 ok, 1 failed, 2 usage or config, 3 diverged, 4 file trouble, 130 interrupted.";

std::vector<CLI::App*> verbs_below(CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// Returns the names of the subcommands and options of a command, separated by blanks.
std::string words_of(CLI::App& app) {
  std::string words;
  for (const CLI::App* verb : verbs_below(app)) words += verb->get_name() + " ";
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
    for (const std::string& name : option->get_snames()) words += "-" + name + " ";
  }
  if (!words.empty()) words.pop_back();
  return words;
}

}  // namespace

Option Option::required() const { return Option(option_->required()); }

Option Option::type(const char* name) const { return Option(option_->type_name(name)); }

Option Option::shows_default() const { return Option(option_->capture_default_str()); }

namespace {

// Makes a check of an option's value that accepts the numbers for which `wanted` is true. `words`
// describe these numbers in errors.
CLI::Validator number_check(const std::string& words, const std::string& help,
                            std::function<bool(double)> wanted) {
  return {[=](const std::string& text) {
            char* end = nullptr;
            const double value = std::strtod(text.c_str(), &end);
            if (text.empty() || *end != '\0') return "\"" + text + "\" is no number";
            if (!std::isfinite(value)) return text + " is no finite number; give one";
            return wanted(value) ? std::string() : text + " is not " + words;
          },
          help};
}

}  // namespace

Option Option::range(int low, int high) const {
  return range(static_cast<double>(low), static_cast<double>(high));
}

Option Option::range(double low, double high) const {
  return Option(option_->check(number_check(fmt::format("from {} to {}", low, high),
                                            fmt::format("{} to {}", low, high),
                                            [=](double x) { return x >= low && x <= high; })));
}

Option Option::positive() const {
  return Option(option_->check(number_check("a finite number above 0", "above 0",
                                            [](double x) { return x > 0 && std::isfinite(x); })));
}

Option Option::not_negative() const {
  return Option(option_->check(number_check(
      "at least 0", "at least 0", [](double x) { return x >= 0 && x <= 9007199254740992.0; })));
}

Option Option::number() const {
  return Option(option_->check(
      number_check("a finite number", "", [](double x) { return std::isfinite(x); })));
}

Option Option::one_of(const std::vector<std::string>& words) const {
  return Option(option_->check(CLI::IsMember(words)));
}

Option Option::check(std::string (*fault)(const std::string& text)) const {
  return Option(
      option_->check(CLI::Validator([fault](std::string& text) { return fault(text); }, "")));
}

Option Option::needs(Option other) const { return Option(option_->needs(other.option_)); }

Option Option::excludes(Option other) const { return Option(option_->excludes(other.option_)); }

Option Option::group(const char* heading) const { return Option(option_->group(heading)); }

bool Option::given() const { return option_->count() > 0; }

std::string whole_number(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits) return text;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  // A double represents every whole number up to 2^53.
  if (text.empty() || *end != '\0' || value != std::floor(value) ||
      std::abs(value) > 9007199254740992.0)
    throw Failure(Exit::usage,
                  fmt::format("\"{}\" is no whole number; write one such as 10000 or 1e4", text));
  return fmt::format("{:.0f}", value);
}

namespace {

// Whether T, the type of an option's value, holds whole numbers.
template <class T>
constexpr bool is_whole = std::is_integral_v<T>;
template <class T>
constexpr bool is_whole<std::optional<T>> = std::is_integral_v<T>;

CLI::Validator whole_number_reader() {
  return {[](std::string& text) {
            try {
              text = whole_number(text);
            } catch (const Failure& failure) {
              return std::string(failure.what());
            }
            return std::string();
          },
          ""};
}

}  // namespace

template <class T>
Option Options::add(const char* name, T& to, const char* doc) {
  CLI::Option* const option = verb_->add_option(name, to, doc);
  if constexpr (is_whole<T>) option->transform(whole_number_reader());
  return Option(option);
}
template Option Options::add(const char*, std::string&, const char*);
template Option Options::add(const char*, std::vector<std::string>&, const char*);
template Option Options::add(const char*, int&, const char*);
template Option Options::add(const char*, double&, const char*);
template Option Options::add(const char*, std::uint64_t&, const char*);
template Option Options::add(const char*, std::optional<std::string>&, const char*);
template Option Options::add(const char*, std::optional<int>&, const char*);
template Option Options::add(const char*, std::optional<std::int64_t>&, const char*);
template Option Options::add(const char*, std::optional<double>&, const char*);

Option Options::file(const char* name, std::string& to, FileUse use, const char* doc) {
  files_->push_back({name, &to, use});
  return add(name, to, doc).type("FILE");
}

std::vector<NamedFile> Options::files() const {
  std::vector<NamedFile> all;
  for (const DeclaredFile& file : *files_) all.push_back({file.name, *file.path, file.use});
  return all;
}

Option Options::flag(const char* name, bool& to, const char* doc) {
  return Option(verb_->add_flag(name, to, doc));
}

Option Options::add_text(const char* name, const std::function<void(const std::string&)>& take,
                         const char* doc) {
  return Option(verb_->add_option_function<std::string>(name, take, doc));
}

Options Options::add_verb(const char* name, const char* about, const char* example,
                          std::string& chosen) {
  verb_->require_subcommand(1);
  CLI::App* below = verb_->add_subcommand(name, about);
  below->callback([&chosen, name] { chosen = name; });
  below->footer(std::string("Example:\n  ") + example);
  Options options(*below, *line_);
  options.files_ = files_;
  return options;
}

std::string Options::first_words() const { return words_of(*verb_->get_parent()); }

std::vector<Options::Words> Options::words_after_verbs() const {
  std::vector<Words> all;
  for (CLI::App* verb : verbs_below(*verb_->get_parent()))
    all.push_back({verb->get_name(), words_of(*verb)});
  return all;
}

Action parse_command_line(int argc, char** argv, const std::vector<const Verb*>& verbs) {
  const auto app = std::make_shared<CLI::App>(kAbout, "pushforward");
  const auto line = std::make_shared<const std::vector<std::string>>(argv, argv + argc);
  app->footer(kFooter);
  app->require_subcommand(1);
  app->set_version_flag("--version", PUSHFORWARD_VERSION);
  Action chosen;
  for (const Verb* verb : verbs) {
    CLI::App* declared = app->add_subcommand(verb->name, verb->about);
    declared->footer(std::string("Example:\n  ") + verb->example);
    Options options(*declared, *line);
    const Action action = verb->declare(options);
    declared->final_callback([&chosen, action, options] {
      chosen = [action, options] {
        check_files(options.files());
        return action();
      };
    });
  }
  if (argc == 1) {
    return [app] {
      tell_line(app->help());
      return static_cast<int>(Exit::usage);
    };
  }
  if (const std::string complaint = unknown_option(*app, {line->begin() + 1, line->end()});
      !complaint.empty())
    throw Failure(Exit::usage, complaint);
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& e) {
    // CLI11, the parser, throws Success to print help or version. The returned action prints them
    // on stdout.
    return [app, e] {
      std::ostringstream text;
      const int code = app->exit(e, text, text);
      print_text(text.str());
      return code;
    };
  } catch (const CLI::ParseError& e) {
    throw Failure(Exit::usage, usage_message(*app, e));
  }
  // The action may use its Options, which point into `app` and `line`. The lambda captures `app`
  // and `line` to keep them alive.
  return [app, line, chosen] { return chosen(); };
}

}  // namespace pushforward::app
