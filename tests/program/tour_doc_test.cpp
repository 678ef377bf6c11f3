// Compares the documentation of the tape with the engine. Every program in docs/autograd-tour.md
// and autograd/README.md must be a part of this file or of worked_ops_test.cpp. Every output must
// be what that program prints, and every quoted piece of source must be in the source.
//
// With PUSHFORWARD_WRITE_DOCS in the environment, the documents are updated instead
// (scripts/tour-check --write). Places in the source (tape.cpp:81) are compared without their line
// numbers. The numbers in the documents are those of the build in double.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL == 64
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <sstream>

#include "autograd/derivatives.h"
#include "autograd/inspect/dot.h"
#include "autograd/inspect/listing.h"
#include "autograd/ops.h"
#include "paths.h"
#include "tests/program/worked_ops.h"
#include "tests/tools/catch.h"

namespace pushforward::app::inline PF_REAL {

namespace {

// --- the programs of the documents, between `// code: name` and `// end` ------------------------

void first(std::ostream& out) {
  // code: first
  Tape tape;
  Var x = tape.input({2, 2}, {0.5, -1, 1.5, 2}, "x");
  Var w = tape.input({2, 1}, {0.8, 0.3}, "w");
  Var y = sum(tanh(matmul(x, w)));
  print(out, tape, {.values = 4});
  // end
  (void)y;
}

void line(std::ostream& out) {
  // code: line
  Tape tape;
  Var x = tape.input({2}, {3, 4}, "x");
  Var y = scale(x * x, 0.5);
  print_json(out, tape, 2);
  // end
  (void)y;
}

void leaves(std::ostream& out) {
  // code: leaves
  const double weights[] = {0.5, 0.25};  // the model's memory: the tape only looks at it
  Tape tape;
  Var x = tape.input({1, 2}, {1, 2}, "x");
  Var w = tape.parameter(0, {1, 2}, weights, "layers.0.weight");
  Var again = tape.parameter(0, {1, 2}, weights, "layers.0.weight");
  Var ones = tape.full({1, 2}, 1);
  Var product = x * w;
  Var y = sum(product + ones * again);
  print(out, tape, {.values = 2, .places = false});
  // end
  (void)y;
}

void down(std::ostream& out) {
  Tape tape;
  Var x = tape.input({2, 2}, {0.5, -1, 1.5, 2}, "x");
  Var w = tape.input({2, 1}, {0.8, 0.3}, "w");
  Var y = sum(tanh(matmul(x, w)));
  // code: down
  Var gw = grad(y, w, Record::yes);
  print(out, tape, {.values = 2, .begin = 5});
  // end
  (void)gw;
}

void up(std::ostream& out) {
  Tape tape;
  Var x = tape.input({2, 2}, {0.5, -1, 1.5, 2}, "x");
  Var w = tape.input({2, 1}, {0.8, 0.3}, "w");
  Var y = sum(tanh(matmul(x, w)));
  // code: up
  Var t = tape.input({2, 1}, {1, 0}, "t");  // w moves along its first element
  Var ty = jvp(y, w, t, Record::yes);
  print(out, tape, {.values = 2, .places = false, .begin = 5});
  // end
  (void)ty;
}

void fan(std::ostream& out) {
  // code: fan
  Tape tape;
  Var x = tape.input({}, {3}, "x");
  Var y = x * x + x;
  Var g = grad(y, x);
  print(out, tape, {.values = 1, .places = false});
  // end
  (void)g;
}

void twice(std::ostream& out) {
  // code: twice
  Tape tape;
  Var x = tape.input({}, {2}, "x");
  Var y = x * x * x;
  Var d1 = grad(y, x, Record::yes);
  Var d2 = grad(d1, x, Record::yes);
  Var d3 = grad(d2, x);
  out << "y = " << y.item() << ", y' = " << d1.item() << ", y'' = " << d2.item()
      << ", y''' = " << d3.item() << '\n';
  // end
}

void nested(std::ostream& out) {
  // code: nested
  Tape tape;
  Var x = tape.input({}, {3}, "x");
  Var y = tape.input({}, {5}, "y");
  Var inner = grad(x * y, y, Record::yes);  // d(xy)/dy = x
  Var outer = grad(x * inner, x);           // d(x x)/dx = 2 x
  out << "inner = " << inner.item() << ", outer = " << outer.item() << '\n';
  // end
}

void shared(std::ostream& out) {
  // code: shared
  Tape tape;
  Var x0 = tape.input({}, {1}, "x");
  Var x = x0;
  for (int k = 0; k < 60; ++k) x = (x + x) / 2;  // 2^60 paths from x0 to x
  LineId forward = tape.size();
  Var g = grad(x, x0);
  out << "gradient " << g.item() << ", " << forward << " lines up, " << tape.size() - forward
      << " lines down\n";
  // end
}

void paused(std::ostream& out) {
  // code: paused
  Tape tape;
  Var x = tape.input({2}, {1, 2}, "x");
  Var target;
  {
    Pause pause(tape);
    target = exp(x);
  }
  Var y = sum(square(x - target));  // target is a constant to every sweep
  grad(y, x);
  print(out, tape, {.values = 2, .places = false});
  // end
}

void errors(std::ostream& out) {
  // code: errors
  const auto try_it = [&](auto mistake) {
    try {
      mistake();
    } catch (const std::invalid_argument& error) {
      out << error.what() << '\n';
    }
  };
  Tape tape, other;
  Var x = tape.input({4, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "x");
  Var w = tape.full({2, 2}, 1), column = tape.full({4, 1}, 1), elsewhere = other.full({4, 3}, 1);
  Var stale, constant;
  {
    Scope step(tape);
    stale = exp(x);
  }
  {
    Pause pause(tape);
    constant = sum(x);
  }
  try_it([&] { matmul(x, w); });
  try_it([&] { x + column; });
  try_it([&] { x + elsewhere; });
  try_it([&] { x + stale; });
  try_it([&] { x + Var(); });
  try_it([&] { grad(x, w); });
  try_it([&] { grad(constant, x); });
  // end
}

void scope(std::ostream& out) {
  // code: scope
  Tape tape;
  for (int step = 0; step < 3; ++step) {
    Scope forget(tape);
    Var x = tape.full({100, 100}, step);
    Var y = sum(exp(x));
    grad(y, x);
    out << tape.size() << " lines, " << tape.arena().bytes_used() << " bytes used, "
        << tape.arena().bytes_reserved() << " reserved\n";
  }
  out << tape.size() << " lines, " << tape.arena().bytes_used() << " bytes used\n";
  // end
}

// A network of two layers and one step of its training, recorded as nn does it.
Var training_step(Tape& tape, std::span<const double> weights) {
  // code: step
  Var x = tape.full({128, 2}, 0.5), target = tape.full({128, 2}, 1);
  Var w0 = tape.parameter(0, {64, 2}, weights.data(), "layers.0.weight");
  Var b0 = tape.parameter(1, {1, 64}, weights.data(), "layers.0.bias");
  Var w1 = tape.parameter(2, {2, 64}, weights.data(), "layers.1.weight");
  Var b1 = tape.parameter(3, {1, 2}, weights.data(), "layers.1.bias");
  Var h;
  {
    Label label(tape, "layers.0");
    h = linear_silu(x, w0, b0);
  }
  {
    Label label(tape, "layers.1");
    h = linear(h, w1, b1);
  }
  Var loss = mse(h, target);
  const std::array wrt{w0, b0, w1, b1};
  std::array<Var, 4> g;
  grad(loss, tape.full({}, 1), wrt, g);
  // end
  return loss;
}

const std::vector<double> kWeights(128, 0.1);

void step(std::ostream& out) {
  Tape tape;
  training_step(tape, kWeights);
  // code: report
  print_report(out, tape);
  // end
}

void nonfinite(std::ostream& out) {
  // code: nonfinite
  Tape tape;
  Var x = tape.input({2, 2}, {0.5, 1, 800, -3}, "x");
  Label label(tape, "layers.2");
  Var y = log(exp(x));
  out << first_nonfinite(tape).text << '\n';
  // end
  (void)y;
}

void graph(std::ostream& out) {
  Tape tape;
  Var x = tape.input({2, 2}, {0.5, -1, 1.5, 2}, "x");
  Var w = tape.input({2, 1}, {0.8, 0.3}, "w");
  Var y = sum(tanh(matmul(x, w)));
  grad(y, w, Record::yes);
  // code: graph
  print_dot(out, tape, {.values = 2});
  // end
}

using TourProgram = void (*)(std::ostream&);
const std::map<std::string, TourProgram> kTourPrograms{{"first", first},
                                                       {"line", line},
                                                       {"leaves", leaves},
                                                       {"down", down},
                                                       {"up", up},
                                                       {"fan", fan},
                                                       {"twice", twice},
                                                       {"nested", nested},
                                                       {"shared", shared},
                                                       {"paused", paused},
                                                       {"errors", errors},
                                                       {"scope", scope},
                                                       {"report", step},
                                                       {"graph", graph},
                                                       {"cube", use_cube},
                                                       {"row_norms", use_row_norms},
                                                       {"nonfinite", nonfinite}};

// --- reading the documents ----------------------------------------------------------------------

const std::string kRoot = PUSHFORWARD_SOURCE_DIR;

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream in(kRoot + "/" + path);
  if (!in) throw std::runtime_error("cannot open " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string trimmed(const std::string& line) {
  const auto begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin);
}

// Returns the lines without their common indentation.
std::vector<std::string> dedented(std::vector<std::string> lines) {
  std::size_t indent = std::string::npos;
  for (const auto& l : lines) indent = std::min(indent, l.find_first_not_of(' '));
  if (indent == std::string::npos) return lines;
  for (auto& l : lines) l = l.substr(std::min(indent, l.size()));
  return lines;
}

// Returns the lines of a file from the first that begins with `from` to the next that begins with
// `to`. With `before`, the last line is left out. Indentation is ignored.
std::vector<std::string> cut(const std::string& path, const std::string& from,
                             const std::string& to, bool before) {
  const auto lines = read_lines(path);
  const auto begins_with = [](const std::string& text) {
    return [&text](const std::string& l) { return trimmed(l).rfind(text, 0) == 0; };
  };
  const auto begin = std::find_if(lines.begin(), lines.end(), begins_with(from));
  if (begin == lines.end()) throw std::runtime_error(path + " has no line that begins " + from);
  const auto end = std::find_if(begin + 1, lines.end(), begins_with(to));
  if (end == lines.end()) throw std::runtime_error(path + " has no line that begins " + to);
  return dedented({begin, before ? end : end + 1});
}

std::vector<std::string> printed(const std::string& name) {
  const auto program = kTourPrograms.find(name);
  if (program == kTourPrograms.end()) throw std::runtime_error("no program is called " + name);
  std::stringstream text;
  program->second(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

// The sources that contain the programs of the documents.
constexpr const char* kProgramFiles[] = {"tests/program/tour_doc_test.cpp",
                                         "tests/program/worked_ops_test.cpp"};

// Stores in `block` what a block of a document must contain, according to the comment above it:
//   <!-- code: NAME -->                  the program of that name in one of kProgramFiles
//   <!-- prints: NAME -->                the output of this program
//   <!-- source: PATH "FROM" "TO" -->    lines of a source file
// Returns false for other comments.
bool wanted(const std::string& comment, std::vector<std::string>& block) {
  static const std::regex code("<!-- code: (\\w+) -->"), prints("<!-- prints: (\\w+) -->"),
      source("<!-- source: (\\S+) \"(.*)\" \"(.*)\" -->");
  std::smatch m;
  if (std::regex_match(comment, m, code)) {
    const std::string begin = "// code: " + m[1].str();
    const auto holds = [&](const char* file) {
      const auto lines = read_lines(file);
      return std::any_of(lines.begin(), lines.end(),
                         [&](const std::string& l) { return trimmed(l) == begin; });
    };
    const auto file = std::find_if(std::begin(kProgramFiles), std::end(kProgramFiles), holds);
    if (file == std::end(kProgramFiles)) throw std::runtime_error("no program file has " + begin);
    block = cut(*file, begin, "// end", true);
    block.erase(block.begin());
  } else if (std::regex_match(comment, m, prints)) {
    block = printed(m[1]);
  } else if (std::regex_match(comment, m, source)) {
    block = cut(m[1], m[2], m[3], false);
  } else {
    return false;
  }
  return true;
}

// Returns the document with the right content in all of its blocks.
std::vector<std::string> renewed(const std::string& path) {
  const auto lines = read_lines(path);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.push_back(lines[i]);
    std::vector<std::string> block;
    if (!wanted(lines[i], block)) continue;
    if (i + 1 >= lines.size() || lines[i + 1].rfind("```", 0) != 0)
      throw std::runtime_error(path + ": no block after " + lines[i]);
    out.push_back(lines[++i]);
    out.insert(out.end(), block.begin(), block.end());
    for (++i; i < lines.size() && lines[i] != "```"; ++i) {
    }
    out.emplace_back("```");
  }
  return out;
}

// Returns a line without the line numbers of places in the source.
std::string without_places(const std::string& line) {
  static const std::regex place("\\.(cpp|h):[0-9]+");
  static const std::regex json("\"file_line\": [0-9]+");
  return std::regex_replace(std::regex_replace(line, place, ".$1:N"), json, "\"file_line\": N");
}

void examine(const std::string& path) {
  const auto now = renewed(path);
  if (std::getenv("PUSHFORWARD_WRITE_DOCS") != nullptr) {
    std::ofstream out(kRoot + "/" + path);
    for (const auto& l : now) out << l << '\n';
    REQUIRE(out.flush());
    return;
  }
  const auto then = read_lines(path);
  INFO(path << " is not what the engine prints; scripts/tour-check --write renews it");
  for (std::size_t i = 0; i < std::min(now.size(), then.size()); ++i) {
    INFO("line " << i + 1);
    REQUIRE(without_places(then[i]) == without_places(now[i]));
  }
  CHECK(then.size() == now.size());
}

TEST_CASE("docs/autograd-tour.md shows what the engine prints") {
  examine("docs/autograd-tour.md");
}

TEST_CASE("autograd/README.md shows what the engine prints") { examine("autograd/README.md"); }

TEST_CASE("every program of the documents is shown in one of them") {
  std::string all;
  for (const char* path : {"docs/autograd-tour.md", "autograd/README.md"}) {
    for (const auto& l : read_lines(path)) all += l + '\n';
  }
  for (const auto& [name, program] : kTourPrograms) {
    INFO(name);
    CHECK(all.find("<!-- prints: " + name + " -->") != std::string::npos);
  }
}

}  // namespace
}  // namespace pushforward::app::inline PF_REAL
#endif
