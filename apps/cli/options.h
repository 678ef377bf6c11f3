// Declares the options of verbs. Only options.cpp includes CLI11, the library that parses the
// options, because its header takes five seconds to compile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli/files.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace pushforward::app {

struct Verb;

// Runs a verb after its options are parsed, and returns the exit code.
using Action = std::function<int()>;

// A declared option or argument. Each function adds a property to it and returns it, so calls can
// be chained.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required() const;
  Option type(const char* name) const;  // the placeholder of its value in the help, such as "FILE"
  Option shows_default() const;
  // After a call of `range`, `positive` or `not_negative`, a value outside of that range is a usage
  // error.
  Option range(int low, int high) const;
  Option range(double low, double high) const;
  Option positive() const;
  Option not_negative() const;
  Option number() const;
  Option one_of(const std::vector<std::string>& words) const;
  // Checks the text that the user gives with `fault`, which returns what is wrong with the text, or
  // "".
  Option check(std::string (*fault)(const std::string& text)) const;
  // After `needs`, giving this option without `other` is a usage error. After `excludes`, giving
  // this option together with `other` is a usage error.
  Option needs(Option other) const;
  Option excludes(Option other) const;
  // Sets the heading of the help under which the option is listed.
  Option group(const char* heading) const;
  // Returns whether the user gave the option. This is known only after parsing, in the action.
  bool given() const;

 private:
  CLI::Option* option_;
};

// The options of one verb. Parsing writes to the variables that are passed to `add`, so these
// variables must live until the verb's action has run.
class Options {
 public:
  Options(CLI::App& verb, const std::vector<std::string>& line) : verb_(&verb), line_(&line) {}

  // Declares an option ("--out", "-n,--number") or a positional argument ("run"). Its value is a
  // string, a list of strings, a number, or a std::optional of a string or number. `doc` is its
  // line in the help. Whole numbers may be written with an exponent or a point: 1e4, 2.0.
  template <class T>
  Option add(const char* name, T& to, const char* doc);
  // Declares an option whose text is passed to the function `take`.
  Option add_text(const char* name, const std::function<void(const std::string&)>& take,
                  const char* doc);
  // Declares an option whose value is a file, a run or a config. Before the action runs, all files
  // of a command are compared (apps/cli/files.h), so that no file is written over another.
  Option file(const char* name, std::string& to, FileUse use, const char* doc);
  Option flag(const char* name, bool& to, const char* doc);
  // Declares a subcommand, such as `show` of "config show". The user must give one of the
  // subcommands; its name is written to `chosen`. `example` is a command for the help.
  Options add_verb(const char* name, const char* about, const char* example, std::string& chosen);

  // Returns the files of this verb and of its subcommands as the command line names them.
  std::vector<NamedFile> files() const;

  const std::vector<std::string>& command_line() const { return *line_; }

  // The words with which a shell can complete a command line after the program's name (first_words)
  // and after each verb (words_after_verbs).
  struct Words {
    std::string verb, words;
  };
  std::string first_words() const;
  std::vector<Words> words_after_verbs() const;

 private:
  struct DeclaredFile {
    std::string name;
    const std::string* path;
    FileUse use;
  };

  CLI::App* verb_;
  const std::vector<std::string>* line_;
  std::shared_ptr<std::vector<DeclaredFile>> files_ = std::make_shared<std::vector<DeclaredFile>>();
};

// Returns the digits of a whole number such as 12, 1e4 or 2.0. Throws Failure (exit 2) if the text
// is no whole number.
std::string whole_number(const std::string& text);

// Parses the command line and returns its action: that of a verb, or one that prints the help or
// the version. Throws Failure (exit 2) for a usage error.
Action parse_command_line(int argc, char** argv, const std::vector<const Verb*>& verbs);

}  // namespace pushforward::app
