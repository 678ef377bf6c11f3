// How a verb declares its options. CLI11 parses them; its header costs a source five seconds, so only
// options.cpp includes it.
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

// What a verb does once its options are parsed. It returns the exit code.
using Action = std::function<int()>;

// An option or argument that was declared. Each function says one thing more of it and returns it,
// so that they can be chained.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required() const;
  Option type(const char* name) const;  // what the help calls its value
  Option shows_default() const;
  // The values that it takes; any other is a usage error.
  Option range(int low, int high) const;
  Option range(double low, double high) const;
  Option positive() const;
  Option not_negative() const;
  Option number() const;
  Option one_of(const std::vector<std::string>& words) const;
  // `fault` says what is wrong with the text that is given; "": nothing.
  Option check(std::string (*fault)(const std::string& text)) const;
  // It is a usage error without the other, or beside it.
  Option needs(Option other) const;
  Option excludes(Option other) const;

 private:
  CLI::Option* option_;
};

// The options of one verb. The variables that they set have to live until its action has run.
class Options {
 public:
  Options(CLI::App& verb, const std::vector<std::string>& line) : verb_(&verb), line_(&line) {}

  // Declares an option ("--out", "-n,--number") or an argument that is given by its place ("run"): of
  // text, a list of texts, a number, or a std::optional of a text or number. `doc` is its line in the
  // help.
  template <class T>
  Option add(const char* name, T& to, const char* doc);
  // The same for the name of a file, or of a run or a config: all files of a command are compared
  // (apps/cli/files.h) before its action.
  Option file(const char* name, std::string& to, FileUse use, const char* doc);
  Option flag(const char* name, bool& to, const char* doc);
  // Declares a verb below this one ("config show"); one of them must be given, and `chosen` becomes
  // its name.
  Options add_verb(const char* name, const char* about, std::string& chosen);

  // The files of this verb, and of verbs below it, as the line names them.
  std::vector<NamedFile> files() const;

  const std::vector<std::string>& command_line() const { return *line_; }  // the whole of it

  // What a shell completes: the words that may stand first, and those that may follow each verb.
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

// The action that the command line asks for: a verb's, or one that prints help, the version or what
// is wrong with the line.
Action parse_command_line(int argc, char** argv, const std::vector<const Verb*>& verbs);

}  // namespace pushforward::app
