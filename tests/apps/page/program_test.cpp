// Tests the small programs of the page: values, derivatives, differences, formulas and errors.
#include "apps/page/program.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/page/op_formulas.h"
#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/apps/page/ask_page.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string program_fault(const std::string& text) {
  const PageAnswer answer = ask_page({{"ask", "program"}, {"text", text}});
  CHECK(answer.head.at("type").text() == "fault");
  return answer.head.at("fault").text() + ": " + answer.head.at("words").text();
}

}  // namespace

TEST_CASE("a program is evaluated and differentiated both ways, and agrees with differences",
          "[page]") {
  const PageAnswer answer =
      ask_page({{"ask", "program"}, {"text", "x = 2  # an input\n\nh = square(x)\ny = 3 * h"}});
  REQUIRE(answer.head.at("type").text() == "program");
  CHECK(answer.head.at("names").dump() == R"(["x","h","y"])");
  CHECK(answer.head.at("text_lines").dump() == "[1,3,4]");
  CHECK(answer.head.at("result").get<int>() == 2);
  CHECK(answer.head.at("tape").at("lines").at(1).at("op").text() == "square");
  CHECK(answer.array("value_2") == std::vector<double>{12});
  CHECK(answer.array("cotangent_0") == std::vector<double>{12});
  CHECK(answer.array("cotangent_1") == std::vector<double>{3});
  CHECK(answer.array("tangent_1") == std::vector<double>{4});
  CHECK(answer.array("tangent_2") == std::vector<double>{12});
  CHECK(answer.array("difference_0")[0] == Approx(12).epsilon(1e-3));
  CHECK(answer.head.at("apart").get<double>() < 1e-3);
  // Very small steps lose digits to the rounding of float32.
  const std::vector<double> errors = answer.array("errors");
  REQUIRE(errors.size() == answer.array("steps").size());
  CHECK(*std::max_element(errors.begin(), errors.end()) >
        100 * answer.head.at("apart").get<double>());
}

TEST_CASE("a program has vectors, matrices, and inputs that stay where they are", "[page]") {
  const std::string text =
      "x = [1, -2, 0.5]\nw = [0.5, 1, -1; 2, 0, 1]\nb = [0.1, -0.2]\n"
      "h = tanh(linear(x, w, b))\ny = sum(h * h) / 2 - (1 - mean(x))";
  const PageAnswer answer = ask_page({{"ask", "program"}, {"text", text}, {"along", "b"}});
  REQUIRE(answer.head.at("type").text() == "program");
  CHECK(answer.head.at("apart").get<double>() < 2e-3);
  const std::vector<double> x{1, -2, 0.5}, w{0.5, 1, -1, 2, 0, 1}, b{0.1, -0.2};
  double y = -(1 - (1 - 2 + 0.5) / 3), of_b = 0;
  for (std::size_t r = 0; r < 2; ++r) {
    const double z = b[r] + x[0] * w[3 * r] + x[1] * w[3 * r + 1] + x[2] * w[3 * r + 2],
                 h = std::tanh(z);
    y += h * h / 2;
    CHECK(answer.array("cotangent_2")[r] == Approx(h * (1 - h * h)).margin(1e-6));
    of_b += h * (1 - h * h);
  }
  const std::string last = std::to_string(answer.head.at("result").get<int>());
  CHECK(answer.array("value_" + last)[0] == Approx(y).margin(1e-6));
  CHECK(answer.array("tangent_" + last)[0] == Approx(of_b).margin(1e-6));
  CHECK(answer.array("difference_1").size() == 6);
}

TEST_CASE("differences tell a wrong derivative from a right one", "[page]") {
  // The slope of stop_gradient is 0 by definition, but the value moves.
  const PageAnswer answer =
      ask_page({{"ask", "program"}, {"text", "x = 2\ny = x * stop_gradient(x)"}});
  CHECK(answer.array("cotangent_0")[0] == 2);
  CHECK(answer.array("difference_0")[0] == Approx(4).epsilon(1e-3));
  CHECK(answer.head.at("apart").get<double>() == Approx(1).epsilon(1e-2));
}

