// Tests the graph of a tape in the DOT language: one node for each line of the tape, one edge for
// each input, a cluster for each label, and valid DOT for all names.
#include "autograd/inspect/dot.h"

#include <cctype>
#include <sstream>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

std::string drawn(const Tape& tape, const DotOptions& options = {}) {
  std::ostringstream out;
  print_dot(out, tape, options);
  return out.str();
}

int count_in_dot(const std::string& text, const std::string& part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// Returns whether quotes and brackets are closed according to DOT's grammar.
bool closes(const std::string& dot) {
  std::string open;
  bool quoted = false;
  for (std::size_t i = 0; i < dot.size(); ++i) {
    const char c = dot[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      if (c == '\n') return false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      open += c;
    } else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != (c == '}' ? '{' : '[')) return false;
      open.pop_back();
    }
  }
  return !quoted && open.empty();
}

TEST_CASE("the graph has one box for each line and one arrow for each input") {
  Tape tape;
  const real w[] = {1, 2};
  const Var x = tape.input({2, 1}, {3, 4}, "x");
  const Var p = tape.parameter(0, {1, 2}, w, "weight");
  const Var y = sum(matmul(x, p, true, true) * tape.full({1, 1}, 2));
  CHECK(y.item() == 22);
  const std::string dot = drawn(tape, {.values = 2, .legend = false});
  CHECK(closes(dot));
  for (const char* part :
       {"digraph tape {\n", "n0 [label=\"#0 input\\nx\\n(2, 1)\\n[3; 4]\", shape=ellipse",
        "n1 [label=\"#1 parameter\\nweight\\n(1, 2)\\n[1 2]\", shape=cylinder", "shape=note",
        "#5 sum\\n()\\n22\", shape=box", "tooltip=\"inspect/dot_test.cpp:"})
    CHECK_THAT(dot, Contains(part));
  CHECK(count_in_dot(dot, " -> ") == 5);
  CHECK(count_in_dot(dot, "[label=\"T\"") == 2);
  CHECK_THAT(dot, !Contains("legend"));
  CHECK_THAT(drawn(tape), Contains("subgraph cluster_legend") && !Contains("[3; 4]"));
}

TEST_CASE("lines with one label are in one frame, and the lines of their rules in another") {
  Tape tape;
  const Var x = tape.input({2}, {1, 2}, "x");
  Var h;
  {
    Label label(tape, "layers.0");
    h = tanh(x);
  }
  const Var y = sum(h);
  grad(y, x);
  const std::string dot = drawn(tape);
  CHECK(closes(dot));
  CHECK(count_in_dot(dot, "label=\"layers.0\";") == 1);
  CHECK(count_in_dot(dot, "label=\"layers.0, vjp\";") == 1);
  CHECK_THAT(dot, Contains("style=\"filled,dashed\""));
  const std::string forward = drawn(tape, {.rules = false, .legend = false});
  CHECK(closes(forward));
  CHECK_THAT(forward, !Contains("vjp") && !Contains("#3 constant") && !Contains("dashed"));
  CHECK(count_in_dot(forward, " -> ") == 2);
}

TEST_CASE("no name makes the graph invalid") {
  for (const char* name :
       {"a \"quoted\" one", "back\\slash", "ends in \\", "two\nlines", "&lt;b&gt;", "{<port>|}",
        "<b>html</b>", "\xCF\x83(t)", "\xFF", "// comment", "#", ""}) {
    INFO(name);
    Tape tape;
    Label label(tape, name);
    exp(tape.input({1}, {1}, name));
    const std::string dot = drawn(tape, {.values = 1});
    CHECK(closes(dot));
    CHECK_THAT(dot, !Contains("\xFF"));
  }
  Tape tape;
  tape.input({1}, {1}, "a & \"b\" \\ c");
  CHECK_THAT(drawn(tape), Contains("a &amp; \\\"b\\\" \\\\ c"));
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
