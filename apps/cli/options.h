// How a verb declares its options. CLI11 parses them; its header costs a source five seconds, so only
// options.cpp includes it.
#pragma once

#include <functional>
#include <string>
#include <vector>

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
  // The heading in the help below which it stands.
  Option group(const char* heading) const;
  // Returns whether it was given. Ask only when the verb acts.
  bool given() const;

 private:
  CLI::Option* option_;
};

// The options of one verb. The variables that they set have to live until its action has run.
class Options {
 public:
  Options(CLI::App& verb, const std::vector<std::string>& line) : verb_(&verb), line_(&line) {}

  // Declares an option ("--out", "-n,--number") or an argument that is given by its place ("run"): of
  // text, a list of texts, a number, or a std::optional of a text or number. `doc` is its line in the
  // help. Whole numbers may be written with an exponent or a point: 1e4, 2.0.
  template <class T>
  Option add(const char* name, T& to, const char* doc);
  // Declares an option of text that a function takes.
  Option add_text(const char* name, const std::function<void(const std::string&)>& take,
                  const char* doc);
  Option flag(const char* name, bool& to, const char* doc);
  // Declares a verb below this one ("config show"); one of them must be given, and `chosen` becomes
  // its name. `example` is a command.
  Options add_verb(const char* name, const char* about, const char* example, std::string& chosen);

  const std::vector<std::string>& command_line() const { return *line_; }  // the whole of it

  // What a shell completes: the words that may stand first, and those that may follow each verb.
  struct Words {
    std::string verb, words;
  };
  std::string first_words() const;
  std::vector<Words> words_after_verbs() const;

 private:
  CLI::App* verb_;
  const std::vector<std::string>* line_;
};

// Reads a whole number, such as 12, 1e4 or 2.0, and returns its digits. Throws Failure (exit 2) that
// says why a text is none.
std::string whole_number(const std::string& text);

// The action that the command line asks for: a verb's, or one that prints help, the version or what
// is wrong with the line.
Action parse_command_line(int argc, char** argv, const std::vector<const Verb*>& verbs);

}  // namespace pushforward::app
