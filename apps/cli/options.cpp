#include "apps/cli/options.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>

#include "apps/cli/verb.h"
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

// Refuses nan and infinities, which no comparison with the ends of a range can be trusted to refuse.
CLI::Option* finite(CLI::Option* option) {
  return option->check(CLI::Validator(
      [](std::string& text) -> std::string {
        double value = 0;
        if (!CLI::detail::lexical_cast(text, value) || std::isfinite(value)) return "";
        return text + " is no finite number; give one";
      },
      ""));
}

}  // namespace

Option Option::required() const { return Option(option_->required()); }

Option Option::type(const char* name) const { return Option(option_->type_name(name)); }

Option Option::shows_default() const { return Option(option_->capture_default_str()); }

Option Option::range(int low, int high) const {
  return Option(option_->check(CLI::Range(low, high)));
}

Option Option::range(double low, double high) const {
  return Option(finite(option_)->check(CLI::Range(low, high)));
}

Option Option::positive() const { return Option(finite(option_)->check(CLI::PositiveNumber)); }

Option Option::not_negative() const {
  return Option(finite(option_)->check(CLI::NonNegativeNumber));
}

Option Option::number() const { return Option(finite(option_)->check(CLI::Number)); }

Option Option::one_of(const std::vector<std::string>& words) const {
  return Option(option_->check(CLI::IsMember(words)));
}

Option Option::check(std::string (*fault)(const std::string& text)) const {
  return Option(
      option_->check(CLI::Validator([fault](std::string& text) { return fault(text); }, "")));
}

Option Option::needs(Option other) const { return Option(option_->needs(other.option_)); }

Option Option::excludes(Option other) const { return Option(option_->excludes(other.option_)); }

template <class T>
Option Options::add(const char* name, T& to, const char* doc) {
  return Option(verb_->add_option(name, to, doc));
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

Options Options::add_verb(const char* name, const char* about, std::string& chosen) {
  verb_->require_subcommand(1);
  CLI::App* below = verb_->add_subcommand(name, about);
  below->callback([&chosen, name] { chosen = name; });
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
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // CLI11 prints help and version on stdout with code 0, and errors on stderr.
    return [app, e] {
      std::ostringstream out, err;
      const int code = app->exit(e, out, err);
      print_text(out.str());
      std::string complaint = err.str();
      if (complaint.ends_with('\n')) complaint.pop_back();
      if (!complaint.empty()) tell_line(complaint);
      return code == 0 ? 0 : static_cast<int>(Exit::usage);
    };
  }
  // The action may use its Options, which point into `app` and `line`, so it keeps both alive.
  return [app, line, chosen] { return chosen(); };
}

}  // namespace pushforward::app