TEST_CASE("an error in a program names the line and the word", "[page]") {
  CHECK(program_fault("x = 2\ny = sqare(x)") ==
        "config: [program] line 2: \"sqare\" is no function; did you mean \"square\"?");
  CHECK(program_fault("radius = 2\ny = square(radus)") ==
        "config: [program] line 2: \"radus\" has no value; did you mean \"radius\"?");
  CHECK(program_fault("y = square(x)") ==
        "config: [program] line 1: \"x\" has no value; give it one on an earlier line, such as x = "
        "2");
  CHECK(program_fault("x = 2\nx = 3") ==
        "config: [program] line 2: \"x\" has a value already, and values never change; use another "
        "name");
  CHECK(program_fault("exp = 2").find("\"exp\" is a function; use another name") !=
        std::string::npos);
  CHECK(program_fault("x = (2") ==
        "config: [program] line 1: the end of the line is here, but ')' is needed after the "
        "bracket's content");
  CHECK(program_fault("x = 2 3").find("\"3\" is left over") != std::string::npos);
  CHECK(program_fault("x = [1, 2; 3]").find("row 2 has 1 numbers, but the rows above have 2") !=
        std::string::npos);
  CHECK(program_fault("x = 2\ny = exp(1)").find("argument 1 of exp is a number") !=
        std::string::npos);
  CHECK(program_fault("x = 2\ny = pow(x, x)").find("argument 2 of pow must be a number") !=
        std::string::npos);
  CHECK(program_fault("x = 2\ny = exp(x, x)").find("exp takes 1 argument, but has 2") !=
        std::string::npos);
  CHECK(program_fault("x = [1, 2]\nz = [1, 2, 3]\ny = x * z").find("line 3: [mul]") !=
        std::string::npos);
  CHECK(program_fault("# nothing").find("there is no statement") != std::string::npos);
  CHECK(program_fault("x = " + std::string(60, '(') + "1").find("more than 40 brackets") !=
        std::string::npos);
  CHECK(program_fault(std::string(5000, ' ')).find("at most 4000") != std::string::npos);
  const PageAnswer along = ask_page({{"ask", "program"}, {"text", "x = 2"}, {"along", "z"}});
  CHECK(along.head.at("words").text() ==
        "[program] \"z\" is no input, so nothing can move along it; the inputs are x");
  const PageAnswer step = ask_page({{"ask", "program"}, {"text", "x = 2"}, {"h", 0}});
  CHECK(step.head.at("words").text() == "[program] the step h is 0; it must be above 0, at most 1");
}

TEST_CASE("every op has formulas, and those of elementwise functions compute what it computes",
          "[page]") {
  std::set<std::string> wanted, found;
  for (const Op* op : all_ops()) wanted.insert(op->name);
  for (const OpFormula& formula : op_formulas()) CHECK(found.insert(formula.op).second);
  for (const std::string& op : wanted) {
    INFO("op \"" << op << "\" has no formula; write its row in apps/page/op_formulas.cpp");
    CHECK(found.contains(op));
  }
  CHECK(found.size() == wanted.size());

  const std::vector<std::string> functions = program_functions();
  int checked = 0;
  for (const OpFormula& formula : op_formulas()) {
    const std::string op = formula.op;
    static const std::set<std::string> elementwise{
        "exp",  "log",  "log1p", "sqrt",       "square", "abs",      "reciprocal", "tanh",
        "silu", "gelu", "relu",  "normal_cdf", "sin",    "softplus", "cos",        "sigmoid"};
    if (!elementwise.contains(op)) continue;
    for (const std::string x : {"0.7", "1.9"}) {
      INFO(op << " at " << x);
      const std::string begin = "x = " + x + "\n";
      Tape tape;
      const Var y = run_program(begin + "y = " + op + "(x)", tape);
      Tape by_formula;
      CHECK(run_program(begin + "y = " + formula.value, by_formula).item() ==
            Approx(y.item()).epsilon(1e-5));
      Tape derivative;
      const Var down =
          run_program(begin + "g = 0.3\ny = " + op + "(x)\nd = " + formula.down, derivative);
      const Var slope = grad(y, tape.var(0));
      CHECK(down.item() == Approx(real(0.3) * slope.item()).epsilon(1e-5).margin(1e-6));
      ++checked;
    }
  }
  CHECK(checked == 32);
}
